"""Differences between books and exchange: decided by people who may, once, whichever copy they press."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatbot.message import Actor, Channel
from chatbot.present.cards import differences
from chatbot.settings import ChatSettings
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import HOME, OWNER, SETTINGS, Chat, build_chat
from trading.domain.discrepancy import Resolution
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable

GUILD = Channel("discord", "7")
MEMBER, BOSS = Actor("discord", "2", "member"), Actor("discord", "1", "boss")
GROUP = Channel("telegram", "-5")
ADOPT, IGNORE, AGAIN = (f"{action}:{facts.DIFFERENCE_ID}" for action in ("adopt", "ignore", "again"))
SUSPECTS = ("anonymous admin", "forwarded", "channel post", "bot", "other guild", "edited")


@pytest.fixture
def chat() -> Chat:
    chat = build_chat()
    chat.desk.differences[facts.DIFFERENCE_ID] = facts.difference()
    return chat


@pytest.mark.parametrize(
    ("button", "resolution", "said"),
    [
        (ADOPT, Resolution.ADOPT, "Adopted by @owner on Telegram, 14:03:13."),
        (IGNORE, Resolution.IGNORE, "Ignored by @owner on Telegram, 14:03:13."),
        (AGAIN, Resolution.RETRY, "Check again asked for by @owner on Telegram, 14:03:13."),
    ],
)
async def test_a_press_decides_and_the_card_says_who_where_and_when(
    chat: Chat, button: str, resolution: Resolution, said: str
) -> None:
    pressed = await chat.press(button)
    assert chat.desk.calls == [("resolve", facts.DIFFERENCE_ID, resolution, "@owner", "telegram")]
    assert pressed.edit is not None and said in pressed.edit.text and pressed.edit.buttons == ()
    assert pressed.toast == said


async def test_a_check_in_vain_keeps_the_buttons_and_says_so(chat: Chat) -> None:
    chat.desk.found_again = True
    pressed = await chat.press(AGAIN)
    assert "still differ" in pressed.toast
    assert pressed.edit is not None and len(pressed.edit.buttons) == 3


async def test_the_second_press_is_told_who_was_first(chat: Chat) -> None:
    await chat.press(ADOPT)
    second = await chat.press(IGNORE, BOSS, GUILD)
    assert "already been decided" in second.toast and second.send is None
    assert second.edit is not None and "Adopted by @owner on Telegram" in second.edit.text
    assert chat.desk.differences[facts.DIFFERENCE_ID].resolution is Resolution.ADOPT


async def test_the_same_press_delivered_twice_acts_once(chat: Chat) -> None:
    await chat.press(AGAIN, update_id="5")
    again = await chat.press(AGAIN, update_id="5")
    assert (again.toast, again.edit, len(chat.desk.calls)) == ("", None, 1)


async def test_an_old_button_is_answered_rightly_after_a_restart(chat: Chat) -> None:
    await chat.press(ADOPT)
    restarted = build_chat(store=chat.store)
    restarted.desk.differences = chat.desk.differences
    pressed = await restarted.press(IGNORE, update_id="after the restart")
    assert "already been decided" in pressed.toast
    assert pressed.edit is not None and "Adopted by @owner" in pressed.edit.text


async def test_an_open_difference_is_decided_by_an_old_button_after_a_restart(chat: Chat) -> None:
    restarted = build_chat(store=chat.store)
    restarted.desk.differences = chat.desk.differences
    assert (await restarted.press(IGNORE)).edit is not None
    assert restarted.desk.differences[facts.DIFFERENCE_ID].resolution is Resolution.IGNORE


async def test_a_difference_of_another_portfolio_is_refused_in_words(chat: Chat) -> None:
    pressed = await chat.press(f"adopt:{'0' * 32}")
    assert "not known" in pressed.toast and pressed.send is not None and "/pending" in pressed.send.text


async def test_what_the_core_refuses_is_told_and_the_card_stays(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unavailable(*_: object) -> Refused:
        return Refused(RefusalCode.VENUE_UNAVAILABLE, "Press again shortly.")

    monkeypatch.setattr(chat.desk, "resolve", unavailable)
    pressed = await chat.press(AGAIN)
    assert pressed.edit is None and pressed.send is not None and "Press again shortly" in pressed.send.text


async def test_an_exchange_that_does_not_answer_is_told(chat: Chat) -> None:
    chat.desk.fails = Retryable("Kraken does not answer; try again in a minute.")
    assert "try again in a minute" in (await chat.press(AGAIN)).toast
    assert chat.desk.differences[facts.DIFFERENCE_ID].resolution is None


async def test_every_pressed_copy_is_remembered_for_editing(chat: Chat) -> None:
    await chat.press(ADOPT)
    assert [ref.id for ref in await chat.store.cards(facts.DIFFERENCE_ID)] == ["77"]


@pytest.mark.parametrize("button", [ADOPT, IGNORE, AGAIN])
@pytest.mark.parametrize(
    ("actor", "channel"),
    [
        (Actor("telegram", "666", "mallory"), Channel("telegram", "666")),
        (Actor("telegram", "666", "mallory"), HOME),
        (OWNER, GUILD),
        (OWNER, Channel("telegram", "666")),
        (MEMBER, GUILD),
        (Actor("telegram", "9", "guest"), GROUP),
        *((replace(OWNER, suspect=why), HOME) for why in SUSPECTS),
        *((replace(BOSS, suspect=why), GUILD) for why in SUSPECTS),
    ],
)
async def test_nobody_else_decides(chat: Chat, actor: Actor, channel: Channel, button: str) -> None:
    pressed = await chat.press(button, actor, channel)
    assert chat.desk.calls == [] and pressed.edit is None
    assert chat.store.entries


async def test_a_role_that_was_taken_away_counts_at_the_press(chat: Chat) -> None:
    without = ChatSettings.model_validate({**SETTINGS.model_dump(), "discord_user_ids": "3"})
    demoted = build_chat(without, store=chat.store)
    demoted.desk.differences = chat.desk.differences
    assert "Only traders" in (await demoted.press(ADOPT, BOSS, GUILD)).toast
    assert demoted.desk.calls == []


def test_the_buttons_ids_fit_and_name_what_they_do() -> None:
    ids = [button.id for button in differences.card(facts.difference(), facts.LIVE).buttons]
    assert ids == [ADOPT, IGNORE, AGAIN] and max(map(len, ids)) <= 64
