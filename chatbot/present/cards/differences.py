"""Books and exchange differ: the figures, what is stopped, and the three things a person can do about it."""

from __future__ import annotations

from collections.abc import Mapping

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.approval_words import PLATFORMS
from chatbot.present.layout import prose
from trading.contract import World
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution

CHOICES: Mapping[str, Resolution] = {
    "adopt": Resolution.ADOPT,
    "ignore": Resolution.IGNORE,
    "again": Resolution.RETRY,
}
"""What a button's id begins with, and what its press means."""

_K, _R = DiscrepancyKind, Resolution
_EXPLAINED: Mapping[DiscrepancyKind, tuple[str, str, str]] = {
    _K.BALANCE: (
        "Adopt: {venue} is right, the books are made to agree.",
        "Ignore: the books stay as they are, and it is not asked again.",
        "Check again: compare once more.",
    ),
    _K.ORDER: (
        "Adopt: what {venue} shows of the order counts, and it is closed.",
        "Ignore: the books stay as they are, and the order is closed.",
        "Check again: ask {venue} about it once more.",
    ),
}
_DECIDED: Mapping[Resolution, tuple[str, str]] = {
    _R.ADOPT: ("Adopted", "What {venue} shows counts."),
    _R.IGNORE: ("Ignored", "The books stay as they are."),
    _R.RETRY: ("Check again asked for", "Should it still be there, a new card says so."),
    _R.VANISHED: ("Gone at the check asked for", "Nothing differs any more."),
}


def card(found: Discrepancy, world: World) -> Reply:
    """The difference as it is now: open with its buttons, or closed with who, where and when."""
    return waiting(found, world) if found.resolution is None else closed(found, found.resolution, world)


def waiting(found: Discrepancy, world: World) -> Reply:
    """What differs, what is stopped meanwhile, what each button does."""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {_heading(found, world)}{_what(found, world)}",
            found.detail,
            _stopped(found),
            *(line.format(venue=world.market) for line in _EXPLAINED[found.kind]),
        ),
        buttons=(
            Button("Adopt", f"adopt:{found.id}", Style.PRIMARY),
            Button("Ignore", f"ignore:{found.id}", Style.DANGER),
            Button("Check again", f"again:{found.id}"),
        ),
        tone=Tone.WARNING,
    )


def closed(found: Discrepancy, resolution: Resolution, world: World) -> Reply:
    """How it ended."""
    word, meaning = _DECIDED[resolution]
    by = f"{word} by {_who(found, world)}." if found.resolved_by else f"It went away by itself{_at(found, world)}."
    return Reply(
        text=prose(
            f"{marks.APPROVED} {_heading(found, world)}",
            by,
            meaning.format(venue=world.market),
            f"It was: {found.detail}",
        ),
        tone=Tone.GOOD,
    )


def still_there(world: World) -> str:
    """The notice for who asked to check again, and in vain."""
    return f"Checked again: {world.market} and the books still differ."


def one_line(found: Discrepancy) -> str:
    """The difference in one line of a list."""
    return f"{short_title(found)}: {found.detail}"


def short_title(found: Discrepancy) -> str:
    """ "Difference BTC", "Order BTC/USD", for a button."""
    return f"{'Difference' if found.kind is DiscrepancyKind.BALANCE else 'Order'} {found.subject}"


def _heading(found: Discrepancy, world: World) -> str:
    what = "Difference" if found.kind is DiscrepancyKind.BALANCE else "Order unclear"
    return f"{what} · {marks.mode(world)} · {found.subject}"


def _what(found: Discrepancy, world: World) -> str:
    return f": books and {world.market} do not agree" if found.kind is DiscrepancyKind.BALANCE else ""


def _stopped(found: Discrepancy) -> str:
    if found.kind is DiscrepancyKind.BALANCE:
        return "Nothing new is bought until this is decided. Exits still work."
    return f"{found.subject} is frozen until this is decided: only its stop and target still work."


def _who(found: Discrepancy, world: World) -> str:
    where = PLATFORMS.get(found.resolved_on, found.resolved_on)
    return f"{found.resolved_by}{f' on {where}' if where else ''}{_at(found, world, ', ')}"


def _at(found: Discrepancy, world: World, before: str = " at ") -> str:
    return f"{before}{n.local_seconds(found.resolved_at, world.timezone)}" if found.resolved_at else ""
