"""Messages and presses: once, by people who may, and never with an exception out."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from chatbot.message import Actor, Channel, Role, Style
from chatbot.settings import ChatSettings
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import HOME, OWNER, Chat, build_chat
from trading.domain.risk import ApprovalStatus, RefusalCode, Refused, TradingState
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable

STRANGER = Actor("telegram", "666", "mallory")
ELSEWHERE = Channel("telegram", "666")
GUILD = Channel("discord", "7")
MEMBER = Actor("discord", "2", "member")
BOSS = Actor("discord", "1", "boss")
OK = f"ok:{facts.CARD_ID}"
NO = f"no:{facts.CARD_ID}"


async def test_a_command_is_answered(chat: Chat) -> None:
    assert "PAPER · Kraken" in (await chat.ask("/status")).text


async def test_a_repeated_update_is_answered_once(chat: Chat) -> None:
    assert await chat.say("/pause", update_id="9") is not None
    assert await chat.say("/pause", update_id="9") is None
    assert len(chat.desk.calls) == 1


@pytest.mark.parametrize("seed", range(20))
async def test_shuffled_and_repeated_updates_act_once_each(chat: Chat, seed: int) -> None:
    chance = random.Random(seed)
    stream = [(f"u{i}", chance.choice(["/pause", "/buy 50 btc", "/flatten"])) for i in range(25)] * 3
    chance.shuffle(stream)
    replies = [await chat.say(text, update_id=update_id) for update_id, text in stream]
    assert len(chat.desk.calls) == 25 == sum(reply is not None for reply in replies)


async def test_free_text_goes_to_whoever_answers_questions(chat: Chat) -> None:
    assert (await chat.ask("how did we do vs BTC?")).text == "asked: how did we do vs BTC?"
    assert (await chat.ask("/ask what is pending")).text == "asked: what is pending"


async def test_the_bare_name_of_a_read_only_command_runs_it(chat: Chat) -> None:
    assert "Kraken" in (await chat.ask("Status")).text
    assert (await chat.ask("halt")).text == "asked: halt"


async def test_a_stranger_gets_one_refusal_then_silence(chat: Chat) -> None:
    first = await chat.say("/status", STRANGER, ELSEWHERE)
    assert first is not None and "only people it knows" in first.text and not first.ok
    assert await chat.say("/status", STRANGER, ELSEWHERE) is None
    assert chat.desk.calls == []
    assert [entry.outcome for entry in chat.store.entries] == ["denied", "denied"]


async def test_an_owner_who_is_refused_elsewhere_did_not_knock(chat: Chat) -> None:
    first = await chat.say("/status", OWNER, ELSEWHERE)
    assert first is not None and not first.ok
    assert "knocked" not in (await chat.ask("/status")).text
    await chat.say("/status", STRANGER, ELSEWHERE)
    assert "1 stranger knocked" in (await chat.ask("/status")).text


async def test_a_strangers_press_does_nothing(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    assert (await chat.press(OK, STRANGER, ELSEWHERE)).toast
    silent = await chat.press(OK, STRANGER, ELSEWHERE)
    assert (silent.toast, silent.edit, silent.send) == ("", None, None)
    assert chat.desk.cards[facts.CARD_ID].approval.status is ApprovalStatus.PENDING


@pytest.mark.parametrize("why", ["anonymous admin", "forwarded", "channel post", "bot", "other guild"])
async def test_a_suspect_identity_is_nobody_even_at_home(chat: Chat, why: str) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    suspect = replace(OWNER, suspect=why)
    await chat.say("/halt", suspect)
    await chat.press(OK, suspect)
    assert chat.desk.calls == []


async def test_the_owner_in_a_foreign_chat_is_nobody(chat: Chat) -> None:
    await chat.say("/halt", OWNER, ELSEWHERE)
    await chat.say("/halt", OWNER, GUILD)
    assert chat.desk.calls == []


async def test_a_viewer_may_look_but_neither_trade_nor_decide(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    assert (await chat.ask("/status", MEMBER, GUILD)).ok
    refused = await chat.ask("/buy 50 btc", MEMBER, GUILD)
    assert not refused.ok and "trader" in refused.text and "viewer" in refused.text
    assert "Only traders" in (await chat.press(OK, MEMBER, GUILD)).toast
    pressed = await chat.press("do:/halt", MEMBER, GUILD)
    assert pressed.send is not None and not pressed.send.ok
    assert {call[0] for call in chat.desk.calls} == {"status"}


async def test_a_refusal_says_how_to_pair_while_no_chat_is_served() -> None:
    chat = build_chat(ChatSettings())
    reply = await chat.ask("/start", STRANGER, ELSEWHERE)
    assert "send /pair with the code" in reply.text


async def test_an_old_trading_command_is_refused_and_told_so(chat: Chat) -> None:
    reply = await chat.say("/buy 50 btc", age=61)
    assert reply is not None and not reply.ok
    assert "1 min 1 s ago" in reply.text
    assert chat.desk.calls == []


async def test_an_old_question_and_a_prompt_trade_are_answered(chat: Chat) -> None:
    old = await chat.say("/status", age=590)
    prompt = await chat.say("/buy 50 btc", age=60)
    assert old is not None and old.ok and prompt is not None and prompt.ok


async def test_a_mistyped_command_gets_the_nearest_one_as_a_button(chat: Chat) -> None:
    reply = await chat.ask("/statsu")
    assert "Did you mean /status?" in reply.text
    assert [button.id for button in reply.buttons] == ["do:/status"]
    assert chat.desk.calls == []


async def test_an_unknown_command_points_to_help(chat: Chat) -> None:
    assert "/help" in (await chat.ask("/zzzzqqqq")).text


async def test_a_missing_coin_is_asked_for_with_buttons(chat: Chat) -> None:
    reply = await chat.ask("/buy $50")
    assert "For example: /buy 50 btc" in reply.text
    assert [button.id for button in reply.buttons] == ["do:/buy $50 BTC", "do:/buy $50 ETH", "do:/buy $50 SOL"]


async def test_a_missing_amount_is_asked_for_with_buttons(chat: Chat) -> None:
    reply = await chat.ask("/sell sol")
    assert [button.id for button in reply.buttons][-1] == "do:/sell sol all"


async def test_a_retryable_failure_is_told_in_its_own_words(chat: Chat) -> None:
    chat.desk.fails = Retryable("Kraken does not answer; try again in a minute.")
    assert "try again in a minute" in (await chat.ask("/status")).text


async def test_a_defect_is_logged_and_told_in_one_sentence(chat: Chat) -> None:
    chat.desk.fails = RuntimeError("secret detail")
    reply = await chat.ask("/status")
    assert "nothing was traded" in reply.text and "secret" not in reply.text and not reply.ok


async def test_a_failed_press_never_claims_that_nothing_was_traded(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    chat.desk.fails = RuntimeError("boom")
    toast = (await chat.press(OK)).toast
    assert "nothing was traded" not in toast and "/trades" in toast


@pytest.mark.parametrize("error", [OutcomeUnknown("The venue is being asked."), NeedsOperator("Look at the venue.")])
async def test_what_the_core_says_about_a_press_is_passed_on(chat: Chat, error: Exception) -> None:
    chat.desk.fails = error
    assert str(error) in (await chat.press(OK)).toast


async def test_a_failing_audit_does_not_take_the_answer_away(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(chat.store, "record_audit", full)
    assert (await chat.ask("/status")).ok


async def test_nothing_is_done_when_the_inbox_cannot_be_written(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> bool:
        raise OSError("disk full")

    monkeypatch.setattr(chat.store, "first_time", full)
    assert not (await chat.ask("/halt")).ok
    assert chat.desk.calls == []


async def test_a_press_approves_with_name_and_platform_and_edits_the_card(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    chat.desk.batches["b1"] = facts.batch_view()
    pressed = await chat.press(OK)
    assert chat.desk.calls == [("approve", facts.CARD_ID, "@owner", "telegram")]
    assert pressed.edit is not None and pressed.edit.buttons == ()
    assert "Approved by @owner on Telegram" in pressed.edit.text
    assert "🟢 BTC 0.0069 at 106,020.1" in pressed.edit.card and "2 of 2 filled" in pressed.edit.card


async def test_a_press_rejects(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    pressed = await chat.press(NO)
    assert pressed.edit is not None and "Rejected by @owner" in pressed.edit.text


async def test_the_second_press_is_told_who_was_first(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    await chat.press(OK)
    second = await chat.press(NO, BOSS, GUILD)
    assert "already been decided" in second.toast
    assert second.edit is not None and "Approved by @owner" in second.edit.text and second.send is None


async def test_the_same_press_delivered_twice_acts_once(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    await chat.press(OK, update_id="5")
    again = await chat.press(OK, update_id="5")
    assert (again.toast, again.edit) == ("", None)
    assert len(chat.desk.calls) == 1


async def test_every_pressed_copy_is_remembered_for_editing(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    await chat.press(OK)
    assert [ref.id for ref in await chat.store.cards(facts.CARD_ID)] == ["77"]


async def test_a_moved_price_brings_the_new_preview(chat: Chat) -> None:
    new = replace(facts.preview(), approval=replace(facts.preview().approval, id="b" * 32))
    chat.desk.cards[facts.CARD_ID] = facts.preview()
    chat.desk.superseded_by = new
    pressed = await chat.press(OK)
    assert pressed.send is not None and pressed.send.buttons[0].id == "ok:" + "b" * 32
    assert pressed.edit is not None and pressed.edit.buttons == ()


@pytest.mark.parametrize(("notified", "sent"), [((HOME.key,), False), ((), True)])
async def test_a_new_card_is_not_shown_twice_where_notices_bring_it(notified: tuple[str, ...], sent: bool) -> None:
    chat = build_chat(notified=notified)
    chat.desk.cards[facts.CARD_ID] = facts.card()
    chat.desk.superseded_by = replace(facts.card(), approval=replace(facts.card().approval, id="b" * 32))
    assert ((await chat.press(OK)).send is not None) is sent


async def test_a_refused_press_leaves_a_waiting_card_and_says_why(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unavailable(*_: object, **_named: object) -> Refused:
        return Refused(RefusalCode.VENUE_UNAVAILABLE, "Press again shortly.")

    monkeypatch.setattr(chat.desk, "approve", unavailable)
    chat.desk.cards[facts.CARD_ID] = facts.card()
    pressed = await chat.press(OK)
    assert pressed.edit is None and pressed.send is not None and "Press again shortly" in pressed.send.text


async def test_an_unknown_card_is_refused_in_words(chat: Chat) -> None:
    pressed = await chat.press("ok:" + "0" * 32)
    assert "not known" in pressed.toast and pressed.send is not None and "/pending" in pressed.send.text


async def test_details_of_a_card_are_sent(chat: Chat) -> None:
    chat.desk.cards[facts.CARD_ID] = facts.card()
    pressed = await chat.press(f"info:{facts.CARD_ID}")
    assert pressed.send is not None and "Thesis: BTC leads" in pressed.send.text


@pytest.mark.parametrize("button_id", ["", "ok:", "zz:1", "do:status", "do:", "info:"])
async def test_a_button_of_another_age_does_nothing(chat: Chat, button_id: str) -> None:
    assert "no longer known" in (await chat.press(button_id)).toast
    assert chat.desk.calls == []


async def test_a_command_button_runs_its_command(chat: Chat) -> None:
    pressed = await chat.press("do:/pnl today")
    assert pressed.send is not None and "Down $31.20" in pressed.send.text


async def test_resuming_from_a_halt_asks_once_more(chat: Chat) -> None:
    await chat.ask("/halt")
    asked = await chat.ask("/resume")
    assert chat.desk.state is TradingState.HALTED
    assert asked.buttons[0].style is Style.DANGER
    await chat.press(asked.buttons[0].id)
    assert chat.desk.state is TradingState.ACTIVE


async def test_resuming_from_a_pause_does_not_ask(chat: Chat) -> None:
    await chat.ask("/pause")
    assert "REDUCING → ACTIVE" in (await chat.ask("/resume")).text


async def test_a_refusal_of_the_desk_is_told_with_its_figures(chat: Chat) -> None:
    chat.desk.answers = Refused(RefusalCode.NOT_ENOUGH_CASH, "You have $31.20; it needs $50.20.")
    reply = await chat.ask("/buy 50 btc")
    assert not reply.ok and "not enough free cash" in reply.text and "$31.20" in reply.text


async def test_roles_are_ordered() -> None:
    assert Role.NOBODY < Role.VIEWER < Role.TRADER < Role.OWNER
