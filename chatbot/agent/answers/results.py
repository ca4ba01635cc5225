"""Answers about how we did against the benchmarks."""

from __future__ import annotations

from typing import Protocol

from chatbot.agent.answers.sources import ENOUGH_RETURNS, answer, of_performance
from chatbot.agent.answers.spoken import resolve
from chatbot.agent.queries import Benchmark, Compare
from chatbot.message import Button, Reply
from chatbot.present import finding, marks
from chatbot.present import numbers as n
from chatbot.present.cards.performance import comparison
from chatbot.present.cards.reports import equity_picture
from chatbot.present.layout import capitalized
from trading.contract import Performance, Reader, Window


class EquityCharts(Protocol):
    """Draws an equity picture."""

    async def equity(self, performance: Performance) -> bytes: ...


async def compare(query: Compare, reader: Reader, charts: EquityCharts) -> Reply:
    """Who is ahead and by how much, with the picture."""
    window = resolve(query.window, reader)
    performance = await reader.performance(window)
    if performance is None:
        return await nothing_measured(window, reader)
    names = benchmarks_of(query.benchmark, performance)
    text = answer(
        _headline(query.benchmark, performance),
        f"{capitalized(performance.window.label)}: {_returns(performance)}.",
        f"Deepest fall: {falls(performance, names)}.",
        too_few(performance),
        of_performance(performance),
    )
    picture = equity_picture(performance, await charts.equity(performance))
    return Reply(text=text, pictures=(picture,), buttons=(Button("Figures", "do:/performance"),))


def _headline(asked: Benchmark, performance: Performance) -> str:
    """The clause about the benchmark that was asked; unknown where it has no prices."""
    if asked is Benchmark.BOTH:
        return comparison(performance)
    if performance.line(asked.value) is None:
        return f"Unknown against {asked.value}: no price of it at the start of the span."
    return f"{finding.comparison(performance, asked.value)}."


def benchmarks_of(asked: Benchmark, performance: Performance) -> list[str]:
    """Those that were asked for and have prices."""
    wanted = ("BTC", "ETH") if asked is Benchmark.BOTH else (asked.value,)
    return [name for name in wanted if performance.line(name)]


def _returns(performance: Performance) -> str:
    """ "you +4.82 %, BTC +2.91 %, ETH +8.20 %"; both benchmarks, whichever was asked."""
    known = [line for name in ("BTC", "ETH") if (line := performance.line(name))]
    return ", ".join(
        [f"you {n.percent(performance.lines[0].total_return)}"]
        + [f"{line.name} {n.percent(line.total_return)}" for line in known]
    )


def falls(performance: Performance, names: list[str]) -> str:
    """ "you −8.1 %, BTC −12.0 %"."""
    known = [line for name in names if (line := performance.line(name))]
    return ", ".join(
        [f"you {n.percent(performance.lines[0].max_drawdown, 1)}"]
        + [f"{line.name} {n.percent(line.max_drawdown, 1)}" for line in known]
    )


def too_few(performance: Performance) -> str:
    """What is said of figures from too few days; nothing where there are enough."""
    count = performance.daily_returns
    return "" if count >= ENOUGH_RETURNS else f"{n.counted(count, 'daily return')}: too few to judge."


async def nothing_measured(window: Window, reader: Reader) -> Reply:
    """Why there is no performance: the span lies before the start, or there is too little of it."""
    status = await reader.status()
    start = n.local_moment(status.since, status.world.timezone)
    if window.end <= status.since < reader.now():
        return Reply(
            text=answer(f"Nothing {window.label}: the portfolio started on {start}.", marks.mode(reader.world))
        )
    words = "No performance yet: it needs two readings of equity, one an hour."
    return Reply(text=answer(words, f"Started {start} · {marks.mode(reader.world)}"))
