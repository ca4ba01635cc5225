"""What people are told about what they set: it fits a phone, says where the money is, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal as D

import pytest
from syrupy.assertion import SnapshotAssertion

from chatbot.message import Reply
from chatbot.present.cards import alerts, cancels, levels, progress, settings
from chatbot.present.layout import WIDTH, columns
from tests.unit.chatbot import control_facts as made
from tests.unit.chatbot import facts
from trading.contract import World
from trading.domain.event import AlertFired, CycleProgress, ProtectionChanged, RunSkipped, SettingChanged

NOW = facts.NOW
COINS = (facts.BTC, facts.ETH)

CARDS: dict[str, Callable[[World], Reply]] = {
    "stop shown": lambda w: levels.shown(made.level(by_hand=False), w),
    "stop off shown": lambda w: levels.shown(made.level(new=None), w),
    "stop changed": lambda w: levels.changed(made.level(), w),
    "stop unchanged": lambda w: levels.changed(made.level(old="97000"), w),
    "stop turned off": lambda w: levels.changed(made.level(new=None), w),
    "stop off asked twice": lambda w: levels.confirm_off(made.level(), w),
    "target changed": lambda w: levels.changed(made.level("target", None, "120000"), w),
    "stop told": lambda w: levels.told(ProtectionChanged(NOW, "BTC/USD", "stop", D(98200), None, "@owner"), w, COINS),
    "stop stayed": lambda w: levels.told(ProtectionChanged(NOW, "BTC/USD", "stop", D(97000), D(97000), ""), w, COINS),
    "stop of a coin not traded": lambda w: levels.told(
        ProtectionChanged(NOW, "XMR/USD", "stop", None, D("90.5"), "@owner"), w, COINS
    ),
    "no alerts": lambda w: alerts.listed((), w),
    "alerts": lambda w: alerts.listed((made.alert(), made.alert(False, True)), w),
    "alert added": lambda w: alerts.added(made.alert(), w),
    "alert on a change added": lambda w: alerts.added(made.span_alert(), w),
    "alerts on changes": lambda w: alerts.listed((made.alert(), made.span_alert(), made.span_alert(False)), w),
    "alert removed": lambda w: alerts.removed(made.alert(), w),
    "alert fired": lambda w: alerts.fired(
        AlertFired(NOW, "BTC/USD", "above 110,000", D("110002.3"), "@owner"), w, COINS
    ),
    "threshold": lambda w: settings.threshold(made.threshold(), w),
    "threshold changed": lambda w: settings.threshold_changed(made.threshold(now="500", by="@owner"), w),
    "threshold asked twice": lambda w: settings.confirm_threshold(made.threshold(), D(500), "500", w),
    "schedule": lambda w: settings.schedule(made.schedule(), w),
    "schedule with a skip": lambda w: settings.schedule(made.schedule(True), w),
    "skipped": lambda w: settings.skip(made.skip(), NOW, w),
    "skip withdrawn": lambda w: settings.skip(made.skip(False), NOW, w),
    "run skipped": lambda w: settings.run_skipped(RunSkipped(NOW, "rebalance", NOW, "@owner"), w),
    "zone": lambda w: settings.zone(w, NOW),
    "zone changed": lambda w: settings.zone_changed(made.zone(), NOW, w),
    "zone unknown": lambda w: settings.unknown_zone("berln", ("Europe/Berlin",), w),
    "setting told": lambda w: settings.told(
        SettingChanged(NOW, "Time zone", "America/Denver", "Europe/Berlin", "@owner"), w
    ),
    "nothing open": lambda w: cancels.none_open(w),
    "open orders": lambda w: cancels.waiting((made.an_order(),), w),
    "cancelled": lambda w: cancels.cancelled(made.cancelled(), w),
    "panic": lambda w: cancels.panic(made.panic(), w),
    "progress": lambda w: progress.step("decision", "gpt-4o looks at 3 coins.", w),
    "progress ended": lambda w: progress.told(CycleProgress(NOW, facts.CYCLE_ID, "done", ""), w),
    "scheduled progress": lambda w: progress.told(
        CycleProgress(NOW, facts.CYCLE_ID, "order", "1 of 2 orders done: sold 0.221 ETH at 3,357.80."), w
    ),
}
CASES = pytest.mark.parametrize("name", list(CARDS))


@CASES
def test_cards_look_as_agreed(name: str, snapshot: SnapshotAssertion) -> None:
    reply = CARDS[name](facts.LIVE)
    buttons = " ".join(f"[{button.label} {button.id}]" for button in reply.buttons)
    assert "\n".join(part for part in (reply.text, reply.card, buttons) if part) == snapshot


@pytest.mark.parametrize("world", [facts.LIVE, facts.PAPER, facts.DEMO], ids=["live", "paper", "demo"])
@CASES
def test_every_message_says_where_the_money_is(name: str, world: World) -> None:
    first = CARDS[name](world).text.splitlines()[0]
    assert world.mode in first and ("SIMULATED" in first) is world.simulated


@CASES
def test_cards_fit_and_speak_calmly(name: str) -> None:
    reply = CARDS[name](facts.LIVE)
    assert all(columns(line) <= WIDTH for line in reply.card.splitlines())
    assert "!" not in reply.text + reply.card
    assert all(0 < len(button.id.encode()) <= 64 and button.id.isascii() for button in reply.buttons)
