"""An order's whole story: what was wanted and why, what it was sent as, what came of it and at what price."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trading.contract.read_models import TradeView
from trading.domain.money import ZERO
from trading.domain.order import Batch, Fill, Order, Side
from trading.domain.plan import Cycle
from trading.domain.risk import Approval


@dataclass(frozen=True, slots=True)
class OrderStory:
    """`quoted` is the price (quote per base, middle of bid and ask) it was decided at; None where nobody kept one.

    `attempts` are the client order ids of every try at the same intent, oldest first, this order's among them.
    """

    order: Order
    batch: Batch
    fills: tuple[Fill, ...]
    approval: Approval | None
    cycle: Cycle | None
    attempts: tuple[str, ...]
    quoted: Decimal | None

    @property
    def quantity(self) -> Decimal:
        """What was filled, in base."""
        return sum((fill.quantity for fill in self.fills), ZERO)

    @property
    def notional(self) -> Decimal:
        """What was exchanged in quote, fees left out."""
        return sum((fill.notional for fill in self.fills), ZERO)

    @property
    def fees(self) -> Decimal:
        """In quote."""
        return sum((fill.fee_worth for fill in self.fills), ZERO)

    @property
    def realized(self) -> Decimal:
        return sum((fill.realized for fill in self.fills), ZERO)

    @property
    def slippage(self) -> Decimal | None:
        """What the fills cost in quote beyond the quoted price: above zero is worse, below is better than quoted."""
        if self.quoted is None or not self.fills:
            return None
        beyond = self.notional - self.quantity * self.quoted
        return beyond if self.order.side is Side.BUY else -beyond

    @property
    def slippage_share(self) -> Decimal | None:
        """:attr:`slippage` as a fraction of what was quoted."""
        quoted = self.quantity * self.quoted if self.quoted else ZERO
        return self.slippage / quoted if self.slippage is not None and quoted else None


@dataclass(frozen=True, slots=True)
class TradeStory:
    """One execution, with the order it belongs to."""

    trade: TradeView
    order: OrderStory
