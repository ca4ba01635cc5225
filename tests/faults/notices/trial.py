"""One channel's life by seed: events come, the line breaks, people have their preferences, and the program dies."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from typing import Any

from chatbot.message import Channel, Reply
from chatbot.notices.answered import Answered
from chatbot.notices.kinds import NoticeKind, kind_of
from chatbot.notices.preferences import Level, Preferences
from chatbot.notices.quiet import QuietHours
from chatbot.notifier.delivery import Delivery
from chatbot.notifier.follower import Follower
from chatbot.notifier.posting import headline
from chatbot.notifier.rendering import Renderer
from tests.faults.notices.death import Fate, Killed, Mortal
from tests.faults.notices.journal import names_as_missing, random_event, tells
from tests.faults.notices.platform import REPEAT, Platform
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.unit.chatbot.memory_store import MemoryChatStore
from trading.clock import SimulatedClock
from trading.domain.event import ExitFailed

CHANNEL = Channel("telegram", "-1")
EVENTS = 12
LAST = ExitFailed(facts.NOW, "END/USD", 3, "")
PATIENCE = timedelta(minutes=10)


@dataclass
class Trial:
    """What outlives the program: the store, the platform, the journal; and what the people should have heard."""

    seed: int
    fate: Fate
    odds: float = 0.06
    store: Any = field(default_factory=MemoryChatStore)
    desk: FakeDesk = field(default_factory=FakeDesk)
    words: dict[str, NoticeKind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"trial {self.seed}")
        self.platform = Platform(self.seed, self.odds)
        self.clock = SimulatedClock(facts.NOW)
        self.preferences = Preferences(self.store, lambda: [CHANNEL])

    async def run(self) -> None:
        """Let it all happen, then let everything calm down and all hours pass."""
        await self._choose()
        await self.store.set_cursor(CHANNEL.key, 0)
        life = self._born()
        for _ in range(EVENTS):
            for _ in range(self.chance.choice([0, 0, 1, 1, 1, 5])):
                await self._happens(len(self.words))
            life = await self._pass(life, self.chance.choice([0, 1, 5, 60, 600, 7200]))
        self.platform.odds = 0.0
        for _ in range(8):
            life = await self._pass(life, 5 * 3600)
        # What may be missing is named by the next message, so there has to be one.
        self.desk.happens(LAST)
        life = await self._pass(life, 120)
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)

    def violations(self) -> list[str]:
        """Notices that were lost, and repeats that do not say so."""
        found = []
        for word, kind in self.words.items():
            told = [reply for reply in self.platform.posted if tells(reply, word)]
            if not told and not self._named_as_missing(word) and self.preferences.level(CHANNEL, kind) is not Level.OFF:
                found.append(f"{word} ({kind}) was never told")
            if sum(REPEAT not in reply.text and not names_as_missing(reply, word) for reply in told) > 1:
                found.append(f"{word} ({kind}) was repeated and did not say so")
        return found

    def _named_as_missing(self, word: str) -> bool:
        """Whether a later message says that the one which told it may not have arrived."""
        lost = [headline(_unmarked(reply)) for reply in self.platform.vanished if tells(reply, word)]
        return any(name in reply.text for name in lost for reply in self.platform.posted)

    async def _choose(self) -> None:
        if self.chance.random() < 0.4:
            await self.preferences.set_quiet(CHANNEL, QuietHours(time(13), time(self.chance.choice([16, 23, 6]))))
        if self.chance.random() < 0.3:
            await self.preferences.set_digest(CHANNEL, time(20))
        for kind in (NoticeKind.FILL, NoticeKind.STATE, NoticeKind.CHATTER):
            if self.chance.random() < 0.2:
                await self.preferences.set_level(CHANNEL, kind, self.chance.choice([Level.OFF, Level.SILENT]))

    async def _happens(self, number: int) -> None:
        event, word = random_event(self.desk, number, self.chance)
        self.words[word] = await kind_of(event, self.desk)
        self.desk.happens(event)

    async def _pass(self, life: asyncio.Task[None], seconds: int) -> asyncio.Task[None]:
        """Time goes by, in steps; whoever died is born again at once."""
        for step in _steps(seconds):
            await self._calm()
            if life.done():
                life = self._reborn(life)
                await self._calm()
            self.clock.advance(step)
        await self._calm()
        return self._reborn(life) if life.done() else life

    async def _calm(self) -> None:
        """Until nothing moves without time."""
        while True:
            before = self.fate.crossed
            for _ in range(12):
                await asyncio.sleep(0)
            if self.fate.crossed == before:
                return

    def _reborn(self, life: asyncio.Task[None]) -> asyncio.Task[None]:
        assert isinstance(life.exception(), Killed), life.exception()
        return self._born()

    def _born(self) -> asyncio.Task[None]:
        """A new program: nothing in memory but what the store has."""
        store, platform = Mortal(self.store, self.fate), Mortal(self.platform, self.fate)
        delivery = Delivery(platform, CHANNEL, self.clock, PATIENCE)
        renderer = Renderer(self.desk, CountingCharts())  # type: ignore[arg-type]
        answered = Answered(self.desk, store, self.clock)  # type: ignore[arg-type]
        follower = Follower(self.desk, store, delivery, renderer, self.preferences, answered, self.clock)  # type: ignore[arg-type]
        return asyncio.create_task(follower.run())


def _unmarked(reply: Reply) -> Reply:
    return replace(reply, text=reply.text.replace(f"\n{REPEAT}", ""))


def _steps(seconds: int) -> list[int]:
    if seconds <= 5:
        return [1] * seconds or [0]
    return [1, 4, 20, *([max(60, seconds // 4)] * 4)]
