"""Changes over a span of time: reckoned from the price of so long ago, told once, silent where that is not known."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest

from tests.world import SmallWorld, started
from trading.clock import SimulatedClock
from trading.contract.controls import AlertView, Condition
from trading.decision.past_prices import LONGEST, PastPrices
from trading.domain.event import AlertFired
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable
from trading.store.port import Store

BTC = "BTC/USD"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def over(change: str, span: timedelta = DAY, repeats: bool = False) -> Condition:
    return Condition(D(change) > 0, D(change), move=True, repeats=repeats, span=span)


async def watch(world: SmallWorld, condition: Condition) -> AlertView:
    outcome = await world.desk.controls.add_alert(BTC, condition, "@ana")
    assert isinstance(outcome, AlertView), outcome
    return outcome


async def refused(world: SmallWorld, condition: Condition) -> Refused:
    outcome = await world.desk.controls.add_alert(BTC, condition, "@ana")
    assert isinstance(outcome, Refused), outcome
    return outcome


async def told(world: SmallWorld) -> list[D]:
    return [event.price for event in await world.events(AlertFired)]


async def later(world: SmallWorld, hours: float, price: str) -> None:
    """Prices every quarter of an hour, the last one of them `price`."""
    for _ in range(int(hours * 4)):
        world.clock.advance(900)
        await world.tick(BTC, price)


@pytest.fixture
async def world() -> SmallWorld:
    """BTC at 100, as it has been for months."""
    return await started()


async def test_a_rise_within_the_span_is_told_once(any_store: Store) -> None:
    world = await started(any_store)
    alert = await watch(world, over("0.1"))
    assert (alert.words, alert.level, alert.distance) == ("+10 % in 24 h", D(110), D("0.1"))
    for price in ("105", "109.99", "110", "130"):
        await world.tick(BTC, price)
    assert await told(world) == [D(110)]
    (event,) = await world.events(AlertFired)
    assert event.condition == "+10 % in 24 h"
    assert list(world.desk.controls.alerts()) == []


async def test_a_fall_within_the_span_is_told(world: SmallWorld) -> None:
    assert (await watch(world, over("-0.05", HOUR))).words == "\u22125 % in 1 h"
    await world.tick(BTC, "95.01")
    await world.tick(BTC, "94.9")
    assert await told(world) == [D("94.9")]


async def test_the_same_change_over_a_longer_time_is_not_told(world: SmallWorld) -> None:
    await watch(world, over("0.1"))
    for price in ("104", "108", "112", "116", "120"):
        await later(world, 12, price)
    assert await told(world) == []


async def test_what_it_is_reckoned_from_moves_on(world: SmallWorld) -> None:
    await watch(world, over("-0.05", HOUR))
    await later(world, 3, "96.5")
    (alert,) = world.desk.controls.alerts()
    assert alert.level == D("96.5") * D("0.95")
    await world.tick(BTC, "92")
    assert await told(world) == []
    await world.tick(BTC, "91.6")
    assert await told(world) == [D("91.6")]


async def test_one_that_repeats_is_told_anew_only_after_it_had_gone_back(world: SmallWorld) -> None:
    await watch(world, over("0.1", repeats=True))
    for price in ("110", "115", "109.6", "110", "109", "112"):
        await world.tick(BTC, price)
    assert await told(world) == [D(110), D(112)]


async def test_what_holds_already_is_refused_with_the_figure(world: SmallWorld) -> None:
    await world.tick(BTC, "112")
    found = await refused(world, over("0.1"))
    assert found.code is RefusalCode.WRONG_SIDE and "has moved +12.0 % in that time" in found.detail


async def test_the_same_is_watched_once_and_another_span_is_another(world: SmallWorld) -> None:
    await watch(world, over("0.1"))
    await later(world, 1, "101")
    assert (await refused(world, over("0.1"))).code is RefusalCode.NOTHING_TO_DO
    await watch(world, over("0.1", HOUR))
    assert len(world.desk.controls.alerts()) == 2


async def test_a_restart_learns_from_candles_what_prices_were(any_store: Store) -> None:
    world = await started(any_store)
    await watch(world, over("0.1"))
    again = await world.restarted()
    await again.core.start()
    assert [alert.level for alert in again.desk.controls.alerts()] == [D(110)]
    await again.tick(BTC, "111")
    assert await told(again) == [D(111)]


async def test_without_the_past_nothing_is_watched_or_told(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_: object) -> object:
        raise Retryable("no route to the exchange")

    monkeypatch.setattr(world.market, "candles", down)
    found = await refused(world, over("0.1"))
    assert found.code is RefusalCode.NO_PRICE and "is not known yet" in found.detail


async def test_what_could_not_be_learned_at_the_start_is_learned_within_the_hour(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await started(any_store)
    await watch(world, over("0.1"))
    again = await world.restarted()
    candles = again.market.candles

    async def down(*_: object) -> object:
        raise Retryable("no route to the exchange")

    monkeypatch.setattr(again.market, "candles", down)
    await again.core.start()
    await again.tick(BTC, "115")
    (alert,) = again.desk.controls.alerts()
    assert (await told(again), alert.level, alert.distance) == ([], D(0), None)
    monkeypatch.setattr(again.market, "candles", candles)
    await next(job for job in again.core.jobs() if job.name == "equity").run(again.clock.now())
    await again.tick(BTC, "115")
    assert await told(again) == [D(115)]


class Nothing:
    """A market without candles."""

    async def candles(self, symbol: str, timeframe: str, limit: int) -> tuple[()]:
        return ()


async def test_what_was_missed_while_no_prices_came_is_learned_from_candles(world: SmallWorld) -> None:
    await watch(world, over("-0.05", HOUR))
    world.clock.advance(3 * 3600)
    await world.tick(BTC, "94")
    assert await told(world) == []
    await world.core.settable.alerts.learn()
    await world.tick(BTC, "94")
    assert await told(world) == [D(94)]


def test_a_price_too_far_from_the_instant_counts_as_unknown(world: SmallWorld) -> None:
    clock = SimulatedClock(world.clock.now())
    past = PastPrices(Nothing(), clock)  # type: ignore[arg-type]
    past.put(BTC, D(100))
    clock.advance(3600)
    assert past.ago(BTC, HOUR) == D(100)
    clock.advance(899)
    assert past.ago(BTC, HOUR) == D(100)
    clock.advance(1)
    assert past.ago(BTC, HOUR) is None


def test_no_more_is_kept_than_is_needed(world: SmallWorld) -> None:
    clock = SimulatedClock(world.clock.now())
    past = PastPrices(Nothing(), clock)  # type: ignore[arg-type]
    for number in range(40 * 24):
        past.put(BTC, D(number))
        past.put(BTC, D(-1))
        clock.advance(3600)
    assert len(past._kept[BTC]) <= 2 * LONGEST / HOUR + 2
    assert past.ago(BTC, LONGEST) == D(40 * 24 - 7 * 24)
