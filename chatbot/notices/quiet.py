"""Times of day as people write them, and the hours in which only what is urgent comes through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:-|\u2013|\u2212|\bto\b|\buntil\b)\s*", re.IGNORECASE)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` local time, over midnight where `end` is earlier."""

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    def end_of(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet stretch that holds `now` ends, in UTC; None where `now` is not quiet.

        A time that a clock change skips lies as much after the change as it is past the skipped hour's begin; one that
        comes twice is the first of the two: there is one stretch a night, whatever the clocks do.
        """
        today = now.astimezone(zone).date()
        for date in (today - _DAY, today):
            begin = _instant(datetime.combine(date, self.start), zone)
            until = date + _DAY if self.end <= self.start else date
            end = _instant(datetime.combine(until, self.end), zone)
            if begin <= now < end:
                return end
        return None


def read_quiet_hours(text: str) -> QuietHours:
    """ "22:00-07:00", "22 to 7", "10pm-7am". Raises ValueError with a sentence."""
    parts = _BETWEEN.split(text.strip())
    if len(parts) != 2:
        raise ValueError(f'"{text[:30]}" is not a span of time. Write 22:00-07:00.')
    start, end = (read_time(part) for part in parts)
    if start == end:
        raise ValueError("Quiet hours that begin when they end are none. Write 22:00-07:00, or off.")
    return QuietHours(start, end)


def read_time(text: str) -> time:
    """A time of day: "20:00", "20", "8pm". Raises ValueError with a sentence."""
    match = _TIME.fullmatch(text.strip())
    if match is not None:
        hour, minute, half = int(match["hour"]), int(match["minute"] or 0), (match["half"] or "").lower()
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise ValueError(f'"{text[:20]}" is not a time of day. Write 20:00.')


def next_at(moment: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after `after` at which it is `moment` in `zone`, in UTC."""
    date = after.astimezone(zone).date()
    candidates = (_instant(datetime.combine(date + _DAY * days, moment), zone) for days in (-1, 0, 1, 2))
    return next(instant for instant in candidates if instant > after)


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
