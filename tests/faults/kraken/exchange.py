"""A Kraken spot venue on a loopback port: public and private REST, WebSocket v2, and faults on demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from aiohttp import web

from tests.contract.kraken_market import pair_of
from tests.faults.kraken.account import ASSETS, Account
from tests.faults.kraken.auth import Gate, Key
from tests.faults.kraken.book import DeepMarket, Level
from tests.faults.kraken.control import add_control
from tests.faults.kraken.faults import Fault, Faults
from tests.faults.kraken.front import Front, Received
from tests.faults.kraken.limits import INTERMEDIATE, Limits, Tier
from tests.faults.kraken.matching import Engine
from tests.faults.kraken.records import ZERO, Entry, Ids, Order, OrderType, Side, Status, Ticket, Trade
from tests.faults.kraken.rest import PrivateApi
from tests.faults.kraken.venue_clock import VenueClock
from tests.faults.kraken.websocket import Streams
from trading.clock import Clock, SystemClock


class KrakenExchange:
    """`async with KrakenExchange(keys=[Key("k")], balances={"USD": "1000"}) as kraken: kraken.url`.

    `balances` by usual code; `tier` sets the rate limits, `traded` (USD in 30 days) the fees. Until `lag` seconds
    have passed, questions do not see an accepted order or its trades. `system`, `lag`, `skew` and `delay` may be
    changed while it runs.
    """

    def __init__(
        self,
        *,
        keys: Sequence[Key],
        balances: Mapping[str, Decimal | str],
        clock: Clock | None = None,
        port: int = 0,
        tier: Tier = INTERMEDIATE,
        traded: Decimal = ZERO,
        lag: float = 0.0,
        seed: int = 0,
    ) -> None:
        self._port = port
        self._clock = VenueClock(clock or SystemClock())
        self._build(keys, {code: Decimal(amount) for code, amount in balances.items()}, tier, traded, seed)
        self._engine.lag = lag
        self.url = ""

    def _build(
        self, keys: Sequence[Key], balances: Mapping[str, Decimal], tier: Tier, traded: Decimal, seed: int
    ) -> None:
        ids = Ids(seed)
        self._faults = Faults()
        self._gate = Gate(keys)
        self._market = DeepMarket(self._clock)
        self._limits = Limits(tier)
        self._account = Account(balances, traded, ids, self._market.now())
        self._streams = Streams(self._market, self._gate, self._faults, lambda what: self.violations.append(what))
        self._engine = Engine(self._market, self._account, self._limits, ids, self._streams.tell)
        self._streams.engine = self._engine
        self._ids = ids
        api = PrivateApi(self._market, self._engine, self._account, self._gate)
        self._front = Front(self._clock, self._market, self._engine, api, self._gate, self._limits, self._faults)

    async def __aenter__(self) -> KrakenExchange:
        app = web.Application()
        add_control(app, self)
        app.router.add_get("/v2", self._streams.handle)
        self._front.add_to(app)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *error: object) -> None:
        self._front.close()
        await self._streams.drop()
        await self._runner.cleanup()

    @property
    def ws_url(self) -> str:
        """The address of the websocket."""
        return self.url.replace("http", "ws", 1) + "/v2"

    @property
    def orders(self) -> Mapping[str, Order]:
        """Every accepted order by id, oldest first."""
        return self._engine.orders

    @property
    def trades(self) -> Mapping[str, Trade]:
        """Every trade by id, oldest first."""
        return self._engine.trades

    @property
    def balances(self) -> Mapping[str, Decimal]:
        """Totals by usual code."""
        return self._account.balances()

    @property
    def ledger(self) -> Sequence[Entry]:
        """Every change of a balance, oldest first."""
        return self._account.ledger

    @property
    def requests(self) -> Sequence[Received]:
        """Every REST request that arrived, public ones too."""
        return self._front.requests

    @property
    def refusals(self) -> Sequence[tuple[str, str]]:
        """Endpoint and error of every request that was refused on its merits, not by an injected fault."""
        return self._front.refusals

    @property
    def violations(self) -> list[str]:
        """What a proper client never does: bad signatures, nonces, arguments, permissions, too many requests."""
        return self._front.violations

    @property
    def delay(self) -> float:
        """Seconds by which LATE requests are late."""
        return self._front.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._front.delay = seconds

    @property
    def system(self) -> str:
        """online, maintenance, cancel_only, post_only or limit_only."""
        return self._market.system

    @system.setter
    def system(self, status: str) -> None:
        self._market.system = status
        self._streams.announce()

    @property
    def lag(self) -> float:
        """Seconds until questions see a new order."""
        return self._engine.lag

    @lag.setter
    def lag(self, seconds: float) -> None:
        self._engine.lag = seconds

    @property
    def skew(self) -> float:
        """Seconds by which the venue's clock is ahead of the true one."""
        return self._clock.skew.total_seconds()

    @skew.setter
    def skew(self, seconds: float) -> None:
        self._clock.skew = timedelta(seconds=seconds)

    def fail(
        self, endpoint: str, fault: Fault, *, times: int | None = 1, executed: bool | None = None, error: str = ""
    ) -> None:
        """The next `times` uses of `endpoint` ("AddOrder", "Ticker", "executions") meet `fault`; None: every one.

        Orders sent with validate=true are an endpoint of their own, "AddOrder?validate".
        Without `executed`, a fault that leaves the outcome open comes after the request took effect.
        """
        self._faults.fail(endpoint, fault, times=times, executed=executed, error=error)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.heal()

    def set_price(self, symbol: str, price: float) -> None:
        """From now on `symbol` trades at `price`; what waits for that price executes."""
        self._market.set_price(symbol, price)
        self._engine.settle()

    def set_book(self, symbol: str, bids: Sequence[Level], asks: Sequence[Level]) -> None:
        """From now on `symbol` trades against this book, which empties as orders take from it."""
        self._market.set_book(symbol, bids, asks)
        self._engine.settle()

    def cancel(self, order_id: str, reason: str = "Canceled by the venue") -> None:
        """The venue cancels an open order by itself."""
        self._engine.close(self._engine.orders[order_id], Status.CANCELED, reason)

    def release(self, order_id: str) -> None:
        """An order that is pending or stalled goes on."""
        self._engine.release(self._engine.orders[order_id])

    def set_status(self, symbol: str, status: str) -> None:
        """From now on this pair is in a mode of its own: online, cancel_only, post_only, limit_only, reduce_only."""
        self._market.set_status(symbol, status)

    def order_by_hand(
        self,
        symbol: str,
        side: str,
        type_: str,
        volume: Decimal,
        price: Decimal | None = None,
        flags: tuple[str, ...] = ("fciq",),
    ) -> Order:
        """The account's owner places an order past the API. Raises Refused."""
        return self._engine.place(Ticket(pair_of(symbol), Side(side), OrderType(type_), volume, price, flags=flags))

    def post(self, code: str, kind: str, amount: Decimal, fee: Decimal = ZERO, subtype: str = "") -> None:
        """A balance changes: `kind` is deposit, withdrawal (a negative amount), staking, transfer or adjustment."""
        reference, now = self._ids.next("F"), self._market.now()
        self._account.post(ASSETS.get(code, code), kind, amount, fee, reference, now, subtype)

    def drift(self, code: str, amount: Decimal) -> None:
        """A balance changes and no ledger entry tells why."""
        asset = ASSETS.get(code, code)
        self._account.totals[asset] = self._account.totals.get(asset, ZERO) + amount

    def tick(self) -> None:
        """Let time act on open orders, and send prices and heartbeats."""
        self._engine.settle()
        self._streams.tick()

    async def drop_streams(self) -> None:
        """Close every websocket, as Kraken does at times."""
        await self._streams.drop()

    async def wait_for_stream(self, channel: str) -> None:
        """Return once somebody listens to "executions", or to a symbol's ticker or candles."""
        await self._streams.wait_for(channel)
