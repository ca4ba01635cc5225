"""Notices about real money: cards edited when doubts and differences end, floods made one message, nothing lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.message import Channel, MessageRef, Undeliverable
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_transport import FakeTransport
from tests.unit.chatbot.notifier.test_notifier import RECOVERED, REPORT, Notices, settled, texts
from trading.domain.discrepancy import Resolution
from trading.domain.event import (
    BatchCompleted,
    DiscrepancyClosed,
    DiscrepancyFound,
    Event,
    ExitFailed,
    ExternalFill,
    ExternalFlow,
    LiveUnconfirmed,
    OrderInDoubt,
    OrderSettled,
    Started,
)
from trading.domain.money import Money
from trading.domain.order import Side
from trading.domain.risk import ApprovalStatus

NOW, D = facts.NOW, facts.D
FOUND = DiscrepancyFound(NOW, facts.difference())
BUY = facts.BUY_BTC.client_order_id
DOUBT, KNOWN = OrderInDoubt(NOW, BUY, "The connection broke."), OrderSettled(NOW, BUY)


def by_hand(number: int) -> Event:
    if number % 2:
        return ExternalFlow(NOW, f"L{number}", "deposit", Money(D(100), "USD"), D(100))
    fee = Money(D("0.40"), "USD")
    return ExternalFill(NOW, f"T{number}", "BTC/USD", Side.BUY, D("0.001"), D(106000), fee)


def two_channels() -> Notices:
    notices = Notices(FakeTransport("telegram"), FakeTransport("discord")).caught_up()
    notices.desk.differences[facts.DIFFERENCE_ID] = facts.difference()
    return notices


def closed(notices: Notices, resolution: Resolution = Resolution.ADOPT) -> Event:
    found = facts.resolved(facts.difference(), resolution)
    notices.desk.differences[found.id] = found
    return DiscrepancyClosed(NOW, found)


async def test_a_difference_is_asked_everywhere_and_its_end_is_written_into_every_card() -> None:
    notices = two_channels()
    async with notices.running():
        notices.desk.happens(FOUND)
        for transport in notices.transports:
            labels = [button.label for button in (await transport.until(1))[0].buttons]
            assert labels == ["Adopt", "Ignore", "Check again"]
        notices.desk.happens(closed(notices))
        for transport in notices.transports:
            await transport.until(1, edits=1)
            assert "Adopted by @owner on Telegram, 14:03:13." in transport.shown["1"].text
            assert transport.shown["1"].buttons == () and len(transport.sent) == 1


async def test_the_end_of_a_difference_that_never_stood_here_is_told() -> None:
    notices = Notices().caught_up()
    async with notices.running():
        notices.desk.happens(closed(notices))
        assert "Adopted by @owner" in (await notices.transport.until(1))[0].text


async def test_a_pressed_copy_elsewhere_is_edited_too() -> None:
    notices = Notices().caught_up()
    await notices.store.remember_card(facts.DIFFERENCE_ID, MessageRef(Channel("telegram", "1"), "asked for"))
    async with notices.running():
        notices.desk.happens(closed(notices))
        await notices.transport.until(0, edits=1)
    assert "Adopted" in notices.transport.shown["asked for"].text and notices.transport.sent == []


async def test_a_card_too_old_to_edit_gets_its_end_as_a_message_once() -> None:
    notices = Notices().caught_up()
    await notices.store.remember_card(facts.DIFFERENCE_ID, MessageRef(Channel("telegram", "1"), "old"))
    notices.transport.troubles = [Undeliverable("too old")]
    async with notices.running():
        notices.desk.happens(closed(notices))
        assert "Adopted" in (await notices.transport.until(1))[0].text


async def test_a_doubt_is_told_once_and_its_end_replaces_it() -> None:
    notices = Notices().caught_up()
    notices.desk.batches["b1"] = replace(facts.in_doubt(), approval=None)
    async with notices.running():
        notices.desk.happens(DOUBT, DOUBT)
        await notices.transport.until(1)
        assert texts(notices.transport) == ["⚠️ In doubt · PAPER · buy BTC 0.0069"]
        notices.desk.batches["b1"] = replace(facts.batch_view(), approval=None)
        notices.desk.happens(KNOWN)
        await notices.transport.until(1, edits=1)
    assert "It was filled." in notices.transport.shown["1"].text and len(notices.transport.sent) == 1


async def test_a_doubt_that_had_ended_before_it_could_be_told_is_told_as_ended_and_not_edited() -> None:
    notices = Notices().caught_up()
    notices.desk.batches["b1"] = replace(facts.batch_view(), approval=None)
    async with notices.running():
        notices.desk.happens(DOUBT, KNOWN, RECOVERED)
        await notices.transport.until(2)
    assert "It was filled." in notices.transport.sent[0].text
    assert notices.transport.edits == []


async def test_an_end_without_a_told_doubt_is_told_by_itself() -> None:
    notices = Notices().caught_up()
    notices.desk.batches["b1"] = replace(facts.batch_view(), approval=None)
    async with notices.running():
        notices.desk.happens(KNOWN)
        assert "It was filled." in (await notices.transport.until(1))[0].text


async def test_the_decided_card_follows_its_order_through_the_doubt() -> None:
    notices = Notices().caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card(ApprovalStatus.APPROVED, "@owner")
    await notices.store.remember_card(facts.CARD_ID, MessageRef(Channel("telegram", "1"), "card"))
    approved = facts.batch_view().approval
    assert approved is not None and approved.id == facts.CARD_ID

    def shown() -> str:
        return " ".join(notices.transport.shown["card"].card.split())

    async with notices.running():
        notices.desk.batches["b1"] = facts.in_doubt()
        notices.desk.happens(DOUBT)
        await notices.transport.until(1, edits=1)
        assert "1 of 2 filled, 1 in doubt: Kraken is being asked" in shown()
        notices.desk.batches["b1"] = facts.batch_view()
        notices.desk.happens(KNOWN)
        await notices.transport.until(1, edits=3)
        assert "2 of 2 filled" in shown() and "doubt" not in shown()
        notices.desk.happens(BatchCompleted(NOW, "b1"))
        await notices.transport.until(2, edits=3)
    assert texts(notices.transport)[-1].startswith("🔴🟢 Rebalance")


@pytest.mark.parametrize(("count", "messages"), [(1, 1), (3, 3), (4, 1), (90, 1)])
async def test_account_activity_in_one_go_does_not_flood(count: int, messages: int) -> None:
    notices = Notices().caught_up()
    notices.desk.happens(*[by_hand(i) for i in range(count)], RECOVERED)
    notices.store.cursors["telegram:1"] = 0
    if count > 5:  # While the channel is up, so that nothing is summarised as missed.
        notices.desk.journal, entries = [], notices.desk.journal
        async with notices.running():
            await settled()
            notices.desk.happens(*[entry.event for entry in entries])
            await notices.transport.until(messages + 1)
    else:
        async with notices.running():
            await notices.transport.until(messages + 1)
    await settled()
    assert len(notices.transport.sent) == messages + 1


async def test_a_burst_names_how_many_and_the_first_of_them() -> None:
    notices = Notices().caught_up()
    async with notices.running():
        await settled()
        notices.desk.happens(*[by_hand(i) for i in range(12)])
        reply = (await notices.transport.until(1))[0]
    assert "6 trades of yours and 6 deposits, withdrawals and the like" in reply.text
    assert "and 4 more" in reply.card


async def test_a_burst_interrupted_by_a_crash_is_told_again_as_a_possible_repeat() -> None:
    notices = Notices()
    notices.desk.happens(*[by_hand(i) for i in range(4)])
    notices.store.cursors["telegram:1"] = 0
    notices.store.values["bookmark:telegram:1"] = '{"sending": ["1", "2", "3", "4"]}'
    async with notices.running():
        await notices.transport.until(1)
    assert "(may be a repeat)" in notices.transport.sent[0].text


async def test_after_a_long_outage_open_differences_and_failed_exits_are_still_told() -> None:
    notices = Notices()
    notices.store.cursors["telegram:1"] = 0
    notices.desk.differences[facts.DIFFERENCE_ID] = facts.difference()
    failed = ExitFailed(NOW, "BTC/USD", 3, "Kraken is down.")
    notices.desk.happens(failed, FOUND, REPORT, *[by_hand(i) for i in range(6)], failed, DOUBT)
    async with notices.running():
        await notices.transport.until(6)
        await settled()
    assert texts(notices.transport) == [
        "⚠️ PAPER · Missed while offline: 2 failed exits, 1 difference, 1 report, 3 own trades, 3 account movements, "
        "1 doubtful order.",
        "🛑 PAPER · BTC/USD: the exit failed after 3 tries.",
        "⚠️ Difference · PAPER · BTC: books and Kraken do not agree",
        "💬 PAPER · Kraken tells of 3 trades of yours and 3 deposits, withdrawals and the like.",
        "⚠️ PAPER · An order's outcome is not known yet.",
        "📈 Report 30 Jul · PAPER",
    ]


async def test_a_card_whose_difference_ended_in_an_outage_is_edited_afterwards() -> None:
    notices = Notices()
    notices.store.cursors["telegram:1"] = 0
    await notices.store.remember_card(facts.DIFFERENCE_ID, MessageRef(Channel("telegram", "1"), "card"))
    notices.desk.happens(*[REPORT] * 9, closed(notices, Resolution.IGNORE))
    async with notices.running():
        await notices.transport.until(2, edits=1)
    assert "Ignored by @owner" in notices.transport.shown["card"].text


async def test_a_new_channel_hears_that_live_waits_and_what_differs() -> None:
    notices = Notices()
    notices.desk.live_now = facts.live_view()
    notices.desk.differences[facts.DIFFERENCE_ID] = facts.difference()
    notices.desk.happens(
        Started(NOW, "LIVE", "Kraken", True), LiveUnconfirmed(NOW, "TRADE REAL MONEY", "Kraken"), REPORT
    )
    async with notices.running():
        await notices.transport.until(3)
    assert [text[:1] for text in texts(notices.transport)] == ["✅", "⏳", "⚠"]
    assert "/live TRADE REAL MONEY" in notices.transport.sent[1].text


async def test_a_confirmed_live_is_not_asked_for_again() -> None:
    notices = Notices()
    notices.desk.live_now = facts.live_view(True)
    notices.desk.happens(
        Started(NOW, "LIVE", "Kraken", False), LiveUnconfirmed(NOW, "TRADE REAL MONEY", "Kraken"), REPORT
    )
    async with notices.running():
        await notices.transport.until(1)
        notices.desk.happens(RECOVERED)
        await notices.transport.until(2)
    assert "LIVE is not confirmed" not in " ".join(texts(notices.transport))
