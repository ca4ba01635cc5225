"""Local days: where they start in UTC, whole weeks to years around one, spans back from now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Span:
    start: datetime
    end: datetime
    label: str


@dataclass(frozen=True, slots=True)
class LocalCalendar:
    """Local days as seen from `now` (in the zone)."""

    now: datetime
    timezone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.date()

    def start_of(self, day: date) -> datetime:
        """The day's first instant: of a midnight that comes twice the first, of one that is skipped the skip."""
        return datetime(day.year, day.month, day.day, tzinfo=self.timezone).astimezone(UTC)

    def span(self, first: date, after: date, label: str) -> Span:
        return Span(self.start_of(first), self.start_of(after), label)

    def until_now(self, start: datetime, label: str) -> Span:
        return Span(start, self.now.astimezone(UTC), label)

    def day_label(self, day: date) -> str:
        """ "30 Jul", with the year when it is not this one."""
        year = f" {day.year}" if day.year != self.today.year else ""
        return f"{day.day} {MONTH_NAMES[day.month - 1][:3]}{year}"

    def month_label(self, first: date) -> str:
        year = f" {first.year}" if first.year != self.today.year else ""
        return MONTH_NAMES[first.month - 1] + year


def first_day(unit: str, day: date) -> date:
    firsts: dict[str, Callable[[], date]] = {
        "week": lambda: day - timedelta(days=day.weekday()),
        "month": lambda: day.replace(day=1),
        "quarter": lambda: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        "year": lambda: day.replace(month=1, day=1),
    }
    return firsts[unit]()


def back(now: datetime, unit: str, count: int) -> datetime | None:
    """`count` units before `now`: hours by elapsed time, longer units by the wall clock. None before year 1."""
    try:
        if unit == "hour":
            return now.astimezone(UTC) - timedelta(hours=count)
        if unit in ("day", "week"):
            return (now - timedelta(days=count * (7 if unit == "week" else 1))).astimezone(UTC)
        return _months_back(now, count * (12 if unit == "year" else 1)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _months_back(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last_day = (first_of_next - timedelta(days=1)).day
    return now.replace(year=year, month=month + 1, day=min(now.day, last_day))


def day_of(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
