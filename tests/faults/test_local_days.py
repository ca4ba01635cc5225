"""Promise 30: scheduled work runs once per local day, in every time zone there is, through all changes of its clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tests.proof import Proof
from trading.schedule import DailyAt

FIRST, LAST = date(2020, 1, 2), date(2040, 12, 30)
TIMES = (time(0, 0), time(2, 30), time(7, 0), time(23, 59))
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SWEPT = ("America/Denver", "Africa/Casablanca", "Asia/Tehran", "Australia/Lord_Howe", "America/Scoresbysund")
"""Zones whose every day is walked: with a summer, with a month of fasting, without either, by half an hour, and odd."""


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + number * DAY


@dataclass(frozen=True, slots=True)
class Change:
    """The zone's offset from UTC changes at `at`."""

    at: datetime
    before: timedelta
    after: timedelta


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes(zone: ZoneInfo) -> tuple[Change, ...]:
    """Every change of the zone's clock, to the second. No zone changes its mind within a week."""
    found = []
    early = datetime.combine(FIRST, time(), UTC)
    while early.date() < LAST:
        late = early + WEEK
        if offset(zone, early) != offset(zone, late):
            found.append(Change(_first_different(zone, early, late), offset(zone, early), offset(zone, late)))
        early = late
    return tuple(found)


def _first_different(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    before = offset(zone, early)
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        early, late = (middle, late) if offset(zone, middle) == before else (early, middle)
    return late.replace(microsecond=0)


def walked(at: time, zone: ZoneInfo, first: date, last: date) -> list[datetime]:
    """What the trigger gives, each instant asked for after the one before, from `first` until past `last`."""
    trigger = DailyAt(at, zone)
    due = trigger.on_or_after(datetime.combine(first, time(), zone).astimezone(UTC))
    found = []
    while due.astimezone(zone).date() <= last:
        found.append(due)
        due = trigger.get_next_fire_time(due, due)
    return found


def wrong(at: time, zone: ZoneInfo, first: date, last: date) -> bool:
    """Whether a local day from `first` to `last` has no instant or two, or time runs backwards."""
    found = walked(at, zone, first, last)
    each_its_own = [due.astimezone(zone).date() for due in found] == list(days(first, last))
    return not each_its_own or any(later <= earlier for earlier, later in pairwise(found))


def test_around_every_change_of_every_zone_each_local_day_has_one_instant(proof: Proof) -> None:
    """Zones that share a calendar (Paris and Brussels) share its cases: a trigger sees nothing of a zone but that."""
    calendars = {(offset(zone, datetime.combine(FIRST, time(), UTC)), changes(zone)): zone for zone in every_zone()}
    cases, violations = 0, list[tuple[str, time, date]]()
    for (_, moves), zone in calendars.items():
        for day in (FIRST + DAY, *(change.at.astimezone(zone).date() for change in moves)):
            for at in TIMES:
                cases += 3
                if wrong(at, zone, day - DAY, day + DAY):
                    violations.append((zone.key, at, day))
    assert violations == []
    assert len(calendars) > 60
    proof(30, cases)


def every_zone() -> Iterator[ZoneInfo]:
    return (ZoneInfo(name) for name in sorted(available_timezones()))


@pytest.mark.parametrize("name", SWEPT)
def test_through_twenty_one_years_each_local_day_has_one_instant(name: str, proof: Proof, scale: int) -> None:
    zone = ZoneInfo(name)
    times = TIMES if scale > 1 else TIMES[1:2]
    assert [at for at in times if wrong(at, zone, FIRST, LAST)] == []
    proof(30, cases=len(times) * len(list(days(FIRST, LAST))))
