"""The running thesis: the decider's view of the market, what it predicts, and how its predictions fared."""

from __future__ import annotations

from chatbot.message import Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.predictions import finding, open_lines, outcome_line, score_lines
from chatbot.present.layout import Lines, block, prose, wrapped
from trading.contract import ThesisView, World
from trading.domain.plan import Thesis

_MOST_EARLIER = 3
_MOST_OPEN = 6


def thesis(view: ThesisView, world: World) -> Reply:
    """The view of now and those before it; open predictions; the record of settled ones."""
    if view.current is None and not view.score.settled and not view.open:
        nothing = f"{marks.ANSWER} {marks.mode(world)} · No thesis has been written yet."
        return Reply(text=prose(nothing, "A language model writes one when it decides. Decisions so far: /cycle"))
    return Reply(
        text=prose(*_words(view.current, world), finding(view.score), *_earlier(view, world)),
        card=block(*_open(view), _settled(view, world), score_lines(view.score)),
    )


def _words(current: Thesis | None, world: World) -> tuple[str, ...]:
    if current is None:
        return (f"{marks.ANSWER} Predictions · {marks.mode(world)}",)
    when = n.local_moment(current.at, world.timezone)
    return (f"{marks.ANSWER} Thesis · {marks.mode(world)} · {when}", f"Written by {current.decided_by}", current.text)


def _earlier(view: ThesisView, world: World) -> list[str]:
    # A thesis that was kept was written again word for word: each text once, newest first.
    now = view.current.text if view.current is not None else ""
    before = [old for old in {old.text: old for old in reversed(view.earlier)}.values() if old.text != now]
    before = sorted(before, key=lambda old: old.at, reverse=True)[:_MOST_EARLIER]
    lines = [f"{n.local_day(old.at, world.timezone)}, {old.decided_by}: {old.text}" for old in before]
    return ["Before:", *lines] if lines else []


def _open(view: ThesisView) -> list[Lines]:
    if not view.open:
        return []
    more = len(view.open) - _MOST_OPEN
    rest = wrapped(f"and {n.counted(more, 'open prediction')} more") if more > 0 else []
    first, *others = [open_lines(waiting) for waiting in view.open[:_MOST_OPEN]]
    return [["Open predictions", *first], *others, rest]


def _settled(view: ThesisView, world: World) -> Lines:
    lines = [line for made in view.settled for line in outcome_line(made, world.timezone)]
    return ["Settled, newest first", *lines] if lines else []
