"""Promise 3: whatever becomes of the request, an order is called refused only where the venue did not take it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.faults.kraken import UNLIMITED, Fault, Key, KrakenExchange
from tests.faults.lab.records import START
from tests.proof import Proof
from tests.world import limits
from trading.clock import SimulatedClock
from trading.domain.market import Instrument, Quote
from trading.domain.money import Money
from trading.domain.order import Batch, Order, OrderIntent, OrderStatus, OrderType, Side, Source, client_order_id
from trading.domain.portfolio import CashFlow
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.credentials import Credentials
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.ports import FeeRates
from trading.exchange.request_budget import KRAKEN_TIERS
from trading.market.fees import FeeTable
from trading.orders.account import Account
from trading.orders.bookkeeper import Bookkeeper
from trading.orders.manager import OrderManager
from trading.orders.protections import ExitRules, Protections
from trading.portfolio.book import Book
from trading.portfolio.equity import EquityCurve
from trading.store.memory import MemoryStore

PRICE = Decimal(60_000)
BTC = Instrument(
    "BTC/USD", "BTC", "USD", Decimal("0.1"), Decimal("0.00000001"), Decimal("0.00005"), min_notional=Decimal("0.5")
)
S = OrderStatus


@dataclass(frozen=True, slots=True)
class Trouble:
    """One way in which AddOrder goes wrong. `executed` None leaves it to the fault."""

    fault: Fault
    executed: bool | None = None
    error: str = ""
    certain: bool = False
    """The venue says no in words we know."""

    def __str__(self) -> str:
        effect = {None: "", True: ", executed", False: ", not executed"}[self.executed]
        return f"{self.error or self.fault.name}{effect}"


def _both(fault: Fault, error: str = "") -> list[Trouble]:
    return [Trouble(fault, executed, error) for executed in (False, True)]


CERTAIN = [
    Trouble(Fault.REFUSED, certain=True),
    Trouble(Fault.REFUSED, error="EOrder:Order minimum not met", certain=True),
    Trouble(Fault.REFUSED, error="EOrder:Rate limit exceeded", certain=True),
    Trouble(Fault.REFUSED, error="EService:Deadline elapsed", certain=True),
    Trouble(Fault.RATE_LIMIT, certain=True),
]
UNCERTAIN = [
    *_both(Fault.BUSY),
    *_both(Fault.MAINTENANCE),
    *_both(Fault.WRONG_NONCE),
    *_both(Fault.SERVICE_TIMEOUT),
    *_both(Fault.REFUSED, "EGeneral:Internal error"),
    *_both(Fault.REFUSED, "EOrder:cl_ord_id is in use"),
    *_both(Fault.REFUSED, "EOrder:Something nobody has seen"),
    *_both(Fault.TOO_MANY),
    *_both(Fault.CUT_HEADERS),
    *_both(Fault.CUT_BODY),
    *_both(Fault.TRUNCATED),
    *_both(Fault.HTML),
    *_both(Fault.EMPTY),
    *_both(Fault.BAD_GATEWAY),
    *_both(Fault.ODD_GATEWAY),
    *_both(Fault.GATEWAY_TIMEOUT),
    Trouble(Fault.DISCONNECTED),
    Trouble(Fault.LOST_REPLY),
    Trouble(Fault.TIMEOUT_BEFORE),
    Trouble(Fault.TIMEOUT_AFTER),
    Trouble(Fault.LATE),
]
TAKEN = [
    Trouble(Fault.PENDING),
    Trouble(Fault.PARTIAL_STALL),
    Trouble(Fault.VENUE_CANCEL),
    Trouble(Fault.PARTIAL_CANCEL),
]
TROUBLES = [*CERTAIN, *UNCERTAIN, *TAKEN]
KINDS = {
    "market buy": (Side.BUY, None, False),
    "market sell": (Side.SELL, None, False),
    "protective exit": (Side.SELL, None, True),
    "limit buy": (Side.BUY, Decimal(60_000), False),
    "limit sell": (Side.SELL, Decimal(60_000), False),
}


class OnePrice:
    """A quote that is always fresh."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    def latest(self, symbol: str) -> Quote:
        return Quote(PRICE, PRICE, PRICE, self._clock.now())


class Trader:
    """An order manager in front of the strict exchange, and what its store says of its orders."""

    def __init__(self, kraken: KrakenExchange, api: KrakenApi, clock: SimulatedClock) -> None:
        rates, prices, book = FeeRates(Decimal("0.004"), Decimal("0.004")), OnePrice(clock), Book("USD")
        book.apply_flow(CashFlow("start", Money(Decimal(10_000_000), "USD"), clock.now(), "start"))
        self.kraken = kraken
        self.store = MemoryStore()
        self._clock = clock
        self._account = Account(book, prices)
        protections, curve = Protections(ExitRules(None, None)), EquityCurve(self.store, self._account, {}, clock)
        books = Bookkeeper(self.store, self._account, protections, curve, clock)
        fees = FeeTable(rates, clock)
        self._manager = OrderManager(self.store, CcxtVenue(api), self._account, books, prices, limits(), fees, clock)

    async def place(self, name: str, kind: str) -> Order:
        """Commit an order of `kind`, place it, and return it as the store has it."""
        side, limit, protective = KINDS[kind]
        batch = Batch(name, Source.MANUAL, "a test", "a test", self._clock.now())
        intent = OrderIntent(
            id=name,
            batch_id=name,
            instrument=BTC,
            side=side,
            quantity=Decimal("0.01"),
            type=OrderType.LIMIT if limit else OrderType.MARKET,
            source=Source.STOP if protective else Source.MANUAL,
            reason="a test",
            limit_price=limit,
            reduce_only=side is Side.SELL,
            protective=protective,
        )
        order = Order(client_order_id(intent), intent, S.INTENDED, self._clock.now(), self._clock.now())
        async with self.store.transaction() as tx:
            await tx.add_batch(batch)
            await tx.add_orders([order])
        self._manager.reserve([order])
        await self._manager.place(order)
        async with self.store.reading() as read:
            kept = await read.order(order.client_order_id)
        assert kept is not None
        return kept

    def taken(self, order: Order) -> int:
        """How many orders with its id the venue took."""
        wanted = order.client_order_id.replace("-", "")
        ids = [taken.ticket.cl_ord_id for taken in self.kraken.orders.values()]
        return sum(id_ is not None and id_.replace("-", "") == wanted for id_ in ids)


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
async def trader(clock: SimulatedClock) -> AsyncIterator[Trader]:
    key, balances = Key("trader"), {"USD": "10000000", "BTC": "1000"}
    async with KrakenExchange(keys=[key], balances=balances, clock=clock, tier=UNLIMITED) as kraken:
        kraken.set_price("BTC/USD", float(PRICE))
        kraken.delay = 5
        line = PrivateClient(
            "kraken",
            Credentials(key.name, key.secret),
            clock=clock,
            base_url=kraken.url,
            timeout=timedelta(seconds=0.3),
            tier=KRAKEN_TIERS["pro"],
        )
        line.client.timeout_on_exit = 0
        await line.markets()
        yield Trader(kraken, KrakenApi(line), clock)
        await line.close()


def lies(order: Order, taken: int, trouble: Trouble) -> bool:
    """Whether the stored status says what was not so, or leaves open what was certain."""
    if order.status is S.REJECTED:
        return taken > 0
    if order.status is S.UNKNOWN:
        return trouble.certain
    return not (order.status is S.ACCEPTED and order.venue_order_id and taken == 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_refused_only_where_nothing_was_taken_and_accepted_only_with_an_id(
    trader: Trader, clock: SimulatedClock, kind: str, proof: Proof
) -> None:
    wrong: list[str] = []
    for number, trouble in enumerate(TROUBLES):
        clock.advance(300)  # the rate counters forget
        trader.kraken.fail("AddOrder", trouble.fault, executed=trouble.executed, error=trouble.error)
        order = await trader.place(f"order-{number}", kind)
        clock.advance(8)  # what was late has arrived by now
        trader.kraken.heal()
        if trader.taken(order) > 1 or lies(order, trader.taken(order), trouble):
            wrong.append(f"{trouble}: {order.status} {order.detail}, {trader.taken(order)} taken")
    assert not wrong
    proof(3, cases=len(TROUBLES))


async def test_a_venue_that_cannot_be_reached_took_nothing(trader: Trader, clock: SimulatedClock) -> None:
    await trader.kraken.__aexit__()
    order = await trader.place("unreachable", "market buy")
    assert order.status is S.REJECTED
    assert not trader.kraken.orders


def test_there_are_at_least_forty_troubles() -> None:
    assert len(TROUBLES) >= 40
    assert len({str(trouble) for trouble in TROUBLES}) == len(TROUBLES)
