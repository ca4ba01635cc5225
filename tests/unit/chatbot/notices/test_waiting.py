"""What waits is told most urgent first, in order within a kind, many of a kind as one."""

from __future__ import annotations

import pytest

from chatbot.notices.kinds import NoticeKind
from chatbot.notices.waiting import MOST_OVERTAKINGS, MOST_TOGETHER, Waiting
from tests.unit.chatbot import facts
from trading.domain.event import ApprovalRequested, BatchCompleted, Event, ExitFailed, JournalEntry, StateChanged
from trading.domain.risk import TradingState

STOP, APPROVAL, FILL, STATE = NoticeKind.STOP, NoticeKind.APPROVAL, NoticeKind.FILL, NoticeKind.STATE
NOW = facts.NOW
EVENTS: dict[NoticeKind, Event] = {
    STOP: ExitFailed(NOW, "BTC/USD", 3, ""),
    APPROVAL: ApprovalRequested(NOW, "a"),
    FILL: BatchCompleted(NOW, "b"),
    STATE: StateChanged(NOW, TradingState.ACTIVE, TradingState.HALTED, "", ""),
}


def waiting(*kinds: NoticeKind) -> Waiting:
    found = Waiting()
    for seq, kind in enumerate(kinds, 1):
        found.add(JournalEntry(seq, EVENTS[kind]), kind)
    return found


def turns(found: Waiting, singly: int = 3) -> list[list[int]]:
    told = []
    while (turn := found.next(singly)) is not None:
        told.append([entry.seq for entry in turn.entries])
        found.done(turn)
    return told


def test_a_stop_overtakes_what_waits_and_order_is_kept_within_a_kind() -> None:
    assert turns(waiting(STATE, FILL, FILL, APPROVAL, STOP, FILL, STOP)) == [[5], [7], [4], [2], [3], [6], [1]]


@pytest.mark.parametrize(("count", "messages"), [(1, 1), (3, 3), (4, 1), (MOST_TOGETHER, 1), (2 * MOST_TOGETHER, 2)])
def test_fills_that_pile_up_become_one_message_with_all_of_them(count: int, messages: int) -> None:
    told = turns(waiting(*[FILL] * count))
    assert len(told) == messages
    assert [seq for turn in told for seq in turn] == list(range(1, count + 1))


def test_cards_and_failed_exits_are_never_merged() -> None:
    assert turns(waiting(*[APPROVAL] * 5, *[STOP] * 5)) == [[seq] for seq in (6, 7, 8, 9, 10, 1, 2, 3, 4, 5)]


def test_nothing_waits_for_ever_however_much_is_more_urgent() -> None:
    told = turns(waiting(STATE, *[STOP] * 30))
    assert told.index([1]) == MOST_OVERTAKINGS


def test_the_oldest_that_waits_is_known_whatever_was_told_ahead_of_it() -> None:
    found = waiting(FILL, STOP)
    turn = found.next()
    assert turn is not None and turn.kind is STOP
    found.done(turn)
    assert (found.first, len(found)) == (1, 1)
