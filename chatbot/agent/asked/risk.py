"""Questions about what may be lost, and about an order that is only reckoned, as data."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from chatbot.agent.asked.figures import RiskFigure
from trading.domain.order import Side


class OneLimit(StrEnum):
    """Which limits are asked for."""

    ALL = "all"
    LOSS = "loss"
    """Of a day's loss, and the drawdown stop where there is one."""
    ORDER = "order"
    POSITION = "position"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True)
class DrawdownRisk:
    """Falls and fluctuations; `figures` are those that were asked for by name."""

    window: str | None = None
    figures: tuple[RiskFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class ExposureAsked:
    """How much is invested, and in what."""


@dataclass(frozen=True, slots=True)
class StopsAsked:
    """Where the stops and targets are; `symbol` None for all."""

    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class LimitsAsked:
    which: OneLimit = OneLimit.ALL


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What an order would change.

    `amount` is in quote; with `fraction` a share of free cash to buy, of the position to sell; with `coins` in coins.
    """

    side: Side
    symbol: str
    amount: Decimal
    fraction: bool = False
    coins: bool = False
