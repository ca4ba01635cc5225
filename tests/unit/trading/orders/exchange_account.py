"""A core whose money lies at an exchange account that tests write by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from tests.world import START, SmallWorld, rules, small_world
from trading.clock import SimulatedClock
from trading.core import ExchangeAccount
from trading.domain.money import ZERO, Money
from trading.domain.order import Fill, Order, OrderStatus, Side
from trading.domain.portfolio import Balance
from trading.errors import Retryable
from trading.exchange.ports import AccountOrder, AccountTrade, LedgerEntry, LedgerKind
from trading.orders.custody import ExchangeCustody
from trading.orders.reconciler import Reconciler
from trading.orders.safety import AccountSafety
from trading.risk.live_permit import PHRASE, LivePermit
from trading.store.memory import MemoryStore
from trading.store.port import Store

QUOTE = "USD"


@dataclass
class HandMadeAccount:
    """`ReconcileData`: totals, orders, trades and a ledger; `outage` makes every question fail."""

    clock: SimulatedClock
    totals: dict[str, Decimal] = field(default_factory=dict)
    waiting: list[AccountOrder] = field(default_factory=list)
    closed: list[AccountOrder] = field(default_factory=list)
    executed: list[AccountTrade] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    outage: str = ""
    asked: list[str] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)
    """Ids of orders, trades and entries that questions do not show yet."""

    async def holdings(self) -> Mapping[str, Balance]:
        self._ask("holdings")
        return {currency: Balance(total, total) for currency, total in self.totals.items() if total}

    async def open_orders(self) -> Sequence[AccountOrder]:
        self._ask("open orders")
        return [order for order in self.waiting if order.venue_order_id not in self.unseen]

    async def closed_orders(self, since: datetime) -> Sequence[AccountOrder]:
        self._ask("closed orders")
        return [order for order in self.closed if order.venue_order_id not in self.unseen]

    async def trades(self, since: datetime) -> Sequence[AccountTrade]:
        self._ask("trades")
        return [trade for trade in self.executed if trade.at >= since and trade.trade_id not in self.unseen]

    async def ledger(self, since: datetime) -> Sequence[LedgerEntry]:
        self._ask("ledger")
        return [entry for entry in self.entries if entry.at >= since and entry.id not in self.unseen]

    def misplace(self, currency: str, amount: str) -> None:
        """A balance changes and nothing says why."""
        self.totals[currency] = self.totals.get(currency, ZERO) + Decimal(amount)

    def post(self, currency: str, amount: str, kind: LedgerKind = LedgerKind.DEPOSIT, fee: str = "0") -> LedgerEntry:
        """Money comes or goes, and the ledger says so."""
        entry = self._enter(currency, Decimal(amount), Decimal(fee), kind, f"ref-{len(self.entries)}")
        self.entries.append(entry)
        return entry

    def trade(
        self,
        symbol: str,
        side: Side,
        quantity: str,
        price: str = "100",
        client_id: str | None = None,
        *,
        order: str | None = None,
    ) -> AccountTrade:
        """An order, by hand unless `client_id` says whose, fills with a fee of 0.4 %."""
        base, _, quote = symbol.partition("/")
        number = len(self.executed) + 1
        amount, value = Decimal(quantity), Decimal(quantity) * Decimal(price)
        fee = value * Decimal("0.004")
        order_id, now = order or f"O{number}", self.clock.now()
        made = AccountTrade(f"T{number}", order_id, symbol, side, Decimal(price), amount, Money(fee, quote), now)
        self.executed.append(made)
        self.closed.append(
            AccountOrder(order_id, client_id, symbol, side, OrderStatus.FILLED, amount, amount, now, now)
        )
        sign = 1 if side is Side.BUY else -1
        self.entries.append(self._enter(base, sign * amount, ZERO, LedgerKind.TRADE, made.trade_id))
        self.entries.append(self._enter(quote, -sign * value, fee, LedgerKind.TRADE, made.trade_id))
        return made

    def fill(self, order: Order, price: str = "100") -> Fill:
        """Our own order fills; the dashes of its id are dropped."""
        made = self.trade(
            order.symbol, order.side, str(order.intent.quantity), price, order.client_order_id.replace("-", "")
        )
        return Fill(
            made.trade_id,
            order.client_order_id,
            made.symbol,
            made.side,
            made.price,
            made.quantity,
            made.fee,
            made.at,
        )

    def _enter(self, currency: str, amount: Decimal, fee: Decimal, kind: LedgerKind, reference: str) -> LedgerEntry:
        self.totals[currency] = self.totals.get(currency, ZERO) + amount - fee
        id_ = f"L{len(self.entries) + 1}"
        money, taken = Money(amount, currency), Money(fee, currency)
        return LedgerEntry(id_, reference, kind, money, taken, self.clock.now(), self.totals[currency])

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.outage:
            raise Retryable(self.outage)


@dataclass(slots=True)
class LiveWorld:
    """A core in front of the account."""

    world: SmallWorld
    account: HandMadeAccount
    permit: LivePermit

    @property
    def custody(self) -> ExchangeCustody:
        custody = self.world.core.custody
        assert isinstance(custody, ExchangeCustody)
        return custody

    @property
    def reconciler(self) -> Reconciler:
        return self.custody._reconciler

    @property
    def safety(self) -> AccountSafety:
        safety = self.world.desk._rooms.safety
        assert isinstance(safety, AccountSafety)
        return safety

    def held(self, currency: str) -> Decimal:
        """What the books say."""
        return self.world.core.account.book.holdings().get(currency, ZERO)

    async def restarted(self, *, started: bool = True, symbols: tuple[str, ...] | None = None) -> LiveWorld:
        changes = {"symbols": symbols} if symbols else {}
        again = LiveWorld(await self.world.restarted(**changes), self.account, self.permit)
        if started:
            await again.world.core.start()
        return again


async def live_world(
    store: Store | None = None, *, confirmed: bool = True, started: bool = True, **totals: str
) -> LiveWorld:
    """A core on an account that holds `totals`, 1,000 USD unless told otherwise; confirmed and up."""
    store, clock = store or MemoryStore(), SimulatedClock(START)
    account = HandMadeAccount(clock, {c: Decimal(amount) for c, amount in (totals or {"USD": "1000"}).items()})
    permit = LivePermit(store, "the exchange", "key", clock)
    if confirmed:
        await permit.confirm(PHRASE, "@ana", "web")
    world = await small_world(store, rules(), clock=clock, account=ExchangeAccount(account, permit))
    if started:
        await world.core.start()
    return LiveWorld(world, account, permit)
