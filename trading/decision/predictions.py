"""Predictions: kept when a decision makes them, and scored later against what prices did.

A prediction is watched candle by candle from the instant it was made. The target touched is a hit, the invalidation
touched is an invalidation, and where one candle holds both, the invalidation counts: nobody knows which came first, and
a record must not flatter. When neither was touched until its date, it has expired. Where candles are missing, it stays
open until they come, or until its date has passed and there are prices again.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import structlog

from trading.clock import Clock
from trading.domain.event import ThesisSettled
from trading.domain.market import Candle
from trading.domain.outcome import PredictionStatus, ScoredPrediction
from trading.domain.plan import Cycle, Direction, Prediction
from trading.errors import Retryable
from trading.market.price_path import RecentCandles, known_prices, last_price
from trading.orders.story import quoted_price
from trading.store.port import Store, Transaction

STRIDE = timedelta(days=1)
"""How much further a prediction must have been watched before that alone is worth a write."""
_NAMESPACE = uuid.UUID("0f6a2f5e-6f39-4c1d-8a2b-5d1d7c3e9b14")

log = structlog.get_logger(__name__)


async def foretold(tx: Transaction, cycle: Cycle) -> None:
    """Keep what `cycle` predicts, made at the middle of the quotes that it decided on.

    Left out is what could not be proved wrong from there: a target or invalidation that was passed already, and a coin
    without a quote.
    """
    plan = cycle.plan
    if plan is None:
        return
    made = [
        _made(cycle, plan.regime, index, prediction, price)
        for index, prediction in enumerate(plan.predictions)
        if (price := quoted_price(prediction.symbol, None, cycle)) is not None and _undecided(prediction, price)
    ]
    if made:
        await tx.add_predictions(made)


def _made(cycle: Cycle, regime: str, index: int, prediction: Prediction, price: Decimal) -> ScoredPrediction:
    return ScoredPrediction(
        id=uuid.uuid5(_NAMESPACE, f"{cycle.id}:{index}").hex,
        cycle_id=cycle.id,
        at=cycle.at,
        decided_by=cycle.decided_by,
        regime=regime,
        price=price,
        prediction=prediction,
        until=cycle.at + timedelta(days=prediction.days),
        watched_until=cycle.at,
    )


class Predictions:
    """Scores what is open, however often it is asked to."""

    def __init__(self, store: Store, candles: RecentCandles, clock: Clock) -> None:
        self._store = store
        self._candles = candles
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def score(self) -> None:
        """Watch every open prediction up to now; what that settles is told as one event."""
        async with self._one_at_a_time:
            async with self._store.reading() as read:
                waiting = await read.predictions(PredictionStatus.OPEN)
            changed: list[ScoredPrediction] = []
            for symbol in dict.fromkeys(made.prediction.symbol for made in waiting):
                before = [made for made in waiting if made.prediction.symbol == symbol]
                changed += _worth_keeping(before, await self._watched(symbol, before))
            if changed:
                await self._keep(changed)

    async def _watched(self, symbol: str, waiting: Sequence[ScoredPrediction]) -> Sequence[ScoredPrediction]:
        try:
            since = min(made.watched_until for made in waiting)
            candles = list(await self._candles.since(symbol, "1h", since))
            now = [watched(made, candles) for made in waiting]
            if any(self._lags_by_a_day(made) for made in now):
                # Hours reach back a month at some venues and are missing at others: days close the hole.
                candles = in_order([*candles, *await self._candles.since(symbol, "1d", since)])
                now = [past_holes(watched(made, candles), candles) for made in waiting]
        except Retryable as fault:
            log.warning("predictions wait for prices", symbol=symbol, why=str(fault))
            return waiting
        return now

    def _lags_by_a_day(self, made: ScoredPrediction) -> bool:
        """Whether a day's candle, or its date that has passed, could still say more."""
        now = self._clock.now()
        midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
        return made.status is PredictionStatus.OPEN and (made.watched_until < midnight or made.until <= now)

    async def _keep(self, changed: Sequence[ScoredPrediction]) -> None:
        async with self._store.transaction() as tx:
            kept = [made for made in changed if await tx.settle_prediction(made)]
            settled = tuple(made for made in kept if made.status is not PredictionStatus.OPEN)
            if settled:
                await tx.append(ThesisSettled(self._clock.now(), settled))


def in_order(candles: Sequence[Candle]) -> list[Candle]:
    """By their end; of those that end together the shorter first, as it tells more exactly when."""
    return sorted(candles, key=lambda candle: (candle.closed_at, candle.closed_at - candle.opened_at))


def watched(made: ScoredPrediction, candles: Sequence[Candle]) -> ScoredPrediction:
    """`made` after `candles` (:func:`in_order`), as far as they follow each other from where it was watched."""
    for candle in candles:
        if made.status is PredictionStatus.OPEN and candle.opened_at <= made.watched_until < candle.closed_at:
            made = _after(made, candle)
    return made


def past_holes(made: ScoredPrediction, candles: Sequence[Candle]) -> ScoredPrediction:
    """`made` after all there is, where its date has passed and there are prices after it; else as it was."""
    if not candles or candles[-1].closed_at < made.until:
        return made
    for candle in candles:
        if made.status is PredictionStatus.OPEN and candle.closed_at > made.watched_until:
            made = _after(made, candle)
    return made


def _after(made: ScoredPrediction, candle: Candle) -> ScoredPrediction:
    end = min(candle.closed_at, made.until)
    found = _touched(made.prediction, known_prices(candle, made.at, made.until))
    if found is not None:
        status, price = found
    elif candle.closed_at >= made.until:
        status, price = PredictionStatus.EXPIRED, last_price(candle, made.until)
    else:
        return replace(made, watched_until=end)
    return replace(made, watched_until=end, status=status, settled_at=end, settled_price=price)


def _touched(prediction: Prediction, prices: Sequence[Decimal]) -> tuple[PredictionStatus, Decimal] | None:
    """What `prices` decide, and at which level."""
    invalidation = prediction.invalidation
    if invalidation is not None and any(_fell_back(prediction, price) for price in prices):
        return PredictionStatus.INVALIDATED, invalidation
    if any(_reached(prediction, price) for price in prices):
        return PredictionStatus.HIT, prediction.target
    return None


def _reached(prediction: Prediction, price: Decimal) -> bool:
    up = prediction.direction is Direction.UP
    return price >= prediction.target if up else price <= prediction.target


def _fell_back(prediction: Prediction, price: Decimal) -> bool:
    if prediction.invalidation is None:
        return False
    up = prediction.direction is Direction.UP
    return price <= prediction.invalidation if up else price >= prediction.invalidation


def _undecided(prediction: Prediction, price: Decimal) -> bool:
    return not _reached(prediction, price) and not _fell_back(prediction, price)


def _worth_keeping(before: Sequence[ScoredPrediction], after: Sequence[ScoredPrediction]) -> list[ScoredPrediction]:
    pairs = zip(before, after, strict=True)
    return [
        new
        for old, new in pairs
        if new.status is not PredictionStatus.OPEN or new.watched_until - old.watched_until >= STRIDE
    ]
