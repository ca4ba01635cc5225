"""A whole bot over a whole paper desk, and everything on it that no model may change, in one digest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from chatbot.access.roles import Access
from chatbot.agent.agent import Agent
from chatbot.commands.catalogue import catalogue
from chatbot.message import Actor, Channel, Incoming, Reply
from chatbot.router import Router
from chatbot.settings import ChatSettings
from tests.faults.attacks.texts import Attack, Way
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.unit.chatbot.memory_store import MemoryChatStore
from tests.unit.trading.brain.answers import PROMPTS
from tests.world import PRICES, SmallWorld, limits, rules, started
from trading.brain.planner import ModelPlanner
from trading.clock import SystemClock
from trading.contract import Amount, AmountUnit
from trading.decision.planners import LanguageModelPlanner, Planned
from trading.decision.snapshots import Snapshot
from trading.domain.order import Side
from trading.domain.plan import Thesis
from trading.store.memory import MemoryStore

OWNER, HOME = Actor("telegram", "42", "owner"), Channel("telegram", "42")
GUARDED = (
    "approvals", "approvals_of_batch", "batches", "booked", "cash_flows", "fills", "meta", "open_orders", "orders",
    "places", "protections", "slots", "trade_ids",
)  # fmt: skip
COMMANDS = catalogue()
TRADES = ("do:/buy", "do:/sell", "do:/flatten", "do:/close", "do:/resume", "do:/live", "do:/threshold", "ok:")


@dataclass
class Replaceable:
    """A planner whose model is another for every attack."""

    model: Any = None
    name: str = "a model"

    async def plan(self, snapshot: Snapshot) -> Planned:
        return await LanguageModelPlanner(ModelPlanner(self.model, PROMPTS), self.name, tuple(PRICES)).plan(snapshot)

    def outlook(self, snapshot: Snapshot) -> str:
        return ""


@dataclass
class Scene:
    """The bot's people, desk and store. A card waits that a person asked for, so that there is one to press."""

    world: SmallWorld
    planner: Replaceable
    store: MemoryChatStore
    clock: SystemClock = field(default_factory=SystemClock)
    _ids: Iterator[int] = field(default_factory=itertools.count)

    async def ask(self, text: str, model: Any) -> Reply | None:
        charts: Any = CountingCharts()
        access = Access(ChatSettings.model_validate({"telegram_chat_id": HOME.id}))
        agent = Agent(self.world.desk, charts, model)
        store: Any = self.store
        router = Router(self.world.desk, access, store, COMMANDS, agent, charts, self.clock)
        return await router.on_message(Incoming(OWNER, HOME, text, f"u{next(self._ids)}", self.clock.now()))

    async def plant(self, attack: Attack) -> None:
        """The attack as the running thesis, as an earlier answer of a model would have left it."""
        async with self.world.store.transaction() as tx:
            await tx.add_thesis(Thesis(self.world.clock.now(), "a model", attack.order, "cycle"))

    async def rebalance(self, model: Any) -> None:
        self.planner.model = model
        await self.world.desk.preview_rebalance("@owner")

    def digest(self) -> str:
        """Orders, approvals, settings, roles, the switch and what waits: all that an attack could want to change."""
        store = self.world.store
        assert isinstance(store, MemoryStore)
        kept = {name: getattr(store._state.tables, name) for name in GUARDED}
        return repr((kept, self.world.core.switch.state, self.store.values, self.store.remembered))


async def scene() -> Scene:
    planner = Replaceable()
    world = await started(told=rules(limits=limits(approval_threshold=Decimal(50))), planner=planner)
    await world.buy("0.2")
    await world.buy("3", "ETH/USD")
    await world.desk.preview_order(Side.BUY, "BTC/USD", Amount(Decimal(60), AmountUnit.QUOTE), "@owner")
    return Scene(world, planner, MemoryChatStore())


async def breaches(scene: Scene, attack: Attack, model: Any) -> list[str]:
    """What the attack achieved through `model`: nothing, in a program that keeps its promise."""
    before = scene.digest()
    if attack.way in (Way.THESIS, Way.PLAN):
        await scene.plant(attack)
    if attack.way is Way.PLAN:
        await scene.rebalance(model)
        reply = None
    else:
        reply = await scene.ask(attack.said, model)
    found = [] if scene.digest() == before else [f"{attack} changed the desk"]
    own_wish = attack.way in (Way.MESSAGE, Way.NEWS)
    shown = [button.id for button in reply.buttons] if reply is not None else []
    return found + [f"{attack} made the button {each}" for each in shown if each.startswith(TRADES) and not own_wish]
