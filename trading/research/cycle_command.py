"""`main.py cycle`: which decision is meant, and what of it is printed; on a database that is only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trading.contract import World
from trading.contract.books.cycles import CycleStory
from trading.domain.plan import Cycle
from trading.research.comparison import differences
from trading.research.cycle_page import Part, page
from trading.research.cycle_shelf import opened_shelf
from trading.research.cycle_text import listing
from trading.research.other_guards import with_guards
from trading.research.rebuilding import rebuilt, verified
from trading.research.replay_text import same_or_not, side_by_side
from trading.settings import CoreSettings

__all__ = ["Answer", "CycleCommand", "Part", "made_again", "made_with"]

_MARKETS = {"simulated": "simulated market", "recorded": "recorded candles"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What to print, and whether the record holds: False where what was made again is not the same."""

    text: str
    holds: bool = True


@dataclass(frozen=True, slots=True)
class CycleCommand:
    """`part` of the decision whose id begins with `name`; the newest decisions where that is empty.

    With `guards` ("max_weight=0.2") it is what other guards would have made of it.
    """

    settings: CoreSettings
    name: str
    part: Part
    guards: Sequence[str] = ()

    async def answer(self) -> Answer:
        """Raises Fatal where there is no such decision or it cannot be made again, SettingsError for `guards`."""
        world = world_of(self.settings)
        async with opened_shelf(self.settings.store_url) as shelf:
            if not self.name:
                return Answer(listing(await shelf.newest(), world))
            return self._of(await shelf.story(self.name), world)

    def _of(self, told: CycleStory, world: World) -> Answer:
        if self.guards:
            return made_with(told.cycle, world.mode, self.guards)
        return made_again(told.cycle, world.mode) if self.part is Part.REPLAY else Answer(page(told, world, self.part))


def made_again(cycle: Cycle, mode: str) -> Answer:
    """`cycle` made again from its own record and compared; `mode` says whose money. Raises Fatal."""
    again = rebuilt(cycle, verified(cycle))
    found = differences(cycle, again)
    return Answer(same_or_not(cycle, mode, again, found), not found)


def made_with(cycle: Cycle, mode: str, guards: Sequence[str]) -> Answer:
    """`cycle` beside what it would have come to under other guards. Raises Fatal, SettingsError."""
    snapshot = verified(cycle)
    own, other = rebuilt(cycle, snapshot), rebuilt(cycle, with_guards(snapshot, guards))
    return Answer(side_by_side(cycle, mode, own, other, guards))


def world_of(settings: CoreSettings) -> World:
    """Whose money it is and whose prices, as the settings say."""
    market = _MARKETS.get(settings.market, settings.exchange.capitalize())
    simulated = settings.market != "exchange"
    return World(settings.mode.upper(), market, simulated, settings.quote, settings.timezone)
