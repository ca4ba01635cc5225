"""Operating commands as a person types them: asked twice where it widens, refused where it is not theirs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from chatbot.access.roles import Access
from chatbot.commands import controls, running
from chatbot.commands.registry import Command
from chatbot.message import Actor, Channel, Incoming, Reply, Role
from tests.unit.chatbot import control_facts
from tests.unit.chatbot.conftest import HOME, OWNER, Chat, build_chat
from trading.contract.controls import Condition, Level, LevelUnit
from trading.domain.risk import RefusalCode, Refused

VIEWER, GUILD = Actor("discord", "2", "member"), Channel("discord", "7")
OFF = Level(LevelUnit.OFF)


def asked(chat: Chat) -> list[tuple[object, ...]]:
    return chat.desk.controls.asked


async def test_a_stop_is_set_and_shown_before_and_after(chat: Chat) -> None:
    reply = await chat.ask("/stop btc 97000")
    assert asked(chat) == [("set_level", "stop", "BTC/USD", Level(LevelUnit.PRICE, D(97000)), "@owner")]
    assert reply.ok and "BTC stop 98,200 → 97,000" in reply.text and "a loss of about" in reply.text


async def test_without_a_level_it_is_shown_and_nothing_is_set(chat: Chat) -> None:
    reply = await chat.ask("/stop btc")
    assert "BTC stop 98,200" in reply.text and asked(chat) == []


async def test_without_a_coin_the_coins_are_offered_and_the_level_is_kept(chat: Chat) -> None:
    reply = await chat.ask("/stop -5%")
    assert not reply.ok and reply.buttons[0].id == "do:/stop -5% BTC"
    pressed = await chat.press(reply.buttons[0].id)
    assert pressed.send is not None and asked(chat)[0][3] == Level(LevelUnit.MOVE, D("-0.05"))


@pytest.mark.parametrize("kind", ["stop", "target"])
async def test_turning_one_off_is_asked_twice(chat: Chat, kind: str) -> None:
    reply = await chat.ask(f"/{kind} btc off")
    assert asked(chat) == [] and f"Turn {kind} off" in [button.label for button in reply.buttons]
    await chat.press(reply.buttons[0].id)
    assert asked(chat) == [("set_level", kind, "BTC/USD", OFF, "@owner")]


async def test_one_that_is_off_already_is_not_asked_about(chat: Chat) -> None:
    chat.desk.controls.now_level = control_facts.level(new=None)
    await chat.ask("/stop btc off")
    assert asked(chat) == [("set_level", "stop", "BTC/USD", OFF, "@owner")]


async def test_a_refusal_says_why(chat: Chat) -> None:
    chat.desk.controls.refuses = Refused(RefusalCode.NOTHING_TO_SELL, "No BTC is held.")
    reply = await chat.ask("/target btc +10%")
    assert not reply.ok and "No BTC is held." in reply.text and asked(chat) == []


async def test_an_alert_is_set_listed_and_removed_by_its_button(chat: Chat) -> None:
    chat.desk.controls.watched.clear()
    assert "No price is watched" in (await chat.ask("/alerts")).text
    reply = await chat.ask("/alert btc > 110k")
    assert asked(chat) == [("add_alert", "BTC/USD", Condition(True, D(110000)), "@owner")]
    assert "Watching BTC: above 110,000." in reply.text
    listed = await chat.ask("/alerts")
    assert "1 price is watched" in listed.text
    removed = await chat.press(listed.buttons[0].id)
    assert removed.send is not None and "watched no longer" in removed.send.text
    again = await chat.press(listed.buttons[0].id)
    assert again.send is not None and not again.send.ok


async def test_a_missing_condition_is_asked_for_with_buttons(chat: Chat) -> None:
    reply = await chat.ask("/alert btc")
    words = ("+5%", "-5%", "+10%", "-10%", "+5% 24h", "-5% 24h", "-5% 1h")
    assert [button.id for button in reply.buttons] == [f"do:/alert btc {word}" for word in words]


async def test_without_an_id_the_alerts_are_shown_to_choose_from(chat: Chat) -> None:
    await chat.ask("/alert btc > 120k")
    assert (await chat.ask("/unalert")).plain() == (await chat.ask("/alerts")).plain()


async def test_a_sum_below_zero_is_said_to_be_none(chat: Chat) -> None:
    reply = await chat.ask("/threshold -5")
    assert not reply.ok and '"-5" is no sum; write it without a sign: 5.' in reply.text


async def test_raising_the_threshold_names_a_daily_sum_only_where_the_settings_fix_it(chat: Chat) -> None:
    chat.desk.controls.threshold_now = replace(control_facts.threshold(now="50"), daily_sum=D(200))
    assert "still asks above $200.00" in (await chat.ask("/threshold 1.5k")).text
    chat.desk.controls.threshold_now = replace(chat.desk.controls.threshold_now, daily_sum_fixed=False)
    assert "still asks" not in (await chat.ask("/threshold 1.5k")).text


async def test_a_threshold_is_lowered_at_once_and_raised_after_a_second_question(chat: Chat) -> None:
    assert "Above $100.00 a press is asked for." in (await chat.ask("/threshold")).text
    lowered = await chat.ask("/threshold 50")
    assert lowered.ok and asked(chat) == [("set_threshold", D(50), "@owner")]
    raised = await chat.ask("/threshold 1.5k")
    assert len(asked(chat)) == 1 and "Raise the threshold from $50.00 to $1,500.00?" in raised.text
    await chat.press(raised.buttons[0].id)
    assert asked(chat)[-1] == ("set_threshold", D(1500), "@owner")


async def test_default_goes_back_to_the_settings_and_is_asked_twice_where_that_is_more(chat: Chat) -> None:
    chat.desk.controls.threshold_now = control_facts.threshold(now="500", by="@owner")
    await chat.ask("/threshold default")
    assert asked(chat) == [("set_threshold", D(100), "@owner")]
    chat.desk.controls.threshold_now = control_facts.threshold(now="50", by="@owner")
    assert "Raise the threshold from $50.00 to $100.00?" in (await chat.ask("/threshold default")).text


async def test_the_schedule_is_shown_and_the_next_rebalance_skipped_by_its_button(chat: Chat) -> None:
    shown = await chat.ask("/schedule")
    assert "Next rebalance 07:00 MDT, in 16 h 57 min." in shown.text
    pressed = await chat.press(shown.buttons[0].id)
    assert pressed.send is not None and "is left out" in pressed.send.text
    assert "runs again" in (await chat.ask("/skip off")).text
    assert asked(chat) == [("skip", True, "@owner"), ("skip", False, "@owner")]


async def test_a_zone_is_shown_set_and_guessed(chat: Chat) -> None:
    assert "America/Denver, 14:02 MDT now." in (await chat.ask("/timezone")).text
    assert "America/Denver → Europe/Berlin" in (await chat.ask("/timezone europe/berlin")).text
    guessed = await chat.ask("/timezone berlin")
    assert not guessed.ok and guessed.buttons[0].id == "do:/timezone Europe/Berlin"
    assert asked(chat) == [("set_zone", "Europe/Berlin", "@owner")]


async def test_on_paper_there_is_nothing_to_cancel_and_it_says_why(chat: Chat) -> None:
    reply = await chat.ask("/cancel all")
    assert reply.ok and "market orders are done at once" in reply.text and asked(chat) == []


async def test_open_orders_are_listed_and_cancelled_by_button(chat: Chat) -> None:
    order = replace(control_facts.an_order(), client_order_id="0a1b2c3d-1111-5222-8333-444455556666")
    chat.desk.controls.open = (order,)
    listed = await chat.ask("/cancel")
    assert [button.label for button in listed.buttons] == ["Cancel all", "Cancel 0a1b2c3d"]
    await chat.press(listed.buttons[1].id)
    assert asked(chat) == [("cancel", "0a1b2c3d", "@owner")]


async def test_panic_asks_nothing_and_brings_one_card(chat: Chat) -> None:
    reply = await chat.ask("/panic")
    assert asked(chat) == [("panic", "@owner")]
    assert reply.text.splitlines()[0] == "⚠️ PAPER · HALTED. Nothing is traded but stops and targets."
    assert any(button.id.startswith("ok:") for button in reply.buttons)
    assert ("preview_flatten", "@owner") in chat.desk.calls


async def test_panic_with_nothing_to_sell_says_so(chat: Chat) -> None:
    chat.desk.answers = Refused(RefusalCode.NOTHING_TO_SELL, "There is no position that could be sold.")
    reply = await chat.ask("/panic")
    assert reply.ok and "HALTED" in reply.text and "There is no position that could be sold." in reply.text
    assert "nothing to sell" not in reply.text and [button.id for button in reply.buttons] == ["do:/resume"]


async def test_panic_takes_no_words_and_no_old_message(chat: Chat) -> None:
    assert not (await chat.ask("/panic slowly")).ok
    late = await chat.say("/panic", age=61)
    assert late is not None and not late.ok and asked(chat) == []


CHANGES = [command for command in (*controls.COMMANDS, *running.COMMANDS) if not command.read_only]


@pytest.mark.parametrize("command", CHANGES, ids=lambda command: command.name)
async def test_a_viewer_changes_nothing(chat: Chat, command: Command) -> None:
    reply = await chat.ask(command.example, VIEWER, GUILD)
    assert not reply.ok and "you are a viewer here" in reply.text and asked(chat) == []


@pytest.mark.parametrize("text", ["/threshold 50", "/threshold default", "/timezone Europe/Berlin"])
async def test_only_an_owner_changes_the_threshold_and_the_zone(
    chat: Chat, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Access, "role", lambda *_: Role.TRADER)
    reply = await chat.ask(text)
    assert not reply.ok and "Only an owner changes" in reply.text and asked(chat) == []
    assert (await chat.ask(text.split()[0])).ok


async def test_a_viewer_may_look(chat: Chat) -> None:
    assert (await chat.ask("/alerts", VIEWER, GUILD)).ok and (await chat.ask("/schedule", VIEWER, GUILD)).ok


async def test_steps_of_a_rebalance_edit_one_message() -> None:
    chat, shown = build_chat(), list[Reply]()

    async def progress(reply: Reply) -> None:
        shown.append(reply)

    message = Incoming(OWNER, HOME, "/rebalance", "m1", chat.clock.now(), progress=progress)
    reply = await chat.router.on_message(message)
    assert [step.text.splitlines()[1].partition(":")[0] for step in shown] == [f"Step {n} of 4" for n in (1, 2, 3)]
    assert all(step.silent for step in shown)
    assert reply is not None and reply.buttons


async def test_without_a_place_for_progress_nothing_is_shown(chat: Chat) -> None:
    assert (await chat.ask("/rebalance")).ok


@pytest.mark.parametrize("kind", ["stop", "target"])
async def test_turning_all_off_is_asked_twice(chat: Chat, kind: str) -> None:
    reply = await chat.ask(f"/{kind} all off")
    assert asked(chat) == [] and reply.buttons[0].id == f"do:/{kind} all off confirm"
    await chat.press(reply.buttons[0].id)
    assert {(call[1], call[3]) for call in asked(chat)} == {(kind, OFF)}


async def test_all_without_a_level_only_shows_them(chat: Chat) -> None:
    reply = await chat.ask("/stop all")
    assert reply.ok and "Every position's stop" in reply.text and asked(chat) == []


async def test_what_is_refused_for_one_position_is_told(chat: Chat) -> None:
    chat.desk.controls.refuses = Refused(RefusalCode.NOTHING_TO_SELL, "No BTC is held.")
    reply = await chat.ask("/stop all -5%")
    assert not reply.ok and "set for 0 of" in reply.text and "No BTC is held." in reply.text
