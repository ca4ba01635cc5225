"""Each limit alone: on its edge it lets pass, beyond it says what, why and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.world import FEE, instrument, limits
from trading.domain.money import round_down, round_up
from trading.domain.order import OrderIntent, OrderType, Side, Source
from trading.domain.risk import RefusalCode, Refused, TradingState
from trading.risk import limits as checks
from trading.risk.limits import CHECKS, Check, Facts, Liquidity

BTC = instrument()


def intent(side: Side = Side.BUY, quantity: str = "1", **changes: Any) -> OrderIntent:
    plain = OrderIntent("i", "b", BTC, side, Decimal(quantity), OrderType.MARKET, Source.MANUAL, "asked")
    return replace(plain, **changes)


def facts(**changes: Any) -> Facts:
    plain = Facts(
        TradingState.ACTIVE, "", Decimal(100), timedelta(seconds=1), Decimal(1000), Decimal(5), Decimal(1500), FEE
    )
    return replace(plain, **changes)


def refusal(check: Check, wanted: OrderIntent, known: Facts, **changed: Any) -> Refused:
    refused = check(wanted, known, limits(**changed))
    assert isinstance(refused, Refused)
    assert refused.symbol == "BTC/USD"
    assert refused.detail.endswith(".")
    assert "!" not in refused.detail
    return refused


ENTRY, EXIT = intent(), intent(Side.SELL, reduce_only=True)
STOP = replace(EXIT, protective=True)


@pytest.mark.parametrize(
    ("state", "wanted", "code"),
    [
        (TradingState.ACTIVE, ENTRY, None),
        (TradingState.ACTIVE, EXIT, None),
        (TradingState.REDUCING, ENTRY, RefusalCode.REDUCING),
        (TradingState.REDUCING, EXIT, None),
        (TradingState.REDUCING, STOP, None),
        (TradingState.HALTED, ENTRY, RefusalCode.HALTED),
        (TradingState.HALTED, EXIT, RefusalCode.HALTED),
        (TradingState.HALTED, STOP, None),
    ],
)
def test_reducing_lets_exits_through_and_halted_only_protective_ones(
    state: TradingState, wanted: OrderIntent, code: RefusalCode | None
) -> None:
    refused = checks.trading_state(wanted, facts(state=state, state_reason="halted by @ana"), limits())
    assert (refused.code if refused else None) == code
    if refused:
        assert "halted by @ana" in refused.detail
        assert "/resume" in refused.detail


def test_a_price_may_be_exactly_as_old_as_allowed() -> None:
    assert checks.price_age(ENTRY, facts(price_age=timedelta(seconds=120)), limits()) is None
    refused = refusal(checks.price_age, ENTRY, facts(price_age=timedelta(seconds=121)))
    assert refused.code is RefusalCode.STALE_PRICE
    assert "121 s old" in refused.detail
    assert "120 s" in refused.detail


@pytest.mark.parametrize("known", [facts(price=None), facts(price_age=None)])
def test_without_a_price_nothing_trades(known: Facts) -> None:
    assert refusal(checks.price_age, ENTRY, known).code is RefusalCode.NO_PRICE


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        ("0.05", None),
        ("0", RefusalCode.INVALID_AMOUNT),
        ("-1", RefusalCode.INVALID_AMOUNT),
        ("0.05005", RefusalCode.INVALID_AMOUNT),
        ("0.0009", RefusalCode.BELOW_MIN_QUANTITY),
        ("0.0499", RefusalCode.BELOW_MIN_NOTIONAL),
    ],
)
def test_lot_step_minimum_quantity_and_minimum_notional(quantity: str, code: RefusalCode | None) -> None:
    refused = checks.minimums(intent(quantity=quantity), facts(), limits())
    assert (refused.code if refused else None) == code


def test_a_refused_notional_is_told_beside_the_minimum() -> None:
    detail = refusal(checks.minimums, intent(quantity="0.0499"), facts()).detail
    assert "4.99 USD" in detail
    assert "5 USD" in detail


def test_a_notional_a_hair_below_the_minimum_is_told_no_longer_than_it_takes() -> None:
    detail = refusal(checks.minimums, intent(quantity="0.05"), facts(price=Decimal("99.98"))).detail
    assert detail.startswith("4.999 USD of BTC is below")


def test_an_order_may_be_exactly_as_large_as_allowed() -> None:
    assert checks.order_size(ENTRY, facts(), limits(max_order_size=Decimal(100))) is None
    refused = refusal(checks.order_size, ENTRY, facts(), max_order_size=Decimal("99.99"))
    assert refused.code is RefusalCode.ABOVE_MAX_ORDER_SIZE
    assert "100.00 USD" in refused.detail
    assert "99.99 USD" in refused.detail


def test_large_amounts_are_told_with_their_thousands() -> None:
    large = refusal(checks.order_size, intent(quantity="15"), facts(), max_order_size=Decimal(1200))
    assert "1,500.00 USD is above the limit of 1,200.00 USD" in large.detail
    dear = refusal(checks.cash, intent(quantity="15"), facts(cash=Decimal(1000)))
    assert " USD is needed with fees, 1,000.00 USD is free" in dear.detail and dear.detail.startswith("1,")


def test_a_protective_exit_is_never_too_large() -> None:
    assert checks.order_size(STOP, facts(), limits(max_order_size=Decimal(1))) is None
    assert checks.order_size(EXIT, facts(), limits(max_order_size=Decimal(1))) is not None


def test_a_position_may_be_exactly_as_large_as_allowed() -> None:
    known = facts(holding=Decimal(5), equity=Decimal(1500))
    assert checks.position_size(ENTRY, known, limits(max_position=Decimal("0.4"))) is None
    refused = refusal(checks.position_size, ENTRY, known, max_position=Decimal("0.39"))
    assert refused.code is RefusalCode.ABOVE_MAX_POSITION
    assert "40.0%" in refused.detail
    assert "39.0%" in refused.detail


def test_a_sale_never_makes_a_position_too_large() -> None:
    assert checks.position_size(EXIT, facts(), limits(max_position=Decimal("0.01"))) is None


def test_a_buy_needs_cash_for_fee_and_slippage_too() -> None:
    needed = Decimal(100) * Decimal("1.004") * Decimal("1.001")
    told = limits(slippage=Decimal("0.001"))
    assert checks.cash(ENTRY, facts(cash=needed), told) is None
    refused = checks.cash(ENTRY, facts(cash=needed - Decimal("0.0001")), told)
    assert refused is not None
    assert refused.code is RefusalCode.NOT_ENOUGH_CASH
    assert "100.50 USD" in refused.detail


def test_nothing_is_sold_that_is_not_held_and_free() -> None:
    assert checks.holding(intent(Side.SELL, "5"), facts(), limits()) is None
    assert refusal(checks.holding, intent(Side.SELL, "5.0001"), facts()).code is RefusalCode.EXCEEDS_POSITION
    assert refusal(checks.holding, EXIT, facts(holding=Decimal(0))).code is RefusalCode.NOTHING_TO_SELL


GUARDED = {"max_spread": Decimal("0.02"), "max_slippage": Decimal("0.01"), "min_edge": Decimal("0.001")}


def book(spread: str = "0", slippage: str | None = "0", age: float = 0) -> Liquidity:
    return Liquidity(Decimal(spread), None if slippage is None else Decimal(slippage), timedelta(seconds=age))


@pytest.mark.parametrize(
    ("check", "good", "bad", "code"),
    [
        (checks.spread, book("0.02"), book("0.0201"), RefusalCode.SPREAD_TOO_WIDE),
        (checks.slippage, book(slippage="0.01"), book(slippage="0.0101"), RefusalCode.SLIPPAGE_TOO_HIGH),
        (checks.slippage, book(), book(slippage=None), RefusalCode.SLIPPAGE_TOO_HIGH),
        (checks.book_age, book(age=120), book(age=120.1), RefusalCode.STALE_PRICE),
    ],
)
def test_an_entry_needs_a_book_that_is_narrow_deep_and_new(
    check: Check, good: Liquidity, bad: Liquidity, code: RefusalCode
) -> None:
    assert check(ENTRY, facts(liquidity=good), limits(**GUARDED)) is None
    assert refusal(check, ENTRY, facts(liquidity=bad), **GUARDED).code is code
    assert check(ENTRY, facts(), limits(**GUARDED)) is None


def test_an_exit_is_refused_for_slippage_alone_and_an_urgent_one_for_nothing_of_it() -> None:
    awful = facts(liquidity=book("0.5", "0.5", age=3600))
    refused_by = [check for check in CHECKS if check(EXIT, awful, limits(**GUARDED))]
    assert refused_by == [checks.slippage]
    stop = intent(Side.SELL, source=Source.STOP, reduce_only=True, protective=True)
    flatten = intent(Side.SELL, source=Source.FLATTEN, reduce_only=True)
    assert not any(check(urgent, awful, limits(**GUARDED)) for check in CHECKS for urgent in (stop, flatten))


def test_limits_on_the_book_that_are_off_look_at_nothing() -> None:
    awful = facts(liquidity=book("0.5", "0.5"))
    assert not any(check(ENTRY, awful, limits()) for check in CHECKS)


def test_an_entry_must_be_meant_to_run_further_than_its_fees_and_what_must_be_left() -> None:
    entry = intent(source=Source.STRATEGY, expected_move=Decimal("0.009"))
    assert refusal(checks.edge, entry, facts(), **GUARDED).code is RefusalCode.NO_EDGE
    assert checks.edge(replace(entry, expected_move=Decimal("0.00901")), facts(), limits(**GUARDED)) is None
    assert checks.edge(entry, facts(fee=Decimal("0.0039")), limits(**GUARDED)) is None
    assert checks.edge(entry, facts(), limits()) is None
    assert checks.edge(replace(entry, source=Source.MANUAL), facts(), limits(**GUARDED)) is None


def test_buying_is_reckoned_up_to_the_price_step_and_selling_down_to_it() -> None:
    told = limits(slippage=Decimal("0.00015"))
    assert told.cost_of_buying(BTC, Decimal(100), Decimal("0.01")) == Decimal("100.02") * Decimal("1.01")
    assert told.left_of_selling(BTC, Decimal(100), Decimal("0.01")) == Decimal("99.98") * Decimal("0.99")


def test_the_state_is_told_before_anything_else() -> None:
    hopeless = facts(state=TradingState.HALTED, price=None, cash=Decimal(0))
    first = next(refused for check in CHECKS if (refused := check(ENTRY, hopeless, limits())))
    assert first.code is RefusalCode.HALTED


@pytest.mark.parametrize(
    ("value", "step", "down", "up"),
    [
        ("0.12345678", "0.00000001", "0.12345678", "0.12345678"),
        ("0.123456789", "0.0001", "0.1234", "0.1235"),
        ("7", "2.5", "5.0", "7.5"),
        ("0.00009", "0.0001", "0", "0.0001"),
        ("64999.95", "0.1", "64999.9", "65000.0"),
    ],
)
def test_amounts_are_rounded_to_whole_lots_and_ticks(value: str, step: str, down: str, up: str) -> None:
    assert round_down(Decimal(value), Decimal(step)) == Decimal(down)
    assert round_up(Decimal(value), Decimal(step)) == Decimal(up)
