"""Fills folded into trades: from the first buy of a position to the sale that ended it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from trading.decision.dust import is_sellable
from trading.domain.market import Instrument
from trading.domain.money import ZERO
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow
from trading.portfolio.book import Book


@dataclass(frozen=True, slots=True)
class ClosedTrade:
    """The fills of one position in the order in which they were booked; the last one ended it."""

    fills: tuple[Fill, ...]

    @property
    def id(self) -> str:
        return self.fills[-1].trade_id

    @property
    def symbol(self) -> str:
        return self.fills[0].symbol

    @property
    def opened_at(self) -> datetime:
        return self.of(Side.BUY)[0].at

    @property
    def closed_at(self) -> datetime:
        return self.fills[-1].at

    @property
    def realized(self) -> Decimal:
        """As the ledger booked it, fees in."""
        return sum((fill.realized for fill in self.fills), ZERO)

    @property
    def fees(self) -> Decimal:
        return sum((fill.fee_worth for fill in self.fills), ZERO)

    def of(self, side: Side) -> Sequence[Fill]:
        return [fill for fill in self.fills if fill.side is side]

    @property
    def orders(self) -> tuple[str, ...]:
        """The client order ids, the opening order first."""
        first = self.of(Side.BUY)[0].client_order_id
        return tuple(dict.fromkeys([first, *(fill.client_order_id for fill in self.fills)]))


def quantity(fills: Sequence[Fill]) -> Decimal:
    """What `fills` exchanged, in base."""
    return sum((fill.quantity for fill in fills), ZERO)


def average_price(fills: Sequence[Fill]) -> Decimal:
    """Quote per base, fees left out."""
    return sum((fill.notional for fill in fills), ZERO) / quantity(fills)


@dataclass(slots=True)
class Trades:
    """Takes what was booked, in that order, and gives the trades that it ends.

    What is left where it is too small to be sold alone is dust: a trade is over when the next buy finds no more than
    that, or when whoever looks knows that the order which left it is done (:meth:`left_as_dust`). Coins that came from
    outside have no first buy; coins that the owner took away end a trade without a sale. Neither makes a trade here,
    and no more do short positions.
    """

    quote: str
    instruments: Mapping[str, Instrument]
    fills: int = 0
    flows: int = 0
    _book: Book = field(init=False)
    _open: dict[str, list[Fill]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._book = Book(self.quote)

    def take(self, facts: Iterable[CashFlow | Fill]) -> list[ClosedTrade]:
        """The trades that `facts` end."""
        closed: list[ClosedTrade] = []
        for fact in facts:
            closed += self._fill(fact) if isinstance(fact, Fill) else self._flow(fact)
        return closed

    def left_as_dust(self) -> list[ClosedTrade]:
        """Trades of which only dust is left, where its last order has no more to sell: over, unless it is not done."""
        trades = (ClosedTrade(tuple(fills)) for fills in self._open.values() if fills[-1].side is Side.SELL)
        return [trade for trade in trades if self._is_over(trade.fills[-1])]

    def close(self, trade: ClosedTrade) -> None:
        """`trade` is over; what is left of it stays in the book and belongs to the next one."""
        self._open.pop(trade.symbol, None)

    def _fill(self, fill: Fill) -> list[ClosedTrade]:
        self.fills += 1
        dusty = self._ended_before(fill)
        self._book.apply_fill(fill)
        left = self._book.position(fill.symbol).quantity
        if left < 0 or fill.margin:
            self._open.pop(fill.symbol, None)
        elif fill.side is Side.BUY or fill.symbol in self._open:
            self._open.setdefault(fill.symbol, []).append(fill)
            if not left:
                return [*dusty, ClosedTrade(tuple(self._open.pop(fill.symbol)))]
        return dusty

    def _ended_before(self, fill: Fill) -> list[ClosedTrade]:
        """The trade whose dust this buy finds."""
        fills = self._open.get(fill.symbol)
        if fill.side is not Side.BUY or not fills or fills[-1].side is not Side.SELL or not self._is_over(fills[-1]):
            return []
        return [ClosedTrade(tuple(self._open.pop(fill.symbol)))]

    def _flow(self, flow: CashFlow) -> list[ClosedTrade]:
        self.flows += 1
        self._book.apply_flow(flow)
        symbol = f"{flow.money.currency}/{self.quote}"
        if not self._book.position(symbol).quantity:
            self._open.pop(symbol, None)
        return []

    def _is_over(self, last: Fill) -> bool:
        rules, left = self.instruments.get(last.symbol), self._book.position(last.symbol).quantity
        return rules is not None and not is_sellable(rules, left, last.price)
