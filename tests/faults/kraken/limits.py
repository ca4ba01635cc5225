"""How often one may ask: the call counter of a key and the trading counter of a pair, by tier.

Figures from Kraken's pages on REST limits and on trading limits.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

from tests.contract.kraken_market import Refused

_FREE = frozenset({"AddOrder", "CancelOrder"})
"""Counted by the trading engine instead."""
_DEAR = frozenset({"Ledgers", "TradesHistory"})
_CANCEL_COSTS = ((5, 8), (10, 6), (15, 5), (45, 4), (90, 2), (300, 1))
"""A cancel within so many seconds of the order costs so much."""


@dataclass(frozen=True, slots=True)
class Tier:
    """Limits of an account: counters, their decay per second, and open orders per pair."""

    calls: float
    call_decay: float
    trades: float
    trade_decay: float
    open_orders: float


STARTER = Tier(calls=15, call_decay=0.33, trades=60, trade_decay=1, open_orders=60)
INTERMEDIATE = Tier(calls=20, call_decay=0.5, trades=125, trade_decay=2.34, open_orders=80)
PRO = Tier(calls=20, call_decay=1, trades=180, trade_decay=3.75, open_orders=225)
UNLIMITED = Tier(math.inf, 0, math.inf, 0, math.inf)


class Counter:
    """Grows with use and decays with time."""

    def __init__(self, limit: float, decay: float) -> None:
        self._limit = limit
        self._decay = decay
        self._value = 0.0
        self._at = 0.0

    def spend(self, cost: float, now: float, error: str) -> None:
        """Count `cost`. Raises Refused with `error` when that goes over the limit; nothing is counted then."""
        self._value = self.value(now)
        self._at = now
        if self._value + cost > self._limit:
            raise Refused(error)
        self._value += cost

    def value(self, now: float) -> float:
        """Where the counter stands at `now` (seconds)."""
        return max(0.0, self._value - self._decay * max(0.0, now - self._at))


class Limits:
    """The counters of one account."""

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        self._calls: dict[str, Counter] = defaultdict(lambda: Counter(tier.calls, tier.call_decay))
        self._trades: dict[str, Counter] = defaultdict(lambda: Counter(tier.trades, tier.trade_decay))

    def call(self, key: str, endpoint: str, now: float) -> None:
        """A REST request with `key`. Raises Refused."""
        if endpoint not in _FREE:
            self._calls[key].spend(2 if endpoint in _DEAR else 1, now, "EAPI:Rate limit exceeded")

    def order(self, pair: str, now: float) -> None:
        """A new order. Raises Refused."""
        self._trades[pair].spend(1, now, "EOrder:Rate limit exceeded")

    def cancel(self, pair: str, age: float, now: float) -> None:
        """A cancel of an order that is `age` seconds old. Raises Refused."""
        cost = next((cost for limit, cost in _CANCEL_COSTS if age < limit), 0)
        self._trades[pair].spend(cost, now, "EOrder:Rate limit exceeded")
