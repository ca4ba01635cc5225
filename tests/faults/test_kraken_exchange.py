"""ccxt's own client in front of the strict venue: an ordinary day, then the traps that ccxt sets under faults."""

from __future__ import annotations

import asyncio
import base64
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from ccxt.base import errors

from tests.faults.kraken import Fault, Key, KrakenExchange
from tests.faults.kraken.rig import IMPATIENCE, ccxt_client, client, clock, kraken
from trading.clock import SimulatedClock
from trading.exchange.ccxt_client import load_markets

__all__ = ["client", "clock", "kraken"]

BTC = "BTC/USD"
ID = UUID(int=1).hex
OTHER = UUID(int=2).hex
PATIENCE = 20
PROJECT = Path(__file__).resolve().parents[2]


def deadline(clock: SimulatedClock, ahead: float = 30) -> str:
    return (clock.now() + timedelta(seconds=ahead)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def added(kraken: KrakenExchange) -> int:
    """How many orders the venue was asked for."""
    return [request.endpoint for request in kraken.requests].count("AddOrder")


class TestAnOrdinaryDay:
    async def test_balances_tell_what_is_held_back(self, kraken: KrakenExchange, client: Any) -> None:
        await client.create_order(BTC, "limit", "sell", 0.4, 70_000)
        balance = await client.fetch_balance()
        assert (balance["BTC"]["total"], balance["BTC"]["used"], balance["BTC"]["free"]) == (1, 0.4, 0.6)

    async def test_a_market_order_fills_at_once_and_its_fill_has_to_be_asked_for(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        parameters = {"clientOrderId": ID, "deadline": deadline(clock)}
        placed = await client.create_order(BTC, "market", "buy", 0.1, None, parameters)
        assert (placed["status"], placed["filled"], placed["clientOrderId"]) == (None, None, None)
        order = await client.fetch_order(placed["id"])
        assert (order["status"], order["filled"], order["clientOrderId"]) == ("closed", 0.1, ID)
        (trade,) = await client.fetch_my_trades()
        assert trade["order"] == placed["id"]
        assert trade["fee"] == {"currency": "USD", "cost": pytest.approx(0.004 * trade["cost"])}
        assert kraken.violations == []

    async def test_a_limit_order_is_open_until_it_is_canceled(self, kraken: KrakenExchange, client: Any) -> None:
        placed = await client.create_order(BTC, "limit", "buy", 0.1, 50_000, {"clientOrderId": ID})
        (waiting,) = await client.fetch_open_orders(BTC, params={"clientOrderId": ID})
        assert (waiting["id"], waiting["clientOrderId"], waiting["price"]) == (placed["id"], ID, 50_000)
        await client.cancel_order(None, BTC, {"clientOrderId": ID})
        assert await client.fetch_open_orders() == []
        (closed,) = await client.fetch_closed_orders(params={"clientOrderId": ID})
        assert (closed["id"], closed["status"], closed["info"]["reason"]) == (
            placed["id"],
            "canceled",
            "User requested",
        )

    async def test_validating_places_nothing_when_it_says_true_in_lower_case(
        self, kraken: KrakenExchange, client: Any
    ) -> None:
        tried = await client.create_order(BTC, "market", "buy", 0.1, None, {"validate": "true"})
        assert tried["id"] is None
        assert not kraken.orders
        with pytest.raises(errors.InsufficientFunds):
            await client.create_order(BTC, "market", "buy", 5, None, {"validate": "true"})
        await client.create_order(BTC, "market", "buy", 0.1, None, {"validate": True})
        assert len(kraken.orders) == 1

    async def test_a_passed_deadline_is_a_bare_exchange_error(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        with pytest.raises(errors.ExchangeError, match="Deadline elapsed") as raised:
            await client.create_order(BTC, "market", "buy", 0.1, None, {"deadline": deadline(clock, -1)})
        assert type(raised.value) is errors.ExchangeError
        assert not kraken.orders

    async def test_closed_orders_and_trades_come_in_pages_of_fifty(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        for _ in range(120):
            clock.advance(1)
            kraken.order_by_hand(BTC, "buy", "market", Decimal("0.001"))
        for fetch in (client.fetch_closed_orders, client.fetch_my_trades):
            pages = [[found["id"] for found in await fetch(params={"ofs": ofs})] for ofs in (0, 50, 100, 150)]
            assert [len(page) for page in pages] == [50, 50, 20, 0]
            assert len({id_ for page in pages for id_ in page}) == 120
        answer = (await client.private_post_closedorders({"ofs": 100}))["result"]
        assert answer["count"] == 120
        assert next(iter(kraken.orders)) in answer["closed"]
        since = int((clock.now() - timedelta(seconds=10)).timestamp() * 1000)
        assert len(await client.fetch_closed_orders(since=since)) == 10

    async def test_fees_are_the_account_s(self, client: Any) -> None:
        fees = await client.fetch_trading_fee(BTC)
        assert (fees["taker"], fees["maker"]) == (0.004, 0.0025)

    async def test_the_key_s_permissions_can_be_asked_for(self, client: Any) -> None:
        info = (await client.private_post_getapikeyinfo())["result"]
        assert "modify-trades" in info["permissions"]
        assert "withdraw-funds" not in info["permissions"]

    async def test_the_ledger_tells_trades_deposits_and_rewards_apart(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        clock.advance(1)
        kraken.post("ETH", "staking", Decimal("0.01"))
        clock.advance(1)
        await client.create_order(BTC, "market", "buy", 0.1)
        entries = await client.fetch_ledger()
        assert [entry["info"]["type"] for entry in entries[-3:]] == ["staking", "trade", "trade"]
        assert entries[-3]["amount"] == 0.01

    async def test_the_owner_s_own_orders_are_seen_too(self, kraken: KrakenExchange, client: Any) -> None:
        by_hand = kraken.order_by_hand(BTC, "buy", "limit", Decimal("0.1"), Decimal(50_000))
        (found,) = await client.fetch_open_orders()
        assert (found["id"], "cl_ord_id" in found["info"]) == (by_hand.id, False)

    async def test_a_book_can_be_asked_for(self, kraken: KrakenExchange, client: Any) -> None:
        kraken.set_book(BTC, [(Decimal(59_990), Decimal(1))], [(Decimal(60_010), Decimal("0.5"))])
        book = await client.fetch_order_book(BTC)
        assert (book["bids"][0][:2], book["asks"][0][:2]) == ([59_990, 1], [60_010, 0.5])


class TestWhatIsEasyToGetWrong:
    async def test_a_client_order_id_is_unique_among_open_orders_only(
        self, kraken: KrakenExchange, client: Any
    ) -> None:
        for _ in range(2):
            await client.create_order(BTC, "market", "buy", 0.1, None, {"clientOrderId": ID})
        assert [order.status for order in kraken.orders.values()] == ["closed", "closed"]
        await client.create_order(BTC, "limit", "buy", 0.1, 50_000, {"clientOrderId": OTHER})
        with pytest.raises(errors.ExchangeError, match="already in use"):
            await client.create_order(BTC, "limit", "buy", 0.1, 50_000, {"clientOrderId": OTHER})
        assert len(kraken.orders) == 3

    async def test_an_accepted_order_is_unseen_for_a_while(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        kraken.lag = 5
        placed = await client.create_order(BTC, "market", "buy", 0.1, None, {"clientOrderId": ID})
        assert await client.fetch_open_orders() + await client.fetch_closed_orders() == []
        assert await client.fetch_my_trades() == []
        with pytest.raises(errors.InvalidOrder):
            await client.fetch_order(placed["id"])
        clock.advance(5)
        assert [order["id"] for order in await client.fetch_closed_orders()] == [placed["id"]]

    async def test_an_unknown_order_is_an_invalid_one_to_fetch_and_not_found_to_cancel(self, client: Any) -> None:
        with pytest.raises(errors.InvalidOrder) as raised:
            await client.fetch_order("OAAAAA-AAAAA-AAAAAA")
        assert not isinstance(raised.value, errors.OrderNotFound)
        with pytest.raises(errors.OrderNotFound):
            await client.cancel_order("OAAAAA-AAAAA-AAAAAA")

    async def test_fetching_by_client_order_id_asks_for_something_else(self, client: Any) -> None:
        placed = await client.create_order(BTC, "market", "buy", 0.1, None, {"clientOrderId": str(UUID(int=1))})
        with pytest.raises(errors.ExchangeError, match="Invalid arguments:userref"):
            await client.fetch_order(placed["id"], params={"clientOrderId": str(UUID(int=1))})

    @pytest.mark.parametrize(
        ("amount", "price", "error"),
        [(0.00001, 50_000, errors.InvalidOrder), (0.0001, 1_000, errors.ExchangeError)],
    )
    async def test_minimums_are_left_to_the_venue(
        self, client: Any, amount: float, price: float, error: type[Exception]
    ) -> None:
        assert float(client.amount_to_precision(BTC, amount) if client.markets else amount) == amount
        with pytest.raises(error) as raised:
            await client.create_order(BTC, "limit", "buy", amount, price)
        assert type(raised.value) is error

    async def test_with_decimals_ccxt_forgets_fees_and_averages_and_the_answer_itself_has_them(
        self, client: Any
    ) -> None:
        await load_markets(client)
        placed = await client.create_order(BTC, "market", "buy", Decimal("0.1"))
        order, (trade,) = await client.fetch_order(placed["id"]), await client.fetch_my_trades()
        assert (order["average"], trade["fee"]["cost"]) == (0, None)
        assert Decimal(order["info"]["price"]) == trade["price"]
        assert Decimal(trade["info"]["fee"]) == trade["cost"] * Decimal("0.004")


class TestFaultsOnTheWayOfAnOrder:
    """What `create_order` does, and whether the order exists: neither class nor absence of an error tells."""

    @pytest.mark.parametrize(
        ("fault", "raised", "executed"),
        [
            (Fault.REFUSED, errors.InsufficientFunds, 0),
            (Fault.RATE_LIMIT, errors.DDoSProtection, 0),
            (Fault.BUSY, errors.ExchangeNotAvailable, 0),
            (Fault.MAINTENANCE, errors.ExchangeNotAvailable, 0),
            (Fault.WRONG_NONCE, errors.InvalidNonce, 0),
            (Fault.TOO_MANY, errors.RateLimitExceeded, 0),
            (Fault.DISCONNECTED, errors.ExchangeNotAvailable, 0),
            (Fault.TIMEOUT_BEFORE, errors.RequestTimeout, 0),
            (Fault.TIMEOUT_AFTER, errors.RequestTimeout, 1),
            (Fault.LOST_REPLY, errors.ExchangeNotAvailable, 1),
            (Fault.CUT_HEADERS, errors.ExchangeNotAvailable, 1),
            (Fault.CUT_BODY, errors.ExchangeError, 1),
            (Fault.SERVICE_TIMEOUT, errors.ExchangeError, 1),
            (Fault.BAD_GATEWAY, errors.ExchangeNotAvailable, 1),
            (Fault.ODD_GATEWAY, errors.ExchangeNotAvailable, 1),
        ],
    )
    async def test_an_error_is_raised_whether_the_order_exists_or_not(
        self, kraken: KrakenExchange, client: Any, fault: Fault, raised: type[Exception], executed: int
    ) -> None:
        await client.load_markets()
        client.timeout = IMPATIENCE if raised is errors.RequestTimeout else client.timeout
        kraken.fail("AddOrder", fault)
        with pytest.raises(raised) as caught:
            await client.create_order(BTC, "market", "buy", 0.1, None, {"clientOrderId": ID})
        assert type(caught.value) is raised
        assert (len(kraken.orders), added(kraken)) == (executed, 1)

    @pytest.mark.parametrize("fault", [Fault.HTML, Fault.EMPTY, Fault.TRUNCATED, Fault.GATEWAY_TIMEOUT])
    @pytest.mark.parametrize("executed", [True, False])
    async def test_no_error_and_no_id_mean_nothing_either(
        self, kraken: KrakenExchange, client: Any, fault: Fault, executed: bool
    ) -> None:
        kraken.fail("AddOrder", fault, executed=executed)
        placed = await client.create_order(BTC, "market", "buy", 0.1, None, {"clientOrderId": ID})
        assert placed["id"] is None
        assert (len(kraken.orders), added(kraken)) == (int(executed), 1)

    async def test_a_request_that_arrives_after_its_deadline_is_refused(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        await self.arrive_late(kraken, client, clock, {"deadline": deadline(clock)})
        assert kraken.refusals == [("AddOrder", "EService:Deadline elapsed")]
        assert not kraken.orders

    async def test_a_request_without_a_deadline_executes_however_late_it_arrives(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        await self.arrive_late(kraken, client, clock, {})
        assert [order.status for order in kraken.orders.values()] == ["closed"]

    async def arrive_late(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock, parameters: dict[str, str]
    ) -> None:
        await client.load_markets()
        client.timeout = IMPATIENCE
        kraken.fail("AddOrder", Fault.LATE)
        with pytest.raises(errors.RequestTimeout):
            await client.create_order(BTC, "market", "buy", 0.1, None, parameters)
        assert not kraken.orders
        clock.advance(kraken.delay)
        await client.fetch_balance()

    async def test_a_fault_lasts_until_it_is_healed(self, kraken: KrakenExchange, client: Any) -> None:
        kraken.fail("AddOrder", Fault.LOST_REPLY, times=None)
        for _ in range(3):
            with pytest.raises(errors.ExchangeNotAvailable):
                await client.create_order(BTC, "market", "buy", 0.1)
        kraken.heal()
        assert (await client.create_order(BTC, "market", "buy", 0.1))["id"]
        assert len(kraken.orders) == 4

    async def test_a_truncated_balance_is_an_empty_one(self, kraken: KrakenExchange, client: Any) -> None:
        kraken.fail("BalanceEx", Fault.TRUNCATED)
        assert (await client.fetch_balance())["total"] == {}

    async def test_half_an_order_is_open_and_shows_its_part(self, kraken: KrakenExchange, client: Any) -> None:
        kraken.fail("AddOrder", Fault.PARTIAL_STALL)
        placed = await client.create_order(BTC, "market", "buy", 0.1)
        order = await client.fetch_order(placed["id"])
        assert (order["status"], order["filled"], order["remaining"]) == ("open", 0.05, 0.05)


class TestTheStream:
    @pytest.fixture
    async def watching(self, kraken: KrakenExchange, client: Any) -> AsyncIterator[Any]:
        """The client, listening to executions; its first answer is the snapshot of one waiting order."""
        kraken.order_by_hand(BTC, "buy", "limit", Decimal("0.1"), Decimal(50_000))
        async with asyncio.timeout(PATIENCE):
            await client.watch_orders()
            yield client

    async def test_the_client_order_id_is_only_in_the_raw_frame(self, kraken: KrakenExchange, watching: Any) -> None:
        await watching.create_order(BTC, "limit", "buy", 0.1, 50_000, {"clientOrderId": ID})
        (told,) = await watching.watch_orders()
        assert (told["clientOrderId"], told["info"]["cl_ord_id"]) == ("0", ID)

    async def test_fills_come_with_their_fees(self, kraken: KrakenExchange, watching: Any) -> None:
        waiting = asyncio.create_task(watching.watch_my_trades())
        placed = await watching.create_order(BTC, "market", "buy", 0.1)
        (fill,) = await waiting
        (trade,) = kraken.trades.values()
        assert (fill["id"], fill["order"], fill["amount"]) == (trade.id, placed["id"], 0.1)
        assert fill["fee"] == {"cost": float(trade.fee), "currency": "USD"}

    async def test_a_cancel_of_the_venue_is_told(self, kraken: KrakenExchange, watching: Any) -> None:
        (order_id,) = kraken.orders
        kraken.cancel(order_id)
        (told,) = await watching.watch_orders()
        assert (told["id"], told["status"], told["info"]["reason"]) == (order_id, "canceled", "Canceled by the venue")

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            (None, [2, 3, 4, 5]),
            (Fault.DUPLICATED_FRAME, [2, 2, 3, 4, 5]),
            (Fault.REORDERED_FRAME, [3, 2, 4, 5]),
            (Fault.LOST_FRAME, [3, 4, 5]),
        ],
    )
    async def test_frames_come_twice_out_of_order_or_not_at_all(
        self, kraken: KrakenExchange, client: Any, fault: Fault | None, expected: list[int]
    ) -> None:
        token = (await client.private_post_getwebsocketstoken())["result"]["token"]
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession() as session,
            session.ws_connect(kraken.ws_url) as socket,
        ):
            wish = {"channel": "executions", "token": token}
            await socket.send_json({"method": "subscribe", "params": wish, "req_id": 1})
            assert [(await socket.receive_json()).get("sequence") for _ in range(3)] == [None, None, 1]
            if fault is not None:
                kraken.fail("executions", fault)
            await client.create_order(BTC, "market", "buy", 0.1)
            frames = [await socket.receive_json() for _ in expected]
        assert [frame["sequence"] for frame in frames] == expected
        kinds = {frame["sequence"]: frame["data"][0]["exec_type"] for frame in frames}
        assert kinds.items() <= {2: "pending_new", 3: "new", 4: "trade", 5: "filled"}.items()

    async def test_a_stream_that_was_cut_raises_once_and_then_connects_again(
        self, kraken: KrakenExchange, watching: Any
    ) -> None:
        waiting = asyncio.create_task(watching.watch_orders())
        await asyncio.sleep(0)
        await kraken.drop_streams()
        with pytest.raises(errors.NetworkError):
            await waiting
        assert len(await watching.watch_orders()) == 1

    async def test_executions_need_a_token_that_is_still_good(
        self, kraken: KrakenExchange, client: Any, clock: SimulatedClock
    ) -> None:
        token = (await client.private_post_getwebsocketstoken())["result"]["token"]
        clock.advance(901)
        async with (
            asyncio.timeout(PATIENCE),
            aiohttp.ClientSession() as session,
            session.ws_connect(kraken.ws_url) as socket,
        ):
            await socket.receive_json()
            for given in (token, "made up", None):
                wish = {"channel": "executions", "token": given}
                await socket.send_json({"method": "subscribe", "params": wish, "req_id": 1})
                refused = await socket.receive_json()
                assert (refused["success"], refused["error"]) == (False, "ESession:Invalid session")
        assert len(kraken.violations) == 3

    async def test_prices_candles_and_heartbeats_come_with_each_tick(self, kraken: KrakenExchange, client: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            assert (await client.watch_ticker(BTC))["last"] == 60_000
            assert (await client.watch_ohlcv(BTC, "1m"))[-1][4] == 60_000
            price = asyncio.create_task(client.watch_ticker(BTC))
            await asyncio.sleep(0)
            kraken.set_price(BTC, 61_000.0)
            kraken.tick()
            assert (await price)["last"] == 61_000


async def test_it_runs_alone_and_is_broken_from_outside() -> None:
    secret = base64.b64encode(b"handed over on the command line").decode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.kraken", "--key", "K", "--secret", secret, "--balance", "USD=5000"),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            address = (await process.stdout.readline()).decode().strip()
        async with aiohttp.ClientSession() as session, ccxt_client(address, Key("K", secret)) as client:
            fault = {"endpoint": "AddOrder", "fault": "LOST_REPLY"}
            await (await session.post(f"{address}/control/fail", json=fault, raise_for_status=True)).read()
            with pytest.raises(errors.ExchangeNotAvailable):
                await client.create_order(BTC, "market", "buy", 0.01)
            async with session.get(f"{address}/control/state") as answer:
                state = await answer.json()
            assert [order["status"] for order in state["orders"].values()] == ["closed"]
            assert (state["balances"]["BTC"], state["violations"]) == ("0.01", [])
            nonsense = await session.post(f"{address}/control/fail", json={"fault": "NONE"})
            assert nonsense.status == 400
    finally:
        process.terminate()
        await process.wait()
