"""Events about the account at the exchange -> messages, from the figures at the moment of telling."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Reply
from chatbot.present.cards import differences, doubts, live, outside, venue
from trading.contract import Reader
from trading.domain.event import (
    DiscrepancyClosed,
    DiscrepancyFound,
    Event,
    ExitFailed,
    ExternalFill,
    ExternalFlow,
    LiveConfirmed,
    LiveUnconfirmed,
    OrderInDoubt,
    OrderSettled,
    VenueModeChanged,
)


async def message(event: Event, desk: Reader) -> Reply | None:
    """The message for `event`; None where nobody needs to be told, and for every other kind of event."""
    match event:
        case OrderInDoubt() | OrderSettled():
            return await _order(event, desk)
        case DiscrepancyFound() | DiscrepancyClosed():
            # Told late, an open one may be closed by now.
            found = await desk.discrepancy(event.discrepancy.id) or event.discrepancy
            return differences.card(found, desk.world)
        case LiveUnconfirmed():
            now = await desk.live()
            return None if now is not None and now.confirmed else live.unconfirmed(event, desk.world)
        case _:
            return _notice(event, desk)


def together(events: Sequence[Event], desk: Reader) -> Reply:
    """Account activity that came in one go, as one message."""
    activity = [event for event in events if isinstance(event, ExternalFill | ExternalFlow)]
    return outside.several(activity, desk.world)


def _notice(event: Event, desk: Reader) -> Reply | None:
    world = desk.world
    match event:
        case ExternalFill():
            return outside.fill(event, world, {market.symbol: market for market in desk.symbols()})
        case ExternalFlow():
            return outside.flow(event, world)
        case ExitFailed():
            return doubts.exit_failed(event, world)
        case VenueModeChanged():
            return venue.mode_changed(event, world)
        case LiveConfirmed():
            return live.began(event, world)
        case _:
            return None


async def _order(event: OrderInDoubt | OrderSettled, desk: Reader) -> Reply | None:
    view = await desk.batch_of(event.client_order_id)
    detail = event.detail if isinstance(event, OrderInDoubt) else ""
    known = doubts.order(event.client_order_id, view, desk.world, detail) if view is not None else None
    if known is None and isinstance(event, OrderInDoubt):
        return doubts.unrecorded(event, desk.world)
    return known
