"""Promise 22 on Discord: whatever arrives late, twice or out of order, a trading command acts at most once."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from chatbot.commands.catalogue import catalogue
from chatbot.menus import slash_commands
from chatbot.settings import ChatSettings
from tests.chat.discord_offline import Offline, user
from tests.chat.discord_rules import Json
from tests.proof import Proof
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import Chat, build_chat
from tests.unit.chatbot.conftest import _quiet as _quiet

STREAMS = 2500
ANNA = "700"
GUILD, CHANNEL = "800", "7"
SETTINGS = ChatSettings.model_validate(
    {"discord_channel_id": CHANNEL, "discord_guild_id": GUILD, "discord_user_ids": ANNA}
)
FRESH, MISSED, LATE = (0.0, 2.9), (3.1, 55.0), (61.0, 800.0)
"""Ages in seconds: in time; too late for Discord's three seconds; too late for a trading command."""


@dataclass
class Event:
    """One thing that a person did, `copies` times delivered; `name` is who did it, so that its effects are known."""

    name: str
    age: float
    copies: int
    data: tuple[str, Json]
    is_message: bool

    @property
    def wanted(self) -> int:
        """How often it must act: a message counts for a minute, an interaction as long as Discord keeps it open."""
        return int(self.age <= 60.0 if self.is_message else self.age <= 3.0)

    @property
    def is_told(self) -> bool:
        """Whether words of ours must say that nothing was done; of other late ones Discord itself says so."""
        return self.age > 60.0 and self.data[1].get("type") != 3


class Streams:
    """Makes streams of events for `chat`, whose desk records what acts."""

    def __init__(self, chat: Chat, offline: Offline, chance: random.Random) -> None:
        self._chat = chat
        self._offline = offline
        self._chance = chance
        self._made = 0

    def stream(self) -> list[Event]:
        return [self._event() for _ in range(self._chance.randint(1, 3))]

    def _event(self) -> Event:
        self._made += 1
        name = f"u{self._made}"
        age = self._chance.uniform(*self._chance.choice((FRESH, FRESH, MISSED, LATE)))
        make = self._chance.choice((self._switch, self._order, self._decision, self._written))
        at = self._chat.clock.now() - timedelta(seconds=age)
        data = make(name)(at)
        return Event(name, age, self._chance.choice((1, 2, 3)), data, data[0] == "MESSAGE_CREATE")

    def _switch(self, name: str) -> Callable[..., tuple[str, Json]]:
        command = self._chance.choice(("pause", "halt"))
        return lambda at: self._offline.slash(at, user(ANNA, name), command, {})

    def _order(self, name: str) -> Callable[..., tuple[str, Json]]:
        options = {"symbol": "BTC", "amount": "50"}
        return lambda at: self._offline.slash(at, user(ANNA, name), "buy", options)

    def _decision(self, name: str) -> Callable[..., tuple[str, Json]]:
        card = facts.card()
        self._chat.desk.cards[f"c-{name}"] = replace(card, approval=replace(card.approval, id=f"c-{name}"))
        action = self._chance.choice(("ok", "no"))
        return lambda at: self._offline.press(at, user(ANNA, name), f"{action}:c-{name}")

    def _written(self, name: str) -> Callable[..., tuple[str, Json]]:
        text = self._chance.choice(("/pause", "/buy btc 50"))
        return lambda at: self._offline.mention(at, user(ANNA, name), text)


def acted(chat: Chat) -> Counter[str]:
    """How often each person's doing reached the desk as a decision, a switch or an order."""
    doing = ("approve", "reject", "switch", "preview_order")
    return Counter(str(part)[1:] for call in chat.desk.calls if call[0] in doing for part in call if _is_person(part))


def _is_person(part: object) -> bool:
    return isinstance(part, str) and part.startswith("@u")


async def test_a_late_or_repeated_interaction_acts_at_most_once(
    proof: Proof, scale: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    chance = random.Random(22)
    chat = build_chat(SETTINGS, notified=(f"discord:{CHANNEL}",))
    menu = slash_commands(catalogue(), chat.desk.symbols())
    offline = Offline(menu, chat.router.on_message, chat.router.on_press, chat.clock, GUILD, CHANNEL)
    await offline.connect(monkeypatch)
    streams = Streams(chat, offline, chance)
    broken: list[Event] = []
    for _ in range(STREAMS * scale):
        events = streams.stream()
        deliveries = [event.data for event in events for _ in range(event.copies)]
        chance.shuffle(deliveries)
        chat.desk.calls.clear()
        offline.memory.posted.clear()
        await offline.deliver(deliveries)
        did, refusals = acted(chat), sum("nothing was done" in text for text in offline.memory.posted)
        broken += [event for event in events if did[event.name] != event.wanted]
        broken += [] if refusals == sum(event.is_told for event in events) else events
        chat.desk.cards.clear()
    assert [f"{event.name} {event.age:.0f} s {event.data[0]} {event.data[1].get('data')}" for event in broken[:5]] == []
    proof(22, cases=STREAMS * scale, violations=len(broken))
