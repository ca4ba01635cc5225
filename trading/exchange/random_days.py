"""Random days of a simulated market: the market's moves, and on top of them those of one asset.

A day is drawn from a generator seeded with (seed, stream, kind, number): it depends on nothing that
was drawn before it. Moods and trends last for days, so they are drawn in episodes of a fixed length;
each is a Markov chain from a random first state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from trading.exchange.columns import Floats
from trading.exchange.scenario import Asset, Jumps, Scenario

EPISODE = 96
"""Days after which moods and trends start afresh."""

MARKET = 0
"""The market's stream; assets have others."""
_DAY, _MOOD, _TREND = range(3)
_WICK = 0.45
"""How far highs and lows reach beyond open and close, in standard deviations of a candle."""


@dataclass(frozen=True, slots=True)
class MarketDay:
    """One day of the market factor. `moves` happen inside candles, `jumps` between them (log returns per candle).

    `shape` is how lively each candle is beside the day's average, `wildness` the mood's volatility beside the usual.
    """

    moves: Floats
    jumps: Floats
    shape: Floats
    volatility: float
    wildness: float


@dataclass(frozen=True, slots=True)
class AssetDay:
    """One day of one asset: log returns inside and between candles, wicks (log, not negative), and volume in base."""

    moves: Floats
    jumps: Floats
    up_wicks: Floats
    down_wicks: Floats
    volume: Floats


class RandomDays:
    """The days of one market by number (days since 1970), each with `candles` candles."""

    def __init__(self, seed: int, scenario: Scenario, candles: int) -> None:
        self._seed = seed
        self._scenario = scenario
        self._candles = candles
        self._shape = _shape_of_day(candles)
        self._usual = _usual_volatility(scenario)
        # Every asset asks for the same day in turn.
        self.market = lru_cache(maxsize=2)(self._market)
        self._episode = lru_cache(maxsize=64)(self._draw_episode)

    def _market(self, day: int) -> MarketDay:
        draw = self._generator(MARKET, _DAY, day)
        mood = self._scenario.moods[self._state(MARKET, _MOOD, day)]
        trend = self._scenario.market_trends[self._state(MARKET, _TREND, day)]
        noise = draw.standard_normal(self._candles) * self._shape * (mood.volatility / self._candles**0.5)
        jumps = self._jumps(draw, self._scenario.market_jumps)
        return MarketDay(
            noise + trend.drift / self._candles, jumps, self._shape, mood.volatility, mood.volatility / self._usual
        )

    def asset(self, stream: int, asset: Asset, day: int) -> AssetDay:
        """The day of `asset`, whose own moves come from `stream` (a number above zero)."""
        market = self.market(day)
        draw = self._generator(stream, _DAY, day)
        noise, up, down, busy = draw.standard_normal((4, self._candles))
        own = asset.own_volatility * market.wildness
        size = market.shape * (np.hypot(asset.beta * market.volatility, own) / self._candles**0.5)
        trend = self._scenario.own_trends[self._state(stream, _TREND, day)]
        own_moves = noise * market.shape * (own / self._candles**0.5) + trend.drift / self._candles
        moves = asset.beta * market.moves + own_moves
        jumps = asset.beta * market.jumps + self._jumps(draw, self._scenario.own_jumps)
        volume = _volume(asset.daily_volume / self._candles, busy, moves / size, market)
        return AssetDay(moves, jumps, np.abs(up) * size * _WICK, np.abs(down) * size * _WICK, volume)

    def _jumps(self, draw: np.random.Generator, jumps: Jumps) -> Floats:
        """At most one jump a day, at a random candle."""
        happens, size, place = draw.random(), draw.normal(jumps.mean, jumps.deviation), draw.integers(self._candles)
        path = np.zeros(self._candles)
        path[place] = size if happens < jumps.per_day else 0.0
        return path

    def _state(self, stream: int, kind: int, day: int) -> int:
        episode, place = divmod(day, EPISODE)
        return self._episode(stream, kind, episode)[place]

    def _draw_episode(self, stream: int, kind: int, episode: int) -> tuple[int, ...]:
        return _markov_chain(self._generator(stream, kind, episode), self._durations(stream, kind))

    def _durations(self, stream: int, kind: int) -> list[float]:
        if kind == _MOOD:
            return [mood.days for mood in self._scenario.moods]
        trends = self._scenario.market_trends if stream == MARKET else self._scenario.own_trends
        return [trend.days for trend in trends]

    def _generator(self, stream: int, kind: int, number: int) -> np.random.Generator:
        return np.random.default_rng((self._seed, stream, kind, number))


def _markov_chain(draw: np.random.Generator, durations: Sequence[float]) -> tuple[int, ...]:
    """A state for each day of an episode; each lasts its duration on average and then gives way to another."""
    weights = np.array(durations) / sum(durations)
    state = int(draw.choice(len(durations), p=weights))
    states = []
    for leaves, other in zip(draw.random(EPISODE), draw.integers(1, max(2, len(durations)), EPISODE), strict=True):
        states.append(state)
        if leaves < 1 / durations[state]:
            state = (state + int(other)) % len(durations)
    return tuple(states)


def _shape_of_day(candles: int) -> Floats:
    """How lively each candle of a UTC day is: most when Europe and America both trade. Its mean square is one."""
    hours = (np.arange(candles) + 0.5) * 24 / candles
    wave = 1 + 0.35 * np.cos((hours - 15) * 2 * np.pi / 24)
    shape: Floats = wave / np.sqrt(np.mean(wave**2))
    return shape


def _usual_volatility(scenario: Scenario) -> float:
    days = sum(mood.days for mood in scenario.moods)
    return sum(mood.volatility * mood.days for mood in scenario.moods) / days


def _volume(average: float, busy: Floats, surprise: Floats, market: MarketDay) -> Floats:
    """Base traded per candle: more in lively hours, in wild moods, and when the price moves."""
    level = average * market.wildness * market.shape**2
    volume: Floats = np.round(level * np.exp(0.5 * busy) * (0.5 + 0.5 * np.abs(surprise)), 4)
    return volume
