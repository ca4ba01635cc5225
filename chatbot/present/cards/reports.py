"""The daily report, and the summary at the end of a run."""

from __future__ import annotations

from chatbot.message import Button, Picture, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.ledger import profit_rows
from chatbot.present.cards.performance import comparison, performance, returns
from chatbot.present.cards.status import holdings
from chatbot.present.layout import Lines, block, capitalized, pair, prose, table, wrapped
from trading.contract import DailyReport, Performance, World
from trading.domain.event import RunEnded


def daily(report: DailyReport, png: bytes) -> Reply:
    """The day's money, the gaps to BTC and ETH, what is held, with the equity picture."""
    world = report.world
    finding = comparison(report.since_start)
    return Reply(
        text=prose(
            f"{marks.REPORT} Report {n.local_day(report.at, world.timezone)} · {marks.mode(world)}",
            finding,
            f"{capitalized(report.since_start.window.label)}: {returns(report.since_start)}",
            world.caveat,
        ),
        card=block(_totals(report), _day(report), _held(report)),
        pictures=(equity_picture(report.since_start, png),),
        buttons=(Button("Trades", "do:/trades today"), Button("Performance", "do:/performance")),
    )


def run_ended(event: RunEnded, result: Performance | None, world: World, png: bytes | None) -> Reply:
    """The run's result against BTC and ETH, and whether the books close."""
    residual = "0" if event.residual == 0 else f"{event.residual:f} {world.quote}, which must not be"
    head = f"{marks.REPORT} Run ended · {marks.mode(world)}"
    books = f"Ledger residual {residual}."
    if result is None:
        return Reply(text=prose(head, "Too short to measure.", world.caveat, books))
    return Reply(
        text=prose(
            head,
            comparison(result),
            capitalized(returns(result)),
            world.caveat,
            f"{n.counted(result.days, 'day')}, fees in. {books}",
        ),
        card=performance(result).card,
        pictures=(equity_picture(result, png),) if png is not None else (),
        tone=Tone.PLAIN if event.residual == 0 else Tone.WARNING,
    )


def equity_picture(result: Performance, png: bytes) -> Picture:
    """The equity curve with the sentence that says what it shows."""
    return Picture(png=png, caption=f"{marks.mode(result.world)} · {comparison(result)}", name="equity.png")


def _totals(report: DailyReport) -> Lines:
    quote, day = report.world.quote, report.day
    total = report.since_start.lines[0].total_return
    return table(
        [
            ("Equity", n.money(report.equity, quote), n.percent(total)),
            ("Day", n.signed_money(day.change, quote), n.percent(day.change_fraction)),
        ],
        "<>>",
    )


def _day(report: DailyReport) -> Lines:
    return [
        *profit_rows(report.day, report.world.quote),
        *pair("Trades", f"{report.trades.total:,}"),
        *pair("State", report.state.value),
    ]


def _held(report: DailyReport) -> Lines:
    share = report.cash / report.equity if report.equity else None
    # A report made again after a restart knows its money, but not which coins it was in.
    unknown = wrapped("The rest: holdings of that hour are not kept.") if not report.holdings and share != 1 else []
    return [*holdings(report.holdings, report.cash, share, report.world.quote), *unknown]
