"""Every event has a kind; what is urgent depends on what happened, not only on the event's name."""

from __future__ import annotations

from typing import get_args

import pytest

from chatbot.notices.kinds import KINDS, MEANINGS, URGENT, VITAL, NoticeKind, kind_of
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from trading.domain.event import BatchCompleted, BatchRefused, CycleDecided, Event
from trading.domain.order import Source
from trading.domain.plan import CycleOutcome
from trading.domain.risk import RefusalCode

NAMES = {event.__dataclass_fields__["kind"].default for event in get_args(Event)}


def test_every_event_has_a_kind_and_no_kind_is_for_an_event_that_is_gone() -> None:
    assert set(KINDS) == NAMES


def test_every_kind_has_a_meaning_and_stops_come_first() -> None:
    assert list(MEANINGS) == list(NoticeKind) == sorted(NoticeKind, key=lambda kind: kind.priority)
    assert NoticeKind.STOP.priority == 0
    assert VITAL < URGENT


@pytest.mark.parametrize(
    ("source", "kind"), [(Source.STOP, NoticeKind.STOP), (Source.TARGET, NoticeKind.FILL), (None, NoticeKind.FILL)]
)
async def test_what_a_stop_sold_or_could_not_sell_is_a_stop_notice(source: Source | None, kind: NoticeKind) -> None:
    desk = FakeDesk()
    if source is not None:
        desk.batches["b1"] = facts.batch_view(source)
    assert await kind_of(BatchCompleted(facts.NOW, "b1"), desk) is kind
    assert await kind_of(BatchRefused(facts.NOW, "b1", RefusalCode.STALE_PRICE, "old"), desk) is kind


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (CycleOutcome.HELD, NoticeKind.CHATTER),
        (CycleOutcome.FAILED, NoticeKind.STATE),
        (CycleOutcome.REFUSED, NoticeKind.STATE),
    ],
)
async def test_a_decision_that_failed_is_no_chatter(outcome: CycleOutcome, kind: NoticeKind) -> None:
    desk = FakeDesk()
    desk.cycles[facts.CYCLE_ID] = facts.cycle(outcome, "Nothing trends.", plan=None)
    assert await kind_of(CycleDecided(facts.NOW, facts.CYCLE_ID), desk) is kind
