"""One run by seed: a life with faults and slow eyes, a crash at one boundary, later lives until all is quiet."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

from tests.faults.lab.audit import violations
from tests.faults.lab.crash import Boundaries
from tests.faults.lab.disk import Disk
from tests.faults.lab.exchange import Exchange, Habits
from tests.faults.lab.life import Life, Script, new_life
from tests.faults.lab.records import START
from tests.faults.lab.scenarios import SCENARIOS, opening
from tests.faults.lab.virtual_time import VirtualTime
from tests.faults.lab.weather import Weather
from trading.errors import Retryable
from trading.exchange.ports import LedgerKind
from trading.store.memory_tables import MemoryTables

STORM = timedelta(minutes=15)
"""How long things go wrong; after that whatever is open must come to rest."""
LONGEST = timedelta(minutes=60)
LOOKS = 2
"""How often the account has to be looked at after everything has become visible: what is not found then never is."""
DOWN = 30.0
"""The most seconds between a crash and the next start."""
MOST_LIVES = 30
SECOND_CRASH = 0.25


@dataclass(frozen=True, slots=True)
class Seedbed:
    """Where every run begins: the disk, the exchange and the instant, from the opening on a perfect line."""

    disk: Disk
    exchange: Exchange
    now: datetime


class Ending(Enum):
    """How a process ended."""

    REST = "everything was settled"
    CRASH = "it was killed"
    NO_START = "it could not start; it may be started again"
    RESTLESS = "it never came to rest"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    `boundaries` names those that the first life crossed until it was calm for the first time, and `instants` numbers
    those of them before which something had happened since the last one.
    """

    violations: tuple[str, ...]
    boundaries: tuple[str, ...]
    instants: tuple[int, ...]
    lives: int
    tables: MemoryTables
    exchange: Exchange


async def seedbed() -> Seedbed:
    """Buy the opening positions with nothing going wrong."""
    clock, chance = VirtualTime(START), random.Random(0)
    exchange = Exchange(clock, chance, Habits())
    exchange.post("USD", Decimal(1000), LedgerKind.DEPOSIT)
    trial = Trial(Disk(), exchange, clock, chance, Weather())
    ending = await trial.live(opening, Boundaries())
    assert ending is Ending.REST, (ending, trial.broken)
    return Seedbed(trial.disk, exchange, clock.now())


async def run(
    bed: Seedbed,
    seed: int,
    boundary: int,
    scenario: str,
    weather: Weather | None = None,
    habits: Habits | None = None,
) -> Outcome:
    """The run of `seed` through `scenario` with a crash at the `boundary`th boundary (0: none)."""
    chance, clock = random.Random(seed), VirtualTime(bed.now)
    weather, habits = weather or _drawn_weather(chance, bed.now + STORM), habits or _drawn_habits(chance)
    exchange = bed.exchange.moved(clock, chance, habits)
    trial = Trial(bed.disk.copy(), exchange, clock, chance, weather, lives=1)
    chosen = SCENARIOS[scenario]
    # Only the run that is lived through unharmed tells which boundaries are one instant.
    stamp = None if boundary else lambda: (clock.now(), exchange.happened, chance.getstate())
    first = Boundaries(boundary, stamp)
    lives, ending = 1, await trial.live(chosen.script, first)
    while ending in (Ending.CRASH, Ending.NO_START) and lives < MOST_LIVES:
        again = chance.randint(1, 40) if lives == 1 and chance.random() < SECOND_CRASH else 0
        ending = await trial.live(chosen.later, Boundaries(again))
        lives += 1
    exchange.settle()
    found = [*violations(trial.disk.tables, exchange), *([] if ending is Ending.REST else [ending.value])]
    crossed = tuple(first.passed[: trial.calm_after])
    instants = tuple(number for number in first.instants if number <= len(crossed))
    return Outcome((*trial.broken, *found), crossed, instants, lives, trial.disk.tables, exchange)


class Trial:
    """What outlives every process: disk, exchange, time and weather. `broken` is what failed by itself."""

    def __init__(
        self,
        disk: Disk,
        exchange: Exchange,
        clock: VirtualTime,
        chance: random.Random,
        weather: Weather,
        lives: int = 0,
    ) -> None:
        self.disk = disk
        self.exchange = exchange
        self.clock = clock
        self.broken: list[str] = []
        self.calm_after: int | None = None
        """How many boundaries the first life crossed until nothing was open any more."""
        self._chance = chance
        self._weather = weather
        self._lives = lives

    async def live(self, script: Script, boundaries: Boundaries) -> Ending:
        """One process, from its start to rest or ruin; then the machine is off for a while."""
        self._lives += 1
        store = self.disk.mounted()
        try:
            life = await new_life(
                self._lives, store, self.exchange, self.clock, self._chance, self._weather, boundaries
            )
            ending = await self._go_on(life, script)
            await life.end()
        finally:
            self.disk.save(store)
        if ending is not Ending.REST:
            self.clock.advance(self._chance.uniform(0, DOWN))
        return ending

    async def _go_on(self, life: Life, script: Script) -> Ending:
        calm = Calm(life)
        life.begin(script)
        await self.clock.pass_until(lambda: life.is_dead or life.fault is not None or calm.lasts(), LONGEST)
        if self.calm_after is None:
            self.calm_after = calm.reached_after or len(life.boundaries.passed)
        fault = life.fault
        if life.is_dead:
            return Ending.CRASH
        if fault is None:
            return Ending.REST if calm.lasts() else Ending.RESTLESS
        name, error = fault
        if name == "start" and isinstance(error, Retryable):
            return Ending.NO_START
        self.broken.append(f"{name} failed: {error!r}")
        return Ending.CRASH


class Calm:
    """Whether nothing has been open at either side for so long that everything must have been found."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._since: datetime | None = None
        self._enough: int | None = None
        self.reached_after = 0

    def lasts(self) -> bool:
        """Ask whenever everybody waits."""
        if not self._life.is_calm():
            self._since = self._enough = None
            return False
        now, looks = self._life.clock.now(), self._life.venue.looks
        self.reached_after = self.reached_after or len(self._life.boundaries.passed)
        self._since = self._since or now
        if self._enough is None and (now - self._since).total_seconds() >= self._life.exchange.habits.lag:
            self._enough = looks + LOOKS
        return self._enough is not None and looks >= self._enough


def _drawn_weather(chance: random.Random, over_at: datetime) -> Weather:
    return Weather(chance.choice((0.0, 0.3, 0.7)), chance.choice((0.0, 0.15)), chance.choice((0.0, 0.3)), over_at)


def _drawn_habits(chance: random.Random) -> Habits:
    lag = chance.choice((0.0, 5.0, 30.0, 120.0))
    return Habits(lag, chance.choice((0.0, 0.3)), chance.choice((0.0, 0.3)), chance.choice((0.0, 0.3)))
