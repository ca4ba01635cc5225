"""Several notices in one message: every fill in its line, every sentence within the width, counts that add up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chatbot.message import Reply
from chatbot.notices.kinds import NoticeKind
from chatbot.present.cards import bundles
from chatbot.present.counts import counts, listed
from chatbot.present.layout import columns
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from trading.contract import World
from trading.domain.event import BatchCompleted, Event, FeedRecovered, ReportDue, Started
from trading.domain.order import Source

NOW = facts.NOW


async def test_fills_are_counted_batch_by_batch_and_come_first() -> None:
    desk = FakeDesk()
    desk.batches["b1"] = facts.batch_view()
    events: list[Event] = [ReportDue(NOW, "2026-07-30"), BatchCompleted(NOW, "b1"), FeedRecovered(NOW, ("BTC/USD",))]
    assert listed(await counts(events, desk)) == "2 fills, 1 report"
    assert listed({}, 3) == "3 notices"
    assert listed({"start": 1, "new stop or target": 2}) == "1 start, 2 new stops or targets"


def test_fills_in_one_message_are_a_table_of_them() -> None:
    lines = [bundles.fills(facts.batch_view(source), facts.PAPER) for source in (Source.REBALANCE, Source.TARGET)]
    reply = bundles.together(lines, {"fill": 3}, NoticeKind.FILL, facts.PAPER)
    assert reply.text == "💬 PAPER · 3 fills"
    assert reply.card.count("ETH 0.2210 at 3,357.80") == 2 and reply.card.count("BTC 0.0069") == 1
    assert all(columns(line) <= 36 for line in reply.card.splitlines())


@pytest.mark.parametrize("world", [facts.PAPER, facts.LIVE, facts.DEMO])
def test_a_notice_is_shortened_to_its_first_two_sentences_and_the_mode_is_said_once(world: World) -> None:
    mode = "PAPER · SIMULATED" if world.simulated else world.mode
    lines = bundles.shortened(Reply(text=f"⚠️ {mode} · ACTIVE → HALTED\nHalted by @owner.\nMore."), world)
    assert " ".join(lines) == "⚠️ ACTIVE → HALTED Halted by @owner."
    assert all(columns(line) <= 36 for line in lines)


def test_what_does_not_fit_is_counted_and_where_to_read_it_is_said() -> None:
    reply = bundles.meanwhile("While it was quiet", [["a"]], {"fill": 40}, 12, facts.PAPER)
    assert reply.text.splitlines() == [
        "📈 PAPER · While it was quiet: 40 fills.",
        "12 notices before these: /trades, /status",
    ]


def test_a_lost_chat_is_told_with_the_reason_and_what_happens_next() -> None:
    reply = bundles.lost("telegram:-5", "The bot was kicked", facts.PAPER)
    assert reply.text.splitlines()[1:] == [
        "The bot was kicked.",
        "It is tried again every hour; what it misses is kept for it.",
    ]


async def test_a_restart_counts_as_a_start() -> None:
    started = Started(NOW - timedelta(hours=1), "PAPER", "paper", False)
    assert await counts([started, started], FakeDesk()) == {"start": 2}
