"""Quiet hours: one stretch a night whatever the clocks do, in the words in which people write times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.notices.quiet import QuietHours, next_at, read_quiet_hours, read_time

ZONES = st.sampled_from(["America/Denver", "Europe/Berlin", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu"])
TIMES = st.times().map(lambda at: time(at.hour, at.minute))
START = datetime(2024, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("22:00-07:00", time(22), time(7)),
        ("22-7", time(22), time(7)),
        ("22:30 \u2013 6:15", time(22, 30), time(6, 15)),
        ("10pm to 7am", time(22), time(7)),
        ("12am until 12pm", time(0), time(12)),
        ("13.30 - 14", time(13, 30), time(14)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, start: time, end: time) -> None:
    assert read_quiet_hours(text) == QuietHours(start, end)
    assert read_quiet_hours(str(read_quiet_hours(text))) == QuietHours(start, end)


@pytest.mark.parametrize("text", ["", "22", "24:00-7", "22:60-7", "7-7", "13pm-7", "night", "22:00-07:00-08:00"])
def test_what_is_no_span_of_time_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write .*\."):
        read_quiet_hours(text)


@pytest.mark.parametrize(("text", "at"), [("20:00", time(20)), ("8pm", time(20)), ("8:05 am", time(8, 5))])
def test_a_time_of_day(text: str, at: time) -> None:
    assert read_time(text) == at


NIGHT = QuietHours(time(22), time(7))
DENVER = ZoneInfo("America/Denver")


@pytest.mark.parametrize(
    ("local", "end"),
    [
        ("2026-07-30 21:59", None),
        ("2026-07-30 22:00", "2026-07-31 07:00"),
        ("2026-07-31 00:30", "2026-07-31 07:00"),
        ("2026-07-31 06:59", "2026-07-31 07:00"),
        ("2026-07-31 07:00", None),
        ("2026-03-08 01:59", "2026-03-08 07:00"),
        ("2026-11-01 01:30", "2026-11-01 07:00"),
    ],
)
def test_a_night_ends_in_the_morning_also_when_the_clocks_change(local: str, end: str | None) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=DENVER).astimezone(UTC)
    expected = None if end is None else datetime.fromisoformat(end).replace(tzinfo=DENVER).astimezone(UTC)
    assert NIGHT.end_of(now, DENVER) == expected


@given(ZONES, TIMES, TIMES, INSTANTS)
def test_a_quiet_stretch_ends_once_and_within_a_day(name: str, start: time, end: time, now: datetime) -> None:
    zone, hours = ZoneInfo(name), QuietHours(start, end)
    until = hours.end_of(now, zone) if start != end else None
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        middle = now + (until - now) / 2
        assert hours.end_of(middle, zone) == until, "one stretch, without a hole"


@given(ZONES, st.dates(date(2024, 1, 2), date(2026, 12, 30)))
def test_every_night_has_its_quiet_whatever_the_clocks_do(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    midnight = datetime.combine(day, time(0)).replace(tzinfo=zone).astimezone(UTC)
    end = NIGHT.end_of(midnight, zone)
    assert end is not None and end.astimezone(zone).time() == time(7)


@given(ZONES, TIMES, INSTANTS)
def test_the_next_time_of_day_comes_within_a_day_and_after(name: str, at: time, after: datetime) -> None:
    following = next_at(at, after, ZoneInfo(name))
    assert after < following <= after + timedelta(hours=26)
