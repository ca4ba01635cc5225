"""A real exchange as an order venue, through ccxt."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from trading.domain.money import ZERO, round_down
from trading.domain.order import FINAL, Order, OrderIntent, OrderStatus, OrderType
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable
from trading.exchange.ccxt_outcome import Accepted, NotSent, Refused, classify, venue_errors
from trading.exchange.ledger_fees import with_ledger_fees
from trading.exchange.ports import AccountOrder, AccountTrade, VenueOrder
from trading.exchange.private_api import PrivateApi
from trading.exchange.request_budget import PLACING, Urgency, cancelling
from trading.exchange.venue_refusals import NO_REFUSALS, REFUSALS
from trading.exchange.visibility import Visibility

DEADLINE = timedelta(seconds=10)
"""How long an order may be on its way: the venue refuses it afterwards, by its own clock."""

# The ledger's clock is not the order book's.
_EARLIER = timedelta(seconds=2)

SendOrder = Callable[[Order, datetime], Awaitable[object]]
LearnMode = Callable[[str, str], None]
"""Told a symbol and the mode in which the venue says that its market is."""

_MODE = re.compile(r"EService:Market in (\w+) mode")


class CcxtVenue:
    """`OrderVenue` over one key of one exchange.

    An order that was accepted is returned without its fills, which venues tell only when asked: `find_order`
    has them. `deadline` must lie between 2 and 60 s for Kraken. `learn_mode` hears of markets that are not open,
    from the refusals that tell it.
    """

    def __init__(self, api: PrivateApi, *, deadline: timedelta = DEADLINE, learn_mode: LearnMode | None = None) -> None:
        self._api = api
        self._line = api.line
        self._deadline = deadline
        self._learn_mode = learn_mode
        self._visibility = Visibility(deadline, api.line.clock)
        self._refusals = REFUSALS.get(api.line.id, NO_REFUSALS)

    @property
    def visibility(self) -> timedelta:
        """How long an order may still arrive or stay hidden; longer once the venue was seen to take longer."""
        return self._visibility.span

    async def place_order(self, order: Order) -> VenueOrder:
        """ACCEPTED with the venue's order id, or REJECTED with the reason in `detail`.

        Raises Retryable when nothing left this machine, and OutcomeUnknown for everything that is neither.
        """
        fault = _broken_step(order.intent)
        if fault:
            return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), fault)
        self._visibility.sent(order.client_order_id)
        outcome = classify(await self._send(order, self._api.add_order), self._refusals, self._line.name)
        if isinstance(outcome, Accepted):
            return VenueOrder(order.client_order_id, outcome.venue_order_id, OrderStatus.ACCEPTED)
        if isinstance(outcome, Refused):
            return VenueOrder(order.client_order_id, None, OrderStatus.REJECTED, (), outcome.detail)
        if isinstance(outcome, NotSent):
            raise Retryable(outcome.detail)
        raise OutcomeUnknown(outcome.detail)

    async def check_order(self, order: Order) -> str:
        """Have the venue check `order` without placing it: why it would refuse, or "" if it would not.

        Also "" where the venue has no such check. Raises Retryable when it could not be asked.
        """
        fault = _broken_step(order.intent)
        if fault:
            return fault
        said = await self._send(order, self._api.check_order)
        outcome = classify(said, self._refusals, self._line.name)
        if isinstance(outcome, Refused):
            return outcome.detail
        if isinstance(said, Mapping | None) and not venue_errors(said):
            return ""
        raise Retryable(f"{self._line.name} could not be asked to check the order; asking again later.")

    async def find_order(self, order: Order) -> VenueOrder | None:
        """What became of `order`, with every fill so far; None when open and closed orders were read without it.

        Before `visibility` has passed since it was sent, None only says that it is not shown yet.

        Raises Retryable when the venue's story is not complete yet, and NeedsOperator when it shows several
        orders under the one id.
        """
        urgency = _urgency(order.intent)
        found = await self._api.orders_of(order, urgency)
        if not found:
            self._visibility.missed(order.client_order_id)
            self._require_unseen(order)
            return None
        self._visibility.shown(order.client_order_id)
        if len(found) > 1:
            raise NeedsOperator(
                f"{self._line.name} shows {len(found)} orders under our id {order.client_order_id} "
                f"({', '.join(entry.venue_order_id for entry in found)}); compare them there with the books."
            )
        return await self._told(order, found[0], urgency)

    async def cancel_order(self, order: Order) -> VenueOrder | None:
        """Cancel this order of ours, and tell what became of it. Raises Retryable, OutcomeUnknown."""
        await self._line.markets()
        age = (self._line.clock.now() - order.created_at).total_seconds()
        async with self._line.trading_turn(order.symbol, cancelling(max(0.0, age)), Urgency.EXIT):
            await self._line.reserve_nonces()
            said = await _answer_or_error(self._api.remove_order(order))
        self._learn(order.symbol, said)
        self._judge_cancel(order, said)
        return await self.find_order(order)

    async def _send(self, order: Order, call: SendOrder) -> object:
        """Send in our turn; returns the answer or the error, unjudged. Raises Retryable for what fails before."""
        await self._line.market(order.symbol)
        async with self._line.trading_turn(order.symbol, PLACING, _urgency(order.intent)):
            deadline = await self._line.server_time.now() + self._deadline
            await self._line.reserve_nonces()
            said = await _answer_or_error(call(order, deadline))
        self._learn(order.symbol, said)
        return said

    def _learn(self, symbol: str, said: object) -> None:
        for error in venue_errors(said):
            if error.startswith("EOrder:Rate limit exceeded"):
                self._line.over_limit(symbol)
            if error.startswith("EService:Deadline elapsed"):
                self._line.server_time.forget()
            if self._learn_mode is not None and (mode := _MODE.match(error)):
                self._learn_mode(symbol, mode[1])

    def _judge_cancel(self, order: Order, said: object) -> None:
        """Return when asking for the order is enough; raise when the cancellation was not taken or is open."""
        errors = venue_errors(said)
        if errors and all(error.startswith("EOrder:Unknown order") for error in errors):
            return
        if isinstance(said, Mapping) and not errors:
            return
        outcome = classify(said, self._refusals, self._line.name)
        if isinstance(outcome, Refused | NotSent):
            raise Retryable(f"The cancellation of {order.symbol} was not taken: {outcome.detail}")
        raise OutcomeUnknown(f"The cancellation of {order.symbol} may or may not have been taken; ask for the order.")

    def _require_unseen(self, order: Order) -> None:
        if order.venue_order_id:
            raise Retryable(
                f"{self._line.name} took the order as {order.venue_order_id} but does not show it; asking again later."
            )

    async def _told(self, order: Order, found: AccountOrder, urgency: Urgency) -> VenueOrder:
        trades = await self._api.trades_of(found, urgency) if found.filled_quantity else ()
        self._require_whole(found, trades)
        if trades and found.fee_currency not in (None, order.intent.instrument.quote):
            trades = await self._with_true_fees(found, trades)
        fills = tuple(trade.fill_of(order.client_order_id) for trade in trades)
        return VenueOrder(order.client_order_id, found.venue_order_id, found.status, fills, found.detail)

    async def _with_true_fees(self, found: AccountOrder, trades: Sequence[AccountTrade]) -> Sequence[AccountTrade]:
        """Trades are listed with fees in quote, whatever they were taken in; the ledger knows, and costs a question."""
        entries = await self._api.ledger(found.opened_at - _EARLIER)
        if missing := {trade.trade_id for trade in trades} - {entry.reference for entry in entries}:
            raise Retryable(
                f"{self._line.name} does not show {len(missing)} of {len(trades)} trades of {found.symbol} in its "
                "ledger yet; asking again later."
            )
        return with_ledger_fees(trades, entries)

    def _require_whole(self, found: AccountOrder, trades: Sequence[AccountTrade]) -> None:
        """An order must not become final in the books before all its fills are known."""
        listed = sum((trade.quantity for trade in trades), ZERO)
        missing = listed < found.filled_quantity
        if missing or (found.status in FINAL and listed != found.filled_quantity):
            raise Retryable(
                f"{self._line.name} filled {found.filled_quantity:f} of {found.symbol} but lists trades of "
                f"{listed:f}; asking again later."
            )


async def _answer_or_error(call: Awaitable[object]) -> object:
    try:
        return await call
    except Exception as error:
        return error


def _urgency(intent: OrderIntent) -> Urgency:
    return Urgency.EXIT if intent.protective or intent.reduce_only else Urgency.ENTRY


def _broken_step(intent: OrderIntent) -> str:
    """Venues cut off what is finer than their steps without a word; better refuse than place something else."""
    rules, quantity = intent.instrument, intent.quantity
    if quantity <= 0 or round_down(quantity, rules.lot_step) != quantity:
        return f"{quantity:f} {rules.base} is not a multiple of the lot step {rules.lot_step:f}; round it down."
    if intent.type is OrderType.MARKET:
        return ""
    price = intent.limit_price
    if price is None or price <= 0 or round_down(price, rules.price_tick) != price:
        return f"The limit price must be a multiple of {rules.price_tick:f} {rules.quote} above zero."
    return ""
