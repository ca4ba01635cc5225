"""What could be lost: exposure, allocation, exits, limits, and what history says.

Shares are fractions, amounts Decimals in quote; None is unknown, such as a figure from too few days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from trading.contract.read_models import Holding, Status, World
from trading.domain.risk import TradingState


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much is invested. `gross` adds long and short, `net` takes short off; both are shares of equity.

    `average` is the invested share since inception, `average_30d` over the last 30 days. `beta` is against BTC, from
    `daily_returns` UTC daily returns; None from fewer than 30.
    """

    status: Status
    gross: Decimal | None
    net: Decimal | None
    average: Decimal | None
    average_30d: Decimal | None
    beta: float | None
    daily_returns: int

    @property
    def largest(self) -> Holding | None:
        """The position with the largest share, long or short."""
        return max(self.status.holdings, key=lambda held: abs(held.weight or Decimal(0)), default=None)


@dataclass(frozen=True, slots=True)
class RiskMapLine:
    """One coin of a risk map; its weight is a signed share of equity, zero where none is held."""

    symbol: str
    base: str
    weight: Decimal | None


@dataclass(frozen=True, slots=True)
class RiskMap:
    """How alike the coins' days are: Pearson's correlations (-1 to 1) of daily returns over at most `days` days.

    What is held comes first, the largest before the others, then BTC and ETH where they are not held. `effective` is
    the exposure once coins that move alike count as one (a share of equity). None is unknown.
    """

    status: Status
    lines: tuple[RiskMapLine, ...]
    correlations: tuple[tuple[float | None, ...], ...]
    effective: float | None
    days: int

    @property
    def is_known(self) -> bool:
        """Whether any two coins can be compared."""
        return any(alike is not None for place, row in enumerate(self.correlations) for alike in row[:place])


@dataclass(frozen=True, slots=True)
class AllocationLine:
    """One coin, or cash (its base is then empty). `target` is None where the last plan is not known."""

    base: str
    weight: Decimal | None
    target: Decimal | None

    @property
    def gap(self) -> Decimal | None:
        """How much of equity is held beyond the target; negative where there is less."""
        return None if self.weight is None or self.target is None else self.weight - self.target


@dataclass(frozen=True, slots=True)
class Allocation:
    """What is held beside what the newest plan wanted. Largest first, cash last."""

    status: Status
    lines: tuple[AllocationLine, ...]
    planned_at: datetime | None = None
    decided_by: str = ""
    plan_id: str = ""


@dataclass(frozen=True, slots=True)
class ExitLine:
    """How far a position is from its exits: fractions of the price now, amounts in quote, fees left out.

    `loss` is what the position would lose from now to its stop (zero or above; None without stop or price), `gain`
    what it would gain to its target.
    """

    holding: Holding
    to_stop: Decimal | None
    loss: Decimal | None
    to_target: Decimal | None
    gain: Decimal | None


@dataclass(frozen=True, slots=True)
class Exits:
    """Nearest stop first; positions without a stop last."""

    world: World
    at: datetime
    lines: tuple[ExitLine, ...]

    @property
    def loss(self) -> Decimal:
        """What all stops together would cost from now, before fees and slippage."""
        return sum((line.loss for line in self.lines if line.loss is not None), Decimal(0))

    @property
    def unprotected(self) -> tuple[Holding, ...]:
        return tuple(line.holding for line in self.lines if line.holding.stop is None)


@dataclass(frozen=True, slots=True)
class RiskView:
    """Where it stands against what it may lose.

    `drawdown` is the fall from the highest equity so far, `deepest` the largest ever (zero or below).
    `volatility` is annualised, over the last 30 days. `lost_today` is the day's loss as the limit measures it, above
    zero is a loss. `value_at_risk` is the loss in quote that one day in twenty exceeded, from `daily_returns` own daily
    returns; None from fewer than 60. `stress` maps a fall of every coin at once to the change of equity.
    """

    status: Status
    exits: Exits
    drawdown: Decimal | None
    deepest: Decimal | None
    volatility: float | None
    volatility_returns: int
    daily_limit: Decimal | None
    lost_today: Decimal | None
    value_at_risk: Decimal | None
    daily_returns: int
    stress: Mapping[Decimal, Decimal]

    @property
    def room(self) -> Decimal | None:
        """What today may still lose before entries stop, in quote; zero where the limit is reached."""
        if self.daily_limit is None or self.lost_today is None or self.status.equity is None or self.lost_today >= 1:
            return None
        opening = self.status.equity / (1 - self.lost_today)
        return max(Decimal(0), (self.daily_limit - self.lost_today) * opening)


class LimitUnit(StrEnum):
    MONEY = "money"
    SHARE = "share"
    TIME = "time"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One limit in force. `setting` is where it comes from; `value` is None where it is off.

    `used` is how much of it is used now, in the same unit; None where that means nothing.
    """

    setting: str
    unit: LimitUnit
    value: Decimal | timedelta | None
    used: Decimal | timedelta | None = None


@dataclass(frozen=True, slots=True)
class LimitsView:
    world: World
    at: datetime
    state: TradingState
    lines: tuple[LimitLine, ...]
