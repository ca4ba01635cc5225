"""The newest quote of each symbol, and how old it is, whatever our wall clock does meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from trading.clock import Clock
from trading.domain.market import Quote
from trading.errors import StaleData

NOTHING = timedelta(0)
SLACK = timedelta(seconds=2)
"""How far ahead of us a venue's time may be before it proves that our clock was behind."""


@dataclass(slots=True)
class _Known:
    """A quote, its age when it came, and what our two clocks said then."""

    quote: Quote
    age: timedelta
    wall: datetime
    monotonic: float


class QuoteCache:
    """A `PriceSource` in memory. A price that is too old for the use at hand is refused, not returned.

    A venue's time is compared with our wall clock as it was at the start, carried on by the monotonic one: a jump
    of the wall clock moves neither. From receipt on, a quote ages by whichever clock went further, so a jump forward
    costs one refresh and a jump back nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._set_at = clock.now()
        self._set_when = clock.monotonic()

    def synchronize(self, venue_now: datetime) -> None:
        """The venue's clock reads `venue_now`: from now on its quotes are compared with that."""
        self._set_at, self._set_when = venue_now, self._clock.monotonic()

    def put(self, symbol: str, quote: Quote) -> bool:
        """Keep `quote` unless a newer one is known; says whether it was kept."""
        wall, monotonic = self._clock.now(), self._clock.monotonic()
        came = _Known(quote, self._age_on_receipt(quote, wall, monotonic), wall, monotonic)
        known = self._known.get(symbol)
        if known is not None:
            if _is_older(came, known):
                return False
            if quote.at == known.quote.at:
                # The same news once more, from a feed that stands still: it does not get younger by that.
                came.age = max(came.age, _age(known, wall, monotonic))
        self._known[symbol] = came
        return True

    def latest(self, symbol: str) -> Quote | None:
        """The newest quote, however old (its `at` says); None when there never was one."""
        known = self._known.get(symbol)
        return None if known is None else known.quote

    def age(self, symbol: str) -> timedelta | None:
        """How old the newest quote is; zero where the venue's clock runs ahead of ours; None without a quote."""
        known = self._known.get(symbol)
        return None if known is None else _age(known, self._clock.now(), self._clock.monotonic())

    def fresh(self, symbol: str, max_age: timedelta) -> Quote:
        """The newest quote. Raises StaleData when there is none or it is older than `max_age`."""
        known, age = self._known.get(symbol), self.age(symbol)
        if known is None or age is None:
            raise StaleData(f"There is no price of {symbol} yet; wait for the market data to come up.")
        if age > max_age:
            raise StaleData(
                f"The price of {symbol} is {_words(age)} old and may be at most {_words(max_age)}; "
                "wait until market data flows again."
            )
        return known.quote

    def _age_on_receipt(self, quote: Quote, wall: datetime, monotonic: float) -> timedelta:
        if quote.ours:
            return max(wall - quote.at, NOTHING)
        now = self._set_at + timedelta(seconds=monotonic - self._set_when)
        if now + SLACK < quote.at <= wall:
            # Nothing is quoted before its time: our clock was behind when we read it, and was set right since.
            self._set_at, self._set_when = wall, monotonic
            now = wall
        return max(now - quote.at, NOTHING)


def _age(known: _Known, wall: datetime, monotonic: float) -> timedelta:
    # The further of the two: a paused machine's monotonic clock stands still while prices move on.
    return known.age + max(timedelta(seconds=monotonic - known.monotonic), wall - known.wall)


def _is_older(came: _Known, known: _Known) -> bool:
    if not came.quote.ours and not known.quote.ours:
        return came.quote.at < known.quote.at
    return came.monotonic - came.age.total_seconds() < known.monotonic - known.age.total_seconds()


def _words(span: timedelta) -> str:
    """A span in its largest fitting unit: "45 s", "12 min", "3.5 h"."""
    seconds = span.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
