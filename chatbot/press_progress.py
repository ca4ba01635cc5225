"""How far the orders of a pressed card are, for whoever pressed and waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from chatbot.message import Press, Progress
from chatbot.present.cards import progress
from trading.contract import ApprovalView, Reader
from trading.domain.event import CycleProgress

SEVERAL = 2
"""From so many orders on it is worth showing."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def shown_while(press: Press, view: ApprovalView | None, desk: Reader) -> AsyncIterator[None]:
    """Shows how far the orders of `view` are for as long as the block runs; nothing where there is little to wait for.

    It never raises, and the block does not wait for it.
    """
    if press.progress is None or view is None or _orders(view) < SEVERAL:
        yield
        return
    showing = asyncio.create_task(_show(press.progress, view, desk))
    try:
        yield
    finally:
        showing.cancel()


async def _show(show: Progress, view: ApprovalView, desk: Reader) -> None:
    try:
        await show(progress.pressed(view, _orders(view), desk.world))
        await _follow(show, view, desk)
    except Exception:
        log.exception("progress not shown", card=view.approval.id)


async def _follow(show: Progress, view: ApprovalView, desk: Reader) -> None:
    """The journal tells of each order of a plan as it ends."""
    read_to = await desk.last_event()
    while True:
        await desk.wait_for_events(read_to)
        for entry in await desk.events(read_to):
            read_to = entry.seq
            if isinstance(entry.event, CycleProgress) and entry.event.cycle_id == view.batch.cycle_id:
                await show(progress.told(entry.event, desk.world))


def _orders(view: ApprovalView) -> int:
    return sum(view.approval.includes(order.client_order_id) for order in view.orders)
