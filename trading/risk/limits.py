"""One pure function per limit: facts in, a refusal or nothing out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from trading.domain.market import Instrument
from trading.domain.money import ZERO, round_down, round_up
from trading.domain.order import OrderIntent, Side, Source
from trading.domain.risk import RefusalCode, Refused, TradingState

_DAILY_ORDERS = 4
"""How many orders of the largest size nobody is asked about go through in 24 hours, where no sum is set."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The configured limits: sizes in quote, shares and rates as fractions. None means no limit."""

    max_order_size: Decimal | None
    max_position: Decimal
    max_price_age: timedelta
    approval_threshold: Decimal | None
    slippage: Decimal
    """What is reckoned with when funds are counted, whatever the order book says."""
    max_spread: Decimal | None = None
    max_slippage: Decimal | None = None
    min_edge: Decimal | None = None
    approval_daily_sum: Decimal | None = None
    """What one source may trade in 24 hours before a person is asked; None for four times the approval threshold."""

    def daily_sum(self, threshold: Decimal) -> Decimal:
        """That amount, in quote, while the approval threshold is `threshold`."""
        return threshold * _DAILY_ORDERS if self.approval_daily_sum is None else self.approval_daily_sum

    def cost_of_buying(self, rules: Instrument, ask: Decimal, fee: Decimal) -> Decimal:
        """What one unit of base costs in quote at most: slippage, up to the next price step, the taker's `fee`."""
        return round_up(ask * (1 + self.slippage), rules.price_tick) * (1 + fee)

    def left_of_selling(self, rules: Instrument, bid: Decimal, fee: Decimal) -> Decimal:
        """What one unit of base brings in quote at least: slippage, down to the next price step, the taker's `fee`."""
        return round_down(bid * (1 - self.slippage), rules.price_tick) * (1 - fee)


@dataclass(frozen=True, slots=True)
class Liquidity:
    """What the order book said about one order: `spread` and `slippage` as fractions, and how old it was then.

    `slippage` is None where the book is too thin to fill the order.
    """

    spread: Decimal
    slippage: Decimal | None
    age: timedelta


@dataclass(frozen=True, slots=True)
class Facts:
    """What one order is judged by. `cash` and `holding` are free of what other orders have reserved.

    `fee` is the taker's, as a fraction. `liquidity` is None where the market has no order books.
    """

    state: TradingState
    state_reason: str
    price: Decimal | None
    price_age: timedelta | None
    cash: Decimal
    holding: Decimal
    equity: Decimal | None
    fee: Decimal
    liquidity: Liquidity | None = None


Check = Callable[[OrderIntent, Facts, Limits], Refused | None]


def trading_state(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """HALTED lets only what must get through pass, REDUCING only exits.

    A halt must not lock anybody in: /flatten, which a person asks for and a person presses, still sells everything.
    """
    if intent.protective or facts.state is TradingState.ACTIVE:
        return None
    if is_urgent(intent) and intent.reduce_only:
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
        f"{notional:,.2f} {quote} is above the limit of {limits.max_order_size:,.2f} {quote} per order "
        "(MAX_ORDER_SIZE).",
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
    needed = intent.quantity * limits.cost_of_buying(intent.instrument, facts.price, facts.fee)
    if needed <= facts.cash:
        return None
    quote = intent.instrument.quote
    return _no(
        intent,
        RefusalCode.NOT_ENOUGH_CASH,
        f"{needed:,.2f} {quote} is needed with fees, {facts.cash:,.2f} {quote} is free; buy less or sell first.",
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


def edge(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """MIN_EDGE_PERCENT: an entry that decides by itself must be meant to run further than the way in and out costs."""
    if limits.min_edge is None or intent.expected_move is None or not _is_decided_entry(intent):
        return None
    fees = 2 * facts.fee
    if intent.expected_move > fees + limits.min_edge:
        return None
    return _no(
        intent,
        RefusalCode.NO_EDGE,
        f"{intent.instrument.base} may run {intent.expected_move:.2%} to its target, buying and selling it costs "
        f"{fees:.2%} in fees, and more than {limits.min_edge:.2%} must be left (MIN_EDGE_PERCENT); set "
        f"TAKE_PROFIT_PERCENT above {(fees + limits.min_edge) * 100:.2f}.",
    )


def book_age(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """An entry does not trust an old order book."""
    book = facts.liquidity
    if book is None or not _is_entry(intent) or book.age <= limits.max_price_age:
        return None
    age, limit = int(book.age.total_seconds()), int(limits.max_price_age.total_seconds())
    return _no(
        intent,
        RefusalCode.STALE_PRICE,
        f"The order book of {intent.symbol} is {age} s old, older than the {limit} s allowed; try again shortly.",
    )


def spread(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """MAX_SPREAD_PERCENT, for entries: an exit may have no time to wait for a better market."""
    book = facts.liquidity
    if book is None or limits.max_spread is None or not _is_entry(intent) or book.spread <= limits.max_spread:
        return None
    return _no(
        intent,
        RefusalCode.SPREAD_TOO_WIDE,
        f"Bid and ask of {intent.symbol} are {book.spread:.2%} apart, above the limit of {limits.max_spread:.2%} "
        "(MAX_SPREAD_PERCENT); wait until they are closer.",
    )


def slippage(intent: OrderIntent, facts: Facts, limits: Limits) -> Refused | None:
    """MAX_SLIPPAGE_PERCENT, for entries and for exits that can wait: neither protective ones nor /flatten."""
    book = facts.liquidity
    if book is None or limits.max_slippage is None or is_urgent(intent):
        return None
    if book.slippage is None:
        amount = f"{intent.quantity} {intent.instrument.base}"
        detail = f"The order book of {intent.symbol} is too thin for {amount} (MAX_SLIPPAGE_PERCENT); trade less."
    elif book.slippage > limits.max_slippage:
        detail = (
            f"The order would fill about {book.slippage:.2%} worse than the best price, above the limit of "
            f"{limits.max_slippage:.2%} (MAX_SLIPPAGE_PERCENT); trade less, or in parts."
        )
    else:
        return None
    return _no(intent, RefusalCode.SLIPPAGE_TOO_HIGH, detail)


def is_urgent(intent: OrderIntent) -> bool:
    """Whether the order must get through, whatever the market looks like."""
    return intent.protective or intent.source is Source.FLATTEN


CHECKS: tuple[Check, ...] = (
    trading_state,
    price_age,
    holding,
    minimums,
    order_size,
    position_size,
    cash,
    edge,
    book_age,
    spread,
    slippage,
)
"""Every limit, the one a person should hear of first at the front."""


def _is_entry(intent: OrderIntent) -> bool:
    return not intent.reduce_only and not intent.protective


def _is_decided_entry(intent: OrderIntent) -> bool:
    return _is_entry(intent) and intent.side is Side.BUY and intent.source in (Source.REBALANCE, Source.STRATEGY)


def _no(intent: OrderIntent, code: RefusalCode, detail: str) -> Refused:
    return Refused(code, detail, intent.symbol)


def _short_of(amount: Decimal, least: Decimal) -> str:
    """`amount` to the cent, or, where that would look like `least` or nothing, as exact as it takes."""
    spelled = (f"{amount:.{places}f}" for places in range(2, 9))
    return next((text for text in spelled if 0 < Decimal(text) < least), f"{amount:.8f}".rstrip("0").rstrip("."))
