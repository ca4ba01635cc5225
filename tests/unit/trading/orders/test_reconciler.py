"""Books and account: what is booked by itself, what a person is asked about, and what waits meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.trading.orders.answers import silence, told
from tests.unit.trading.orders.exchange_account import LiveWorld, live_world
from tests.unit.trading.orders.services import pass_time, settle
from tests.world import START
from trading.contract import AccountCheck
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.event import DiscrepancyClosed, DiscrepancyFound, ExternalFill, ExternalFlow
from trading.domain.order import Order, OrderStatus, Side
from trading.domain.portfolio import Balance
from trading.domain.risk import RefusalCode, Refused
from trading.errors import NeedsOperator, Retryable
from trading.exchange.ports import AccountOrder, LedgerKind
from trading.orders.intake import Placed
from trading.orders.reconciler import TOO_OLD
from trading.store.port import Store

MINUTE = 60


async def looked(live: LiveWorld, times: int = 1) -> AccountCheck:
    """The account after so many minutes and looks."""
    for _ in range(times):
        live.world.clock.advance(MINUTE)
        check = await live.reconciler.check()
    return check


async def entry_refused(live: LiveWorld) -> RefusalCode | None:
    live.world.tell("BTC/USD", 100)
    answer = live.world.core.intake.refusal([live.world.intent(Side.BUY, "0.1")])
    return answer.code if answer else None


async def drifted(live: LiveWorld, currency: str = "BTC", amount: str = "0.5") -> Discrepancy:
    """A difference that a person has been told."""
    live.account.misplace(currency, amount)
    await looked(live, 2)
    found = live.world.core.discrepancies.find(DiscrepancyKind.BALANCE, currency)
    assert found is not None
    return found


class TestTheBeginning:
    async def test_opens_the_books_with_what_the_account_holds(self, any_store: Store) -> None:
        live = await live_world(any_store, USD="500", BTC="2", DOGE="7")
        assert (live.held("USD"), live.held("BTC"), live.held("DOGE")) == (500, 2, 0)
        assert live.world.core.account.equity() == 700
        assert live.reconciler.last is not None
        assert live.reconciler.last.clean
        assert await live.world.core.residual() == 0

    async def test_books_nothing_that_happened_before(self) -> None:
        live = await live_world(started=False)
        live.account.post("USD", "250")
        live.account.trade("BTC/USD", Side.BUY, "1")
        await live.world.core.start()
        check = await looked(live, 2)
        assert (check.clean, live.held("USD"), live.held("BTC")) == (True, Decimal("1149.6"), 1)
        assert await live.world.events(ExternalFlow, ExternalFill) == []

    async def test_waits_until_the_account_stands_still(self) -> None:
        live = await live_world(started=False)
        holdings = live.account.holdings

        async def and_a_deposit() -> object:
            live.account.post("USD", "1")
            return await holdings()

        live.account.holdings = and_a_deposit  # type: ignore[method-assign,assignment]
        with pytest.raises(Retryable, match="moved"):
            await live.world.core.start()
        assert live.world.core.curve.inception is None

    async def test_that_failed_may_be_tried_again(self) -> None:
        live = await live_world(started=False)
        live.account.outage = "down"
        with pytest.raises(Retryable):
            await live.world.core.start()
        live.account.outage = ""
        again = await live.restarted()
        assert again.held("USD") == 1000


class TestWhatOthersDid:
    @pytest.mark.parametrize(
        ("currency", "amount", "fee", "kind", "worth"),
        [
            ("USD", "200", "0", LedgerKind.DEPOSIT, "200"),
            ("USD", "-200", "1", LedgerKind.WITHDRAWAL, "-201"),
            ("BTC", "0.01", "0", LedgerKind.REWARD, "1"),
            ("BTC", "-0.5", "0.001", LedgerKind.WITHDRAWAL, "-50.1"),
        ],
    )
    async def test_money_that_comes_and_goes_is_a_flow_and_no_profit(
        self, any_store: Store, currency: str, amount: str, fee: str, kind: LedgerKind, worth: str
    ) -> None:
        live = await live_world(any_store, USD="1000", BTC="1")
        live.account.post(currency, amount, kind, fee)
        assert (await looked(live)).clean
        (event,) = await live.world.events(ExternalFlow)
        assert event.value == Decimal(worth)
        assert live.held(currency) == live.account.totals[currency]
        assert live.world.core.account.book.realized_of().get("BTC/USD", 0) == 0

    async def test_a_trade_by_hand_is_a_fill_without_exit_levels(self, any_store: Store) -> None:
        live = await live_world(any_store)
        live.account.trade("BTC/USD", Side.BUY, "1")
        assert (await looked(live)).clean
        (event,) = await live.world.events(ExternalFill)
        assert (event.symbol, event.quantity, live.held("BTC")) == ("BTC/USD", 1, 1)
        assert live.world.core.protections.get("BTC/USD") is None
        assert await live.world.core.residual() == 0

    async def test_parts_of_one_order_by_hand_add_up(self) -> None:
        live = await live_world()
        for _ in range(3):
            live.account.trade("BTC/USD", Side.BUY, "0.5", order="OWNERS")
            await looked(live)
        assert (live.held("BTC"), len(await live.world.events(ExternalFill))) == (Decimal("1.5"), 3)

    async def test_nothing_is_booked_twice_however_often_it_is_shown(self, any_store: Store) -> None:
        live = await live_world(any_store)
        live.account.post("USD", "10")
        live.account.trade("BTC/USD", Side.BUY, "1")
        await looked(live, 5)
        again = await live.restarted()
        await looked(again, 3)
        assert len(await again.world.events(ExternalFill, ExternalFlow)) == 2
        assert (again.held("BTC"), again.held("USD")) == (1, Decimal("909.6"))

    async def test_a_trade_between_pairs_that_are_not_traded_here_shows_as_money(self) -> None:
        live = await live_world(USD="100", BTC="1", ETH="5")
        live.account.trade("ETH/BTC", Side.BUY, "1", "0.1")
        live.account.trade("DOGE/EUR", Side.BUY, "100", "0.1")
        check = await looked(live)
        flows = await live.world.events(ExternalFlow)
        assert (check.clean, {flow.money.currency for flow in flows}) == (True, {"ETH", "BTC"})
        assert await live.world.events(ExternalFill) == []

    async def test_a_trade_waits_for_its_order_and_its_currencies_are_not_judged_meanwhile(self) -> None:
        live = await live_world()
        live.account.unseen.add("O1")
        live.account.trade("BTC/USD", Side.BUY, "1")
        assert not (await looked(live, 3)).clean
        assert (live.world.core.discrepancies.open(), live.held("BTC")) == ((), 0)
        live.account.unseen.clear()
        assert (await looked(live)).clean
        assert live.held("BTC") == 1

    async def test_an_entry_that_is_shown_late_is_not_passed_over(self) -> None:
        live = await live_world()
        late = live.account.post("USD", "10")
        live.account.unseen.add(late.id)
        await looked(live, 1)
        live.account.post("USD", "20")
        await looked(live, 5)
        live.account.unseen.clear()
        assert (await looked(live, 2)).clean
        assert [flow.money.amount for flow in await live.world.events(ExternalFlow)] == [20, 10]

    async def test_a_trade_that_waits_for_long_is_not_passed_over_for_what_came_later(self) -> None:
        live = await live_world()
        live.account.trade("BTC/USD", Side.BUY, "1")
        live.account.unseen.add("T1")
        for _ in range(4):
            await looked(live, 10)
            live.account.post("USD", "1")
        live.account.unseen.clear()
        assert (await looked(live, 2)).clean
        assert live.held("BTC") == 1

    async def test_a_reward_without_a_price_waits(self) -> None:
        live = await live_world(BTC="1", USD="10")
        live.world.core.quotes._known.pop("BTC/USD")
        live.account.post("BTC", "0.1", LedgerKind.REWARD)
        with pytest.raises(Retryable, match="no price of BTC"):
            await looked(live)


class TestOurOwn:
    async def unknown(self, live: LiveWorld, symbol: str = "BTC/USD", quantity: str = "2") -> Order:
        live.world.venue.hides_for = timedelta(minutes=3)
        live.world.venue.script.append(silence)
        (order,) = await live.world.buy(quantity, symbol)
        return order

    async def test_an_order_whose_reply_was_lost_is_ours_though_its_id_has_no_dashes(self) -> None:
        live = await live_world()
        order = await self.unknown(live)
        fill = live.account.fill(order)
        live.world.venue.remembers[order.client_order_id] = told(order, OrderStatus.FILLED, fill)
        check = await looked(live)
        assert not check.clean, "it is still on its way"
        assert live.world.core.discrepancies.open() == ()
        await live.world.core.settlement.recover(order)
        assert (await looked(live)).clean
        assert (live.held("BTC"), await live.world.events(ExternalFill)) == (2, [])

    async def test_a_fill_of_an_order_that_was_taken_for_absent_is_still_booked(self) -> None:
        live = await live_world()
        order = await self.unknown(live)
        await live.world.core.manager.settle(order, OrderStatus.EXPIRED, "never received")
        fill = live.account.fill(order)
        live.world.venue.remembers[order.client_order_id] = told(order, OrderStatus.FILLED, fill)
        assert (await looked(live)).clean
        assert (live.held("BTC"), await live.world.events(ExternalFill)) == (2, [])

    async def test_a_late_fill_that_the_books_cannot_take_does_not_stop_the_looking(self) -> None:
        """The owner sold the coins that our order, believed absent, had sold already."""
        live = await live_world(USD="100", BTC="2")
        live.world.venue.hides_for = timedelta(minutes=3)
        live.world.venue.script.append(silence)
        (order,) = await live.world.sell("2")
        await live.world.core.manager.settle(order, OrderStatus.EXPIRED, "never received")
        live.account.trade("BTC/USD", Side.SELL, "2")
        await looked(live)
        fill = live.account.fill(order)
        live.world.venue.remembers[order.client_order_id] = told(order, OrderStatus.FILLED, fill)
        await looked(live, 2)
        assert {found.subject for found in live.world.core.discrepancies.open()} == {"BTC", "USD"}
        live.account.post("USD", "7")
        await looked(live)
        assert [flow.money.amount for flow in await live.world.events(ExternalFlow)] == [7]

    async def test_ours_are_not_counted_among_the_owners_open_orders(self) -> None:
        live = await live_world()
        order = await self.unknown(live)
        for client_id in (order.client_order_id.replace("-", ""), None):
            live.account.waiting.append(
                AccountOrder(
                    f"W{client_id}",
                    client_id,
                    "BTC/USD",
                    Side.BUY,
                    OrderStatus.ACCEPTED,
                    Decimal(2),
                    Decimal(0),
                    START,
                    limit_price=Decimal(50),
                )
            )
        check = await looked(live)
        assert check.open_orders_external == 1
        assert live.world.core.account.free_cash() == Decimal(1000) - Decimal("200.8") - 100

    async def test_a_pair_that_symbols_names_no_more_is_followed_until_its_order_has_ended(
        self, any_store: Store
    ) -> None:
        live = await live_world(any_store)
        order = await self.unknown(live, "SOL/USD", "200")
        again = await live.restarted(started=False, symbols=("ETH/USD",))
        again.world.venue.hides_for = timedelta(minutes=3)
        fill = live.account.fill(order, "1")
        again.world.venue.remembers[order.client_order_id] = told(order, OrderStatus.FILLED, fill)
        await again.world.core.start()
        assert "SOL/USD" in again.world.core.watched
        assert again.world.core.account.equity() == Decimal("999.2")
        assert (await looked(again)).clean
        assert (again.held("SOL"), again.held("USD")) == (200, Decimal("799.2"))
        assert await again.world.events(ExternalFlow) == []


class TestDifferences:
    @pytest.mark.parametrize(("currency", "amount", "word"), [("BTC", "0.5", "more"), ("USD", "-3", "less")])
    async def test_are_told_at_the_second_look_with_the_figures(
        self, any_store: Store, currency: str, amount: str, word: str
    ) -> None:
        live = await live_world(any_store, USD="1000", BTC="1")
        live.account.misplace(currency, amount)
        assert not (await looked(live)).clean
        assert live.world.core.discrepancies.open() == ()
        await looked(live)
        (found,) = live.world.core.discrepancies.open()
        assert found.detail.startswith(f"The account holds {abs(Decimal(amount))} {currency} {word} than the books")

    async def test_that_pass_by_themselves_are_not_told(self) -> None:
        live = await live_world()
        live.account.misplace("USD", "-3")
        await looked(live)
        live.account.misplace("USD", "3")
        assert (await looked(live, 2)).clean
        assert await live.world.events(DiscrepancyFound) == []

    async def test_stop_entries_and_no_exits(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        await drifted(live, "USD", "-3")
        assert await entry_refused(live) is RefusalCode.DRIFT
        assert isinstance(await live.world.submit(live.world.intent(Side.SELL, "0.5")), Placed)

    async def test_close_themselves_when_they_are_gone(self) -> None:
        live = await live_world()
        await drifted(live)
        live.account.misplace("BTC", "-0.5")
        assert (await looked(live)).clean
        (closed,) = await live.world.events(DiscrepancyClosed)
        assert closed.discrepancy.resolution is Resolution.VANISHED
        assert await entry_refused(live) is None

    async def test_of_a_rounding_crumb_are_booked_without_a_word(self) -> None:
        live = await live_world()
        live.account.trade("BTC/USD", Side.BUY, "1")
        live.account.misplace("USD", "-0.0001")
        assert (await looked(live, 2)).clean
        assert live.held("USD") == live.account.totals["USD"]
        assert (await live.world.events(ExternalFlow), await live.world.core.residual()) == ([], 0)

    async def test_of_a_crumb_without_any_trade_are_told(self) -> None:
        live = await live_world()
        await drifted(live, "USD", "-0.0001")

    async def test_found_at_the_first_look_after_a_start_hold_entries_back_at_once(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        live.account.misplace("BTC", "-0.5")
        again = await live.restarted()
        assert await entry_refused(again) is RefusalCode.NOT_RECONCILED
        assert isinstance(await again.world.submit(again.world.intent(Side.SELL, "0.1")), Placed)
        live.account.trade("BTC/USD", Side.SELL, "0.1")
        live.account.executed.clear()
        live.account.entries.clear()
        await looked(again, 2)
        assert await entry_refused(again) is RefusalCode.DRIFT

    async def test_of_a_currency_that_is_not_traded_any_more_stop_nothing(self, any_store: Store) -> None:
        live = await live_world(any_store)
        found = await drifted(live, "SOL", "5")
        again = await live.restarted(symbols=("BTC/USD",))
        assert again.world.core.discrepancies.open() == ()
        assert await entry_refused(again) is None
        await again.reconciler.resolve(found, Resolution.ADOPT, "@ana")
        (closed,) = await again.world.events(DiscrepancyClosed)
        assert closed.discrepancy.resolution is Resolution.VANISHED


class TestWhatDoesNotFit:
    async def test_a_sale_by_hand_of_more_than_the_books_hold_is_told_within_two_looks(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        found = await drifted(live, "BTC", "0.5")
        await live.reconciler.resolve(found, Resolution.IGNORE, "@ana")
        live.account.trade("BTC/USD", Side.SELL, "1.2")
        await looked(live, 2)
        assert {each.subject for each in live.world.core.discrepancies.open()} == {"BTC", "USD"}
        assert await entry_refused(live) is RefusalCode.DRIFT

    async def test_and_was_adopted_as_a_difference_is_not_booked_again_when_it_would_fit(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        found = await drifted(live, "BTC", "0.5")
        await live.reconciler.resolve(found, Resolution.IGNORE, "@ana")
        live.account.trade("BTC/USD", Side.SELL, "1.2")
        await looked(live, 2)
        for found in live.world.core.discrepancies.open():
            resolution = Resolution.ADOPT if found.subject == "USD" else Resolution.IGNORE
            await live.reconciler.resolve(found, resolution, "@ana")
        live.account.trade("BTC/USD", Side.BUY, "2")
        assert (await looked(live, 3)).clean
        assert len(await live.world.events(ExternalFill)) == 1

    async def test_a_deposit_that_explains_it_in_the_same_minute_is_waited_for(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        live.account.post("BTC", "1")
        live.account.trade("BTC/USD", Side.SELL, "1.5")
        assert (await looked(live, 2)).clean
        assert (live.held("BTC"), await live.world.events(DiscrepancyFound)) == (Decimal("0.5"), [])

    async def test_a_withdrawal_of_more_than_the_books_hold_is_told(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        found = await drifted(live, "BTC", "0.5")
        await live.reconciler.resolve(found, Resolution.IGNORE, "@ana")
        live.account.post("BTC", "-1.2", LedgerKind.WITHDRAWAL)
        await looked(live, 2)
        (open_,) = live.world.core.discrepancies.open()
        assert "1.2 BTC less than the books" in open_.detail


class TestAPersonsAnswer:
    @pytest.mark.parametrize(("currency", "amount"), [("USD", "-3"), ("BTC", "0.5"), ("BTC", "-0.25")])
    async def test_adopting_makes_the_books_agree(self, any_store: Store, currency: str, amount: str) -> None:
        live = await live_world(any_store, USD="1000", BTC="1")
        found = await drifted(live, currency, amount)
        await live.reconciler.resolve(found, Resolution.ADOPT, "@ana", "web")
        assert live.held(currency) == live.account.totals[currency]
        assert (await looked(live)).clean
        assert await entry_refused(live) is None
        assert await live.world.core.residual() == 0

    async def test_ignoring_leaves_it_out_of_the_books_for_good(self, any_store: Store) -> None:
        live = await live_world(any_store)
        found = await drifted(live)
        await live.reconciler.resolve(found, Resolution.IGNORE, "@ana")
        again = await live.restarted()
        assert (await looked(again, 2)).clean
        assert (again.held("BTC"), await entry_refused(again)) == (0, None)

    async def test_looking_again_keeps_what_is_still_there(self) -> None:
        live = await live_world()
        found = await drifted(live)
        await live.reconciler.resolve(found, Resolution.RETRY, "@ana")
        assert live.world.core.discrepancies.open() == (found,)

    async def test_counts_once_however_many_press_at_once(self, any_store: Store) -> None:
        live = await live_world(any_store)
        found = await drifted(live)
        answers = [live.reconciler.resolve(found, Resolution.IGNORE, who) for who in ("@ana", "@bob", "@eve")]
        await asyncio.gather(*answers, live.reconciler.check())
        assert (await looked(live, 3)).clean
        assert (len(await live.world.events(DiscrepancyFound)), live.held("BTC")) == (1, 0)

    async def test_a_look_that_began_before_the_answer_does_not_find_it_once_more(self) -> None:
        live = await live_world()
        found = await drifted(live)
        answering = asyncio.create_task(live.reconciler.resolve(found, Resolution.IGNORE, "@ana"))
        looking = asyncio.create_task(live.reconciler.check())
        await asyncio.gather(answering, looking)
        await looked(live)
        assert live.world.core.discrepancies.open() == ()
        assert len(await live.world.events(DiscrepancyFound)) == 1

    async def test_that_the_books_refuse_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        live = await live_world(USD="1000", BTC="1")
        found = await drifted(live, "BTC", "-0.5")

        def refuses(flow: object) -> None:
            raise NeedsOperator("more left than the book holds")

        monkeypatch.setattr(live.world.core.account.book, "apply_flow", refuses)
        with pytest.raises(NeedsOperator):
            await live.reconciler.resolve(found, Resolution.ADOPT, "@ana")
        assert live.world.core.discrepancies.open() == (found,)
        assert await entry_refused(live) is RefusalCode.DRIFT


class TestReading:
    async def test_before_the_first_look_only_protective_exits_go(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        live.account.outage = "down"
        again = await live.restarted()
        intake, intent = again.world.core.intake, again.world.intent
        for entry in (intent(Side.BUY, "0.1"), intent(Side.SELL, "0.1")):
            refused = intake.refusal([entry])
            assert isinstance(refused, Refused)
            assert refused.code is RefusalCode.NOT_RECONCILED
        assert intake.refusal([intent(Side.SELL, "0.1", protective=True)]) is None
        live.account.outage = ""
        await looked(again)
        assert await entry_refused(again) is None

    async def test_that_fails_for_long_makes_entries_wait_and_no_exits(self) -> None:
        live = await live_world(USD="1000", BTC="1")
        live.account.outage = "down"
        task = asyncio.create_task(live.reconciler.run())
        await pass_time(live.world, TOO_OLD.total_seconds() - MINUTE, step=30)
        assert await entry_refused(live) is None
        await pass_time(live.world, 2 * MINUTE, step=30)
        assert await entry_refused(live) is RefusalCode.NOT_RECONCILED
        assert live.world.core.intake.refusal([live.world.intent(Side.SELL, "0.1")]) is None
        live.account.outage = ""
        await pass_time(live.world, MINUTE, step=30)
        assert await entry_refused(live) is None
        task.cancel()
        await settle()

    async def test_goes_on_where_it_stopped_after_a_failure_in_the_middle(self) -> None:
        live = await live_world()
        live.account.trade("BTC/USD", Side.BUY, "1")
        holdings = live.account.holdings

        async def down() -> object:
            raise Retryable("down")

        live.account.holdings = down  # type: ignore[method-assign,assignment]
        with pytest.raises(Retryable):
            await looked(live)
        live.account.holdings = holdings  # type: ignore[method-assign]
        assert (await looked(live)).clean
        assert live.held("BTC") == 1


@pytest.mark.parametrize("wrong", [timedelta(hours=-20), timedelta(hours=20)])
async def test_a_wrong_clock_passes_nothing_over(wrong: timedelta) -> None:
    """Whatever our clock says, what happens at the exchange is found in its ledger by the exchange's time."""
    live = await live_world()
    venue_time = live.account.clock
    ours = live.reconciler._clock
    assert ours is venue_time
    for step in range(4):
        venue_time.jump(wrong if step % 2 == 0 else -wrong)
        await looked(live, 2)
        venue_time.jump(-wrong if step % 2 == 0 else wrong)
        live.account.post("USD", "10")
        venue_time.jump(wrong if step % 2 == 0 else -wrong)
        assert (await looked(live)).clean
        venue_time.jump(-wrong if step % 2 == 0 else wrong)
    assert len(await live.world.events(ExternalFlow)) == 4
    assert await live.world.events(DiscrepancyFound) == []


async def test_a_persons_answer_waits_for_the_look_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    live = await live_world()
    found = await drifted(live)
    holdings, go_on = live.account.holdings, asyncio.Event()

    async def slow() -> Mapping[str, Balance]:
        held = await holdings()
        await go_on.wait()
        return held

    monkeypatch.setattr(live.account, "holdings", slow)
    looking = asyncio.create_task(live.reconciler.check())
    await settle()
    monkeypatch.undo()
    answering = asyncio.create_task(live.reconciler.resolve(found, Resolution.IGNORE, "@ana"))
    await settle()
    assert live.world.core.discrepancies.open() == (found,)
    go_on.set()
    await asyncio.gather(looking, answering)
    await looked(live, 2)
    assert live.world.core.discrepancies.open() == ()
    assert len(await live.world.events(DiscrepancyFound)) == 1
