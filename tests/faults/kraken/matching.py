"""The engine: takes orders, matches them against the book, keeps the account straight and tells what happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum

from tests.contract.kraken_market import Pair, Refused
from tests.faults.kraken.account import Account
from tests.faults.kraken.book import DeepMarket, Level, reaches
from tests.faults.kraken.limits import Limits
from tests.faults.kraken.records import TRIGGERED, Ids, Order, OrderType, Side, Status, Ticket, Trade
from tests.faults.kraken.tickets import check_cost

Event = tuple[str, Order, Trade | None]
"""What happened (pending_new, new, trade, filled, canceled, expired), to which order, by which trade."""


class Mishap(Enum):
    """What the venue may do to an order it accepted."""

    PEND = "it does not enter the book until it is released"
    STALL = "half of it executes at once, the rest only when the stall is lifted"
    CANCEL = "the venue cancels it at once"
    CANCEL_PARTIAL = "half of it executes, then the venue cancels the rest"


class Engine:
    """Orders by id in the order they came. `lag` is how many seconds an accepted order stays hidden from questions."""

    def __init__(
        self, market: DeepMarket, account: Account, limits: Limits, ids: Ids, tell: Callable[[Event], None]
    ) -> None:
        self._market = market
        self._account = account
        self._limits = limits
        self._ids = ids
        self._tell = tell
        self.lag = 0.0
        self.orders: dict[str, Order] = {}
        self.trades: dict[str, Trade] = {}
        self.mishap: Mishap | None = None
        """What happens to the order that is accepted next."""

    def check(self, ticket: Ticket) -> None:
        """Everything that is tested before an order is accepted. Raises Refused; changes nothing."""
        self._check_mode(ticket)
        self._check_open(ticket)
        executions = self._market.book(ticket.pair).match(ticket.side, ticket.volume, ticket.limit)
        if ticket.type is OrderType.MARKET:
            check_cost(ticket, executions[0][0] if executions else self._market.last(ticket.pair))
        if "post" in ticket.flags and executions:
            raise Refused("EOrder:Post only order")
        self._check_funds(ticket, executions)

    def place(self, ticket: Ticket) -> Order:
        """Accept an order and match it. Raises Refused."""
        now = self._market.now()
        self._limits.order(ticket.pair.id, now)
        self.check(ticket)
        order = Order(self._ids.next("O"), ticket, now, now + self.lag)
        self.orders[order.id] = order
        self._tell(("pending_new", order, None))
        mishap, self.mishap = self.mishap, None
        if mishap is Mishap.PEND:
            order.stalled = True
            return order
        self._enter(order)
        if mishap is None:
            self._run(order)
        else:
            self._spoil(order, mishap)
        return order

    def release(self, order: Order) -> None:
        """Let an order go on that is pending or stalled."""
        order.stalled = False
        if order.status is Status.PENDING:
            self._enter(order)
        self.settle()

    def cancel(self, order: Order) -> None:
        """The owner's cancel. Raises Refused when the order is not open."""
        if not order.is_open:
            raise Refused("EOrder:Unknown order")
        now = self._market.now()
        self._limits.cancel(order.pair.id, now - order.opened_at, now)
        self.close(order, Status.CANCELED, "User requested")

    def settle(self) -> None:
        """Let time and price act on what is open: expiry, triggers, limits that were reached."""
        for order in list(self.open_orders()):
            if 0 < order.ticket.expires_at <= self._market.now():
                self.close(order, Status.EXPIRED, None)
            elif not order.stalled:
                self._run(order)

    def open_orders(self) -> Iterator[Order]:
        return (order for order in self.orders.values() if order.is_open)

    def close(self, order: Order, status: Status, reason: str | None) -> None:
        """End an order; what it executed stays."""
        order.status, order.closed_at, order.reason = status, self._market.now(), reason
        self._tell(({Status.CLOSED: "filled"}.get(status, status.value), order, None))

    def _check_mode(self, ticket: Ticket) -> None:
        for mode in (self._market.system, self._market.status(ticket.pair)):
            barred = {
                "cancel_only": True,
                "post_only": "post" not in ticket.flags,
                "limit_only": ticket.type is OrderType.MARKET,
                "reduce_only": ticket.side is Side.BUY,
            }.get(mode, False)
            if barred:
                raise Refused(f"EService:Market in {mode} mode")

    def _check_open(self, ticket: Ticket) -> None:
        mine = [order for order in self.open_orders() if order.pair is ticket.pair]
        if len(mine) >= self._limits.tier.open_orders:
            raise Refused("EOrder:Orders limit exceeded")
        if ticket.cl_ord_id is not None and ticket.cl_ord_id in {o.ticket.cl_ord_id for o in self.open_orders()}:
            raise Refused("EOrder:cl_ord_id already in use")

    def _check_funds(self, ticket: Ticket, executions: list[Level]) -> None:
        order = Order("", ticket, 0, 0)
        asset, needed = self._account.needed(order)
        if ticket.side is Side.BUY and ticket.type is OrderType.MARKET:
            cost = sum((price * volume for price, volume in executions), Decimal(0))
            needed = cost * (1 + self._account.taker_rate())
        held = self._account.holds(self.open_orders()).get(asset, Decimal(0))
        if needed > self._account.totals.get(asset, Decimal(0)) - held:
            raise Refused("EOrder:Insufficient funds")

    def _enter(self, order: Order) -> None:
        order.status = Status.OPEN
        self._tell(("new", order, None))

    def _spoil(self, order: Order, mishap: Mishap) -> None:
        if mishap is not Mishap.CANCEL:
            half = (order.ticket.volume / 2).quantize(Decimal("1e-8"))
            self._execute(order, self._market.book(order.pair).match(order.ticket.side, half, order.ticket.limit))
        if mishap is Mishap.STALL:
            order.stalled = True
        else:
            self.close(order, Status.CANCELED, "Canceled by the venue")

    def _run(self, order: Order) -> None:
        ticket = order.ticket
        if ticket.type in TRIGGERED and not self._triggered(order):
            return
        executions = self._market.book(order.pair).match(ticket.side, order.remaining, ticket.limit)
        self._execute(order, executions, maker=order.rested)
        order.rested = True
        if order.is_open and (ticket.limit is None or ticket.immediate):
            self.close(order, Status.CANCELED, "Not enough liquidity")

    def _triggered(self, order: Order) -> bool:
        ticket = order.ticket
        assert ticket.price is not None
        upwards = (ticket.side is Side.BUY) == ticket.type.startswith("stop-loss")
        reached = reaches(Side.SELL if upwards else Side.BUY, ticket.price, self._market.last(order.pair))
        order.triggered = order.triggered or reached
        return order.triggered

    def _execute(self, order: Order, executions: list[Level], maker: bool = False) -> None:
        """Book `executions`. An order that waited gets its own price, not a better one."""
        self._market.book(order.pair).take(order.ticket.side, executions)
        for price, volume in executions:
            trade = self._trade(order, (order.ticket.limit or price) if maker else price, volume, maker)
            order.trades.append(trade)
            self.trades[trade.id] = trade
            self._post(trade)
            self._tell(("trade", order, trade))
        if not order.remaining and order.is_open:
            self.close(order, Status.CLOSED, None)

    def _trade(self, order: Order, price: Decimal, volume: Decimal, maker: bool) -> Trade:
        pair, ticket = order.pair, order.ticket
        rate = self._account.maker_rate() if maker else self._account.taker_rate()
        cost = _rounded(price * volume, pair.cost_decimals)
        in_base = "fcib" in ticket.flags
        fee = _rounded(volume * rate, 8) if in_base else _rounded(price * volume * rate, pair.cost_decimals)
        fee_asset = pair.base if in_base else pair.quote
        number = len(self.trades) + 1
        now = self._market.now()
        id_ = self._ids.next("T")
        return Trade(
            id_, number, order.id, pair, ticket.side, ticket.type, price, volume, cost, fee, fee_asset, maker, now
        )

    def _post(self, trade: Trade) -> None:
        sign = 1 if trade.side is Side.BUY else -1
        pair: Pair = trade.pair
        base_fee, quote_fee = (trade.fee, Decimal(0)) if trade.fee_asset == pair.base else (Decimal(0), trade.fee)
        for asset, amount, fee in (
            (pair.quote_id, -sign * trade.cost, quote_fee),
            (pair.base_id, sign * trade.volume, base_fee),
        ):
            self._account.post(asset, "trade", amount, fee, trade.id, trade.at)


def _rounded(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals))
