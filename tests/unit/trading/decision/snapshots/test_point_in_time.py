"""Nothing that was known later is in a snapshot, whatever lies in its sources already."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.decision.snapshots.rig import SYMBOLS, Rig, wandering
from tests.world import START
from trading.domain.money import Money
from trading.domain.order import Batch, Fill, Side, Source
from trading.domain.outcome import PredictionStatus, ScoredPrediction, TradeReview
from trading.domain.plan import Cycle, CycleOutcome, Direction, Prediction, Thesis
from trading.domain.portfolio import EquityPoint
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus

FUTURE = "planted"
PRICE = Decimal("987654.25")
LATER = st.timedeltas(timedelta(microseconds=1), timedelta(days=40))


async def plant(rig: Rig, at: datetime) -> None:
    """Facts dated `at` in every table that a snapshot looks into."""
    fill = Fill(FUTURE, FUTURE, "SOL/USD", Side.SELL, PRICE, Decimal(3), Money(Decimal(1), "USD"), at, realized=PRICE)
    prediction = Prediction("SOL/USD", Direction.UP, PRICE, None, 7, 0.987)
    await rig.keeps(fill)
    async with rig.store.transaction() as tx:
        await tx.add_cycle(Cycle(FUTURE, at, FUTURE, FUTURE, CycleOutcome.REFUSED, FUTURE, "{}"))
        await tx.add_thesis(Thesis(at, FUTURE, FUTURE, FUTURE))
        await tx.add_predictions(
            [ScoredPrediction(FUTURE, FUTURE, at, FUTURE, FUTURE, PRICE, prediction, at + timedelta(days=7), at)]
        )
        await tx.add_review(
            TradeReview(
                id=FUTURE,
                symbol="SOL/USD",
                opened_at=at - timedelta(days=30),
                closed_at=at,
                quantity=Decimal(3),
                entry_price=PRICE,
                exit_price=PRICE,
                fees=PRICE,
                slippage=None,
                realized=PRICE,
                planned_stop=None,
                planned_target=None,
                best=None,
                worst=None,
                source=FUTURE,
                reason=FUTURE,
                regime=FUTURE,
                cycle_id=FUTURE,
            )
        )
        await tx.add_batch(Batch(FUTURE, Source.REBALANCE, FUTURE, FUTURE, at))
        await tx.add_approval(
            Approval(
                id=FUTURE,
                kind=ApprovalKind.CARD,
                batch_id=FUTURE,
                notional=PRICE,
                quoted_prices={"SOL/USD": PRICE},
                status=ApprovalStatus.PENDING,
                created_at=at,
                expires_at=at + timedelta(minutes=10),
            )
        )
        await tx.add_equity_point(EquityPoint(at, PRICE, PRICE, benchmarks={"BTC": PRICE, "ETH": PRICE}))
    rig.curve.keep(EquityPoint(at, PRICE, PRICE, benchmarks={"BTC": PRICE, "ETH": PRICE}))


@given(since=st.timedeltas(timedelta(0), timedelta(hours=30)), later=LATER)
async def test_a_snapshot_is_the_same_whatever_comes_after_it(since: timedelta, later: timedelta) -> None:
    at = START + since
    texts: set[str] = set()
    for planted in (False, True):
        rig = Rig(history=wandering(SYMBOLS, "1h", days=12))
        await rig.curve.sample()
        rig.buys("1", "ETH/USD")
        rig.clock.advance_to(at)
        if planted:
            await plant(rig, at + later)
        texts.add((await rig.snapshots.take(at, "cycle", Thesis(at, "a model", "Ether leads.", "c"))).text)
    assert len(texts) == 1
    (text,) = texts
    assert FUTURE not in text
    assert str(PRICE) not in text


@given(after=st.floats(0.01, 1e6))
async def test_candles_that_are_still_to_come_change_nothing(after: float) -> None:
    texts = set()
    for price in (None, after):
        rig = Rig(history=wandering(SYMBOLS, "1h", days=12, after=price))
        texts.add((await rig.snapshots.take(START, "cycle", None)).text)
    assert len(texts) == 1


@given(behind=st.timedeltas(timedelta(minutes=1), timedelta(days=2)))
async def test_what_the_market_says_now_is_not_what_it_said_then(behind: timedelta) -> None:
    rig = Rig(history=wandering(SYMBOLS, "1h", days=12, after=987654.25))
    rig.clock.advance_to(START + timedelta(hours=1))
    rig.clock.advance(behind.total_seconds())
    snapshot = await rig.snapshots.take(START, "cycle", None)
    assert snapshot.at == START
    assert snapshot.quotes == {} or max(quote.at for quote in snapshot.quotes.values()) <= START
    assert "987654" not in snapshot.text
    assert all(float(closes.max()) < 10_000 for closes in snapshot.daily_closes.values())


async def test_a_thesis_that_is_written_later_is_not_the_running_one() -> None:
    later = Thesis(START + timedelta(seconds=1), "a model", FUTURE, "c")
    assert (await Rig().snapshots.take(START, "cycle", later)).thesis == ""


async def test_a_card_that_is_raised_later_is_not_told() -> None:
    rig = Rig()
    later = START + timedelta(hours=1)
    fill = Fill("t", "o", "BTC/USD", Side.BUY, Decimal(100), Decimal(1), Money(Decimal(0), "USD"), later)
    await rig.keeps(fill)
    async with rig.store.transaction() as tx:
        await tx.add_approval(
            Approval("card", ApprovalKind.CARD, "batch of t", PRICE, {}, ApprovalStatus.PENDING, later, later)
        )
    assert "approval.1" not in (await rig.snapshots.take(START, "cycle", None)).text
    rig.clock.advance(2 * 3600)
    assert "approval.1" in (await rig.snapshots.take(rig.clock.now(), "cycle", None)).text


async def test_a_prediction_that_was_settled_later_was_open_then() -> None:
    rig = Rig()
    made = Prediction("BTC/USD", Direction.UP, Decimal(120), None, 7, 0.6)
    until, settled = START + timedelta(days=6), START + timedelta(hours=1)
    made_at = START - timedelta(days=1)
    async with rig.store.transaction() as tx:
        await tx.add_predictions(
            [ScoredPrediction("p", "c", made_at, "a model", "calm", Decimal(100), made, until, made_at)]
        )
        (scored,) = await tx.predictions()
        await tx.settle_prediction(_hit(scored, settled))
    figures = (await rig.snapshots.take(START, "cycle", None)).figures
    assert (figures["predictions.open"], figures["predictions.hit"]) == ("1", "0")
    rig.clock.advance(2 * 3600)
    figures = (await rig.snapshots.take(rig.clock.now(), "cycle", None)).figures
    assert (figures["predictions.open"], figures["predictions.hit"]) == ("0", "1")


def _hit(made: ScoredPrediction, at: datetime) -> ScoredPrediction:
    return replace(made, status=PredictionStatus.HIT, settled_at=at, settled_price=Decimal(120))
