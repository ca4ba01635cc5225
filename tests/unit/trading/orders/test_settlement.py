"""Orders whose outcome is not known: what is believed, when, and who is asked."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.trading.orders.answers import accepts, fill_of, silence, told
from tests.unit.trading.orders.services import Questions, following, pass_time, settle
from tests.world import SmallWorld, rules, started
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.event import DiscrepancyClosed, DiscrepancyFound, OrderInDoubt, OrderSettled
from trading.domain.order import Order, OrderStatus, Side
from trading.domain.risk import RefusalCode, Refused
from trading.errors import NeedsOperator, Retryable
from trading.orders.exits import Exits, NextAttempt
from trading.orders.intake import Placed
from trading.orders.protections import ExitRules
from trading.orders.settlement import NEVER_ARRIVED, UNPROVABLE_AFTER
from trading.store.port import Store

VISIBILITY = timedelta(seconds=130)


async def in_doubt(store: Store | None = None, side: Side = Side.BUY) -> tuple[SmallWorld, Order]:
    """A world that holds 3 BTC, and an order for 2 BTC of which nobody knows whether it arrived."""
    world = await started(store, told=rules(starting_cash=Decimal(2000)))
    await world.buy("3")
    world.venue.hides_for = VISIBILITY
    world.venue.script.append(silence)
    (order,) = await (world.buy("2") if side is Side.BUY else world.sell("2"))
    assert order.status is OrderStatus.UNKNOWN
    return world, order


async def stored(world: SmallWorld, order: Order) -> Order:
    async with world.store.reading() as read:
        kept = await read.order(order.client_order_id)
    assert kept is not None
    return kept


async def asked_about(world: SmallWorld, order: Order, why: str = "two orders under one id") -> Discrepancy:
    """A person has been asked about `order`."""
    world.venue.remembers[order.client_order_id] = NeedsOperator(why)
    await world.core.settlement.recover(order)
    found = world.core.discrepancies.find(DiscrepancyKind.ORDER, order.symbol, order.client_order_id)
    assert found is not None
    return found


class TestAbsence:
    async def test_is_not_believed_before_the_venue_had_its_time(self) -> None:
        world, order = await in_doubt()
        async with following(world):
            await pass_time(world, VISIBILITY.total_seconds() - 1)
            assert (await stored(world, order)).status is OrderStatus.UNKNOWN
            assert world.core.account.free_cash() == Decimal("2000") - Decimal("301.2") - Decimal("200.8")

    async def test_is_believed_afterwards_and_gives_the_cash_back(self) -> None:
        world, order = await in_doubt()
        async with following(world):
            await pass_time(world, VISIBILITY.total_seconds() + 31)
        after = await stored(world, order)
        assert (after.status, after.detail) == (OrderStatus.EXPIRED, NEVER_ARRIVED)
        assert world.core.account.free_cash() == Decimal("2000") - Decimal("301.2")
        assert len(await world.events(OrderSettled)) == 1

    async def test_is_measured_by_a_clock_that_nobody_can_set(self) -> None:
        world, order = await in_doubt()
        async with following(world):
            await pass_time(world, 5)
            world.clock.jump(timedelta(days=1))
            await pass_time(world, 60)
            assert (await stored(world, order)).status is OrderStatus.UNKNOWN

    async def test_of_a_longer_answer_counts_from_when_the_question_was_asked(self) -> None:
        """The question left before the venue had its time, so that its answer proves nothing."""
        world, order = await in_doubt()
        questions = Questions(world)
        questions.may_answer.clear()
        async with following(world):
            await pass_time(world, 2)
            world.clock.advance(VISIBILITY.total_seconds())
            questions.fails = True
            questions.may_answer.set()
            await settle()
            assert len(questions.asked) > 1
            assert (await stored(world, order)).status is OrderStatus.UNKNOWN


class TestFollowing:
    async def test_a_fill_that_is_shown_late_is_booked_once(self) -> None:
        world, order = await in_doubt()
        async with following(world):
            await pass_time(world, 40)
            world.venue.remembers[order.client_order_id] = told(order, OrderStatus.FILLED, fill_of(order, "2"))
            await pass_time(world, 60)
        assert ((await stored(world, order)).status, world.held()) == (OrderStatus.FILLED, 5)
        assert (len(await world.events(OrderInDoubt)), len(await world.events(OrderSettled))) == (1, 1)

    async def test_questions_become_rarer(self) -> None:
        world, _ = await in_doubt()
        questions = Questions(world)
        async with following(world):
            await pass_time(world, 10, step=0.25)
            early = len(questions.asked)
            await pass_time(world, 100)
        assert 4 <= early <= 7
        assert len(questions.asked) - early <= 5

    async def test_what_is_seen_elsewhere_is_looked_at_at_once(self) -> None:
        world, order = await in_doubt()
        questions = Questions(world)
        async with following(world):
            await pass_time(world, 40)
            before = len(questions.asked)
            world.core.settlement.look_soon(order)
            await settle()
        assert len(questions.asked) == before + 1

    async def test_a_part_sets_only_the_rest_aside_and_a_cancellation_frees_it(self) -> None:
        world, order = await in_doubt()
        part = fill_of(order, "0.5")
        async with following(world):
            world.venue.remembers[order.client_order_id] = told(order, OrderStatus.PARTIALLY_FILLED, part)
            await pass_time(world, 1)
            spent = Decimal("301.2") + Decimal("50.2")
            assert world.core.account.free_cash() == Decimal(2000) - spent - Decimal("150.6")
            world.venue.remembers[order.client_order_id] = told(order, OrderStatus.CANCELED, part)
            await pass_time(world, 5)
        assert world.core.account.free_cash() == Decimal(2000) - spent
        assert (world.held(), world.core.settlement.in_flight()) == (Decimal("3.5"), ())

    async def test_two_who_see_an_exit_end_at_once_commit_one_further_attempt(self) -> None:
        world = await started(told=rules(exits=ExitRules(Decimal("0.02"), None), patience=timedelta(seconds=30)))
        await world.buy("2")
        world.venue.hides_for = VISIBILITY
        world.venue.script.append(accepts)
        async with following(world) as service:
            exiting = asyncio.create_task(world.tick("BTC/USD", 97))
            await pass_time(world, 0.1)
            (order,) = world.venue.placed[1:]
            questions = Questions(world)
            questions.may_answer.clear()
            world.venue.remembers[order.client_order_id] = told(
                order, OrderStatus.CANCELED, fill_of(order, "0.5", "97")
            )
            world.core.settlement.look_soon(order)
            another = asyncio.create_task(world.core.settlement.recover(order))
            await pass_time(world, 1)
            questions.may_answer.set()
            await pass_time(world, 5)
            assert not service.done(), service.exception()
            await asyncio.gather(exiting, another)
        assert [o.intent.quantity for o in world.venue.placed[1:]] == [2, Decimal("1.5")]
        assert world.held() == 0


async def test_a_purchase_that_nobody_can_price_sets_all_the_cash_aside() -> None:
    """After a restart, where the exchange has no price of its pair."""
    world, order = await in_doubt()
    again = await world.restarted()
    again.venue.hides_for = VISIBILITY
    quotes = again.market.quotes

    async def without_btc(symbols: object) -> object:
        return {symbol: quote for symbol, quote in (await quotes(symbols)).items() if symbol != order.symbol}  # type: ignore[arg-type]

    again.market.quotes = without_btc  # type: ignore[method-assign,assignment]
    await again.core.start()
    assert again.core.account.free_cash() == 0
    await again.core.manager.settle(order, OrderStatus.EXPIRED, NEVER_ARRIVED)
    assert again.core.account.free_cash() == Decimal("2000") - Decimal("301.2")


class TestEntries:
    async def test_wait_while_an_order_in_their_pair_is_in_doubt(self) -> None:
        world, _ = await in_doubt()
        refused = await world.submit(world.intent(Side.BUY, "0.1"))
        assert isinstance(refused, Refused)
        assert refused.code is RefusalCode.ORDER_IN_FLIGHT
        assert world.core.settlement.alerts() == ["The buy of 2 BTC is in doubt."]

    async def test_in_other_pairs_go_on_and_so_do_exits(self) -> None:
        world, _ = await in_doubt()
        assert isinstance(await world.submit(world.intent(Side.BUY, "1", "ETH/USD")), Placed)
        assert isinstance(await world.submit(world.intent(Side.SELL, "1")), Placed)

    async def test_go_on_where_an_order_merely_rests(self) -> None:
        world = await started()
        world.venue.script.append(accepts)
        await world.buy("1")
        assert isinstance(await world.submit(world.intent(Side.BUY, "0.1")), Placed)


class TestAskingAPerson:
    async def test_when_nothing_could_be_learned_for_a_quarter_of_an_hour(self) -> None:
        world, order = await in_doubt()
        world.venue.remembers[order.client_order_id] = Retryable("the exchange is down")
        async with following(world):
            await pass_time(world, UNPROVABLE_AFTER.total_seconds() - 31, step=10)
            assert world.core.discrepancies.open() == ()
            await pass_time(world, 62, step=10)
        (found,) = world.core.discrepancies.open()
        assert (found.kind, found.subject, found.reference) == (
            DiscrepancyKind.ORDER,
            "BTC/USD",
            order.client_order_id,
        )
        assert "buy of 2 BTC" in found.detail
        assert "the exchange is down" in found.detail
        assert world.core.account.free_cash() == Decimal("2000") - Decimal("301.2") - Decimal("200.8")

    async def test_freezes_the_pair_except_for_protective_exits(self) -> None:
        world, order = await in_doubt()
        await asked_about(world, order)
        for side in Side:
            refused = await world.submit(world.intent(side, "0.5"))
            assert isinstance(refused, Refused)
            assert refused.code is RefusalCode.PAIR_FROZEN
        protective = world.intent(Side.SELL, "0.5", protective=True)
        assert isinstance(await world.submit(protective), Placed)

    async def test_about_two_orders_in_one_pair_asks_twice_and_each_answer_is_about_its_own(
        self, any_store: Store
    ) -> None:
        world, first = await in_doubt(any_store)
        world.venue.script.append(silence)
        second = (await world.sell("1"))[0]
        one, two = await asked_about(world, first), await asked_about(world, second)
        assert (one.id != two.id, one.reference, two.reference) == (
            True,
            first.client_order_id,
            second.client_order_id,
        )
        await world.core.settlement.resolve(two, Resolution.IGNORE, "@ana")
        assert (await stored(world, second)).status is OrderStatus.EXPIRED
        assert (await stored(world, first)).status is OrderStatus.UNKNOWN
        assert world.core.discrepancies.open() == (one,)

    async def test_goes_on_after_a_restart_and_closes_itself_once_the_answer_comes(self) -> None:
        world, order = await in_doubt()
        found = await asked_about(world, order)
        again = await world.restarted()
        again.venue.hides_for = VISIBILITY
        await again.core.start()
        assert again.core.discrepancies.open() == (found,)
        again.venue.remembers[order.client_order_id] = told(order, OrderStatus.FILLED, fill_of(order, "2"))
        await again.core.settlement.recover(order)
        assert again.core.discrepancies.open() == ()
        (closed,) = await again.events(DiscrepancyClosed)
        assert closed.discrepancy.resolution is Resolution.VANISHED
        assert again.held() == 5


class TestAPersonsAnswer:
    @pytest.mark.parametrize("resolution", [Resolution.ADOPT, Resolution.IGNORE])
    async def test_closes_the_order_and_frees_what_it_had_set_aside(
        self, any_store: Store, resolution: Resolution
    ) -> None:
        world, order = await in_doubt(any_store)
        await world.core.settlement.resolve(await asked_about(world, order), resolution, "@ana", "web")
        after = await stored(world, order)
        assert (after.status, after.detail) == (
            OrderStatus.EXPIRED,
            "Closed by @ana: its outcome could not be proved.",
        )
        assert world.core.account.free_cash() == Decimal("2000") - Decimal("301.2")
        assert isinstance(await world.submit(world.intent(Side.BUY, "0.1")), Placed)

    async def test_to_look_again_follows_the_order_on(self) -> None:
        world, order = await in_doubt()
        found = await asked_about(world, order)
        world.venue.remembers[order.client_order_id] = None
        await world.core.settlement.resolve(found, Resolution.RETRY, "@ana")
        assert world.core.discrepancies.open() == ()
        refused = await world.submit(world.intent(Side.BUY, "0.1"))
        assert isinstance(refused, Refused)
        assert refused.code is RefusalCode.ORDER_IN_FLIGHT
        world.venue.remembers[order.client_order_id] = told(order, OrderStatus.FILLED, fill_of(order, "2"))
        async with following(world):
            await pass_time(world, 2)
        assert world.held() == 5

    async def test_to_look_again_keeps_asking_where_the_venue_cannot_be_asked(self) -> None:
        world, order = await in_doubt()
        found = await asked_about(world, order)
        world.venue.remembers[order.client_order_id] = Retryable("down")
        with pytest.raises(Retryable):
            await world.core.settlement.resolve(found, Resolution.RETRY, "@ana")
        assert world.core.discrepancies.open() == (found,)

    async def test_about_an_order_that_has_ended_meanwhile_leaves_it_alone(self) -> None:
        world, order = await in_doubt()
        found = await asked_about(world, order)
        await world.core.manager.apply(order, told(order, OrderStatus.FILLED, fill_of(order, "2")))
        await world.core.settlement.resolve(found, Resolution.ADOPT, "@ana")
        assert ((await stored(world, order)).status, world.held()) == (OrderStatus.FILLED, 5)
        assert world.core.discrepancies.open() == ()

    async def test_counts_once_however_many_press_at_once(self, any_store: Store) -> None:
        world, order = await in_doubt(any_store)
        found = await asked_about(world, order)
        resolve = world.core.settlement.resolve
        await asyncio.gather(
            resolve(found, Resolution.ADOPT, "@ana"),
            resolve(found, Resolution.IGNORE, "@bob"),
            resolve(found, Resolution.ADOPT, "@eve"),
        )
        assert (len(await world.events(DiscrepancyFound)), len(await world.events(DiscrepancyClosed))) == (1, 1)


async def test_a_further_attempt_that_somebody_has_closed_meanwhile_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = await started(told=rules(exits=ExitRules(Decimal("0.02"), None)))
    await world.buy("2")
    world.venue.script.append(silence)
    await world.tick("BTC/USD", 97)
    (order,) = world.core.settlement.in_flight()
    monkeypatch.setattr(Exits, "next_attempt", _none)
    intended = Order("again", order.intent, OrderStatus.INTENDED, order.created_at, order.created_at)
    closed = Order("again", order.intent, OrderStatus.EXPIRED, order.created_at, order.created_at)
    async with world.store.transaction() as tx:
        await tx.add_orders([intended])
        await tx.update_order(closed, OrderStatus.INTENDED)
    world.core.settlement.look_soon(intended)
    sent = len(world.venue.placed)
    async with following(world):
        await pass_time(world, 1)
        assert "again" not in {o.client_order_id for o in world.core.settlement.in_flight()}
    assert len(world.venue.placed) == sent


async def _none(self: Exits, ended: Order) -> None:
    return None


async def test_of_two_who_see_an_exit_end_one_goes_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await started(told=rules(exits=ExitRules(Decimal("0.02"), None)))
    await world.buy("2")
    world.venue.script.append(accepts)
    await world.tick("BTC/USD", 97)
    (order,) = world.venue.placed[1:]
    world.venue.remembers[order.client_order_id] = told(order, OrderStatus.CANCELED, fill_of(order, "0.5", "97"))
    exits, seen, go_on = world.core.settlement._exits, list[str](), asyncio.Event()
    next_attempt = exits.next_attempt

    async def slow(ended: Order) -> NextAttempt | None:
        seen.append(ended.client_order_id)
        await go_on.wait()
        return await next_attempt(ended)

    monkeypatch.setattr(exits, "next_attempt", slow)
    both = [asyncio.create_task(world.core.settlement.recover(order)) for _ in range(2)]
    await settle()
    assert seen == [order.client_order_id]
    go_on.set()
    await asyncio.gather(*both)
    assert [o.intent.quantity for o in world.core.settlement.in_flight()] == [Decimal("1.5")]
