"""Notices: each told at least once on every channel, cards edited everywhere, no channel in another's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from chatbot.message import Channel, MaybeSent, MessageRef, Reply, Undeliverable, Unsent
from chatbot.notices.answered import Answered
from chatbot.notices.audience import Audience, own_channels
from chatbot.notices.preferences import Preferences
from chatbot.notifier.channels import Notifier
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts, FakeTransport
from tests.unit.chatbot.memory_store import MemoryChatStore
from trading.clock import SimulatedClock
from trading.domain.event import (
    ApprovalChanged,
    ApprovalClosed,
    ApprovalRequested,
    BatchCompleted,
    BatchRefused,
    CycleDecided,
    Event,
    FeedRecovered,
    FeedStale,
    ReportDue,
    RunEnded,
    Started,
    StateChanged,
)
from trading.domain.order import Source
from trading.domain.plan import CycleOutcome
from trading.domain.risk import ApprovalStatus, RefusalCode, TradingState

NOW = facts.NOW
RECOVERED = FeedRecovered(NOW, ("BTC/USD",))
REPORT = ReportDue(NOW, "2026-07-30")
DONE = BatchCompleted(NOW, "b1")
ASKED = ApprovalRequested(NOW, facts.CARD_ID)


class Notices:
    """A notifier over transports in memory, on a clock that moves by hand."""

    def __init__(self, *transports: FakeTransport, store: MemoryChatStore | None = None) -> None:
        self.transports = transports or (FakeTransport(),)
        self.desk = FakeDesk()
        self.store = store or MemoryChatStore()
        self.clock = SimulatedClock(NOW)
        self.charts = CountingCharts()
        self.moved: list[tuple[Channel, Channel]] = []
        own = partial(own_channels, self.transports, tuple)
        self.preferences = Preferences(self.store, own)  # type: ignore[arg-type]
        self.answered: Answered | None = None

    @property
    def transport(self) -> FakeTransport:
        return self.transports[0]

    def caught_up(self) -> Notices:
        """As if every channel had read the journal so far."""
        for transport in self.transports:
            for channel in transport.channels():
                self.store.cursors[channel.key] = len(self.desk.journal)
        return self

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Notices]:
        self.notifier = notifier = Notifier(
            self.desk,
            self.store,  # type: ignore[arg-type]
            Audience(self.transports, self.preferences),
            self.preferences,
            self.clock,
            self.charts,  # type: ignore[arg-type]
            moved=self._moves,
            answered=self.answered,
        )
        task = asyncio.create_task(notifier.run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _moves(self, old: Channel, new: Channel) -> None:
        self.moved.append((old, new))

    async def passes(self, seconds: float, until: Callable[[], bool] = lambda: False, step: float = 1) -> None:
        """Let time go by, second by second or by `step`, until a condition holds."""
        for _ in range(int(seconds / step)):
            await settled()
            if until():
                return
            self.clock.advance(step)
        await settled()


async def settled() -> None:
    for _ in range(40):
        await asyncio.sleep(0)


def texts(transport: FakeTransport) -> list[str]:
    return [reply.text.splitlines()[0] for reply in transport.sent]


async def told(*events: Event, desk: Callable[[FakeDesk], None] = lambda desk: None) -> Sequence[Reply]:
    """What one channel says about `events`."""
    notices = Notices().caught_up()
    desk(notices.desk)
    async with notices.running():
        notices.desk.happens(*events, RECOVERED)
        await notices.passes(5, until=lambda: notices.store.cursors["telegram:1"] == len(events) + 1)
    back = [reply for reply in notices.transport.sent if reply.text.startswith("✅ PAPER · Prices are back")]
    assert len(back) == 1
    return [reply for reply in notices.transport.sent if reply not in back]


def with_batch(source: Source = Source.REBALANCE) -> Callable[[FakeDesk], None]:
    return lambda desk: desk.batches.update(b1=facts.batch_view(source))


def with_cycle(outcome: CycleOutcome, batch_id: str | None = None) -> Callable[[FakeDesk], None]:
    cycle = replace(facts.cycle(outcome, "Nothing trends.", plan=None), batch_id=batch_id)
    return lambda desk: desk.cycles.update({facts.CYCLE_ID: cycle})


@pytest.mark.parametrize(
    ("event", "setting", "first"),
    [
        (DONE, with_batch(), "🔴🟢 Rebalance · PAPER · plan 7f3a"),
        (DONE, with_batch(Source.STOP), "🛑 Stop · PAPER · ETH"),
        (DONE, with_batch(Source.TARGET), "🎯 Target · PAPER · ETH"),
        (BatchRefused(NOW, "b1", RefusalCode.HALTED, "Halted."), with_batch(), "❌ Rebalance · PAPER · plan 7f3a"),
        (BatchRefused(NOW, "zz", RefusalCode.HALTED, "Halted."), with_batch(), "❌ Strategy · PAPER · order zz"),
        (CycleDecided(NOW, facts.CYCLE_ID), with_cycle(CycleOutcome.HELD), "💬 Rebalance · PAPER · plan 7f3a"),
        (CycleDecided(NOW, facts.CYCLE_ID), with_cycle(CycleOutcome.FAILED), "⚠️ Rebalance · PAPER · plan 7f3a"),
        (CycleDecided(NOW, facts.CYCLE_ID), with_cycle(CycleOutcome.REFUSED), "⚠️ Rebalance · PAPER · plan 7f3a"),
        (StateChanged(NOW, TradingState.ACTIVE, TradingState.HALTED, "", "@owner"), None, "⚠️ PAPER · ACTIVE → HALTED"),
        (FeedStale(NOW, ("BTC/USD",), 95, "down"), None, "⚠️ PAPER · Prices stopped: BTC/USD, 1 min 35 s old."),
        (REPORT, None, "📈 Report 30 Jul · PAPER"),
        (RunEnded(NOW, facts.D(0)), None, "📈 Run ended · PAPER"),
        (Started(NOW, "PAPER", "paper", False, 2), None, "✅ PAPER · Kraken · Back."),
    ],
)
async def test_what_happens_is_told(event: Event, setting: Callable[[FakeDesk], None] | None, first: str) -> None:
    replies = await told(event, desk=setting or (lambda desk: None))
    assert [reply.text.splitlines()[0] for reply in replies] == [first]


@pytest.mark.parametrize(
    ("event", "setting"),
    [
        (CycleDecided(NOW, facts.CYCLE_ID), with_cycle(CycleOutcome.TRADED)),
        (CycleDecided(NOW, facts.CYCLE_ID), with_cycle(CycleOutcome.WAITING)),
        (CycleDecided(NOW, facts.CYCLE_ID), with_cycle(CycleOutcome.REFUSED, batch_id="b1")),
        (ASKED, lambda desk: desk.cards.update({facts.CARD_ID: facts.preview()})),
        (ASKED, lambda desk: desk.cards.update({facts.CARD_ID: facts.card(ApprovalStatus.APPROVED)})),
        (ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.EXPIRED),
         lambda desk: desk.cards.update({facts.CARD_ID: facts.preview(ApprovalStatus.EXPIRED)})),
    ],
)  # fmt: skip
async def test_what_another_message_tells_is_not_told_twice(event: Event, setting: Callable[[FakeDesk], None]) -> None:
    assert await told(event, desk=setting) == []


async def test_the_report_carries_the_equity_picture_drawn_once_for_all_channels() -> None:
    notices = Notices(FakeTransport("telegram"), FakeTransport("discord")).caught_up()
    async with notices.running():
        notices.desk.happens(REPORT)
        for transport in notices.transports:
            assert (await transport.until(1))[0].pictures
    assert notices.charts.drawn == ["equity"]


async def test_a_card_is_posted_everywhere_and_edited_everywhere() -> None:
    notices = Notices(FakeTransport("telegram"), FakeTransport("discord")).caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card()
    async with notices.running():
        notices.desk.happens(ASKED)
        for transport in notices.transports:
            assert [button.label for button in (await transport.until(1))[0].buttons][:3] == [
                "Approve",
                "Reject",
                "Details",
            ]
        notices.desk.close(facts.CARD_ID, ApprovalStatus.APPROVED)
        notices.desk.happens(ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.APPROVED))
        for transport in notices.transports:
            await transport.until(1, edits=1)
            assert "Approved by @owner on Discord" in transport.shown["1"].text
            assert transport.shown["1"].buttons == ()


async def test_fills_are_written_into_the_card_and_told_once() -> None:
    notices = Notices().caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card(ApprovalStatus.APPROVED, "@owner")
    notices.desk.batches["b1"] = facts.batch_view()
    await notices.store.remember_card(facts.CARD_ID, MessageRef(Channel("telegram", "1"), "card"))
    async with notices.running():
        notices.desk.happens(DONE)
        await notices.transport.until(1, edits=1)
    assert "2 of 2 filled" in notices.transport.shown["card"].card
    assert len(notices.transport.sent) == 1


async def test_a_channel_that_was_down_gets_its_card_edited_after_catching_up() -> None:
    broken = FakeTransport("discord")
    notices = Notices(FakeTransport("telegram"), broken).caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card()
    async with notices.running():
        notices.desk.happens(ASKED)
        await broken.until(1)
        broken.broken = Unsent("down")
        notices.desk.close(facts.CARD_ID, ApprovalStatus.REJECTED)
        notices.desk.happens(ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.REJECTED))
        await notices.transport.until(1, edits=1)
        assert broken.edits == []
        broken.broken = None
        await notices.passes(120, until=lambda: bool(broken.edits))
    assert "Rejected by @owner" in broken.shown["1"].text


async def test_a_card_too_old_to_edit_gets_its_end_as_a_message() -> None:
    notices = Notices().caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card(ApprovalStatus.EXPIRED)
    await notices.store.remember_card(facts.CARD_ID, MessageRef(Channel("telegram", "1"), "old"))
    notices.transport.troubles = [Undeliverable("too old to edit")]
    async with notices.running():
        notices.desk.happens(ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.EXPIRED))
        assert "Expired at 14:14 MDT" in (await notices.transport.until(1))[0].text


async def test_a_card_that_goes_on_in_a_new_message_is_edited_there_from_then_on() -> None:
    notices = Notices().caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card()
    await notices.store.remember_card(facts.CARD_ID, MessageRef(Channel("telegram", "1"), "deleted"))
    async with notices.running():
        notices.transport.troubles = [Undeliverable("deleted")]
        notices.desk.happens(ApprovalChanged(NOW, facts.CARD_ID))
        assert (await notices.transport.until(1))[0].buttons
        notices.transport.troubles = [Undeliverable("deleted")]
        notices.desk.close(facts.CARD_ID, ApprovalStatus.EXPIRED)
        notices.desk.happens(ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.EXPIRED))
        await notices.transport.until(1, edits=1)
    assert "Expired at" in notices.transport.shown["1"].text and notices.transport.shown["1"].buttons == ()
    assert len(notices.transport.sent) == 1


async def test_a_card_whose_other_copy_stands_is_no_new_message() -> None:
    notices = Notices().caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card(ApprovalStatus.EXPIRED)
    for copy in ("deleted", "asked for"):
        await notices.store.remember_card(facts.CARD_ID, MessageRef(Channel("telegram", "1"), copy))
    async with notices.running():
        notices.transport.troubles = [Undeliverable("deleted")]
        notices.desk.happens(ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.EXPIRED), REPORT)
        await notices.transport.until(1, edits=1)
    assert "Expired at" in notices.transport.shown["asked for"].text
    assert len(notices.transport.sent) == 1 and "Report" in notices.transport.sent[0].text


async def test_a_broken_channel_never_delays_another() -> None:
    broken = FakeTransport("discord", broken=Unsent("down"))
    notices = Notices(broken, FakeTransport("telegram")).caught_up()
    async with notices.running():
        notices.desk.happens(REPORT, RECOVERED)
        await notices.transports[1].until(2)
    assert broken.sent == []


async def test_an_unsent_message_is_tried_again_no_sooner_than_told() -> None:
    notices = Notices(FakeTransport(troubles=[Unsent("slow down", retry_after=30)])).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED)
        await notices.passes(29)
        assert notices.transport.sent == []
        await notices.passes(3)
    assert len(notices.transport.sent) == 1


async def test_pauses_grow_to_a_minute_and_no_further() -> None:
    notices = Notices(FakeTransport(broken=Unsent("down"))).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED)
        await notices.passes(1800)
    assert 30 <= notices.transport.attempts <= 50


async def test_a_message_that_may_have_arrived_is_repeated_once_and_marked() -> None:
    notices = Notices(FakeTransport(troubles=[MaybeSent("cut")])).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED)
        assert "(may be a repeat)" in (await notices.transport.until(1))[0].text


async def test_a_repeat_that_may_have_arrived_too_is_left_at_that() -> None:
    notices = Notices(FakeTransport(troubles=[MaybeSent("cut"), MaybeSent("cut")])).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED, REPORT)
        assert [reply.text.splitlines()[0] for reply in await notices.transport.until(1)] == [
            "📈 Report 30 Jul · PAPER"
        ]
    assert notices.transport.attempts == 3


async def test_a_message_the_platform_never_takes_is_skipped() -> None:
    notices = Notices(FakeTransport(troubles=[Undeliverable("blocked")])).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED, REPORT)
        assert "Report" in (await notices.transport.until(1))[0].text


async def test_a_defect_in_a_transport_does_not_hold_the_queue_up_for_ever() -> None:
    notices = Notices(FakeTransport(troubles=[RuntimeError("defect")] * 5)).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED, REPORT)
        await notices.passes(60, until=lambda: bool(notices.transport.sent))
    assert "Report" in notices.transport.sent[0].text


async def test_after_a_restart_nothing_told_is_told_again() -> None:
    notices = Notices().caught_up()
    async with notices.running():
        notices.desk.happens(REPORT)
        await notices.transport.until(1)
        await settled()
    async with notices.running():
        notices.desk.happens(RECOVERED)
        assert texts(notices.transport)[0] != (await notices.transport.until(2))[1].text
    assert len(notices.transport.sent) == 2


async def test_a_crash_before_it_was_noted_that_a_message_is_out_repeats_it_and_says_so() -> None:
    notices = Notices().caught_up()
    notices.store.values["bookmark:telegram:1"] = '{"sending": ["1"]}'
    notices.desk.happens(REPORT)
    notices.store.cursors["telegram:1"] = 0
    async with notices.running():
        assert "(may be a repeat)" in (await notices.transport.until(1))[0].text
        notices.desk.happens(REPORT)
        assert "(may be a repeat)" not in (await notices.transport.until(2))[1].text


async def test_a_new_channel_hears_the_start_and_the_waiting_cards_but_not_the_past() -> None:
    notices = Notices()
    notices.desk.cards[facts.CARD_ID] = facts.card()
    notices.desk.happens(Started(NOW, "PAPER", "paper", True), REPORT, REPORT, ASKED)
    async with notices.running():
        await notices.transport.until(2)
        notices.desk.happens(RECOVERED)
        await notices.transport.until(3)
    assert [text[:1] for text in texts(notices.transport)] == ["✅", "⏳", "✅"]
    assert notices.store.cursors["telegram:1"] == 5


async def test_a_cursor_of_a_journal_that_is_gone_starts_anew() -> None:
    notices = Notices()
    notices.store.cursors["telegram:1"] = 900
    notices.desk.happens(Started(NOW, "PAPER", "paper", True))
    async with notices.running():
        await notices.transport.until(1)
        notices.desk.happens(RECOVERED)
        await notices.transport.until(2)


async def test_a_long_backlog_becomes_one_message_and_what_still_matters() -> None:
    notices = Notices()
    notices.store.cursors["telegram:1"] = 0
    notices.desk.batches["b1"] = facts.batch_view()
    notices.desk.cards[facts.CARD_ID] = facts.card()
    notices.desk.happens(DONE, REPORT, DONE, DONE, REPORT, ASKED, FeedStale(NOW, ("BTC/USD",), 9, ""), RECOVERED)
    async with notices.running():
        await notices.transport.until(5)
        await settled()
    assert texts(notices.transport) == [
        "⚠️ PAPER · Missed while offline: 6 fills, 2 reports, 1 feed problem.",
        "⏳ Rebalance · PAPER · plan 7f3a",
        "💬 PAPER · 6 fills",
        "⚠️ PAPER · 1 feed problem",
        "📈 Report 30 Jul · PAPER",
    ]
    assert notices.store.cursors["telegram:1"] == 8


async def test_a_short_backlog_is_told_one_by_one() -> None:
    notices = Notices()
    notices.store.cursors["telegram:1"] = 0
    notices.desk.happens(REPORT, FeedStale(NOW, ("BTC/USD",), 9, ""), RECOVERED)
    async with notices.running():
        await notices.transport.until(3)


async def test_a_few_are_told_one_by_one_while_the_channel_is_up() -> None:
    notices = Notices().caught_up()
    async with notices.running():
        await settled()
        notices.desk.happens(*[REPORT] * 3)
        await notices.transport.until(3)
    assert all("Missed" not in text for text in texts(notices.transport))


async def test_a_long_outage_is_summarised_with_all_that_was_missed_by_its_end() -> None:
    notices = Notices(FakeTransport(broken=Unsent("down"))).caught_up()
    notices.desk.batches["b1"] = facts.batch_view()
    async with notices.running():
        notices.desk.happens(*[DONE] * 3)
        await notices.passes(700)
        notices.desk.happens(*[DONE] * 6)
        await notices.passes(1400)
        notices.transport.broken = None
        await notices.passes(700, until=lambda: bool(notices.transport.sent))
        await settled()
    assert texts(notices.transport) == ["⚠️ PAPER · Missed while offline: 18 fills.", "💬 PAPER · 18 fills"]


async def test_killed_after_a_summary_it_is_not_told_again_when_nothing_new_came() -> None:
    notices = Notices()
    notices.store.cursors["telegram:1"] = 0
    notices.desk.batches["b1"] = facts.batch_view()
    notices.desk.happens(*[DONE] * 9)
    notices.store.values["bookmark:telegram:1"] = '{"summarised": 9}'
    async with notices.running():
        await notices.transport.until(1)
        notices.desk.happens(RECOVERED)
        await notices.transport.until(2)
    assert texts(notices.transport) == ["💬 PAPER · 18 fills", "✅ PAPER · Prices are back: BTC/USD."]


async def test_an_expired_card_that_was_never_shown_is_told() -> None:
    replies = await told(
        ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.EXPIRED),
        desk=lambda desk: desk.cards.update({facts.CARD_ID: facts.card(ApprovalStatus.EXPIRED)}),
    )
    assert ["Expired" in reply.text for reply in replies] == [True]


async def test_an_event_that_cannot_be_shown_is_told_as_such() -> None:
    notices = Notices().caught_up()
    notices.desk.report = None  # type: ignore[method-assign,assignment]
    async with notices.running():
        notices.desk.happens(REPORT, RECOVERED)
        assert any("could not be shown" in reply.text for reply in await notices.transport.until(2))


async def test_a_store_that_fails_for_a_while_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    notices = Notices().caught_up()
    real, failures = notices.store.set_cursor, [OSError("disk full")] * 2

    async def failing(channel_key: str, seq: int) -> None:
        if failures:
            raise failures.pop()
        await real(channel_key, seq)

    monkeypatch.setattr(notices.store, "set_cursor", failing)
    async with notices.running():
        notices.desk.happens(RECOVERED)
        await notices.passes(30, until=lambda: notices.store.cursors["telegram:1"] == 1)
    assert len(notices.transport.sent) == 1
    assert timedelta(seconds=3) <= notices.clock.now() - NOW <= timedelta(seconds=10)
