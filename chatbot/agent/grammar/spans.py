"""The piece of a question that names a span of time, in the words that the reader resolves."""

from __future__ import annotations

import re

_UNIT = r"(?:hour|day|week|month|quarter|year)s?"
_COUNT = r"(?:\d{1,4}|a|one|two|three|four|five|six|seven|twelve|couple of|few)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_DATE = (
    rf"(?:20\d\d-\d\d?(?:-\d\d?)?|{_MONTH} \d\d?(?:st|nd|rd|th)?(?: 20\d\d)?"
    rf"|\d\d?(?:st|nd|rd|th)? (?:of )?{_MONTH}(?: 20\d\d)?)"
)
_QUARTER = r"(?:q[1-4]|(?:first|second|third|fourth) quarter)(?: (?:of )?20\d\d)?"
_POINT = rf"(?:{_DATE}|{_QUARTER}|{_WEEKDAY}|{_MONTH}(?: 20\d\d)?|20\d\d|yesterday|today|now)"
_SPAN = re.compile(
    r"\b(?:"
    # Two ends are taken whole, so that no half of them is understood alone.
    rf"(?:between|from) (?:the )?(?:\d\d?(?:st|nd|rd|th)?|{_POINT}) (?:and|to|till|until) (?:the )?{_POINT}"
    rf"|(?:since |in |for |during )?(?:the )?{_QUARTER}|(?:this |last |past |on the |over the |the )?weekend"
    r"|this (?:morning|afternoon|evening)|lately|recently"
    rf"|"
    r"(?:since (?:i|we|you|it) (?:started|began|launched)|(?:from|since) (?:the )?(?:very )?(?:start|beginning)\b)"
    rf"|since (?:the )?(?:inception|launch|day one|yesterday|today)"
    r"|(?:since |on )the \d\d?(?:st|nd|rd|th)"
    rf"|since (?:last )?(?:{_DATE}|{_WEEKDAY}|{_MONTH}(?: 20\d\d)?|20\d\d|(?:last|this) {_UNIT})"
    r"|(?:the )?day before yesterday|today|tonight|yesterday"
    rf"|(?:this|last|past|previous|current) (?:{_COUNT} )?{_UNIT}"
    rf"|last {_WEEKDAY}|on {_WEEKDAY}|(?:on )?{_DATE}"
    rf"|(?:in|for|during) (?:{_MONTH}(?: 20\d\d)?|20\d\d)|{_MONTH} 20\d\d"
    r"|ytd|mtd|wtd|qtd|year to date|all[- ]time|lifetime|ever|overall|so far"
    r"|(?:the|for|in) (?:day|week|month|quarter|year)"
    rf"|(?:(?:last|past) )?\d{{1,4}} ?(?:hours?|days?|weeks?|months?|years?|h|d|w|m|y)\b|{_COUNT} {_UNIT}"
    r"|daily|weekly|monthly|yearly"
    r")\b"
)
_BEGINNING = re.compile(r"(?:since|from) .*\b(?:started|began|launched|start|beginning)")
_SAME = {
    "tonight": "today", "this morning": "today", "this afternoon": "today", "this evening": "today",
    "lately": "last 7 days", "recently": "last 7 days",
    "daily": "today", "weekly": "this week", "monthly": "this month", "yearly": "this year",
    "all-time": "all", "all time": "all", "lifetime": "all", "ever": "all", "overall": "all", "so far": "all",
}  # fmt: skip


def find_span(normal: str) -> tuple[str | None, str]:
    """The window's words and the question without them. "today" and "all time" in one question: the longest wins."""
    found = max(_SPAN.finditer(normal), key=lambda match: len(match.group(0)), default=None)
    if found is None:
        return None, normal
    words = re.sub(r"^(?:the|for|in) (?=day|week|month|quarter|year)", "this ", found.group(0))
    words = re.sub(r"^(?:last|past) (?=\d+ ?[hdwmy]$)", "", words)
    words = words.replace("couple of", "two").replace("few", "three").replace("24-hour", "24 hours")
    rest = f"{normal[: found.start()]} {normal[found.end() :]}"
    if _BEGINNING.fullmatch(words):
        words = "since inception"
    return _SAME.get(words, words), " ".join(rest.split())
