"""Promise 22 on Telegram: whatever arrives late, twice, edited or out of order, a command acts at most once."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from chatbot.message import MessageRef
from tests.chat.telegram.offline import Offline, home, message, person, press
from tests.proof import Proof
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import OWNER, Chat, build_chat
from tests.unit.chatbot.conftest import _quiet as _quiet

STREAMS = 2500
FRESH, LATE, MISSED = (0, 55), (62, 590), (610, 90_000)
"""Ages in seconds: in time; too late for a trading command; from so long ago that nothing is answered one by one."""


@dataclass(frozen=True)
class Event:
    """Something that `name` did, delivered `copies` times; it may act `wanted` times, and is told where it may not."""

    name: str
    updates: tuple[dict[str, Any], ...]
    wanted: int
    is_late: bool


class Streams:
    """Makes events of the owner, each under a name of its own, so that what it did is known by it."""

    def __init__(self, chat: Chat, chance: random.Random) -> None:
        self._chat = chat
        self._chance = chance
        self._made = 0

    def stream(self) -> list[Event]:
        return [self._event() for _ in range(self._chance.randint(1, 4))]

    def _event(self) -> Event:
        self._made += 1
        name = f"u{self._made}"
        return self._chance.choice((self._written, self._written, self._edited, self._pressed))(name)

    def _written(self, name: str) -> Event:
        """A command, once or several times."""
        age = self._chance.randint(*self._chance.choice((FRESH, LATE, MISSED)))
        update = message(self._number(), self._at(age), self._person(name), self._command())
        return Event(name, (update,) * self._copies(), int(age <= 60), age > 60)

    def _edited(self, name: str) -> Event:
        """A harmless text that was edited into a command: the edit comes before or after it."""
        number, at, who = self._number(), self._at(5), self._person(name)
        said = message(number, at, who, "/status")
        edited = message(number, at, who, self._command(), "edited_message") | {"update_id": self._number()}
        return Event(name, (said, edited) * self._copies(), 0, False)

    def _pressed(self, name: str) -> Event:
        """Approve under a card of its own."""
        card_id = f"{self._made:032x}"
        view = facts.card()
        self._chat.desk.cards[card_id] = replace(view, approval=replace(view.approval, id=card_id))
        under = MessageRef(home(int(OWNER.id)), str(self._number()))
        self._chat.store.remembered.setdefault(card_id, []).append(under)
        update = press(self._number(), under, self._person(name), f"ok:{card_id}")
        return Event(name, (update,) * self._copies(), 1, False)

    def _command(self) -> str:
        return self._chance.choice(("/pause", "/halt", "/flatten", "/buy 50 btc"))

    def _copies(self) -> int:
        return self._chance.choice((1, 2, 3))

    def _number(self) -> int:
        self._made += 1
        return self._made

    def _person(self, name: str) -> dict[str, Any]:
        return person(int(OWNER.id), name)

    def _at(self, age: float) -> float:
        return (self._chat.clock.now() - timedelta(seconds=age)).timestamp()


def acted(chat: Chat, events: list[Event]) -> Counter[str]:
    """How often each event's person moved the desk."""
    names = {f"@{event.name}": event.name for event in events}
    said = (str(word) for call in chat.desk.calls for word in call)
    return Counter(names[word] for word in said if word in names)


def refusals(offline: Offline) -> int:
    """How many commands were told that nothing was done, by themselves or in a summary."""
    told = 0
    for _, reply in offline.paper.said:
        first = reply.text.partition("\n")[0]
        told += int(first.split()[1]) if "messages came" in first else "nothing was done" in first
    return told


async def test_no_stream_of_updates_makes_a_command_act_twice(proof: Proof, scale: int) -> None:
    chance, chat = random.Random(22), build_chat()
    streams, offline = Streams(chat, chance), Offline(chat)
    broken = 0
    for _ in range(STREAMS * scale):
        chat.desk.cards.clear()
        events = streams.stream()
        updates = [update for event in events for update in event.updates]
        chance.shuffle(updates)
        chat.desk.calls.clear()
        offline.paper.said.clear()
        await offline.deliver(updates)
        acts = acted(chat, events)
        exact = all(acts[event.name] == event.wanted for event in events)
        broken += not (exact and refusals(offline) == sum(event.is_late for event in events))
    proof(22, cases=STREAMS * scale, violations=broken)
