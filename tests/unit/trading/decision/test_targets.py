"""From target weights to orders: what is bought and sold, what is clamped, what is left alone."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.world import FEE, START, instrument, limits
from trading.clock import SimulatedClock
from trading.decision.targets import Derivation, Derived, Portfolio, Terms
from trading.domain.market import Quote
from trading.domain.order import Side
from trading.domain.plan import TargetPlan, TargetWeight
from trading.exchange.ports import FeeRates
from trading.market.fees import FeeTable

PAIRS = {symbol: instrument(symbol) for symbol in ("BTC/USD", "ETH/USD", "SOL/USD")}
PRICES = {"BTC/USD": Decimal(100), "ETH/USD": Decimal(10), "SOL/USD": Decimal(1)}


def plan(**weights: str) -> TargetPlan:
    chosen = tuple(TargetWeight(f"{base}/USD", Decimal(w), f"why {base}") for base, w in weights.items())
    return TargetPlan("me", chosen, 1 - sum((w.weight for w in chosen), Decimal(0)), "the plan")


def derive(
    wanted: TargetPlan,
    cash: str = "1000",
    spread: str = "0",
    prices: Any = None,
    held: Any = None,
    take_profit: Any = None,
    **changed: Any,
) -> Derived:
    """Orders for a portfolio of `cash` and `held` (base quantities by base)."""
    amounts = {f"{base}/USD": Decimal(quantity) for base, quantity in (held or {}).items()}
    half = Decimal(spread) / 2
    quotes = {
        symbol: Quote(price * (1 - half), price * (1 + half), price, START)
        for symbol, price in (prices or PRICES).items()
    }
    equity = Decimal(cash) + sum((q * quotes[s].mid for s, q in amounts.items() if s in quotes), Decimal(0))
    numbers = itertools.count()
    portfolio = Portfolio(equity, Decimal(cash), amounts)
    terms = Terms(limits(**changed), FeeTable(FeeRates(FEE, FEE), SimulatedClock(START)), take_profit)
    return Derivation(portfolio, PAIRS, quotes, terms, "b", lambda: str(next(numbers))).orders(wanted)


def orders(derived: Derived) -> list[tuple[Side, str, Decimal]]:
    return [(intent.side, intent.instrument.base, intent.quantity) for intent in derived.intents]


def test_cash_becomes_the_wanted_shares() -> None:
    derived = derive(plan(BTC="0.5", ETH="0.3"))
    assert orders(derived) == [(Side.BUY, "BTC", Decimal(5)), (Side.BUY, "ETH", Decimal(30))]
    assert [intent.reason for intent in derived.intents] == ["why BTC", "why ETH"]
    assert derived.notes == ()


def test_what_the_plan_does_not_name_is_sold() -> None:
    assert orders(derive(plan(), held={"BTC": "5"})) == [(Side.SELL, "BTC", Decimal(5))]


def test_sells_come_first_and_are_exits_only() -> None:
    derived = derive(plan(ETH="0.9"), cash="0", held={"BTC": "10"})
    assert [intent.side for intent in derived.intents] == [Side.SELL, Side.BUY]
    assert [intent.reduce_only for intent in derived.intents] == [True, False]


def test_buys_never_take_more_than_cash_and_proceeds_less_what_trading_costs() -> None:
    derived = derive(plan(ETH="1"), cash="0", held={"BTC": "10"})
    (_, sold), (_, bought) = [(i.side, i.quantity) for i in derived.intents]
    proceeds = sold * 100 * Decimal("0.996")
    assert bought * 10 * Decimal("1.004") <= proceeds < (bought + Decimal("0.0001")) * 10 * Decimal("1.004")


def test_short_cash_is_shared_in_proportion() -> None:
    derived = derive(plan(BTC="0.5", ETH="0.5"))
    (_, _, btc), (_, _, eth) = orders(derived)
    assert abs(btc * 100 - eth * 10) < Decimal("0.01")
    assert btc * 100 + eth * 10 <= Decimal(1000) / Decimal("1.004")


def test_a_weight_that_is_nearly_right_is_left_alone() -> None:
    assert derive(plan(BTC="0.504"), cash="500", held={"BTC": "5"}).intents == ()
    assert len(derive(plan(BTC="0.506"), cash="500", held={"BTC": "5"}).intents) == 1


def test_but_what_should_go_goes_however_small_its_share() -> None:
    derived = derive(plan(), cash="100000", held={"BTC": "0.06"})
    assert orders(derived) == [(Side.SELL, "BTC", Decimal("0.06"))]


def test_an_order_below_the_minimum_is_left_out_and_noted() -> None:
    derived = derive(plan(BTC="0.04"), cash="100")
    assert derived.intents == ()
    assert derived.notes == ("buy BTC for 4.00 USD left out: below the minimum of 5.00",)


def test_no_remainder_is_left_that_could_never_be_sold() -> None:
    derived = derive(plan(BTC="0.04"), cash="90", held={"BTC": "0.1"})
    assert orders(derived) == [(Side.SELL, "BTC", Decimal("0.1"))]


def test_a_symbol_without_a_price_is_left_as_it_is_and_noted() -> None:
    derived = derive(plan(BTC="0.5"), prices={"BTC/USD": Decimal(100)}, held={"ETH": "7"})
    assert [base for _, base, _ in orders(derived)] == ["BTC"]
    assert derived.notes == ("ETH/USD: no price, left as it is",)


def test_the_largest_position_clamps_and_is_noted() -> None:
    derived = derive(plan(BTC="0.8"), max_position=Decimal("0.25"))
    assert orders(derived) == [(Side.BUY, "BTC", Decimal("2.5"))]
    (clamp,) = derived.clamps
    assert (clamp.guard, clamp.symbol, clamp.unit) == ("largest position", "BTC/USD", "weight")
    assert (clamp.before, clamp.after, clamp.limit) == (Decimal("0.8"), Decimal("0.25"), Decimal("0.25"))
    assert clamp.detail == "BTC is kept to 25.0% of equity at most."


def test_a_position_is_topped_up_no_further_than_the_largest_position_at_the_price_it_buys_at() -> None:
    """Risk values what is held at the ask; so must the one who plans the buy, or the whole batch is refused."""
    derived = derive(plan(BTC="0.5"), cash="800", held={"BTC": "2"}, spread="0.01", max_position=Decimal("0.5"))
    ((_, _, bought),) = orders(derived)
    assert (bought + 2) * Decimal("100.5") <= Decimal("0.5") * 1000
    assert (bought + 2) * Decimal("100.5") > Decimal("0.499") * 1000


def test_the_largest_order_clamps_and_is_noted() -> None:
    derived = derive(plan(BTC="0.8"), max_order_size=Decimal(120))
    assert orders(derived) == [(Side.BUY, "BTC", Decimal("1.2"))]
    (clamp,) = derived.clamps
    assert (clamp.guard, clamp.symbol, clamp.unit) == ("largest order", "BTC/USD", "quote")
    assert (clamp.before, clamp.after) == (Decimal(800), Decimal(120))
    assert clamp.detail == "The buy of BTC is kept to 120.00 USD, the largest order."


def test_dust_that_no_order_can_sell_is_named() -> None:
    derived = derive(plan(BTC="0.5"), held={"ETH": "0.00005"})
    assert derived.notes == ("sell ETH for less than 0.01 USD left out: below the minimum of 5.00",)
    assert derived.left_out == 1


def test_what_a_whole_sale_leaves_behind_below_a_step_is_named() -> None:
    derived = derive(plan(), held={"BTC": "1.00004"})
    assert orders(derived) == [(Side.SELL, "BTC", Decimal(1))]
    assert derived.notes == ("0.00004 BTC (less than 0.01 USD) stay as dust: below the minimum of 5 USD",)
    assert derived.left_out == 0


def test_buys_that_the_cash_does_not_cover_are_told() -> None:
    derived = derive(plan(BTC="0.9", ETH="0.1"), cash="400", held={"ETH": "60"}, max_order_size=Decimal(300))
    assert [clamp.detail for clamp in derived.clamps] == [
        "The sell of ETH is kept to 300.00 USD, the largest order.",
        "The buys are cut to 77% of the plan: the cash covers no more.",
        "The buy of BTC is kept to 300.00 USD, the largest order.",
    ]
    assert derived.left_out == 0


def test_an_entry_knows_how_far_it_may_run_and_an_exit_does_not_care() -> None:
    derived = derive(plan(ETH="0.9"), cash="0", held={"BTC": "10"}, take_profit=Decimal("0.03"))
    assert [intent.expected_move for intent in derived.intents] == [None, Decimal("0.03")]
    assert [intent.expected_move for intent in derive(plan(ETH="0.9")).intents] == [None]


weights = st.lists(st.integers(0, 40), min_size=3, max_size=3).filter(lambda w: sum(w) <= 100)
quantities = st.lists(st.integers(0, 100_000), min_size=3, max_size=3)


@given(weights, quantities, st.integers(0, 100_000), st.sampled_from(["0", "0.002", "0.02"]))
def test_whatever_is_wanted_orders_are_whole_lots_within_the_rules_and_within_the_means(
    wanted: list[int], held: list[int], cash: int, spread: str
) -> None:
    bases = ("BTC", "ETH", "SOL")
    amounts = dict(zip(bases, (str(Decimal(q).scaleb(-4)) for q in held), strict=True))
    shares = dict(zip(bases, (str(Decimal(w) / 100) for w in wanted), strict=True))
    derived = derive(plan(**shares), cash=str(cash), spread=spread, held=amounts)
    money = Decimal(cash)
    half = Decimal(spread) / 2
    for intent in derived.intents:
        rules, price = intent.instrument, PRICES[intent.symbol]
        assert intent.quantity % rules.lot_step == 0
        assert intent.quantity >= rules.min_quantity
        if intent.side is Side.SELL:
            assert intent.quantity <= Decimal(amounts[rules.base])
            assert intent.quantity * price * (1 - half) >= rules.min_notional
            money += intent.quantity * price * (1 - half) * Decimal("0.996")
        else:
            assert intent.quantity * price * (1 + half) >= rules.min_notional
            money -= intent.quantity * price * (1 + half) * Decimal("1.004")
    assert money > Decimal("-1e-15")
    sides = [intent.side for intent in derived.intents]
    assert sides == sorted(sides, key=lambda side: side is Side.BUY)
