"""What only the venue knows about orders that are about to be sent, asked before anything is committed.

The order books tell how far each order would walk, and the venue's dry run what its rules say. Both need the
network, so both come before the lock; the limits judge what was learned. Protective exits wait for none of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import structlog

from trading.clock import Clock
from trading.domain.market import Depth
from trading.domain.order import Order, OrderIntent, Side
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable
from trading.exchange.ports import MarketData
from trading.market.depth import expected_slippage, spread
from trading.risk.limits import Liquidity, is_urgent
from trading.risk.review import UNSEEN, Review

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

CheckOrder = Callable[[Order], Awaitable[str]]
"""Why the venue would refuse an order, or "". Raises Retryable."""

BOOK_SECONDS = 3.0
"""How long the order books may take. Exchanges ration questions: each further book of entries has more time."""

FURTHER_BOOK_SECONDS = 2.0

WORTH_TELLING = Decimal("0.001")
"""A spread or slippage from here on (fraction) is told before somebody presses."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the books said, by intent id, and what of it a person should know."""

    liquidity: Mapping[str, Liquidity]
    notes: tuple[str, ...] = ()


class Preflight:
    """Inspects batches. `check` is the venue's dry run."""

    def __init__(self, market: MarketData, check: CheckOrder, review: Review, clock: Clock) -> None:
        self._market = market
        self._check = check
        self._review = review
        self._clock = clock

    async def inspect(self, orders: Sequence[Order]) -> Inspection | Refused:
        """Ask the books and the dry run about `orders`, sells first; the first reason against one is against all.

        An entry is refused while its book cannot be read; an exit goes on without.
        """
        waiting = [order for order in orders if not order.intent.protective]
        if not waiting:
            return Inspection(UNSEEN)
        intents = [order.intent for order in orders]
        # What is refused anyway need not bother the venue.
        refused = self._review.refusal(intents)
        if refused is not None:
            return refused
        liquidity = await self._liquidity([order.intent for order in waiting]) if self._market.has_books else UNSEEN
        if isinstance(liquidity, Refused):
            return liquidity
        refused = self._review.refusal(intents, liquidity) if liquidity else None
        refused = refused or await self._dry_run(waiting)
        return refused or Inspection(liquidity, _remarks(intents, liquidity))

    async def _liquidity(self, intents: Sequence[OrderIntent]) -> Mapping[str, Liquidity] | Refused:
        books = await self._books(intents)
        found: dict[str, Liquidity] = {}
        for intent in intents:
            book = books[intent.symbol]
            if isinstance(book, Depth):
                found[intent.id] = self._seen(intent, book)
            elif book is not None and not intent.reduce_only:
                detail = f"The order book of {intent.symbol} cannot be read ({book}); nothing was sent, try again."
                return Refused(RefusalCode.VENUE_UNAVAILABLE, detail, intent.symbol)
        return found

    async def _books(self, intents: Sequence[OrderIntent]) -> Mapping[str, Depth | Retryable | None]:
        symbols = list(dict.fromkeys(intent.symbol for intent in intents))
        entries = {intent.symbol for intent in intents if not intent.reduce_only}
        seconds = BOOK_SECONDS + FURTHER_BOOK_SECONDS * max(len(entries) - 1, 0)
        books = await asyncio.gather(*(self._book(symbol, seconds) for symbol in symbols))
        return dict(zip(symbols, books, strict=True))

    async def _book(self, symbol: str, seconds: float) -> Depth | Retryable | None:
        try:
            return await self._within(seconds, self._market.depth(symbol))
        except Retryable as error:
            return error

    def _seen(self, intent: OrderIntent, book: Depth) -> Liquidity:
        age = self._clock.now() - book.at
        return Liquidity(spread(book), expected_slippage(book, intent.side, intent.quantity), age)

    async def _dry_run(self, orders: Sequence[Order]) -> Refused | None:
        """The venue's own words against one of `orders`.

        It judges by today's funds, so what the batch's own sales are to pay for is left out; and so is what must get
        through: one order that the venue refuses must not keep a /flatten from selling the others. No answer is no
        reason against an order: what became of the order itself is found out in any case.
        """
        for order in orders:
            if is_urgent(order.intent) or not self._review.covers(order.intent):
                continue
            try:
                words = await self._check(order)
            except Retryable as error:
                log.info("no dry run", symbol=order.symbol, why=str(error))
                continue
            if words:
                return Refused(RefusalCode.VENUE_REFUSED, words, order.symbol)
        return None

    async def _within(self, seconds: float, question: Awaitable[Answer]) -> Answer:
        """The answer, if it comes in time by our clock. Raises Retryable."""
        asked = asyncio.ensure_future(question)
        alarm = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.wait({asked, alarm}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            raise Retryable(f"no answer within {seconds:g} s")
        finally:
            asked.cancel()
            alarm.cancel()
            await asyncio.gather(asked, alarm, return_exceptions=True)


def _remarks(intents: Sequence[OrderIntent], liquidity: Mapping[str, Liquidity]) -> tuple[str, ...]:
    remarks = (_remark(intent, liquidity[intent.id]) for intent in intents if intent.id in liquidity)
    return tuple(remark for remark in remarks if remark)


def _remark(intent: OrderIntent, book: Liquidity) -> str:
    base = intent.instrument.base
    side = "above the best ask" if intent.side is Side.BUY else "below the best bid"
    if book.slippage is None:
        return f"{base}: the order book holds less than the order; the rest may fill far {side}."
    if max(book.spread, book.slippage) < WORTH_TELLING:
        return ""
    return f"{base}: bid and ask are {book.spread:.2%} apart, the order fills about {book.slippage:.2%} {side}."
