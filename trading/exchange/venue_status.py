"""What a venue takes at the moment: everything, only cancels, only limit orders, or nothing.

The whole exchange has a mode, and so has each pair. Both are looked at once a minute, with public questions that
cost the key's budget nothing, and learned at once from a refusal that tells them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog

from trading.clock import Clock, first_of
from trading.domain.event import VenueModeChanged
from trading.domain.order import OrderIntent, OrderType, Side
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable

log = structlog.get_logger(__name__)

ONLINE = "online"
EVERY = timedelta(seconds=60)
WHOLE = ""
"""Stands for the whole exchange where a symbol is asked for."""

Tell = Callable[[VenueModeChanged], Awaitable[None]]
"""Puts a change into the journal."""


@dataclass(frozen=True, slots=True)
class Modes:
    """The whole exchange's mode, and those of its pairs by symbol; a pair that is not listed is online."""

    whole: str = ONLINE
    pairs: Mapping[str, str] = field(default_factory=dict)


class ModeSource(Protocol):
    """Where modes are asked for."""

    @property
    def name(self) -> str:
        """What people call the venue."""
        ...

    async def modes(self, symbols: Sequence[str]) -> Modes:
        """Raises Retryable."""
        ...


@dataclass(frozen=True, slots=True)
class _Mode:
    """`takes` tells which of our orders are taken, `words` what the venue does then."""

    words: str
    takes: Callable[[OrderIntent], bool]


def _nothing(intent: OrderIntent) -> bool:
    return False


def _limits(intent: OrderIntent) -> bool:
    return intent.type is OrderType.LIMIT


def _sells(intent: OrderIntent) -> bool:
    return intent.side is Side.SELL


def _exits(intent: OrderIntent) -> bool:
    return intent.protective or intent.reduce_only


_MODES: Mapping[str, _Mode] = {
    "maintenance": _Mode("is down for maintenance", _nothing),
    "cancel_only": _Mode("takes only cancels", _nothing),
    # Ours never promise to rest in the book, so none of them passes.
    "post_only": _Mode("takes only orders that rest in the book", _nothing),
    "limit_only": _Mode("takes only limit orders", _limits),
    "reduce_only": _Mode("takes only orders that reduce a holding", _sells),
}


def _mode(word: str) -> _Mode:
    """A word we do not know stops entries; exits are tried, as the venue itself will say what it does not take."""
    return _MODES.get(word, _Mode(f"says that it is in {word} mode", _exits))


class VenueStatus:
    """The modes of one venue and of `symbols` there. Before the first look everything counts as online.

    `tell` is called for every change, after `refusal` knows of it.
    """

    def __init__(
        self, source: ModeSource, symbols: Sequence[str], tell: Tell, clock: Clock, *, every: timedelta = EVERY
    ) -> None:
        self._source = source
        self._symbols = tuple(symbols)
        self._tell = tell
        self._clock = clock
        self._every = every
        self._modes = Modes()
        self._told: dict[str, str] = {}
        self._learned: dict[str, tuple[str, float]] = {}
        self._news = asyncio.Event()

    def mode(self, symbol: str = WHOLE) -> str:
        """The mode of a pair, or of the whole exchange; "online" when everything is taken."""
        if symbol == WHOLE:
            return self._modes.whole
        return self._learned_mode(symbol) or self._modes.pairs.get(symbol, ONLINE)

    def refusal(self, intent: OrderIntent) -> Refused | None:
        """Why the venue would not take this order now; None when it would. Reads memory only."""
        for symbol in (WHOLE, intent.symbol):
            word = self.mode(symbol)
            if word != ONLINE and not _mode(word).takes(intent):
                return Refused(RefusalCode.VENUE_MODE, self._sentence(symbol, word), intent.symbol)
        return None

    def alerts(self) -> Sequence[str]:
        """One sentence for each mode that is not online."""
        modes = {symbol: self.mode(symbol) for symbol in (WHOLE, *self._symbols)}
        return [f"{self._who(symbol)} {_mode(word).words}." for symbol, word in modes.items() if word != ONLINE]

    def learn(self, symbol: str, mode: str) -> None:
        """The venue refused an order of `symbol` with this mode. Believed until a minute's looks say otherwise."""
        self._learned[symbol] = (mode, self._clock.monotonic() + self._every.total_seconds())
        self._news.set()

    async def look(self) -> None:
        """Ask once, and tell what changed. Raises Retryable; then the last answer stands."""
        modes = await self._source.modes(self._symbols)
        # What a refusal told of a pair may have been the whole exchange's mode.
        self._learned = {symbol: told for symbol, told in self._learned.items() if told[0] != modes.whole}
        self._modes = modes
        await self._tell_changes()

    async def run(self) -> None:
        """Look once a minute, and at once when something was learned, until cancelled."""
        while True:
            self._news.clear()
            try:
                await self.look()
            except Retryable as error:
                log.info("venue modes unknown", why=str(error))
                await self._tell_changes()
            await self._pause()

    async def _tell_changes(self) -> None:
        for symbol in (WHOLE, *self._symbols):
            old, new = self._told.get(symbol, ONLINE), self.mode(symbol)
            if old != new:
                await self._tell(VenueModeChanged(self._clock.now(), old, new, symbol))
                self._told[symbol] = new

    async def _pause(self) -> None:
        await first_of(self._clock.sleep(self._every.total_seconds()), self._news.wait())

    def _learned_mode(self, symbol: str) -> str | None:
        mode, until = self._learned.get(symbol, (ONLINE, 0.0))
        return mode if self._clock.monotonic() < until else None

    def _sentence(self, symbol: str, word: str) -> str:
        return (
            f"{self._who(symbol)} {_mode(word).words} now ({word}), so nothing was sent; you are told when that "
            "changes, then try again."
        )

    def _who(self, symbol: str) -> str:
        return f"{self._source.name}'s {symbol} market" if symbol else self._source.name
