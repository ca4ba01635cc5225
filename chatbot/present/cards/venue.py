"""The exchange's own state, and the comparison of the books with the account there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import differences
from chatbot.present.layout import WIDTH, Lines, block, columns, pair, prose, table, wrapped
from trading.contract import AccountCheck, AccountLine, World
from trading.domain.discrepancy import Discrepancy
from trading.domain.event import VenueModeChanged

_ONLINE = "online"
_MODES: Mapping[str, tuple[str, str]] = {
    _ONLINE: ("takes every order again.", ""),
    "maintenance": ("is down for maintenance.", "No order gets through until it is back, stops included."),
    "cancel_only": ("takes cancellations only.", "No order gets through until that ends, stops included."),
    "post_only": ("takes only orders that rest in its book.", "Market orders do not get through, stops included."),
    "limit_only": ("takes limit orders only.", "Market orders do not get through, stops included."),
    "reduce_only": ("takes only orders that reduce a position.", "Nothing new is bought there."),
}


def mode_changed(event: VenueModeChanged, world: World) -> Reply:
    """What the exchange takes now, and what that means for us."""
    who = f"{world.market} {event.symbol}".rstrip()
    words, meaning = _MODES.get(event.new, (f'says "{event.new}" of itself.', "Orders may be refused until that ends."))
    online = event.new == _ONLINE
    return Reply(
        text=prose(
            f"{marks.APPROVED if online else marks.ATTENTION} {marks.mode(world)} · {who} {words}",
            meaning,
            "" if online else "Purser goes on by itself when it ends.",
        ),
        tone=Tone.GOOD if online else Tone.WARNING,
    )


def comparison(check: AccountCheck, open_: Sequence[Discrepancy], world: World) -> Reply:
    """Books and account, currency by currency, and the differences that wait for a decision."""
    clean = check.clean and not open_
    external = f"{n.counted(check.open_orders_external, 'order')} of yours, placed by hand, left alone."
    return Reply(
        text=prose(
            f"{marks.APPROVED if clean else marks.ATTENTION} {marks.mode(world)} · {_finding(check, open_, world)}",
            f"As of {n.local_day(check.at, world.timezone)} {n.local_seconds(check.at, world.timezone)}.",
            external if check.open_orders_external else "",
            *(differences.one_line(found) for found in open_),
        ),
        card=block(_lines(check.lines)),
        buttons=tuple(Button(differences.short_title(found), f"do:/pending {found.id[:12]}") for found in open_[:8]),
        tone=Tone.GOOD if clean else Tone.WARNING,
    )


def nothing_to_compare(detail: str, world: World) -> Reply:
    """The answer of a world without an account."""
    return Reply(text=prose(f"{marks.ANSWER} {marks.mode(world)} · Nothing to compare.", detail))


def _finding(check: AccountCheck, open_: Sequence[Discrepancy], world: World) -> str:
    if check.clean and not open_:
        return f"Books and {world.market} agree."
    if not check.clean:
        return f"Books and {world.market} differ."
    return f"Books and {world.market} agree; {n.counted(len(open_), 'question')} still open."


def _lines(lines: Sequence[AccountLine]) -> Lines:
    """A table where it fits; else currency by currency, one figure a line."""
    if not lines:
        return wrapped("Nothing is held, here or there.")
    rows = [(line.currency, n.exact(line.books), n.exact(line.venue), n.exact(line.difference, "+")) for line in lines]
    heads = ("", "books", "venue", "diff.")
    widths = [max(columns(row[i]) for row in [heads, *rows]) for i in range(4)]
    if sum(widths) + 6 <= WIDTH:
        return table([heads, *rows], "<>>>")
    return [line for row in rows for line in _stacked(row)]


def _stacked(row: tuple[str, str, str, str]) -> Lines:
    currency, books, venue, difference = row
    facts = [("books", books), ("venue", venue), ("difference", difference)]
    return [currency, *(line for label, figure in facts for line in pair(f"  {label}", figure))]
