"""Notices as people want them: loud, silent or off, not at night, not one by one, in the chat of their choice."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from chatbot.message import Channel, MessageRef, Unsent
from chatbot.notices.kinds import NoticeKind
from chatbot.notices.preferences import Level
from chatbot.notices.quiet import QuietHours
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_transport import FakeTransport
from tests.unit.chatbot.notifier.test_notifier import ASKED, DONE, NOW, RECOVERED, REPORT, Notices, settled, texts
from trading.domain.event import (
    ApprovalChanged,
    CycleDecided,
    CycleProgress,
    Event,
    ExitFailed,
    JobFailed,
    StateChanged,
)
from trading.domain.order import Source
from trading.domain.plan import CycleOutcome
from trading.domain.risk import ApprovalStatus, TradingState

HERE, THERE = Channel("telegram", "1"), Channel("discord", "1")
FAILED = ExitFailed(NOW, "BTC/USD", 3, "Kraken is down.")
HALTED = StateChanged(NOW, TradingState.ACTIVE, TradingState.HALTED, "Halted by @owner.", "@owner")
AFTERNOON = QuietHours(time(14), time(16))
"""It is 14:02 in Denver."""


def trading() -> Notices:
    """One channel, with what the events are about."""
    notices = Notices().caught_up()
    notices.desk.batches["b1"] = facts.batch_view()
    stopped = facts.batch_view(Source.STOP)
    notices.desk.batches["b2"] = replace(stopped, batch=replace(stopped.batch, id="b2"))
    notices.desk.cards[facts.CARD_ID] = facts.card()
    notices.desk.cycles[facts.CYCLE_ID] = facts.cycle(CycleOutcome.HELD, "Nothing trends.", plan=None)
    return notices


@pytest.mark.parametrize(
    ("level", "sounds"), [(Level.ON, [False]), (Level.SILENT, [True]), (Level.OFF, [])], ids=lambda value: str(value)
)
async def test_a_kind_is_loud_silent_or_not_told(level: Level, sounds: list[bool]) -> None:
    notices = trading()
    await notices.preferences.set_level(HERE, NoticeKind.FILL, level)
    async with notices.running():
        notices.desk.happens(DONE)
        await settled()
    assert [reply.silent for reply in notices.transport.sent] == sounds
    assert notices.store.cursors[HERE.key] == 1


async def test_decisions_to_hold_make_no_sound_unless_wanted() -> None:
    notices = trading()
    async with notices.running():
        notices.desk.happens(CycleDecided(NOW, facts.CYCLE_ID))
        assert (await notices.transport.until(1))[0].silent


async def test_cards_are_edited_also_where_their_kind_is_off_or_it_is_quiet() -> None:
    notices = Notices(FakeTransport("telegram"), FakeTransport("discord")).caught_up()
    notices.desk.batches["b1"] = facts.batch_view()
    notices.desk.cards[facts.CARD_ID] = facts.card()
    await notices.preferences.set_level(HERE, NoticeKind.FILL, Level.OFF)
    await notices.preferences.set_quiet(THERE, AFTERNOON)
    async with notices.running():
        notices.desk.happens(ASKED)
        for transport in notices.transports:
            await transport.until(1)
        notices.desk.cards[facts.CARD_ID] = facts.card(ApprovalStatus.APPROVED, "@owner")
        notices.desk.happens(DONE)
        for transport in notices.transports:
            await transport.until(1, edits=1)
        await settled()
    assert [len(transport.sent) for transport in notices.transports] == [1, 1]


async def test_a_changed_card_is_edited_and_never_a_message() -> None:
    notices = trading()
    await notices.store.remember_card(facts.CARD_ID, MessageRef(HERE, "card"))
    async with notices.running():
        notices.desk.happens(ApprovalChanged(NOW, facts.CARD_ID), ApprovalChanged(NOW, "elsewhere"))
        await notices.transport.until(0, edits=1)
        await settled()
    assert notices.transport.sent == [] and len(notices.transport.edits) == 1


async def test_a_kind_routed_to_a_topic_is_told_there_alone_from_then_on() -> None:
    notices = trading()
    topic = Channel("telegram", "1/7")
    async with notices.running():
        await settled()
        await notices.preferences.set_route(NoticeKind.REPORT, topic)
        await settled()
        notices.desk.happens(REPORT, HALTED)
        await notices.transport.until(2)
        await settled()
    where = {ref.channel.id: notices.transport.shown[ref.id].text[:1] for ref in notices.transport.refs}
    assert where == {"1/7": "📈", "1": "⚠"}


async def test_in_quiet_hours_stops_and_cards_come_and_the_rest_comes_in_one_message_at_their_end() -> None:
    notices = trading()
    await notices.preferences.set_quiet(HERE, AFTERNOON)
    async with notices.running():
        notices.desk.happens(DONE, HALTED, REPORT, FAILED, ASKED, replace(DONE, batch_id="b2"))
        await notices.transport.until(3)
        await settled()
        assert {text[:1] for text in texts(notices.transport)} == {"🛑", "⏳"}
        await notices.passes(2 * 3600, until=lambda: len(notices.transport.sent) > 3, step=30)
        await settled()
    assert timedelta(minutes=117) < notices.clock.now() - NOW < timedelta(minutes=119)
    assert len(notices.transport.sent) == 4
    last = notices.transport.sent[3]
    assert last.text == "📈 PAPER · While it was quiet: 2 fills, 1 state change, 1 report."
    assert "🟢 BTC" in last.card and "ACTIVE → HALTED" in last.card


async def test_one_notice_that_waited_comes_as_it_is() -> None:
    notices = trading()
    await notices.preferences.set_quiet(HERE, AFTERNOON)
    async with notices.running():
        notices.desk.happens(REPORT)
        await settled()
        assert notices.transport.sent == []
        await notices.preferences.set_quiet(HERE, None)
        await notices.transport.until(1)
    assert texts(notices.transport) == ["📈 Report 30 Jul · PAPER"]
    assert notices.transport.sent[0].pictures


async def test_what_waited_survives_a_restart_and_is_told_once() -> None:
    notices = trading()
    await notices.preferences.set_quiet(HERE, AFTERNOON)
    async with notices.running():
        notices.desk.happens(DONE, HALTED)
        await settled()
    await notices.preferences.set_quiet(HERE, None)
    for _ in range(2):
        async with notices.running():
            await settled()
    assert texts(notices.transport) == ["📈 PAPER · While it was quiet: 2 fills, 1 state change."]


async def test_an_outage_that_ends_in_quiet_hours_is_summed_up_at_their_end() -> None:
    notices = trading()
    notices.store.cursors[HERE.key] = 0
    await notices.preferences.set_quiet(HERE, AFTERNOON)
    notices.desk.happens(*[DONE] * 8, FAILED)
    async with notices.running():
        await notices.transport.until(1)
        await settled()
        assert texts(notices.transport) == ["🛑 PAPER · BTC/USD: the exit failed after 3 tries."]
        await notices.preferences.set_quiet(HERE, None)
        await notices.transport.until(2)
    assert texts(notices.transport)[1] == "📈 PAPER · While it was quiet: 16 fills."


async def test_a_digest_tells_the_days_fills_and_chatter_in_one_message() -> None:
    notices = trading()
    await notices.preferences.set_digest(HERE, time(20))
    async with notices.running():
        notices.desk.happens(DONE, CycleDecided(NOW, facts.CYCLE_ID), HALTED, DONE)
        await notices.transport.until(1)
        await settled()
        assert texts(notices.transport) == ["⚠️ PAPER · ACTIVE → HALTED"]
        notices.clock.advance_to(NOW + timedelta(hours=5, minutes=57))
        await settled()
        assert len(notices.transport.sent) == 1
        notices.clock.advance(60)
        await notices.transport.until(2)
    digest = notices.transport.sent[1]
    assert digest.text == "📈 PAPER · Since 30 Jul 14:02: 4 fills, 1 decision."
    assert digest.card.count("🟢 BTC") == 2 and "plan 7f3a" in digest.card


async def test_without_a_digest_any_more_what_waited_for_it_comes_at_once() -> None:
    notices = trading()
    await notices.preferences.set_digest(HERE, time(20))
    async with notices.running():
        notices.desk.happens(DONE, DONE)
        await settled()
        assert notices.transport.sent == []
        await notices.preferences.set_digest(HERE, None)
        await notices.transport.until(1)


async def test_fills_that_pile_up_become_one_message_and_a_stop_overtakes_them() -> None:
    notices = trading()
    async with notices.running():
        await settled()
        notices.desk.happens(*[DONE] * 6, replace(DONE, batch_id="b2"))
        await notices.transport.until(2)
        await settled()
    assert texts(notices.transport) == ["🛑 Stop · PAPER · ETH", "💬 PAPER · 12 fills"]
    assert notices.transport.sent[1].card.count("🔴 ETH 0.2210") == 6


class Group(FakeTransport):
    """A Telegram group."""

    def channels(self) -> tuple[Channel, ...]:
        return (Channel("telegram", "-5"),)


async def test_a_group_gets_no_more_than_telegram_takes_and_hears_of_everything() -> None:
    notices = Notices(Group()).caught_up()
    jobs: list[Event] = [JobFailed(NOW, f"job{number:02d}", "It broke.") for number in range(60)]
    async with notices.running():
        await settled()
        at: list[float] = []
        for job in jobs:
            notices.desk.happens(job)
            await notices.passes(1)
            at += [notices.clock.monotonic()] * (len(notices.transport.sent) - len(at))
        await notices.passes(120)
        at += [notices.clock.monotonic()] * (len(notices.transport.sent) - len(at))
    assert all(sum(since <= moment < since + 60 for moment in at) <= 20 for since in at)
    told = "\n".join(reply.plain() for reply in notices.transport.sent)
    assert all(f"job{number:02d}" in told for number in range(60))


async def test_a_stop_does_not_wait_behind_what_waits_for_its_turn() -> None:
    notices = Notices(Group()).caught_up()
    async with notices.running():
        await settled()
        for number in range(15):
            notices.desk.happens(JobFailed(NOW, f"job{number:02d}", "It broke."))
            await settled()
        notices.desk.happens(*[HALTED] * 5)
        await settled()
        notices.desk.happens(FAILED)
        await notices.passes(61)
    heads = texts(notices.transport)
    assert heads[15] == "🛑 PAPER · BTC/USD: the exit failed after 3 tries."
    assert heads[16] == "⚠️ PAPER · 5 state changes"


async def test_progress_is_one_message_that_is_edited() -> None:
    notices = trading()
    async with notices.running():
        for step in ("decision", "validation", "order"):
            notices.desk.happens(CycleProgress(NOW, facts.CYCLE_ID, step, "So far so good."))
            await settled()
    assert len(notices.transport.sent) == 1 and len(notices.transport.edits) == 2
    assert notices.transport.sent[0].silent and "Step 4 of 4" in notices.transport.shown["1"].text


async def test_a_trade_of_yesterday_is_counted_after_an_outage_and_not_told_again() -> None:
    notices = trading()
    notices.store.cursors[HERE.key] = 0
    old = replace(DONE, at=NOW - timedelta(hours=25))
    notices.desk.happens(*[old] * 6, DONE, replace(FAILED, at=old.at))
    async with notices.running():
        await notices.transport.until(3)
        await settled()
    assert texts(notices.transport) == [
        "⚠️ PAPER · Missed while offline: 14 fills, 1 failed exit.",
        "🛑 PAPER · BTC/USD: the exit failed after 3 tries.",
        "🔴🟢 Rebalance · PAPER · plan 7f3a",
    ]


async def test_an_outage_counts_only_what_is_wanted_here() -> None:
    notices = trading()
    notices.store.cursors[HERE.key] = 0
    await notices.preferences.set_level(HERE, NoticeKind.FILL, Level.OFF)
    notices.desk.happens(*[DONE] * 9, RECOVERED)
    async with notices.running():
        await notices.transport.until(1)
        await settled()
    assert texts(notices.transport) == ["✅ PAPER · Prices are back: BTC/USD."]


async def test_busy_platforms_are_obeyed_to_the_second_while_a_stop_waits_in_front() -> None:
    notices = trading()
    notices.transport.troubles = [Unsent("slow down", 40.0)]
    async with notices.running():
        notices.desk.happens(HALTED)
        await settled()
        notices.desk.happens(DONE, FAILED)
        await notices.passes(45)
    assert texts(notices.transport)[1] == "🛑 PAPER · BTC/USD: the exit failed after 3 tries."
