"""Guards over a plan: what they are set to, and what they have to know. Each only ever takes weight away into cash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from trading.domain.money import ONE, ZERO


@dataclass(frozen=True, slots=True)
class Guards:
    """The configured guards: weights, turnover and drawdown as fractions of equity, amounts in quote. None is off.

    `max_turnover` and `max_orders` count rebalances of one local day. A buy waits `min_holding` before what it bought
    may be sold by a plan, and an exit waits `reentry_pause` before the coin may be bought again. `min_trade` is what
    an order must be worth after the fees of a round trip. `floors` are weights by base (BTC, ETH) that a plan may not
    go below by selling. Beyond `max_drawdown` (positive) from the peak a plan may only sell.
    """

    max_weight: Decimal = ONE
    min_cash: Decimal = ZERO
    max_turnover: Decimal | None = None
    max_orders: int | None = None
    min_holding: timedelta = timedelta(0)
    reentry_pause: timedelta = timedelta(0)
    min_trade: Decimal = ZERO
    floors: Mapping[str, Decimal] = field(default_factory=dict)
    max_drawdown: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GuardHistory:
    """What the guards have to know of the past: newest buy and newest exit by symbol, and what today's rebalances did.

    `turnover` is the notional traded today in quote; what waits for a press or for the venue counts in it and in
    `orders`. `drawdown` is from the peak of time-weighted growth, zero or
    negative, None before there are two points.
    """

    bought: Mapping[str, datetime] = field(default_factory=dict)
    sold: Mapping[str, datetime] = field(default_factory=dict)
    turnover: Decimal = ZERO
    orders: int = 0
    drawdown: Decimal | None = None
