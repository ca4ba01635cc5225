"""Buy equal weights once and leave them: the strategy every other one has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Self

import numpy as np

from trading.domain.money import ONE
from trading.strategy.parameters import fraction, reject_unknown
from trading.strategy.port import Bools, PriceColumns, bars

WEIGHT_STEP = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class BuyAndHold:
    """Equal parts of `weight` at the first bar on which every symbol has a price; nothing after that."""

    weight: Decimal = ONE

    @property
    def name(self) -> str:
        return "buy_and_hold"

    @classmethod
    def from_settings(cls, given: Mapping[str, str]) -> Self:
        """Read `weight`. Raises SettingsError."""
        reject_unknown("buy_and_hold", given, ("weight",))
        return cls(fraction("buy_and_hold", given, "weight", ONE))

    def prepare(self, columns: Mapping[str, PriceColumns]) -> OneEntry:
        """Find the first bar on which everything is priced."""
        priced = np.ones(bars(columns), dtype=np.bool_)
        for column in columns.values():
            priced &= np.isfinite(column.close)
        wakeups = np.zeros(len(priced), dtype=np.bool_)
        if priced.any():
            wakeups[int(priced.argmax())] = True
        share = (self.weight / len(columns)).quantize(WEIGHT_STEP, ROUND_DOWN)
        return OneEntry(wakeups, dict.fromkeys(columns, share))


@dataclass(frozen=True, slots=True)
class OneEntry:
    """The single bar to buy at, and what."""

    wakeups: Bools
    targets: Mapping[str, Decimal]

    def decide(self, i: int, holdings: Mapping[str, Decimal]) -> Mapping[str, Decimal] | None:
        """Everything at the entry bar, nothing at any other."""
        return self.targets if self.wakeups[i] else None

    def reason(self, i: int, symbol: str) -> str:
        """The same for every symbol."""
        return "bought once in equal parts, to be held"
