"""Strategies by name. Each factory reads its parameters from text and raises SettingsError with one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trading.errors import SettingsError
from trading.strategy.buy_and_hold import BuyAndHold
from trading.strategy.daily_allocator import DailyAllocator
from trading.strategy.port import Strategy
from trading.strategy.sma_cross import SmaCross

STRATEGIES: Mapping[str, Callable[[Mapping[str, str]], Strategy]] = {
    "allocator": DailyAllocator.from_settings,
    "buy_and_hold": BuyAndHold.from_settings,
    "sma": SmaCross.from_settings,
    "sma_cross": SmaCross.from_settings,
}


def build_strategy(name: str, given: Mapping[str, str]) -> Strategy:
    """The strategy called `name` with its parameters. Raises SettingsError."""
    factory = STRATEGIES.get(name)
    if factory is None:
        raise SettingsError(f"there is no strategy {name!r}; allowed are {', '.join(STRATEGIES)}")
    return factory(given)
