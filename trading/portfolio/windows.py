"""Spans of time in people's words: "today", "last week", "since march", in the user's time zone.

Days, weeks (from Monday), months and years are local and start at the day's first instant, also where the clocks
change at midnight. "last week" is the whole week before this one; "last 7 days" and "past week" roll back from now
by the wall clock, "last 24 hours" by elapsed time. Nothing starts before inception.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from trading.contract import Window
from trading.portfolio.local_calendar import LocalCalendar, Span, back, day_of, first_day

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "twelve": 12}
_SHORT = {
    "wtd": "this week",
    "mtd": "this month",
    "qtd": "this quarter",
    "ytd": "this year",
    "year to date": "this year",
}
_ALL = {
    *("all", "all time", "ever", "total", "overall", "lifetime", "max", "whole time", "from start"),
    *("since inception", "since start", "since beginning", "since launch", "since we started", "since day one"),
}

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?P<year>20\d\d)"
_ROLLING = re.compile(
    rf"(?:last|past|previous)?\s*(?:(?P<count>\d{{1,4}}|{'|'.join(_NUMBERS)})\s*)?"
    r"(?P<unit>hour|day|week|month|year|h|d|w|m|y)s?"
)
_CALENDAR = re.compile(r"(?P<which>this|current|last|previous)?\s*(?P<unit>day|week|month|quarter|year)")
_ISO = re.compile(rf"{_YEAR}-(?P<number>\d\d?)(?:-(?P<day>\d\d?))?")
_DAY_OF_MONTH = re.compile(
    rf"(?:{_MONTH}\s+(?P<day>\d\d?)|(?P<day_first>\d\d?)(?:\s+of)?\s+{_MONTH.replace('month', 'month_after', 1)})"
    rf"(?:\s+{_YEAR})?"
)
_DAY_ALONE = re.compile(r"day-(?P<day>\d\d?)")
_MONTH_OF_YEAR = re.compile(rf"{_MONTH}(?:\s+{_YEAR})?")
_WEEKDAY = re.compile(r"(?:last\s+)?(?P<name>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?")
_ORDINALS = ("first", "second", "third", "fourth")
_QUARTER = re.compile(rf"(?:q(?P<digit>[1-4])|(?P<word>{'|'.join(_ORDINALS)}) quarter)(?: (?:of )?{_YEAR})?")
_TWO_ENDS = re.compile(r"(?:between|from) (?P<first>.+?) (?:and|to|till|until) (?P<last>.+)")
_FILLERS = re.compile(
    r"^(?:in|over|for|during|on|within|of|across|at)\s+|^from\s+(?!.* (?:to|till|until) )|\b(?:the|so far|until now"
    r"|till now|up to now)\b"
)


def parse_window(words: str, now: datetime, timezone: ZoneInfo, inception: datetime) -> Window | None:
    """The span that `words` name, as of `now`; None when they are not understood or lie in the future.

    Aware UTC instants; the end is exclusive and at most `now`. A span wholly before `inception` comes back empty.
    """
    calendar = LocalCalendar(now.astimezone(timezone), timezone)
    text = _normalise(words)
    if text in _ALL:
        return _clamped(inception, now, f"since {calendar.day_label(inception.astimezone(timezone).date())}", inception)
    span = _since(text, calendar) if text.startswith("since ") else _named(text, calendar)
    if span is None or span.start > now:
        return None
    return _clamped(span.start, min(span.end, now), span.label, inception)


def _clamped(start: datetime, end: datetime, label: str, inception: datetime) -> Window:
    begin = max(start, inception)
    return Window(begin, max(begin, end), label)


def _normalise(words: str) -> str:
    text = words.lower().replace("\u2019", "'").replace("'s", "")
    text = re.sub(r"\bthe (\d\d?)(?:st|nd|rd|th)$", r"day-\1", text)
    text = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", text)
    text = re.sub(r"[^\w\s-]", " ", text)
    text = " ".join(_FILLERS.sub(" ", " ".join(text.split())).split())
    return _SHORT.get(text, text)


def _named(text: str, calendar: LocalCalendar) -> Span | None:
    if text.startswith(("between ", "from ")):
        return _between(text, calendar)
    for reading in (_single_day, _calendar_unit, _rolling, _year, _quarter, _weekend, _date, _month, _weekday):
        span = reading(text, calendar)
        if span is not None:
            return span
    return None


def _since(text: str, calendar: LocalCalendar) -> Span | None:
    """From the start of whatever follows "since" until now."""
    rest = text.removeprefix("since ")
    span = _named(rest, calendar)
    if span is None:
        return None
    day = span.start.astimezone(calendar.timezone).date()
    label = f"since {rest}" if rest in ("yesterday", "today") else f"since {calendar.day_label(day)}"
    return calendar.until_now(span.start, label)


def _single_day(text: str, calendar: LocalCalendar) -> Span | None:
    ago = {"today": 0, "yesterday": 1, "day before yesterday": 2}.get(text)
    if ago is None:
        return None
    day = calendar.today - timedelta(days=ago)
    label = text if ago < 2 else f"on {calendar.day_label(day)}"
    return calendar.span(day, day + timedelta(days=1), label)


def _calendar_unit(text: str, calendar: LocalCalendar) -> Span | None:
    found = _CALENDAR.fullmatch(text)
    if found is None:
        return None
    unit = found["unit"]
    if unit == "day":
        return _single_day("yesterday" if found["which"] in ("last", "previous") else "today", calendar)
    first = first_day(unit, calendar.today)
    if found["which"] in ("last", "previous"):
        return calendar.span(first_day(unit, first - timedelta(days=1)), first, f"last {unit}")
    return calendar.until_now(calendar.start_of(first), f"this {unit}")


def _rolling(text: str, calendar: LocalCalendar) -> Span | None:
    found = _ROLLING.fullmatch(text)
    if found is None:
        return None
    count = _count(found["count"])
    if not count:
        return None
    unit = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}.get(found["unit"], found["unit"])
    start = back(calendar.now, unit, count)
    label = f"in the past {unit}" if count == 1 else f"in the last {count} {unit}s"
    return None if start is None else calendar.until_now(start, label)


def _count(word: str | None) -> int | None:
    if word is None:
        return 1
    return int(word) if word.isdigit() else _NUMBERS.get(word)


def _year(text: str, calendar: LocalCalendar) -> Span | None:
    if not re.fullmatch(r"20\d\d", text):
        return None
    return calendar.span(date(int(text), 1, 1), date(int(text) + 1, 1, 1), f"in {text}")


def _quarter(text: str, calendar: LocalCalendar) -> Span | None:
    """ "q1", "first quarter 2025"; without a year the newest one that has begun."""
    found = _QUARTER.fullmatch(text)
    if found is None:
        return None
    number = int(found["digit"]) if found["digit"] else _ORDINALS.index(found["word"]) + 1
    first_month = 3 * number - 2
    year = int(found["year"]) if found["year"] else calendar.today.year - (first_month > calendar.today.month)
    first = date(year, first_month, 1)
    after = date(year + number // 4, (first_month + 2) % 12 + 1, 1)
    return calendar.span(first, after, f"in Q{number} {year}")


def _weekend(text: str, calendar: LocalCalendar) -> Span | None:
    """Saturday and Sunday: the newest that has begun; "last weekend" is over."""
    if text not in ("weekend", "this weekend", "last weekend", "past weekend"):
        return None
    saturday = calendar.today - timedelta(days=(calendar.today.weekday() - 5) % 7)
    if text == "last weekend" and saturday + timedelta(days=2) > calendar.today:
        saturday -= timedelta(days=7)
    return calendar.span(saturday, saturday + timedelta(days=2), f"on the weekend of {calendar.day_label(saturday)}")


def _between(text: str, calendar: LocalCalendar) -> Span | None:
    """ "between 1 and 5 nov", "from march to may": from the first's start to the second's end; both count in."""
    found = _TWO_ENDS.fullmatch(text)
    if found is None:
        return None
    first, last = found["first"], found["last"]
    month = re.search(_MONTH, last)
    if month and first.isdigit():
        first = f"{first} {month.group(0)}"
    start, end = (
        _named(first, calendar),
        calendar.until_now(calendar.now, "") if last == "now" else _named(last, calendar),
    )
    if start is None or end is None or end.end <= start.start:
        return None
    days = (
        moment.astimezone(calendar.timezone).date() for moment in (start.start, end.end - timedelta(microseconds=1))
    )
    return Span(start.start, end.end, "from {} to {}".format(*map(calendar.day_label, days)))


def _date(text: str, calendar: LocalCalendar) -> Span | None:
    number = _DAY_ALONE.fullmatch(text)
    if number is not None:
        return _day_of_this_month(int(number["day"]), calendar)
    iso = _ISO.fullmatch(text)
    if iso is not None and iso["day"] is None:
        return _whole_month(int(iso["year"]), int(iso["number"]), calendar)
    day = day_of(int(iso["year"]), int(iso["number"]), int(iso["day"])) if iso else _spoken_day(text, calendar)
    return None if day is None else calendar.span(day, day + timedelta(days=1), f"on {calendar.day_label(day)}")


def _day_of_this_month(number: int, calendar: LocalCalendar) -> Span | None:
    """ "the 5th": the newest day of that number that has begun."""
    first = calendar.today.replace(day=1)
    months = (first, (first - timedelta(days=1)).replace(day=1))
    days = (day_of(month.year, month.month, number) for month in months)
    day = next((found for found in days if found is not None and found <= calendar.today), None)
    return None if day is None else calendar.span(day, day + timedelta(days=1), f"on {calendar.day_label(day)}")


def _spoken_day(text: str, calendar: LocalCalendar) -> date | None:
    """ "3 march", "march 3 2025"; without a year the newest one that is not in the future."""
    found = _DAY_OF_MONTH.fullmatch(text)
    if found is None:
        return None
    month = _month_number(found["month"] or found["month_after"])
    number = int(found["day"] or found["day_first"])
    if found["year"]:
        return day_of(int(found["year"]), month, number)
    this_year = day_of(calendar.today.year, month, number)
    return this_year if this_year and this_year <= calendar.today else day_of(calendar.today.year - 1, month, number)


def _month(text: str, calendar: LocalCalendar) -> Span | None:
    """ "march", "march 2025"; without a year the newest one that has begun."""
    found = _MONTH_OF_YEAR.fullmatch(text.removeprefix("last "))
    if found is None:
        return None
    number = _month_number(found["month"])
    year = int(found["year"]) if found["year"] else calendar.today.year - (number > calendar.today.month)
    return _whole_month(year, number, calendar)


def _month_number(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _whole_month(year: int, number: int, calendar: LocalCalendar) -> Span | None:
    first = day_of(year, number, 1)
    if first is None:
        return None
    return calendar.span(first, (first + timedelta(days=31)).replace(day=1), f"in {calendar.month_label(first)}")


def _weekday(text: str, calendar: LocalCalendar) -> Span | None:
    """ "monday": the newest one that has begun, today included; "last monday" is never today."""
    found = _WEEKDAY.fullmatch(text)
    if found is None:
        return None
    number = _DAYS.index(found["name"])
    ago = (calendar.today.weekday() - number) % 7
    if ago == 0 and text.startswith("last "):
        ago = 7
    day = calendar.today - timedelta(days=ago)
    return calendar.span(day, day + timedelta(days=1), f"on {_DAY_NAMES[number]}")
