"""One pure function per limit: facts in, a refusal or nothing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from trading.domain.money import ZERO
from trading.domain.order import OrderIntent, Side
from trading.domain.risk import RefusalCode, Refused, TradingState


@dataclass(frozen=True, slots=True)
class Limits:
    """The configured limits: sizes in quote, shares and rates as fractions. None means no limit."""

    max_order_size: Decimal | None
    max_position: Decimal
    max_price_age: timedelta
    approval_threshold: Decimal | None
    fee_rate: Decimal
    slippage: Decimal

    @property
    def cost_factor(self) -> Decimal:
        """What a market buy of notional 1 at the ask takes from cash, at most."""
        return (1 + self.fee_rate) * (1 + self.slippage)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one order is judged by. `cash` and `holding` are free of what other orders have reserved."""

    state: TradingState
    state_reason: str
    price: Decimal | None
    price_age: timedelta | None
    cash: Decimal
    holding: Decimal
    equity: Decimal | None


Check = Callable[[OrderIntent, Facts, Limits], Refused | None]


def trading_state(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """HALTED lets only protective exits through, REDUCING only exits."""
    if intent.protective or facts.state is TradingState.ACTIVE:
        return None
    if facts.state is TradingState.HALTED:
        return _no(intent, RefusalCode.HALTED, f"Trading is halted ({facts.state_reason}); /resume lifts it.")
    if intent.reduce_only:
        return None
    return _no(
        intent,
        RefusalCode.REDUCING,
        f"Only exits are allowed now ({facts.state_reason}); /resume allows entries again.",
    )


def price_age(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """A stale price never trades."""
    if facts.price is None or facts.price_age is None:
        return _no(intent, RefusalCode.NO_PRICE, f"There is no price for {intent.symbol} yet; try again shortly.")
    if facts.price_age > limits.max_price_age:
        age, limit = int(facts.price_age.total_seconds()), int(limits.max_price_age.total_seconds())
        return _no(
            intent,
            RefusalCode.STALE_PRICE,
            f"The price of {intent.symbol} is {age} s old, older than the {limit} s allowed; wait for the feed.",
        )
    return None


def minimums(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """The venue's lot step, minimum quantity and minimum notional."""
    rules = intent.instrument
    if intent.quantity <= ZERO or intent.quantity % rules.lot_step:
        return _no(
            intent,
            RefusalCode.INVALID_AMOUNT,
            f"{intent.quantity} {rules.base} is not a positive multiple of {rules.lot_step}; change the amount.",
        )
    if intent.quantity < rules.min_quantity:
        return _no(
            intent,
            RefusalCode.BELOW_MIN_QUANTITY,
            f"{intent.quantity} {rules.base} is below the venue's minimum of {rules.min_quantity} {rules.base}.",
        )
    notional = intent.quantity * (facts.price or ZERO)
    if notional < rules.min_notional:
        return _no(
            intent,
            RefusalCode.BELOW_MIN_NOTIONAL,
            f"{_short_of(notional, rules.min_notional)} {rules.quote} of {rules.base} is below the venue's minimum of "
            f"{rules.min_notional.normalize():f} {rules.quote} per order.",
        )
    return None


def order_size(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """MAX_ORDER_SIZE; a protective exit is never too large."""
    notional = intent.quantity * (facts.price or ZERO)
    if intent.protective or limits.max_order_size is None or notional <= limits.max_order_size:
        return None
    quote = intent.instrument.quote
    return _no(
        intent,
        RefusalCode.ABOVE_MAX_ORDER_SIZE,
        f"{notional:.2f} {quote} is above the limit of {limits.max_order_size:.2f} {quote} per order (MAX_ORDER_SIZE).",
    )


def position_size(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """MAX_POSITION_PERCENT, on what the position would be worth after a buy."""
    if intent.side is Side.SELL or limits.max_position >= 1 or not facts.equity or facts.price is None:
        return None
    share = (facts.holding + intent.quantity) * facts.price / facts.equity
    if share <= limits.max_position:
        return None
    return _no(
        intent,
        RefusalCode.ABOVE_MAX_POSITION,
        f"{intent.instrument.base} would be {share:.1%} of the portfolio, above the limit of {limits.max_position:.1%} "
        "(MAX_POSITION_PERCENT); buy less.",
    )


def cash(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """A buy is paid from free cash, fee and slippage included."""
    if intent.side is Side.SELL or facts.price is None:
        return None
    needed = intent.quantity * facts.price * limits.cost_factor
    if needed <= facts.cash:
        return None
    quote = intent.instrument.quote
    return _no(
        intent,
        RefusalCode.NOT_ENOUGH_CASH,
        f"{needed:.2f} {quote} is needed with fees, {facts.cash:.2f} {quote} is free; buy less or sell first.",
    )


def holding(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """Nothing is sold that is not held and free."""
    if intent.side is Side.BUY or intent.quantity <= facts.holding:
        return None
    base = intent.instrument.base
    if facts.holding <= ZERO:
        return _no(intent, RefusalCode.NOTHING_TO_SELL, f"There is no free {base} to sell.")
    return _no(
        intent,
        RefusalCode.EXCEEDS_POSITION,
        f"{intent.quantity} {base} is more than the {facts.holding} {base} that is held and free; sell less or all.",
    )


CHECKS: tuple[Check, ...] = (trading_state, price_age, holding, minimums, order_size, position_size, cash)
"""Every limit, the one a person should hear of first at the front."""


def _no(intent: OrderIntent, code: RefusalCode, detail: str) -> Refused:
    return Refused(code, detail, intent.symbol)


def _short_of(amount: Decimal, least: Decimal) -> str:
    """`amount` to the cent, or, where that would look like `least` or nothing, as exact as it takes."""
    cents = f"{amount:.2f}"
    return cents if 0 < Decimal(cents) < least else f"{amount:.8f}".rstrip("0").rstrip(".")
