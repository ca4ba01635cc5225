"""Time zones by their names, and the names most like a mistyped one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

_CLOSE_ENOUGH = 70
_MOST = 3


@cache
def _names() -> Mapping[str, str]:
    """Every zone's name by itself in small letters."""
    return {name.lower(): name for name in sorted(available_timezones()) if not name.startswith(("posix", "right"))}


def find_zone(words: str) -> ZoneInfo | None:
    """The zone that is called so, whatever its case and with blanks for underscores."""
    name = _names().get(_normal(words))
    return None if name is None else ZoneInfo(name)


def nearest_zones(words: str) -> Sequence[str]:
    """Up to three names like `words`, which may be a city alone; the likeliest first."""
    wanted, names = _normal(words), _names()
    exact = [name for low, name in names.items() if low.rpartition("/")[2] == wanted.rpartition("/")[2]]
    cities = {name: low.rpartition("/")[2] for low, name in names.items() if "/" in low}
    found = process.extract(wanted.rpartition("/")[2], cities, scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH, limit=8)
    return list(dict.fromkeys([*exact, *(name for _, _, name in found)]))[:_MOST]


def _normal(words: str) -> str:
    return "_".join(words.lower().split())
