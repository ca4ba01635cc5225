"""How far the orders of an approved card are, shown to whoever pressed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from chatbot.message import MessageRef, Press, PressReply, Reply
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import HOME, OWNER, Chat
from trading.contract import ApprovalView
from trading.domain.event import CycleProgress

CARD = facts.CARD_ID
PLAN = "7f3a0000"


@pytest.fixture
def chat(chat: Chat) -> Chat:
    view = facts.card()
    chat.desk.cards[CARD] = replace(view, batch=replace(view.batch, cycle_id=PLAN))
    return chat


class Slow:
    """A desk's approval that takes until it is let go."""

    def __init__(self, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chat = chat
        self.goes_on = asyncio.Event()
        self.shown: list[str] = []
        self._approve: Any = chat.desk.approve
        monkeypatch.setattr(chat.desk, "approve", self._slowly)

    async def show(self, reply: Reply) -> None:
        self.shown.append(reply.text)

    async def press(self, button: str = f"ok:{CARD}") -> PressReply:
        ref = MessageRef(HOME, "77")
        await self.chat.store.remember_card(CARD, ref)
        return await self.chat.router.on_press(Press(OWNER, HOME, button, "p1", ref, self.show))

    async def _slowly(self, *args: object, **kwargs: object) -> object:
        await self.goes_on.wait()
        return await self._approve(*args, **kwargs)


async def settled() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


def left_out(view: ApprovalView) -> ApprovalView:
    approval = replace(view.approval, excluded={facts.BUY_BTC.client_order_id: "@ana"})
    return replace(view, approval=approval)


async def test_it_says_how_many_orders_and_follows_them(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(chat, monkeypatch)
    pressing = asyncio.create_task(slow.press())
    await settled()
    assert slow.shown[0].splitlines()[1] == "Fresh prices, every limit, then 2 orders."
    chat.desk.happens(CycleProgress(facts.NOW, PLAN, "order", "1 of 2 orders done: sold 0.22 ETH at 3,000."))
    chat.desk.happens(CycleProgress(facts.NOW, "another", "order", "1 of 9 orders done."))
    await settled()
    slow.goes_on.set()
    brought = await pressing
    assert [text.splitlines()[-1] for text in slow.shown[1:]] == ["1 of 2 orders done: sold 0.22 ETH at 3,000."]
    assert brought.edit is not None and "Approved by @owner" in brought.edit.text
    chat.desk.happens(CycleProgress(facts.NOW, PLAN, "done", ""))
    await settled()
    assert len(slow.shown) == 2


async def test_a_single_order_shows_nothing(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    chat.desk.cards[CARD] = left_out(chat.desk.cards[CARD])
    slow = Slow(chat, monkeypatch)
    pressing = asyncio.create_task(slow.press())
    await settled()
    slow.goes_on.set()
    await pressing
    assert slow.shown == []


async def test_progress_that_cannot_be_shown_hurts_nobody(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(chat, monkeypatch)

    async def broken(reply: Reply) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(slow, "show", broken)
    slow.goes_on.set()
    brought = await slow.press()
    assert brought.edit is not None and "Approved by @owner" in brought.edit.text


async def test_a_button_that_runs_a_long_command_passes_the_progress_on(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def preview(actor: str, *, person: str = "", observer: Any = None) -> object:
        await observer("snapshot", "")
        return facts.preview()

    monkeypatch.setattr(chat.desk, "preview_rebalance", preview)
    slow = Slow(chat, monkeypatch)
    await slow.press("do:/rebalance")
    assert "Reading the market." in slow.shown[0]
