"""Windows: people's words become local spans, also where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.contract import Window
from trading.portfolio.windows import parse_window

DENVER = ZoneInfo("America/Denver")
SATURDAY = datetime(2026, 11, 21, 14, 2, tzinfo=DENVER)
LONG_AGO = datetime(2024, 7, 30, 13, 0, tzinfo=UTC)


def window(words: str, now: datetime = SATURDAY, zone: ZoneInfo = DENVER, inception: datetime = LONG_AGO) -> Window:
    found = parse_window(words, now.astimezone(UTC), zone, inception)
    assert found is not None, words
    return found


def local(moment: datetime) -> str:
    return moment.astimezone(DENVER).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("words", "start", "end", "label"),
    [
        ("today", "2026-11-21 00:00", "2026-11-21 14:02", "today"),
        ("today's", "2026-11-21 00:00", "2026-11-21 14:02", "today"),
        ("Yesterday", "2026-11-20 00:00", "2026-11-21 00:00", "yesterday"),
        ("the day before yesterday", "2026-11-19 00:00", "2026-11-20 00:00", "on 19 Nov"),
        ("this week", "2026-11-16 00:00", "2026-11-21 14:02", "this week"),
        ("last week", "2026-11-09 00:00", "2026-11-16 00:00", "last week"),
        ("so far this month", "2026-11-01 00:00", "2026-11-21 14:02", "this month"),
        ("last month", "2026-10-01 00:00", "2026-11-01 00:00", "last month"),
        ("last quarter", "2026-07-01 00:00", "2026-10-01 00:00", "last quarter"),
        ("this year", "2026-01-01 00:00", "2026-11-21 14:02", "this year"),
        ("ytd", "2026-01-01 00:00", "2026-11-21 14:02", "this year"),
        ("last year", "2025-01-01 00:00", "2026-01-01 00:00", "last year"),
        ("last 7 days", "2026-11-14 14:02", "2026-11-21 14:02", "in the last 7 days"),
        ("past two weeks", "2026-11-07 14:02", "2026-11-21 14:02", "in the last 2 weeks"),
        ("over the past month", "2026-10-21 14:02", "2026-11-21 14:02", "in the past month"),
        ("24h", "2026-11-20 14:02", "2026-11-21 14:02", "in the last 24 hours"),
        ("since march", "2026-03-01 00:00", "2026-11-21 14:02", "since 1 Mar"),
        ("since december", "2025-12-01 00:00", "2026-11-21 14:02", "since 1 Dec 2025"),
        ("since 2025-03-01", "2025-03-01 00:00", "2026-11-21 14:02", "since 1 Mar 2025"),
        ("since march 3rd", "2026-03-03 00:00", "2026-11-21 14:02", "since 3 Mar"),
        ("since monday", "2026-11-16 00:00", "2026-11-21 14:02", "since 16 Nov"),
        ("since yesterday", "2026-11-20 00:00", "2026-11-21 14:02", "since yesterday"),
        ("on Monday", "2026-11-16 00:00", "2026-11-17 00:00", "on Monday"),
        ("on the 5th", "2026-11-05 00:00", "2026-11-06 00:00", "on 5 Nov"),
        ("the 30th", "2026-10-30 00:00", "2026-10-31 00:00", "on 30 Oct"),
        ("last saturday", "2026-11-14 00:00", "2026-11-15 00:00", "on Saturday"),
        ("in march", "2026-03-01 00:00", "2026-04-01 00:00", "in March"),
        ("in December", "2025-12-01 00:00", "2026-01-01 00:00", "in December 2025"),
        ("2025", "2025-01-01 00:00", "2026-01-01 00:00", "in 2025"),
        ("march 2025", "2025-03-01 00:00", "2025-04-01 00:00", "in March 2025"),
        ("3rd of march 2025", "2025-03-03 00:00", "2025-03-04 00:00", "on 3 Mar 2025"),
        ("q3", "2026-07-01 00:00", "2026-10-01 00:00", "in Q3 2026"),
        ("in Q4 2025", "2025-10-01 00:00", "2026-01-01 00:00", "in Q4 2025"),
        ("the first quarter", "2026-01-01 00:00", "2026-04-01 00:00", "in Q1 2026"),
        ("since q3", "2026-07-01 00:00", "2026-11-21 14:02", "since 1 Jul"),
        ("this weekend", "2026-11-21 00:00", "2026-11-21 14:02", "on the weekend of 21 Nov"),
        ("last weekend", "2026-11-14 00:00", "2026-11-16 00:00", "on the weekend of 14 Nov"),
        ("between 1 and 5 Nov", "2026-11-01 00:00", "2026-11-06 00:00", "from 1 Nov to 5 Nov"),
        ("from march to may", "2026-03-01 00:00", "2026-06-01 00:00", "from 1 Mar to 31 May"),
        ("between 2026-02-03 and today", "2026-02-03 00:00", "2026-11-21 14:02", "from 3 Feb to 21 Nov"),
        ("from monday to now", "2026-11-16 00:00", "2026-11-21 14:02", "from 16 Nov to 21 Nov"),
        ("all time", "2024-07-30 07:00", "2026-11-21 14:02", "since 30 Jul 2024"),
        ("since inception", "2024-07-30 07:00", "2026-11-21 14:02", "since 30 Jul 2024"),
    ],
)
def test_words_name_a_local_span(words: str, start: str, end: str, label: str) -> None:
    found = window(words)
    assert (local(found.start), local(found.end), found.label) == (start, end, label)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "banana",
        "since feb 30",
        "2030",
        "since 2030-01-01",
        "mars",
        "last 9999 years",
        "q5",
        "between may and march",
        "between banana and now",
        "from 1 to 5",
    ],
)
def test_what_is_not_understood_or_lies_in_the_future_is_none(words: str) -> None:
    assert parse_window(words, SATURDAY.astimezone(UTC), DENVER, LONG_AGO) is None


def test_nothing_starts_before_inception() -> None:
    tuesday = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)
    assert window("this month", inception=tuesday).start == tuesday
    assert window("all", inception=tuesday).label == "since 17 Nov"


def test_a_span_before_inception_comes_back_empty() -> None:
    tuesday = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)
    gone = window("last month", inception=tuesday)
    assert gone.start == gone.end == tuesday


def test_the_day_the_clocks_go_back_has_25_hours() -> None:
    noon = datetime(2026, 11, 2, 12, 0, tzinfo=DENVER)
    day = window("yesterday", noon)
    assert day.end - day.start == timedelta(hours=25)


def test_a_week_over_the_clock_change_keeps_the_wall_time_and_24_hours_keep_the_length() -> None:
    noon = datetime(2026, 11, 1, 12, 0, tzinfo=DENVER)
    assert local(window("last 7 days", noon).start) == "2026-10-25 12:00"
    assert noon.astimezone(UTC) - window("last 24 hours", noon).start == timedelta(hours=24)


def test_a_day_whose_midnight_is_skipped_starts_where_the_clock_jumps() -> None:
    santiago = ZoneInfo("America/Santiago")
    noon = datetime(2025, 9, 7, 12, 0, tzinfo=santiago)
    assert window("today", noon, santiago).start == datetime(2025, 9, 7, 4, 0, tzinfo=UTC)


def test_a_day_whose_midnight_comes_twice_starts_at_the_first() -> None:
    havana = ZoneInfo("America/Havana")
    noon = datetime(2025, 11, 2, 12, 0, tzinfo=havana)
    day = window("today", noon, havana)
    assert day.start == datetime(2025, 11, 2, 4, 0, tzinfo=UTC)


def test_a_month_back_from_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert local(window("past month", datetime(2026, 3, 31, 9, 0, tzinfo=DENVER)).start) == "2026-02-28 09:00"


ZONES = st.sampled_from(
    ["America/Denver", "Europe/Berlin", "America/Santiago", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe",
     "Asia/Beirut", "Pacific/Apia", "UTC"]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.integers(0, 10 * 365 * 24 * 60).map(lambda minutes: LONG_AGO + timedelta(days=2, minutes=minutes))
WORDS = st.sampled_from(
    ["today", "yesterday", "this week", "last week", "this month", "last month", "this quarter", "last quarter",
     "this year", "last year", "last 7 days", "last 24 hours", "past month", "since march", "since monday", "in march",
     "all", "3 march", "friday", "last 3 months"]
)  # fmt: skip


@given(WORDS, MOMENTS, ZONES)
def test_every_span_is_ordered_past_and_after_inception(words: str, now: datetime, zone: ZoneInfo) -> None:
    found = window(words, now, zone)
    assert LONG_AGO <= found.start <= found.end <= now
    assert found.start.tzinfo is UTC and found.end.tzinfo is UTC


@given(st.sampled_from(["week", "month", "quarter", "year"]), MOMENTS, ZONES)
def test_the_last_one_ends_where_this_one_starts(unit: str, now: datetime, zone: ZoneInfo) -> None:
    earlier = datetime(2020, 1, 1, tzinfo=UTC)
    this, last = window(f"this {unit}", now, zone, earlier), window(f"last {unit}", now, zone, earlier)
    assert last.end == this.start
    assert window(f"last {unit}", last.start + timedelta(hours=1), zone, earlier).end == last.start


@given(MOMENTS, ZONES)
def test_today_begins_with_the_local_date_and_yesterday_ends_there(now: datetime, zone: ZoneInfo) -> None:
    today, yesterday = window("today", now, zone), window("yesterday", now, zone)
    date = now.astimezone(zone).date()
    assert today.start.astimezone(zone).date() == date
    assert (today.start - timedelta(microseconds=1)).astimezone(zone).date() < date
    assert yesterday.end == today.start


@given(st.text(max_size=40), MOMENTS, ZONES)
def test_any_words_are_understood_or_not_but_never_fail(words: str, now: datetime, zone: ZoneInfo) -> None:
    found = parse_window(words, now, zone, LONG_AGO)
    assert found is None or found.start <= found.end
