"""What came of a batch: one message for all its orders."""

from __future__ import annotations

from decimal import Decimal

from chatbot.message import Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.cards.approval_words import decided_by
from chatbot.present.layout import Lines, block, prose, wrapped
from chatbot.present.refusals import sentence
from trading.contract import BatchView, World
from trading.domain.order import Source
from trading.domain.risk import Refused

_EXITS = {Source.STOP: marks.STOP, Source.TARGET: marks.TARGET}


def completed(view: BatchView, world: World) -> Reply:
    """Fills, what was not filled and why, realized profit and fees."""
    done = ex.executions(ex.sent(view.orders, view.approval), view.fills)
    results = ex.result_lines(done, world.quote) + ex.left_out_lines(view.orders, view.approval)
    return Reply(
        text=prose(f"{_mark(view, done)} {_heading(view, world)}", origin(view)),
        card=block(results, _unsold(view, done), ex.summary_lines(done, world)),
        tone=_tone(view),
    )


def refused(view: BatchView, refusal: Refused, world: World) -> Reply:
    """A batch that failed validation: nothing of it was placed, and why."""
    return Reply(
        text=prose(f"{marks.REFUSED} {_heading(view, world)}", sentence(refusal), "Nothing was placed.", origin(view)),
        tone=Tone.BAD,
    )


def origin(view: BatchView) -> str:
    """Who or what wished for the batch: the decider of a rebalance, the person who asked, or the rule's reason."""
    batch = view.batch
    if batch.source is Source.REBALANCE or view.cycle is not None:
        return decided_by(view.cycle, batch.decided_by)
    if batch.source in (Source.MANUAL, Source.FLATTEN):
        return f"Asked for by {batch.decided_by}"
    if batch.source is Source.EXTERNAL:
        return "Traded at the exchange by hand."
    return batch.reason


def _heading(view: BatchView, world: World) -> str:
    heading = ex.heading(view.batch, view.orders, world)
    if view.batch.source not in _EXITS:
        return heading
    bases = dict.fromkeys(order.intent.instrument.base for order in view.orders)
    return f"{ex.title(view.batch, view.orders)} · {marks.mode(world)} · {', '.join(bases)}"


def _unsold(view: BatchView, done: list[ex.Execution]) -> Lines:
    """What an exit ended without selling, and whether that is because nobody takes so little."""
    if view.batch.source not in _EXITS or ex.unsettled(done):
        return []
    market = done[0].order.intent.instrument
    filled, notional = sum((e.quantity for e in done), Decimal(0)), sum((e.notional for e in done), Decimal(0))
    left = done[0].order.intent.quantity - filled
    if not filled or left <= 0:
        return []
    small = left < market.min_quantity or left * notional / filled < market.min_notional
    why = ": below the venue's minimum" if small else ""
    return wrapped(f"{marks.ATTENTION} {n.quantity(left, market)} {market.base} not sold{why}")


def _tone(view: BatchView) -> Tone:
    """A stop that sold did its work, and is no good news all the same."""
    if not view.fills:
        return Tone.BAD
    return Tone.WARNING if view.batch.source is Source.STOP else Tone.GOOD


def _mark(view: BatchView, done: list[ex.Execution]) -> str:
    if not view.fills:
        return marks.REFUSED
    sides = dict.fromkeys(execution.order.side for execution in done if execution.fills)
    return _EXITS.get(view.batch.source) or "".join(marks.SIDES[side] for side in sides)
