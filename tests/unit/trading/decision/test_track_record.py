"""The track record that the next decision is told: short, the same for the same books, and worked out by hand here."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.unit.trading.decision.predictions import made, settled
from tests.unit.trading.store.facts import review
from tests.world import START
from trading.decision.track_record import MOST_TEXT, REVIEWS_SHOWN, THESES_SHOWN, return_of, track_record
from trading.domain.outcome import PredictionStatus, TradeReview
from trading.domain.plan import Thesis
from trading.store.memory import MemoryStore
from trading.store.port import Store


def trade(name: str, realized: str, symbol: str = "BTC/USD", hours: int = 2, **changes: object) -> TradeReview:
    """Two coins bought at 100: each dollar realized is half a percent."""
    plain = replace(
        review(name),
        symbol=symbol,
        opened_at=START,
        closed_at=START + timedelta(hours=hours),
        quantity=Decimal(2),
        entry_price=Decimal(100),
        exit_price=Decimal(101),
        fees=Decimal("1.5"),
        realized=Decimal(realized),
        source="stop",
        regime="quiet",
        reason="because",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


async def record(*reviews: TradeReview) -> dict[str, object]:
    store = MemoryStore()
    async with store.transaction() as tx:
        for each in reviews:
            await tx.add_review(each)
    async with store.reading() as read:
        return await track_record(read)


async def test_statistics_are_by_symbol_source_and_regime() -> None:
    found = await record(
        trade("a", "4"),
        trade("b", "-2", hours=4, regime="wild"),
        trade("c", "1", "ETH/USD", hours=6, source="target"),
    )
    assert found["statistics"] == {
        "all": {"count": 3, "win_rate": "0.6667", "mean_return": "0.0050", "mean_hours": "4.0", "fees": "4.50"},
        "by_symbol": {
            "BTC/USD": {"count": 2, "win_rate": "0.5000", "mean_return": "0.0050", "mean_hours": "3.0", "fees": "3.00"},
            "ETH/USD": {"count": 1, "win_rate": "1.0000", "mean_return": "0.0050", "mean_hours": "6.0", "fees": "1.50"},
        },
        "by_source": {
            "stop": {"count": 2, "win_rate": "0.5000", "mean_return": "0.0050", "mean_hours": "3.0", "fees": "3.00"},
            "target": {"count": 1, "win_rate": "1.0000", "mean_return": "0.0050", "mean_hours": "6.0", "fees": "1.50"},
        },
        "by_regime": {
            "quiet": {"count": 2, "win_rate": "1.0000", "mean_return": "0.0125", "mean_hours": "4.0", "fees": "3.00"},
            "wild": {"count": 1, "win_rate": "0.0000", "mean_return": "-0.0100", "mean_hours": "4.0", "fees": "1.50"},
        },
    }
    assert return_of(trade("a", "4")) == Decimal("0.02")


async def test_without_anything_it_says_that_there_is_nothing() -> None:
    found = await record()
    assert found["reviews"] == []
    assert found["theses"] == []
    assert found["statistics"] == {"all": {"count": 0}, "by_symbol": {}, "by_source": {}, "by_regime": {}}
    assert found["predictions"] == {
        "open": 0,
        "hit": 0,
        "invalidated": 0,
        "expired": 0,
        "hit_rate": None,
        "too_few": True,
        "calibration": [],
    }


async def test_only_the_newest_are_told_and_long_words_are_cut() -> None:
    trades = [trade(str(n), "1", hours=n + 1, reason="x" * 999) for n in range(REVIEWS_SHOWN + 5)]
    found = await record(*trades)
    shown = found["reviews"]
    assert isinstance(shown, list)
    assert len(shown) == REVIEWS_SHOWN
    assert shown[-1]["hours"] == f"{REVIEWS_SHOWN + 5}.0"
    assert len(shown[0]["reason"]) == MOST_TEXT


async def test_theses_come_with_what_became_of_them(any_store: Store) -> None:
    async with any_store.transaction() as tx:
        for number in range(THESES_SHOWN + 2):
            await tx.add_thesis(Thesis(START + timedelta(days=number), "a model", f"text {number}", f"c{number}"))
        await tx.add_predictions([made(cycle_id="c6"), replace(settled(PredictionStatus.HIT, 0.7, "q"), cycle_id="c6")])
    async with any_store.reading() as read:
        found = await track_record(read)
        again = await track_record(read)
    theses = found["theses"]
    assert isinstance(theses, list)
    assert [thesis["text"] for thesis in theses] == [f"text {n}" for n in range(2, 7)]
    assert sorted(p["status"] for p in theses[-1]["predictions"]) == ["hit", "open"]
    assert found["predictions"] == {
        "open": 1,
        "hit": 1,
        "invalidated": 0,
        "expired": 0,
        "hit_rate": "1.0000",
        "too_few": True,
        "calibration": [{"from": "0.7000", "to": "0.8000", "said": "0.7000", "hit": "1.0000", "count": 1}],
    }
    assert json.dumps(found) == json.dumps(again)


async def test_nothing_is_told_that_came_to_be_later_than_it_is_for() -> None:
    store, then = MemoryStore(), START + timedelta(hours=3)
    later = settled(PredictionStatus.HIT, 0.7, "later", then)
    async with store.transaction() as tx:
        for each in (trade("a", "4", hours=2), trade("b", "4", hours=3)):
            await tx.add_review(each)
        await tx.add_predictions([later, made(at=then, name="new")])
        await tx.add_thesis(Thesis(then, "a model", "later", "c"))
    async with store.reading() as read:
        found = await track_record(read, then)
    assert found["theses"] == []
    statistics, predictions = found["statistics"], found["predictions"]
    assert isinstance(statistics, dict)
    assert isinstance(predictions, dict)
    assert statistics["all"]["count"] == 1
    assert (predictions["open"], predictions["hit"]) == (1, 0)
