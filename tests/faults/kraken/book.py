"""What can be bought and sold at which price: a market of Kraken's with depth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.contract.kraken_market import KrakenMarket, Pair, allow, asked, pair_of, whole
from tests.faults.kraken.records import Side
from trading.clock import Clock

LEVELS = 25
NOTIONAL = Decimal(25_000)
"""What a level of a book that nobody set holds, in USD."""

Level = tuple[Decimal, Decimal]
"""Price in quote and volume in base."""


@dataclass(slots=True)
class Book:
    """Bids and asks, best first."""

    bids: list[Level] = field(default_factory=list)
    asks: list[Level] = field(default_factory=list)

    def against(self, side: Side) -> list[Level]:
        """The levels that an order of `side` would meet."""
        return self.asks if side is Side.BUY else self.bids

    def match(self, side: Side, volume: Decimal, limit: Decimal | None) -> list[Level]:
        """Price and volume of each execution of an order, as deep as the book goes; takes nothing away."""
        found: list[Level] = []
        for price, offered in self.against(side):
            if volume <= 0 or (limit is not None and not reaches(side, limit, price)):
                break
            found.append((price, min(volume, offered)))
            volume -= offered
        return found

    def take(self, side: Side, executions: Sequence[Level]) -> None:
        """Remove what was executed."""
        levels = self.against(side)
        for price, volume in executions:
            offered = levels[0][1]
            assert levels[0][0] == price, "executions are taken in the book's order"
            levels.pop(0)
            if offered > volume:
                levels.insert(0, (price, offered - volume))


class DeepMarket(KrakenMarket):
    """The public half with an order book: `Depth`, and quotes that follow a book that was set."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._books: dict[str, Book] = {}
        self._statuses: dict[str, str] = {}

    def set_book(self, symbol: str, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """From now on `symbol` trades against this book, which empties as orders take from it."""
        pair = pair_of(symbol)
        self._books[pair.id] = Book(list(bids), list(asks))
        best = [levels[0][0] for levels in (bids, asks) if levels]
        if best:
            self.set_price(symbol, float(sum(best) / len(best)))

    def book(self, pair: Pair) -> Book:
        """The book now. One that nobody set is made afresh around the price each time."""
        return self._books.get(pair.id) or self._made(pair)

    def quote(self, pair: Pair) -> tuple[float, float, float]:
        book = self._books.get(pair.id)
        bid, ask, last = super().quote(pair)
        if book is None:
            return bid, ask, last
        return (float(book.bids[0][0]) if book.bids else bid), (float(book.asks[0][0]) if book.asks else ask), last

    def last(self, pair: Pair) -> Decimal:
        """The price of the last trade."""
        return Decimal(str(self.price(pair, self.now()))).quantize(pair.tick)

    def status(self, pair: Pair) -> str:
        """What AssetPairs says of `pair`: online, cancel_only, post_only, limit_only, reduce_only."""
        return self._statuses.get(pair.id, pair.status)

    def set_status(self, symbol: str, status: str) -> None:
        """From now on `symbol` is in this mode."""
        self._statuses[pair_of(symbol).id] = status

    def answers(self) -> Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        return {**super().answers(), "Depth": self._depth, "AssetPairs": self._listings}

    def _made(self, pair: Pair) -> Book:
        last = self.last(pair)
        per_usd = last if pair.quote == "USD" else last * Decimal(60_000)
        volume = (NOTIONAL / per_usd).quantize(Decimal("1e-8"))
        steps = range(1, LEVELS + 1)
        return Book(
            bids=[(last - step * pair.tick, volume) for step in steps],
            asks=[(last + step * pair.tick, volume) for step in steps],
        )

    def _listings(self, query: Mapping[str, str]) -> dict[str, Any]:
        listed = super().answers()["AssetPairs"](query)
        return {
            id_: {**listing, "status": self._statuses.get(id_, listing["status"])} for id_, listing in listed.items()
        }

    def _depth(self, query: Mapping[str, str]) -> dict[str, Any]:
        allow(query, "pair", "count", "assetVersion")
        (pair,) = asked(query.get("pair", ""))
        count, book = whole(query.get("count", "100"), "count"), self.book(pair)
        return {pair.id: {"asks": self._rows(pair, book.asks[:count]), "bids": self._rows(pair, book.bids[:count])}}

    def _rows(self, pair: Pair, levels: Sequence[Level]) -> list[list[Any]]:
        return [[f"{price:.{pair.decimals}f}", f"{volume:.8f}", int(self.now())] for price, volume in levels]


def reaches(side: Side, limit: Decimal, price: Decimal) -> bool:
    """Whether an order of `side` with `limit` may execute at `price`."""
    return limit >= price if side is Side.BUY else limit <= price
