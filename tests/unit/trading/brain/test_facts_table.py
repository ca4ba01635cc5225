"""A table shows each figure once, and its reference stands for exactly what is shown."""

from __future__ import annotations

from trading.brain.facts_table import FactTable, figures_of, rendered

PRICES = FactTable.of("Prices", ("price", "bid"), {"BTC/USD": ("100.5", None), "ETH/USD": ("10", "9.9")})
NOBODY = FactTable.of("Holdings", ("quantity",), {})


def test_a_table_is_a_heading_the_columns_and_a_line_for_each_row() -> None:
    assert PRICES.render() == "## Prices\nname,price,bid\nBTC/USD,100.5,null\nETH/USD,10,9.9"


def test_a_reference_is_the_rows_name_and_the_columns() -> None:
    assert PRICES.figures() == {"BTC/USD.price": "100.5", "ETH/USD.price": "10", "ETH/USD.bid": "9.9"}


def test_tables_without_rows_are_left_out() -> None:
    assert rendered([NOBODY, PRICES, NOBODY]) == PRICES.render()
    assert figures_of([NOBODY, PRICES]) == PRICES.figures()
