"""Profit over a window, cut into days, weeks or months, and by coin."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from trading.contract import Pnl, Status, Window
from trading.contract.books import Profit, SymbolProfit
from trading.domain.money import ZERO
from trading.portfolio.local_calendar import LocalCalendar, first_day
from trading.views.overview import Overview
from trading.views.trades import TradeViews

MOST_PARTS = 14
_UNITS = (("day", timedelta(days=1)), ("week", timedelta(days=7)))


class ProfitViews:
    """Every part is a `Pnl` of its own window, from the one function that makes them."""

    def __init__(self, overview: Overview, trades: TradeViews) -> None:
        self._overview = overview
        self._trades = trades

    async def profit(self, window: Window) -> Profit:
        """Parts are whole local days, weeks or months, whichever makes at most 14, the newest kept."""
        status = await self._overview.status()
        unit = unit_for(window)
        whole, parts = await self.whole_and_parts(window, unit, status)
        return Profit(
            world=status.world,
            whole=whole,
            unit=unit,
            parts=parts,
            by_symbol=_by_symbol(whole, status),
        )

    async def whole_and_parts(self, window: Window, unit: str, status: Status) -> tuple[Pnl, tuple[Pnl, ...]]:
        """`window`, and its newest parts, oldest first; none where `unit` is empty."""
        whole, *parts = await self._trades.pnls([window, *self._parts(window, unit, status)])
        return whole, tuple(parts)

    def _parts(self, window: Window, unit: str, status: Status) -> Sequence[Window]:
        if not unit:
            return ()
        calendar = LocalCalendar(status.at.astimezone(status.world.timezone), status.world.timezone)
        return list(_cuts(window, unit, calendar))[-MOST_PARTS:]


def unit_for(window: Window) -> str:
    """ "day", "week" or "month": the finest of which there are at most 14."""
    span = window.end - window.start
    return next((name for name, length in _UNITS if span <= length * (MOST_PARTS - 1)), "month")


def _cuts(window: Window, unit: str, calendar: LocalCalendar) -> Iterator[Window]:
    """`window` cut at the starts of local days, weeks or months."""
    first = window.start.astimezone(calendar.timezone).date()
    day = first if unit == "day" else first_day(unit, first)
    while calendar.start_of(day) < window.end:
        after = _next(day, unit)
        start, end = max(calendar.start_of(day), window.start), min(calendar.start_of(after), window.end)
        yield Window(start, end, _label(day, unit, calendar))
        day = after


def _next(day: date, unit: str) -> date:
    if unit == "month":
        return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if unit == "week" else 1)


def _label(day: date, unit: str, calendar: LocalCalendar) -> str:
    return calendar.month_label(day) if unit == "month" else calendar.day_label(day)


def _by_symbol(whole: Pnl, status: Status) -> tuple[SymbolProfit, ...]:
    """Coins that earned, lost, or are held; the largest first."""
    held = {holding.symbol: holding.unrealized for holding in status.holdings}
    symbols: Sequence[str] = list(dict.fromkeys([*whole.by_symbol, *held]))
    lines = [SymbolProfit(s, whole.by_symbol.get(s, ZERO), held.get(s, ZERO)) for s in symbols]
    return tuple(sorted(lines, key=lambda line: abs(line.realized) + abs(line.open or ZERO), reverse=True))
