"""What happened in the deepest fall: when, what the benchmarks did, and what was sold in it at which result."""

from __future__ import annotations

from chatbot.agent.answers.sources import answer, of_performance
from chatbot.message import Button, Reply
from chatbot.present import numbers as n
from trading.contract import Performance, Reader, Window

_MOST = 3


async def cause(performance: Performance, reader: Reader) -> Reply:
    """Figures of the span from the highest value to the lowest; a cause is not claimed."""
    bottom = min(range(len(performance.drawdown)), key=performance.drawdown.__getitem__)
    if performance.drawdown[bottom] >= 0:
        return Reply(text=answer("There has been no fall.", of_performance(performance)))
    top = max((i for i in range(bottom + 1) if performance.drawdown[i] >= 0), default=0)
    span = _window(performance, top, bottom)
    sold = await reader.pnl(span)
    quote = performance.world.quote
    worst = sorted(sold.by_symbol.items(), key=lambda row: row[1])[:_MOST]
    coins = ", ".join(f"{symbol.partition('/')[0]} {n.signed_money(value, quote)}" for symbol, value in worst)
    return Reply(
        text=answer(
            f"Deepest fall {n.percent(performance.drawdown[bottom], 1)}, {span.label}.",
            f"Over the same days: {_benchmarks(performance, top, bottom)}.",
            f"Sold in it: {n.signed_money(sold.realized, quote)} realized ({coins})."
            if coins
            else "Nothing was sold in it.",
            "What was held fell with its prices; no single cause is recorded.",
            of_performance(performance),
        ),
        buttons=(Button("Trades", "do:/trades"), Button("Risk", "do:/risk")),
    )


def _window(performance: Performance, top: int, bottom: int) -> Window:
    start, end = performance.times[top], performance.times[bottom]
    zone = performance.world.timezone
    return Window(start, end, f"from {n.local_moment(start, zone)} to {n.local_moment(end, zone)}")


def _benchmarks(performance: Performance, top: int, bottom: int) -> str:
    known = [line for name in ("BTC", "ETH") if (line := performance.line(name)) and line.values[top]]
    moves = [f"{line.name} {n.percent(line.values[bottom] / line.values[top] - 1, 1)}" for line in known]
    return ", ".join(moves) or "no benchmark has prices"
