"""Books what the owner and the venue did on the account without us: trades by hand, deposits, rewards, withdrawals."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import structlog

from trading.clock import Clock
from trading.domain.event import ExternalFill, ExternalFlow
from trading.domain.market import Instrument
from trading.domain.money import Money
from trading.domain.order import Batch, Order, OrderIntent, OrderStatus, OrderType, Source
from trading.domain.portfolio import CashFlow
from trading.errors import NeedsOperator, Retryable
from trading.exchange.ports import AccountTrade, LedgerEntry
from trading.orders.account import Account
from trading.orders.bookkeeper import Bookkeeper

_LEDGER = "ledger-"


def entry_of(flow_id: str) -> str:
    """The ledger entry that a flow was booked from."""
    return flow_id.removeprefix(_LEDGER)


log = structlog.get_logger(__name__)


class ExternalActivity:
    """`instruments` are what the portfolio trades: their bases and the quote are its currencies, the rest is not."""

    def __init__(
        self,
        books: Bookkeeper,
        funds: Account,
        instruments: Mapping[str, Instrument],
        venue_name: str,
        clock: Clock,
    ) -> None:
        self._books = books
        self._funds = funds
        self._instruments = instruments
        self._venue_name = venue_name
        self._clock = clock

    @property
    def currencies(self) -> Collection[str]:
        """What the portfolio consists of."""
        quote = self._funds.book.quote
        return {quote, *(instrument.base for instrument in self._instruments.values() if instrument.quote == quote)}

    def is_traded_here(self, symbol: str) -> bool:
        """Whether a trade in `symbol` is a fill of the portfolio; others only show as money that came or went."""
        return symbol in self._instruments

    async def book_trade(self, trade: AccountTrade) -> bool:
        """Book one execution of the owner's own order as a fill; False where the books cannot take it."""
        id_, now = f"external-{trade.venue_order_id}", self._clock.now()
        batch = Batch(id_, Source.EXTERNAL, "owner", f"Traded by hand at {self._venue_name}.", now)
        intent = OrderIntent(
            id=id_,
            batch_id=id_,
            instrument=self._instruments[trade.symbol],
            side=trade.side,
            quantity=trade.quantity,
            type=OrderType.MARKET,
            source=Source.EXTERNAL,
            reason=batch.reason,
        )
        order = Order(id_, intent, OrderStatus.FILLED, trade.at, now, trade.venue_order_id)
        fill = trade.fill_of(id_)
        told = ExternalFill(now, trade.trade_id, trade.symbol, trade.side, trade.quantity, trade.price, trade.fee)
        try:
            await self._books.record_external(batch, order, fill, told)
        except NeedsOperator as error:
            # More was sold than the books hold: the comparison of balances says by how much.
            log.warning("an external trade does not fit the books", trade=trade.trade_id, why=str(error))
            return False
        return True

    async def book_entry(self, entry: LedgerEntry) -> bool:
        """Book one change of a balance as money from outside; False where the books cannot take it.

        Raises Retryable while nothing prices it.
        """
        money = entry.money - entry.fee if entry.fee.currency == entry.money.currency else entry.money
        if not money.amount:
            return True
        note = f"{entry.kind.value} at {self._venue_name}, {entry.at:%Y-%m-%d %H:%M} UTC"
        flow = self.flow(f"{_LEDGER}{entry.id}", money, note)
        try:
            await self._books.record_flow(flow, self.told(flow, entry.kind.value))
        except NeedsOperator as error:
            log.warning("a flow does not fit the books", entry=entry.id, why=str(error))
            return False
        return True

    def flow(self, id_: str, money: Money, note: str) -> CashFlow:
        """Money from outside, booked and valued now. Raises Retryable while nothing prices its currency."""
        quote, now = self._funds.book.quote, self._clock.now()
        if money.currency == quote:
            return CashFlow(id_, money, now, note)
        price = self._funds.price(f"{money.currency}/{quote}")
        if price is None:
            raise Retryable(f"There is no price of {money.currency} yet to value {money} by; trying again shortly.")
        return CashFlow(id_, money, now, note, value=money.amount * price)

    def told(self, flow: CashFlow, word: str) -> ExternalFlow:
        return ExternalFlow(flow.at, flow.id, word, flow.money, flow.worth)
