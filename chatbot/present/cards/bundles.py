"""Several notices in one message: what piled up, and what waited for the end of quiet hours or for the digest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatbot.message import Button, Reply, Tone
from chatbot.notices.kinds import NoticeKind
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.counts import listed
from chatbot.present.layout import Lines, block, prose, wrapped
from trading.contract import BatchView, World

_LINES_EACH = 4
_MARKS = {
    NoticeKind.STOP: marks.STOP,
    NoticeKind.FILL: marks.ANSWER,
    NoticeKind.REPORT: marks.REPORT,
    NoticeKind.CHATTER: marks.ANSWER,
}
_TO_READ = (Button("Trades", "do:/trades"), Button("Status", "do:/status"))


def fills(view: BatchView, world: World) -> Lines:
    """What came of a batch, without heading: a line for each order."""
    return ex.result_lines(ex.executions(view.orders, view.fills), world.quote)


def shortened(reply: Reply, world: World) -> Lines:
    """A notice in its first two sentences; the mode is said once for all."""
    first, *others = (reply.text or reply.card).splitlines() or [""]
    mode = marks.mode(world)
    first = first.replace(f" {mode} · ", " ").replace(f" · {mode}", "")
    return wrapped(" ".join([first, *others[:1]]), most=_LINES_EACH)


def together(parts: Sequence[Lines], counts: Mapping[str, int], kind: NoticeKind, world: World) -> Reply:
    """Notices of one `kind` that came in one go."""
    return Reply(
        text=f"{_MARKS.get(kind, marks.ATTENTION)} {marks.mode(world)} · {listed(counts, len(parts))}",
        card=block(*parts) if any(len(part) > 1 for part in parts) else block([line for p in parts for line in p]),
        buttons=_TO_READ[:1] if "fill" in counts else (),
    )


def meanwhile(head: str, parts: Sequence[Lines], counts: Mapping[str, int], earlier: int, world: World) -> Reply:
    """What waited, in one message: `head` says for what. `earlier` notices before these are only counted."""
    found = dict(counts)
    return Reply(
        text=prose(
            f"{marks.REPORT} {marks.mode(world)} · {head}: {listed(found, len(parts) + earlier)}.",
            f"{n.counted(earlier, 'notice')} before these: /trades, /status" if earlier else "",
        ),
        card=block(*parts),
        buttons=_TO_READ,
    )


def lost(channel: str, why: str, world: World) -> Reply:
    """Said in the other channels: one of them cannot be reached any more."""
    return Reply(
        text=prose(
            f"{marks.ATTENTION} {marks.mode(world)} · Notices no longer reach {channel}.",
            why if not why or why.endswith(".") else f"{why}.",
            "It is tried again every hour; what it misses is kept for it.",
        ),
        tone=Tone.WARNING,
    )


def _mark(counts: Mapping[str, int]) -> str:
    return marks.ANSWER if set(counts) <= {"fill", "report", "decision"} else marks.ATTENTION
