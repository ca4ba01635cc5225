"""Answers about prices: of one coin, of all, what was traded in it, and whether the market is open."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chatbot.agent.answers.operations import STATES
from chatbot.agent.answers.sources import answer, of_status
from chatbot.agent.queries import MarketHours, PriceAsked, SymbolsAsked, Volume
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import block, table
from trading.contract import Reader, Status
from trading.domain.market import Candle, Instrument

_HOURS = 24
_UNEXPLAINED = "Why prices move is nothing I know; by how much is:"
_UNKNOWN_CHANGE = "change unknown"


async def price(query: PriceAsked, reader: Reader) -> Reply:
    """The newest price of one coin, or the day's movers."""
    if query.symbol is None:
        return await _movers(query, reader)
    instrument = instrument_of(query.symbol, reader)
    status = await reader.status()
    held = next((holding for holding in status.holdings if holding.symbol == instrument.symbol), None)
    candles = await reader.candles(instrument.symbol, "1h", _HOURS + 1)
    now = held.price if held is not None and held.price is not None else _last_close(candles)
    change = _change(candles)
    day = _UNKNOWN_CHANGE if change is None else n.percent(change)
    source = of_status(status) if held is not None and held.price is not None else _candle_source(candles, status)
    why = (_UNEXPLAINED,) if query.unexplained else ()
    return Reply(
        text=answer(*why, f"{instrument.symbol} {n.price(now, instrument)}, {day} in {_HOURS} h.", source),
        buttons=(Button(f"{query.symbol} chart", f"do:/chart {query.symbol}"),),
    )


async def volume(query: Volume, reader: Reader) -> Reply:
    """What was traded in a coin on our market in 24 hours, from its closed candles."""
    instrument, status = instrument_of(query.symbol, reader), await reader.status()
    candles = await reader.candles(instrument.symbol, "1h", _HOURS)
    if len(candles) < _HOURS:
        return Reply(
            text=answer(f"The volume of {query.symbol} is unknown: too few candles.", marks.place(status.world))
        )
    traded = sum((Decimal(str(candle.volume)) for candle in candles), Decimal(0))
    worth = sum((Decimal(str(candle.volume)) * Decimal(str(candle.close)) for candle in candles), Decimal(0))
    return Reply(
        text=answer(
            f"{instrument.symbol}: {traded:,.0f} {query.symbol} traded in {_HOURS} h, "
            f"about {n.whole_money(worth, instrument.quote)}.",
            f"On {status.world.market} alone, at hourly closes.",
            _candle_source(candles, status),
        ),
        buttons=(Button(f"{query.symbol} chart", f"do:/chart {query.symbol}"),),
    )


async def hours(query: MarketHours, reader: Reader) -> Reply:
    """Crypto never closes; whether we trade is another matter."""
    status = await reader.status()
    state = STATES[status.state] + (f": {status.state_reason}" if status.state_reason else "")
    return Reply(
        text=answer("Crypto markets never close.", f"{state.rstrip('.')}.", *status.alerts, of_status(status)),
        buttons=(Button("Schedule", "do:/schedule"),),
    )


async def symbols(query: SymbolsAsked, reader: Reader) -> Reply:
    """What is traded here, and where."""
    bases = list(dict.fromkeys(instrument.base for instrument in reader.symbols()))
    listed = ", ".join(bases)
    return Reply(text=answer(f"{n.counted(len(bases), 'coin')} can be traded: {listed}.", marks.place(reader.world)))


def instrument_of(base: str, reader: Reader) -> Instrument:
    """The instrument of a base that is traded."""
    return next(found for found in reader.symbols() if found.base == base)


async def _movers(query: PriceAsked, reader: Reader) -> Reply:
    status = await reader.status()
    held = {holding.symbol for holding in status.holdings}
    asked = [found for found in reader.symbols() if not query.held or found.symbol in held]
    series = {found: await reader.candles(found.symbol, "1h", _HOURS + 1) for found in asked}
    known = sorted(((change, found) for found in asked if (change := _change(series[found])) is not None),
                   key=lambda row: row[0], reverse=True)  # fmt: skip
    if not known:
        return Reply(text=answer("The day's moves are unknown: too few candles yet.", marks.place(status.world)))
    (best, first), (worst, last) = known[0], known[-1]
    worst_words = f"; worst: {last.base} {n.percent(worst)}" if len(known) > 1 else ""
    of_what = "of what is held" if query.held else f"of the {len(asked)} we trade"
    rows = [(found.base, n.price(_last_close(series[found]), found), n.percent(change)) for change, found in known]
    up = sum(change > 0 for change, _ in known)
    return Reply(
        text=answer(
            f"Best {of_what}: {first.base} {n.percent(best)}{worst_words}.",
            f"{up} of {len(known)} up over {_HOURS} h.",
            f"Over {_HOURS} h, closed candles · {marks.place(status.world)}",
        ),
        card=block(table(rows, "<>>")),
    )


def _change(candles: Sequence[Candle]) -> Decimal | None:
    """Over 24 hours of closed hourly candles; None with fewer."""
    if len(candles) <= _HOURS or not candles[0].close:
        return None
    return Decimal(str(round(candles[-1].close / candles[0].close - 1, 8)))


def _last_close(candles: Sequence[Candle]) -> Decimal | None:
    return Decimal(str(candles[-1].close)) if candles else None


def _candle_source(candles: Sequence[Candle], status: Status) -> str:
    if not candles:
        return f"No candles yet · {marks.place(status.world)}"
    closed = n.local_moment(candles[-1].closed_at, status.world.timezone)
    return f"Candle closed {closed} · {marks.place(status.world)}"
