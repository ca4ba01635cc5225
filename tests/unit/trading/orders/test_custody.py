"""Where the money lies: the books alone, or an account that has something to say about every order."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from tests.unit.trading.orders.exchange_account import LiveWorld, live_world
from tests.unit.trading.orders.services import pass_time, settle
from tests.world import SmallWorld, rules, started
from trading.domain.event import LiveUnconfirmed
from trading.domain.order import OrderIntent, Side
from trading.domain.risk import RefusalCode, Refused
from trading.orders.custody import ExchangeCustody


def code(live: LiveWorld, **changes: object) -> RefusalCode | None:
    side = Side.SELL if changes.get("protective") else Side.BUY
    refused = live.custody.refusal(live.world.intent(side, "0.1", **changes))  # type: ignore[arg-type]
    return refused.code if refused else None


class TestOnPaper:
    @pytest.mark.parametrize("cash", ["1000", "0"])
    async def test_a_new_portfolio_begins_with_its_cash(self, cash: str) -> None:
        world = await started(told=rules(starting_cash=Decimal(cash)))
        assert (world.cash, world.core.account.equity()) == (Decimal(cash), Decimal(cash))

    async def test_it_begins_once(self, world: SmallWorld) -> None:
        again = await world.restarted()
        await again.core.start()
        assert again.cash == 1000

    async def test_nothing_is_ever_said_against_an_order(self, world: SmallWorld) -> None:
        assert world.core.custody.refusal(world.intent(Side.BUY, "1")) is None
        assert world.core.custody.alerts() == ()


class TestAtAnExchange:
    async def test_no_order_goes_before_the_confirmation_not_even_a_protective_one(self) -> None:
        live = await live_world(confirmed=False, USD="1000", BTC="1")
        assert code(live) is RefusalCode.LIVE_NOT_CONFIRMED
        assert code(live, protective=True) is RefusalCode.LIVE_NOT_CONFIRMED
        assert len(live.custody.alerts()) == 1
        assert len(await live.world.events(LiveUnconfirmed)) == 1

    async def test_a_confirmation_that_was_given_is_taken_up_and_not_asked_for_again(self) -> None:
        live = await live_world()
        again = await live.restarted()
        assert (code(again), await again.world.events(LiveUnconfirmed)) == (None, [])

    async def test_an_account_that_cannot_be_read_at_a_later_start_does_not_keep_stops_from_being_watched(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        live.account.outage = "down"
        again = await live.restarted()
        assert code(again) is RefusalCode.NOT_RECONCILED
        assert code(again, protective=True) is None

    async def test_the_exchange_has_a_word_too(self) -> None:
        live = await live_world()
        said = Refused(RefusalCode.VENUE_MODE, "down for maintenance")

        def down(intent: OrderIntent) -> Refused:
            return said

        custody = ExchangeCustody(live.permit, live.reconciler, (down,), lambda: ["Kraken is down."])
        assert custody.refusal(live.world.intent(Side.BUY, "1")) == said
        assert "Kraken is down." in custody.alerts()

    async def test_it_is_compared_every_minute_and_an_outage_does_not_end_that(self) -> None:
        live = await live_world()
        looks = live.account.asked.count("ledger")
        task = asyncio.create_task(live.custody.run())
        await pass_time(live.world, 61, step=10)
        assert live.account.asked.count("ledger") == looks + 1
        live.account.outage = "down"
        await pass_time(live.world, 120, step=10)
        live.account.outage = ""
        live.account.post("USD", "5")
        await pass_time(live.world, 61, step=10)
        assert (live.held("USD"), task.done()) == (1005, False)
        task.cancel()
        await settle()
