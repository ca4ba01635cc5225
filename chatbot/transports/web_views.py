"""What the page shows of the desk, as JSON: figures formatted by the same functions as in every chat reply.

Only the curve is sent as numbers, because the chart is drawn in the browser.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from chatbot.message import Table
from chatbot.present import numbers
from chatbot.present.finding import finding
from chatbot.transports.web_feed import Changes, Feed, Posted
from chatbot.transports.wire import reply_to_wire, table_to_wire
from trading.contract import Performance, Reader, Status

View = dict[str, Any]
CURVE_POINTS = 600
"""Points of a curve sent at most; a screen shows no more."""
DRAWN = {"Portfolio": "You", "BTC": "BTC", "ETH": "ETH"}
"""The lines that are drawn, with their labels."""
TOO_FEW = 30
"""Daily returns below which annualised figures mean little."""


def header(status: Status) -> View:
    """The line on top of every screen."""
    zone = status.world.timezone
    return {
        "clock": f"{numbers.local_day(status.at, zone)} {numbers.local_time(status.at, zone)}",
        "equity": numbers.money(status.equity, status.world.quote),
        "change": numbers.percent(status.change),
        "sign": direction(status.change),
        "state": status.state.value,
        "reason": status.state_reason,
        "pending": status.pending,
        "prices": f"Prices {numbers.age(status.price_age)}",
    }


def curve(performance: Performance) -> View:
    """The growth curves and the drawdown over a window; times are seconds since 1970, values growth of one unit."""
    kept = _thinned(len(performance.times))
    zone = performance.world.timezone
    return {
        "title": finding(performance),
        "zone": zone.key,
        "times": [int(performance.times[i].timestamp()) for i in kept],
        "lines": [
            {
                "name": DRAWN[line.name],
                "values": [line.values[i] for i in kept],
                "total": numbers.percent(line.total_return),
            }
            for line in performance.lines
            if line.name in DRAWN
        ],
        "drawdown": [performance.drawdown[i] for i in kept],
        "deepest": numbers.percent(performance.lines[0].max_drawdown),
        "table": table_to_wire(_measures(performance)),
        "note": _curve_note(performance),
    }


def messages(changes: Changes, feed: Feed, desk: Reader) -> View:
    """What a tab has missed, and the feed and cursor it comes back with."""
    shown = [_message(feed, posted, desk) for posted in changes.messages]
    return {"feed": changes.feed, "cursor": changes.cursor, "messages": shown}


def _message(feed: Feed, posted: Posted, desk: Reader) -> View:
    zone = desk.world.timezone
    pictures = [
        {"url": f"/pictures/{kept.id}.png" if feed.picture(kept.id) else None, "caption": kept.caption}
        for kept in posted.pictures
    ]
    files = [{"url": f"/files/{kept.id}" if feed.file(kept.id) else None, "name": kept.name} for kept in posted.files]
    return {
        "id": posted.id,
        "author": posted.author.value,
        "clock": f"{numbers.local_day(posted.at, zone)} {numbers.local_time(posted.at, zone)}",
        "answering": posted.answering,
        **reply_to_wire(posted.reply),
        "pictures": pictures,
        "files": files,
    }


def direction(value: Decimal | None) -> int:
    """1 for a gain, -1 for a loss, 0 for none or unknown."""
    return 0 if value is None else (value > 0) - (value < 0)


def _measures(performance: Performance) -> Table:
    rows = tuple(
        (
            line.name,
            numbers.percent(line.total_return),
            numbers.percent(line.max_drawdown),
            numbers.figure(line.sharpe),
            numbers.share(line.volatility),
        )
        for line in performance.lines
    )
    return Table("", ("", "Return", "Deepest fall", "Sharpe", "Volatility"), rows, "<>>>>")


def _curve_note(performance: Performance) -> str:
    parts = [
        performance.window.label,
        numbers.counted(performance.days, "day"),
        numbers.counted(performance.trades, "trade"),
        f"fees {numbers.money(performance.fees, performance.world.quote)}",
    ]
    if performance.daily_returns < TOO_FEW:
        parts.append("too few days for Sharpe and volatility")
    return " · ".join(parts)


def _thinned(count: int) -> list[int]:
    """Evenly spaced places in a curve of `count` points, first and last among them."""
    if count <= CURVE_POINTS:
        return list(range(count))
    return [round(i * (count - 1) / (CURVE_POINTS - 1)) for i in range(CURVE_POINTS)]
