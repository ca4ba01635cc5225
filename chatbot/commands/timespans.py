"""How long, as people write it behind a change: "24h", "1 d", "in 90 min", "over the last 2 days"."""

from __future__ import annotations

import re
from datetime import timedelta

from chatbot.commands.amounts import AmountError

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(days=7)

_MINUTES = {"min": 1, "mins": 1, "minute": 1, "minutes": 1}
_UNITS = {
    **_MINUTES,
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 60),
    **dict.fromkeys(("d", "day", "days"), 1440),
    **dict.fromkeys(("w", "week", "weeks"), 10080),
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_SPAN = re.compile(rf"(?<![\w.,])(?P<number>\d{{1,6}})\s?(?P<unit>{_UNIT})(?!\w)")
_ONE = re.compile(r"(?<!\w)(?:in|within|over|per|last|past)\s+(?:an?\s+|one\s+)?(?P<unit>minute|hour|day|week)(?!\w)")
_LEADING = re.compile(r"(?:\b(?:in|within|over|during|per|for)\s+)?(?:\bthe\s+)?(?:\b(?:last|past)\s+)?$")
_AROUND = {"in", "within", "during", "per", "last", "past", "one"}


def looks_like_timespan(word: str) -> bool:
    """Whether `word` belongs to a span of time: "24h", "hours", "within"."""
    low = word.lower()
    return low in _AROUND or low in _UNITS or _SPAN.fullmatch(low) is not None


def take_timespan(text: str) -> tuple[timedelta | None, str]:
    """The span in `text`, None where there is none, and the rest. Raises AmountError for one that cannot be watched."""
    match = _SPAN.search(text) or _ONE.search(text)
    if match is None:
        return None, text
    minutes = int(match.groupdict().get("number") or 1) * _UNITS[match["unit"]]
    span = timedelta(minutes=minutes)
    if not SHORTEST <= span <= LONGEST:
        raise AmountError(f'"{match[0].strip()}" cannot be watched; a span is from 5 min to 7 d, such as 24h.')
    before = _LEADING.sub("", text[: match.start()])
    rest = f"{before} {text[match.end() :]}"
    if _SPAN.search(rest) is not None:
        raise AmountError(f'"{text[:30]}" has two spans of time; write one, such as +10% 24h.')
    return span, rest
