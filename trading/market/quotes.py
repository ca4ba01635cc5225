"""The newest quote of each symbol, and how old it is."""

from __future__ import annotations

from datetime import timedelta

from trading.clock import Clock
from trading.domain.market import Quote
from trading.errors import StaleData


class QuoteCache:
    """A `PriceSource` in memory. A price that is too old for the use at hand is refused, not returned."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._quotes: dict[str, Quote] = {}

    def put(self, symbol: str, quote: Quote) -> bool:
        """Keep `quote` unless a newer one is known; says whether it was kept."""
        known = self._quotes.get(symbol)
        if known is not None and quote.at < known.at:
            return False
        self._quotes[symbol] = quote
        return True

    def latest(self, symbol: str) -> Quote | None:
        """The newest quote, however old (its `at` says); None when there never was one."""
        return self._quotes.get(symbol)

    def age(self, symbol: str) -> timedelta | None:
        """How old the newest quote is; zero where the venue's clock runs ahead of ours; None without a quote."""
        quote = self._quotes.get(symbol)
        return None if quote is None else max(self._clock.now() - quote.at, timedelta(0))

    def fresh(self, symbol: str, max_age: timedelta) -> Quote:
        """The newest quote. Raises StaleData when there is none or it is older than `max_age`."""
        quote = self._quotes.get(symbol)
        if quote is None:
            raise StaleData(f"There is no price of {symbol} yet; wait for the market data to come up.")
        age = self._clock.now() - quote.at
        if age > max_age:
            raise StaleData(
                f"The price of {symbol} is {_words(age)} old and may be at most {_words(max_age)}; "
                "wait until market data flows again."
            )
        return quote


def _words(span: timedelta) -> str:
    """A span in its largest fitting unit: "45 s", "12 min", "3.5 h"."""
    seconds = span.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
