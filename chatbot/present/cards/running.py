"""How the program is doing, what it is made of, and the books as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chatbot.message import Attachment, Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, pair, prose, wrapped
from trading.contract.books import Export, Health, Version
from trading.domain.risk import TradingState

_MEGA = 1024 * 1024
_SLOW = 0.25
"""Seconds of lag from which on people notice."""
_BACKUP_LATE = timedelta(days=2)
_COMPARISON_LATE = timedelta(minutes=15)
_MOST_YEARS = 8

Check = tuple[str, str, bool]
"""What was looked at, what was found, whether that is as it should be."""


def health(found: Health) -> Reply:
    """One line per part; what needs a look comes first."""
    checks = list(_checks(found))
    odd = [name for name, _, fine in checks if not fine]
    words = f"{n.counted(len(odd), 'part needs', 'parts need')} a look." if odd or found.alerts else "All well."
    return Reply(
        text=prose(
            f"{marks.ATTENTION if odd or found.alerts else marks.ANSWER} {marks.mode(found.world)} · {words}",
            *found.alerts,
        ),
        card=block(
            _lines([check for check in checks if not check[2]]), _lines([check for check in checks if check[2]])
        ),
        buttons=(Button("Status", "do:/status"), Button("Version", "do:/version")),
        tone=Tone.WARNING if odd or found.alerts else Tone.GOOD,
    )


def version(found: Version) -> Reply:
    """Program, Python, schema, libraries, and since when it runs."""
    rows = [("Python", found.python), ("Database schema", found.schema), *found.libraries.items()]
    since = n.local_moment(found.started_at, found.world.timezone)
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(found.world)} · Purser {found.program or n.UNKNOWN}.",
            f"Running since {since}.",
        ),
        card=block([line for label, value in rows for line in pair(label, value)]),
    )


def export(found: Export) -> Reply:
    """The files, or a choice of years where they would be too large together."""
    mode, years = marks.mode(found.world), found.years[-_MOST_YEARS:]
    buttons = tuple(Button(str(year), f"do:/export {year}") for year in reversed(years)) if len(years) > 1 else ()
    if found.too_large:
        text = f"{marks.ATTENTION} {mode} · That is more than one message carries. Ask for a year, or a month."
        return Reply(text=prose(text, "For example: /export march"), buttons=buttons, ok=False)
    rows = [(file.name.removeprefix("purser-"), n.counted(file.rows, "row")) for file in found.files]
    return Reply(
        text=prose(
            f"{marks.ANSWER} {mode} · The books {found.window.label}, as {len(found.files)} files.",
            "CSV in UTF-8, exact amounts, times in UTC.",
        ),
        card=block([line for label, value in rows for line in pair(label, value)]),
        files=tuple(Attachment(file.data, file.name) for file in found.files),
        buttons=buttons,
    )


def _checks(found: Health) -> Sequence[Check]:
    return [
        ("Trading", found.state.value, found.state is TradingState.ACTIVE),
        _prices(found),
        _orders(found),
        *_account(found),
        _decisions(found),
        _loop(found),
        *_store(found),
        ("Memory", _size(found.memory), True),
        ("Up", n.duration(found.uptime), True),
    ]


def _prices(found: Health) -> Check:
    if found.late_symbols:
        return "Prices", f"too old: {', '.join(found.late_symbols)}", False
    ages = [age for age in found.price_ages.values() if age is not None]
    return "Prices", f"{n.counted(len(ages), 'pair')}, {n.age(max(ages))}" if ages else "none yet", bool(ages)


def _orders(found: Health) -> Check:
    doubt = f", {found.orders_in_doubt} in doubt" if found.orders_in_doubt else ""
    return "Open orders", f"{found.orders_open}{doubt}", not found.orders_in_doubt


def _account(found: Health) -> Sequence[Check]:
    """Nothing where the books are all there is."""
    if found.compared_at is None:
        return ()
    verb, ago = "agreed" if found.agreed else "differed", found.at - found.compared_at
    return [("Books and account", f"{verb} {n.duration(ago)} ago", bool(found.agreed) and ago <= _COMPARISON_LATE)]


def _decisions(found: Health) -> Check:
    if found.decided_at is None:
        return "Decisions", f"none yet, by {found.decider}", True
    if found.failed:
        return "Decisions", f"failed: {found.failed}", False
    return "Decisions", f"{found.decider}, {_ago(found.decided_at, found.at)}", True


def _loop(found: Health) -> Check:
    delay = found.delay
    if not delay.beats:
        return "Reaction", "not measured yet", True
    return "Reaction", f"p99 {_milliseconds(delay.p99)}, most {_milliseconds(delay.maximum)}", delay.maximum < _SLOW


def _store(found: Health) -> Sequence[Check]:
    store = found.store
    if store.size is None:
        return [("Database", "on a server, or in memory", True)]
    size = ("Database", _size(store.size), True)
    if store.backed_up_at is None:
        return [size, ("Backup", "none yet", found.uptime < _BACKUP_LATE)]
    late = found.now - store.backed_up_at > _BACKUP_LATE
    return [size, ("Backup", _ago(store.backed_up_at, found.now), not late)]


def _lines(checks: Sequence[Check]) -> Lines:
    """Long findings go below their name."""
    lines: Lines = []
    for name, words, fine in checks:
        title = name if fine else f"{marks.ATTENTION} {name}"
        fits = len(title) + len(words) < 34
        lines += pair(title, words) if fits else [title, *wrapped(words, indent="  ", most=4)]
    return lines


def _ago(at: datetime, now: datetime) -> str:
    return n.relative(min(at, now) - now)


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)} ms"


def _size(count: int | None) -> str:
    return n.UNKNOWN if count is None else f"{max(1, round(count / _MEGA)):,} MB"
