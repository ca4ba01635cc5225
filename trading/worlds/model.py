"""Who decides and who understands questions: the built-in allocator, or the configured models within their bounds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from trading.brain.budget import Budget, BudgetLimits
from trading.brain.ladder import KeptWays
from trading.brain.outlook import Outlook
from trading.brain.oversight import Oversight
from trading.brain.panel import Panel
from trading.brain.planner import ModelPlanner
from trading.brain.plans import Plans
from trading.brain.prices import PriceTable
from trading.brain.prompt import RebalancePrompt
from trading.brain.safe_mode import SafeMode
from trading.brain.supervised import SupervisedPlanner
from trading.brain.usage import UsageLedger
from trading.clock import Clock
from trading.contract import LanguageModel
from trading.core import random_id
from trading.decision.planners import AllocatorPlanner, LanguageModelPlanner, Planner
from trading.running import Service
from trading.settings import CoreSettings
from trading.store.port import Store
from trading.worlds.answers import RecordedModels, are_replayed, recorder

if TYPE_CHECKING:
    from trading.brain.client import OpenAIModel
    from trading.brain.fallback import AskedModel

DATA = Path(__file__).resolve().parents[2] / "data"
PROMPTS = DATA / "prompts"
PRICES = DATA / "model_prices.json"


@dataclass(frozen=True, slots=True)
class Brain:
    """Who decides and who understands questions, what keeps them within bounds, and what to close afterwards."""

    planner: Planner
    questions: LanguageModel | None
    oversight: Oversight | None
    close: Service

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say at the start, a sentence each."""
        return self.oversight.notes() if self.oversight else ()


async def open_brain(settings: CoreSettings, store: Store, clock: Clock, people: Clock) -> Brain:
    """The configured one; `clock` is the market's. Raises SettingsError and Fatal for files that cannot be read."""
    if settings.openai_api_key is None and not are_replayed(settings):
        return Brain(AllocatorPlanner(), None, None, _nothing)
    ledger = UsageLedger(
        store, _prices(settings), _budget(settings), clock, people, lambda: settings.timezone, random_id
    )
    await ledger.load()
    ways = KeptWays(store, people, settings.openai_base_url)
    models = RecordedModels(settings) if are_replayed(settings) else _Models(settings, ledger, ways, people)
    plans = _plans(settings, models)
    safe_mode = SafeMode(store, clock, plans.name)
    await safe_mode.load()
    prompts = settings.prompts_dir or PROMPTS
    outlook = Outlook(RebalancePrompt.load(prompts), ledger.prices, models.asked)
    planner = LanguageModelPlanner(SupervisedPlanner(plans, safe_mode), plans.name, settings.symbols, outlook)
    oversight = Oversight(safe_mode, ledger, ledger.prices, models.names)
    return Brain(planner, models.questions(prompts), oversight, models.close)


def _prices(settings: CoreSettings) -> PriceTable:
    return PriceTable.load(PRICES, *([settings.model_prices] if settings.model_prices else []))


def _budget(settings: CoreSettings) -> Budget:
    return Budget(
        BudgetLimits(settings.model_budget_per_cycle, settings.model_budget_per_day, settings.model_tokens_per_day)
    )


def _plans(settings: CoreSettings, models: _Models | RecordedModels) -> Plans:
    """One model's answer, or what several answers agree on."""
    prompts = settings.prompts_dir or PROMPTS
    recorded = recorder(settings)
    members = [ModelPlanner(recorded(model), prompts) for model in models.panel]
    return members[0] if len(members) == 1 else Panel(members, settings.model_agreement_percent / 100)


class _Models:
    """Every configured model at the one server: `first`, with its fallback behind it, and the `others` that must
    agree with it."""

    def __init__(self, settings: CoreSettings, ledger: UsageLedger, ways: KeptWays, people: Clock) -> None:
        from trading.brain.client import Terms
        from trading.brain.fallback import FallbackModel

        self._opened: list[OpenAIModel] = []
        self._settings = settings
        self._terms = Terms(ways, ledger, people)
        self.first: AskedModel = self._open(settings.openai_model)
        if settings.openai_fallback_model:
            self.first = FallbackModel(self.first, self._open(settings.openai_fallback_model))
        self.others: list[AskedModel] = [self._open(name) for name in settings.model_agree_with]

    @property
    def panel(self) -> list[AskedModel]:
        """The models of a rebalance, each as often as it is asked."""
        return [model for model in (self.first, *self.others) for _ in range(self._settings.model_samples)]

    @property
    def asked(self) -> list[str]:
        return [model.name for model in self.panel]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(model.name for model in self._opened))

    def questions(self, prompts: Path) -> LanguageModel:
        """The first of them, for questions."""
        from trading.brain.questions import ModelQuestions

        return ModelQuestions(self.first, prompts)

    async def close(self) -> None:
        for model in self._opened:
            await model.close()

    def _open(self, name: str) -> OpenAIModel:
        from trading.brain.client import OpenAIModel

        settings = self._settings
        assert settings.openai_api_key is not None
        key = settings.openai_api_key.get_secret_value()
        model = OpenAIModel(key, settings.openai_base_url, name, settings.openai_timeout_seconds, self._terms)
        self._opened.append(model)
        return model


async def _nothing() -> None:
    """Nothing to close."""
