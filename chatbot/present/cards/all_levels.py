"""The stops or the targets of every position, set or shown together."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.levels import MARKS
from chatbot.present.layout import block, pair, prose
from chatbot.present.refusals import sentence
from trading.contract import World
from trading.contract.controls import LevelKind, LevelView
from trading.domain.risk import Refused

Outcomes = Sequence[LevelView | Refused]


def shown(views: Outcomes, kind: LevelKind, world: World) -> Reply:
    """Every position's level as it is."""
    if not views:
        return _nothing_held(kind, world)
    text = f"{_head(kind, world)}Every position's {kind}. To set them: /{kind} all {_example(kind)}"
    return Reply(text=prose(text, *_refused(views)), card=block(*map(_now, _set(views))))


def changed(views: Outcomes, kind: LevelKind, world: World) -> Reply:
    """Old and new of every position; what was refused in words."""
    if not views:
        return _nothing_held(kind, world)
    done = _set(views)
    first = f"{_head(kind, world)}{kind.capitalize()} set for {len(done)} of {n.counted(len(views), 'position')}."
    return Reply(
        text=prose(first, *_refused(views)),
        card=block(*map(_change, done)),
        buttons=(Button("Stops", "do:/stops"),),
        tone=Tone.GOOD if len(done) == len(views) else Tone.WARNING,
        ok=bool(done),
    )


def confirm_off(views: Outcomes, kind: LevelKind, world: World) -> Reply:
    """The second question before every position stands without its stop, or without its target."""
    if not views:
        return _nothing_held(kind, world)
    return Reply(
        text=f"{marks.ATTENTION} {marks.mode(world)} · Turn off the {kind} of every position?",
        card=block(*map(_now, _set(views))),
        buttons=(
            Button(f"Turn every {kind} off", f"do:/{kind} all off confirm", Style.DANGER),
            Button("Leave them", "do:/stops"),
        ),
        tone=Tone.WARNING,
    )


def _head(kind: LevelKind, world: World) -> str:
    return f"{MARKS[kind]} {marks.mode(world)} · "


def _nothing_held(kind: LevelKind, world: World) -> Reply:
    return Reply(text=f"{_head(kind, world)}No position is held, so there is no {kind} to set.")


def _example(kind: LevelKind) -> str:
    return "-5%" if kind == "stop" else "+10%"


def _set(views: Outcomes) -> list[LevelView]:
    return [view for view in views if not isinstance(view, Refused)]


def _refused(views: Outcomes) -> list[str]:
    return [sentence(view) for view in views if isinstance(view, Refused)]


def _now(view: LevelView) -> list[str]:
    return pair(view.instrument.base, n.level(view.new, view.instrument))


def _change(view: LevelView) -> list[str]:
    old, new = (n.level(level, view.instrument) for level in (view.old, view.new))
    return pair(view.instrument.base, new if old == new else f"{old} → {new}")
