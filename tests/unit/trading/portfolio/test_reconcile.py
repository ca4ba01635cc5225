"""Books against an account: one line per currency, and which differences a venue's rounding explains."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trading.portfolio.reconcile import Difference, differences, is_rounding


def amounts(**held: str) -> dict[str, Decimal]:
    return {currency: Decimal(amount) for currency, amount in held.items()}


def test_every_currency_has_a_line_also_where_nothing_differs_or_one_side_has_none() -> None:
    lines = differences(amounts(USD="10", BTC="1"), amounts(USD="10", ETH="2"), ("USD", "BTC", "ETH"), {})
    assert [(line.currency, line.amount) for line in lines] == [("BTC", -1), ("ETH", 2), ("USD", 0)]


def test_currencies_that_are_not_the_portfolios_have_none() -> None:
    assert differences({}, amounts(DOGE="7"), ("USD",), {}) == (Difference("USD", Decimal(0), Decimal(0)),)


def test_what_was_set_aside_is_left_out_whatever_its_sign() -> None:
    aside = amounts(BTC="0.5", USD="-3")
    lines = differences(amounts(BTC="1", USD="10"), amounts(BTC="1.5", USD="7"), ("BTC", "USD"), aside)
    assert [line.amount for line in lines] == [0, 0]


@pytest.mark.parametrize(
    ("currency", "amount", "fills", "explained"),
    [
        ("USD", "0.0002", 1, True),
        ("USD", "-0.0002", 1, True),
        ("USD", "0.00021", 1, False),
        ("USD", "0.0001", 0, False),
        ("USD", "0.01", 50, True),
        ("BTC", "0.00000002", 1, True),
        ("BTC", "0.0001", 1, False),
    ],
)
def test_two_crumbs_a_trade_are_rounding_and_no_more(currency: str, amount: str, fills: int, explained: bool) -> None:
    line = Difference(currency, Decimal(10), Decimal(10) + Decimal(amount))
    assert is_rounding(line, "USD", fills) is explained
