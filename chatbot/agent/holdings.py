"""Answers about what is held and what things cost."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chatbot.agent.queries import Holdings, Pick, PriceAsked
from chatbot.agent.sources import answer, of_status
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import status as cards
from chatbot.present.layout import block, table
from trading.contract import Holding, Reader, Status
from trading.domain.market import Candle

_HOURS = 24
_UNKNOWN_CHANGE = "change unknown"


async def holdings(query: Holdings, reader: Reader) -> Reply:
    """One position, or all of them with the one that is asked for first."""
    status = await reader.status()
    if query.symbol is not None:
        return _one(query.symbol, status)
    if not status.holdings:
        cash = n.money(status.cash, status.world.quote)
        return Reply(text=answer(f"Nothing is held; all is cash, {cash}.", of_status(status)))
    first = _picked(query.pick, status) if query.pick is not None else _all(status)
    return Reply(text=answer(first, of_status(status)), card=_card(status))


def _one(base: str, status: Status) -> Reply:
    held = next((holding for holding in status.holdings if holding.base == base), None)
    chart = (Button(f"{base} chart", f"do:/chart {base}"),)
    if held is None:
        return Reply(text=answer(f"No {base} is held.", of_status(status)), buttons=chart)
    quote = status.world.quote
    worth = f"{n.money(held.value, quote)} ({n.share(held.weight)} of equity)"
    return Reply(
        text=answer(
            f"{_size(held)}, worth {worth}.",
            f"Cost {n.price(held.average_cost, held.instrument)}, now {n.price(held.price, held.instrument)}: "
            f"{n.percent(held.gain)}, {n.signed_money(held.unrealized, quote)} open.",
            f"Stop {n.level(held.stop, held.instrument)}, target {n.level(held.target, held.instrument)}.",
            of_status(status),
        ),
        buttons=chart,
    )


def _size(held: Holding) -> str:
    """ "0.0412 BTC", "Short 0.0412 BTC"."""
    size = f"{n.quantity(abs(held.quantity), held.instrument)} {held.base}"
    return f"Short {size}" if held.quantity < 0 else size


def _all(status: Status) -> str:
    ordered = sorted(status.holdings, key=lambda holding: holding.weight or Decimal(0), reverse=True)
    shares = ", ".join(f"{holding.base} {n.share(holding.weight)}" for holding in ordered[:4])
    more = f", {len(ordered) - 4} more" if len(ordered) > 4 else ""
    total = n.money(status.equity, status.world.quote)
    return f"{shares}{more}, cash {n.share(status.cash_weight)}; {total} in all."


def _picked(pick: Pick, status: Status) -> str:
    by_gain = pick in (Pick.BEST, Pick.WORST)
    ranked = [(value, holding) for holding in status.holdings if (value := _rank(holding, by_gain)) is not None]
    if not ranked:
        return f"Unknown: no price for what is held, so the {pick.value} cannot be told."
    last = pick in (Pick.WORST, Pick.SMALLEST)
    _, chosen = (min if last else max)(ranked, key=lambda pair: pair[0])
    figure = f"{n.percent(chosen.gain)} since it was bought" if by_gain else f"{n.share(chosen.weight)} of equity"
    return f"{pick.value.capitalize()} holding: {chosen.base}, {figure}."


def _rank(holding: Holding, by_gain: bool) -> Decimal | None:
    return holding.gain if by_gain else holding.value


def _card(status: Status) -> str:
    return block(cards.holdings(status.holdings, status.cash, status.cash_weight, status.world.quote))


async def price(query: PriceAsked, reader: Reader) -> Reply:
    """The newest price of one coin, or the day's movers."""
    if query.symbol is None:
        return await _movers(query, reader)
    instrument = next(found for found in reader.symbols() if found.base == query.symbol)
    status = await reader.status()
    held = next((holding for holding in status.holdings if holding.symbol == instrument.symbol), None)
    candles = await reader.candles(instrument.symbol, "1h", _HOURS + 1)
    now = held.price if held is not None and held.price is not None else _last_close(candles)
    change = _change(candles)
    day = _UNKNOWN_CHANGE if change is None else n.percent(change)
    source = of_status(status) if held is not None and held.price is not None else _candle_source(candles, status)
    return Reply(
        text=answer(f"{instrument.symbol} {n.price(now, instrument)}, {day} in {_HOURS} h.", source),
        buttons=(Button(f"{query.symbol} chart", f"do:/chart {query.symbol}"),),
    )


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
    return Reply(
        text=answer(
            f"Best {of_what}: {first.base} {n.percent(best)}{worst_words}.",
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
