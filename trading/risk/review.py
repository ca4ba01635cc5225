"""The review: every order of a batch against every limit, in the order in which they will run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from trading.domain.market import Quote
from trading.domain.money import ZERO
from trading.domain.order import OrderIntent, Side, Source
from trading.domain.risk import Approved, Measure, NeedsApproval, Refused, TradingState, Verdict
from trading.risk.limits import CHECKS, Facts, Limits, Liquidity, cash, holding


class Prices(Protocol):
    """The newest quotes and how old they are."""

    def latest(self, symbol: str) -> Quote | None: ...

    def age(self, symbol: str) -> timedelta | None: ...


class Funds(Protocol):
    """What is free, in-flight orders taken off."""

    def free_cash(self) -> Decimal: ...

    def free_holding(self, symbol: str) -> Decimal: ...

    def equity(self) -> Decimal | None: ...


class SwitchState(Protocol):
    """Whether trading is allowed, and why not."""

    @property
    def state(self) -> TradingState: ...

    @property
    def reason(self) -> str: ...


class Fees(Protocol):
    """What trading at once costs, as a fraction of the notional."""

    def taker(self, symbol: str) -> Decimal: ...


class Unattended(Protocol):
    """What was traded without anybody being asked."""

    def traded(self, source: Source) -> Decimal:
        """By `source` within the last 24 hours, in quote."""
        ...


class NothingUnattended:
    """Everything so far was asked for."""

    def traded(self, source: Source) -> Decimal:
        return ZERO


Obstacle = Callable[[OrderIntent], Refused | None]
"""Why this order cannot be sent now, whatever its size: a frozen pair, a venue that takes no orders. Reads memory."""


UNSEEN: Mapping[str, Liquidity] = {}
"""Nothing is known of the order books."""


@dataclass(frozen=True, slots=True)
class Review:
    """Judges batches. Pure apart from reading the ports it was given."""

    limits: Limits
    prices: Prices
    funds: Funds
    switch: SwitchState
    fees: Fees
    obstacles: Sequence[Obstacle] = ()
    unattended: Unattended = field(default_factory=NothingUnattended)
    asks_above: Callable[[], Decimal | None] | None = None
    """The approval threshold of now, where it may be set at run time; None for that of `limits`."""

    def judge(self, intents: Sequence[OrderIntent], liquidity: Mapping[str, Liquidity] = UNSEEN) -> Verdict:
        """The first refusal, or NeedsApproval, or Approved. Sells are expected before buys: their proceeds count.

        `liquidity` is what the order books say, by intent id.
        """
        refused = self.refusal(intents, liquidity)
        return refused or self._threshold(intents)

    def refusal(self, intents: Sequence[OrderIntent], liquidity: Mapping[str, Liquidity] = UNSEEN) -> Refused | None:
        """The first reason against the batch, or None."""
        money = self.funds.free_cash()
        sold: dict[str, Decimal] = {}
        for intent in intents:
            obstacle = next((found for look in self.obstacles if (found := look(intent))), None)
            if obstacle is not None:
                return obstacle
            facts = self._facts(intent, money, sold, liquidity)
            for check in CHECKS:
                refused = check(intent, facts, self.limits)
                if refused is not None:
                    return refused
            money += self._cash_effect(intent, facts)
            if intent.side is Side.SELL:
                sold[intent.symbol] = sold.get(intent.symbol, ZERO) + intent.quantity
        return None

    def covers(self, intent: OrderIntent) -> bool:
        """Whether what is free now pays for this order alone."""
        facts = self._facts(intent, self.funds.free_cash(), {}, UNSEEN)
        return cash(intent, facts, self.limits) is None and holding(intent, facts, self.limits) is None

    def notional(self, intents: Sequence[OrderIntent]) -> Decimal:
        """The batch's gross size in quote at the prices it would trade at."""
        return sum((self.worth(intent) for intent in intents), ZERO)

    def worth(self, intent: OrderIntent) -> Decimal:
        """One order's size in quote at the price it would trade at; zero where there is none."""
        return intent.quantity * (self.price(intent) or ZERO)

    def fee(self, intent: OrderIntent) -> Decimal:
        """What trading it at once costs in fees, in quote."""
        return self.worth(intent) * self.fees.taker(intent.symbol)

    def needed(self, sizes: Sequence[Decimal], source: Source) -> NeedsApproval | None:
        """The first threshold that orders of these sizes (quote) cross: of one, of all, of the source's 24 hours."""
        threshold = self.limits.approval_threshold if self.asks_above is None else self.asks_above()
        if threshold is None:
            return None
        largest, batch = max(sizes, default=ZERO), sum(sizes, ZERO)
        if largest > threshold:
            return NeedsApproval(largest, threshold, Measure.ORDER)
        if batch > threshold:
            return NeedsApproval(batch, threshold, Measure.BATCH)
        day, most = batch + self.unattended.traded(source), self.limits.daily_sum(threshold)
        return NeedsApproval(day, most, Measure.DAY) if day > most else None

    def _threshold(self, intents: Sequence[OrderIntent]) -> Verdict:
        if not intents or all(intent.protective for intent in intents):
            return Approved()
        return self.needed([self.worth(intent) for intent in intents], intents[0].source) or Approved()

    def _facts(
        self, intent: OrderIntent, money: Decimal, sold: Mapping[str, Decimal], liquidity: Mapping[str, Liquidity]
    ) -> Facts:
        return Facts(
            state=self.switch.state,
            state_reason=self.switch.reason,
            price=self.price(intent),
            price_age=self.prices.age(intent.symbol),
            cash=money,
            holding=self.funds.free_holding(intent.symbol) - sold.get(intent.symbol, ZERO),
            equity=self.funds.equity(),
            fee=self.fees.taker(intent.symbol),
            liquidity=liquidity.get(intent.id),
        )

    def price(self, intent: OrderIntent) -> Decimal | None:
        """What it would trade at: the ask for a buy, the bid for a sale. None while there is no quote."""
        quote = self.prices.latest(intent.symbol)
        if quote is None:
            return None
        return quote.ask if intent.side is Side.BUY else quote.bid

    def _cash_effect(self, intent: OrderIntent, facts: Facts) -> Decimal:
        price, rules = facts.price or ZERO, intent.instrument
        if intent.side is Side.BUY:
            return -intent.quantity * self.limits.cost_of_buying(rules, price, facts.fee)
        return intent.quantity * self.limits.left_of_selling(rules, price, facts.fee)
