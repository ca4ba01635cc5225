"""Chats that are gone or move, and messages that a platform will not take: known, told elsewhere, carried along."""

from __future__ import annotations

from datetime import time

from chatbot.message import Channel, Gone, MaybeSent, MessageRef, Moved, Reply, Undeliverable
from chatbot.notices.kinds import NoticeKind
from chatbot.notices.preferences import Level
from chatbot.notices.quiet import QuietHours
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_transport import FakeTransport
from tests.unit.chatbot.notifier.test_notifier import ASKED, NOW, RECOVERED, REPORT, Notices, settled, texts
from trading.domain.event import ApprovalClosed
from trading.domain.risk import ApprovalStatus

OLD, NEW = Channel("telegram", "1"), Channel("telegram", "-100")


class Migrated(FakeTransport):
    """A group that goes on under another id; its old messages are not there any more."""

    migrated = False

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        if self.migrated and channel == OLD:
            raise Moved("it moved", NEW)
        return await super().send(channel, reply)

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        if self.migrated:
            raise Moved("it moved", NEW) if message.channel == OLD else Undeliverable("message not found")
        await super().edit(message, reply)


async def test_a_message_refused_for_good_is_named_by_the_next_one_and_in_the_audit() -> None:
    notices = Notices(FakeTransport(troubles=[Undeliverable("not allowed here")])).caught_up()
    async with notices.running():
        notices.desk.happens(REPORT)
        await settled()
        notices.desk.happens(RECOVERED, RECOVERED)
        await notices.transport.until(2)
    first, second = notices.transport.sent
    assert "1 message could not be shown here: 📈 Report 30 Jul · PAPER" in first.text and "See /audit." in first.text
    assert "could not be shown" not in second.text
    (entry,) = await notices.store.audit(10)
    assert (entry.actor.label, entry.outcome) == ("@Purser", "not shown: not allowed here")
    assert "Report 30 Jul" in entry.action and entry.channel == OLD


async def test_a_message_that_may_be_missing_is_named_after_a_restart_too() -> None:
    notices = Notices(FakeTransport(troubles=[MaybeSent("cut"), MaybeSent("cut")])).caught_up()
    async with notices.running():
        notices.desk.happens(REPORT)
        await settled()
    async with notices.running():
        notices.desk.happens(RECOVERED)
        assert "could not be shown here: 📈 Report" in (await notices.transport.until(1))[0].text


async def test_a_chat_that_is_gone_for_a_moment_loses_nothing() -> None:
    notices = Notices(FakeTransport(troubles=[Gone("kicked"), Gone("kicked")])).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED)
        await notices.passes(10)
    assert texts(notices.transport) == ["✅ PAPER · Prices are back: BTC/USD."]


async def test_a_lost_chat_is_told_elsewhere_once_and_tried_again_rarely_and_then_told_what_it_missed() -> None:
    lost, other = FakeTransport("telegram", broken=Gone("The bot was kicked")), FakeTransport("discord")
    notices = Notices(lost, other).caught_up()
    async with notices.running():
        notices.desk.happens(*[REPORT] * 8)
        await notices.passes(4 * 3600, step=30)
        said = [reply.text for reply in other.sent if "no longer reach telegram:1" in reply.text]
        assert len(said) == 1 and "The bot was kicked." in said[0]
        assert 9 <= lost.attempts <= 15
        lost.broken = None
        await notices.passes(3700, step=30)
    assert texts(lost)[0] == "⚠️ PAPER · Missed while offline: 8 reports."
    assert "Report 30 Jul" in texts(lost)[1]


async def test_a_lost_chat_is_not_told_again_after_a_restart() -> None:
    lost, other = FakeTransport("telegram", broken=Gone("kicked")), FakeTransport("discord")
    notices = Notices(lost, other).caught_up()
    for _ in range(3):
        async with notices.running():
            notices.desk.happens(RECOVERED)
            await notices.passes(20)
    assert sum("no longer reach" in text for text in texts(other)) == 1


async def test_a_group_that_moves_keeps_its_place_its_cards_and_its_preferences() -> None:
    transport = Migrated()
    notices = Notices(transport).caught_up()
    notices.desk.cards[facts.CARD_ID] = facts.card()
    await notices.preferences.set_level(OLD, NoticeKind.REPORT, Level.SILENT)
    await notices.preferences.set_quiet(OLD, QuietHours(time(1), time(2)))
    async with notices.running():
        notices.desk.happens(ASKED)
        await transport.until(1)
        transport.migrated = True
        notices.desk.happens(REPORT)
        await transport.until(2)
        notices.desk.close(facts.CARD_ID, ApprovalStatus.APPROVED)
        notices.desk.happens(ApprovalClosed(NOW, facts.CARD_ID, ApprovalStatus.APPROVED))
        await transport.until(3)
        await settled()
    assert [ref.channel for ref in transport.refs] == [OLD, NEW, NEW]
    assert transport.sent[1].silent and "Approved by @owner" in transport.sent[2].text
    assert notices.store.cursors[NEW.key] == 3 and str(notices.preferences.quiet(NEW)) == "01:00-02:00"
    assert notices.moved == [(OLD, NEW)]


async def test_after_a_restart_a_group_that_moved_is_followed_under_its_new_id() -> None:
    transport = Migrated()
    transport.migrated = True
    notices = Notices(transport).caught_up()
    async with notices.running():
        notices.desk.happens(REPORT)
        await transport.until(1)
    async with notices.running():
        notices.desk.happens(RECOVERED)
        await transport.until(2)
    assert [ref.channel for ref in transport.refs] == [NEW, NEW]


async def test_a_lost_chat_that_takes_messages_again_is_told_at_once() -> None:
    lost = FakeTransport("telegram", broken=Gone("The bot was blocked there"))
    notices = Notices(lost).caught_up()
    async with notices.running():
        notices.desk.happens(RECOVERED)
        await notices.passes(60)
        tried, lost.broken = lost.attempts, None
        notices.notifier.reopened(Channel("telegram", "2"))
        await notices.passes(60)
        assert lost.attempts == tried
        notices.notifier.reopened(OLD)
        await notices.passes(2)
    assert texts(lost) == ["✅ PAPER · Prices are back: BTC/USD."]


async def test_a_chat_that_is_known_to_have_moved_is_followed_there_before_anything_happens() -> None:
    notices = Notices(FakeTransport()).caught_up()
    async with notices.running():
        await settled()
        notices.notifier.moved(OLD, NEW)
        await settled()
        assert notices.moved == [(OLD, NEW)]
        notices.desk.happens(RECOVERED)
        await notices.transport.until(1)
    assert [ref.channel for ref in notices.transport.refs] == [NEW]
