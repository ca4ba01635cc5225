"""The review: every order of a batch against every limit, in the order in which they will run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from trading.domain.market import Quote
from trading.domain.money import ZERO
from trading.domain.order import OrderIntent, Side
from trading.domain.risk import Approved, NeedsApproval, Refused, TradingState, Verdict
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
        return sum((i.quantity * (self._price(i) or ZERO) for i in intents), ZERO)

    def expected_fees(self, intents: Sequence[OrderIntent]) -> Decimal:
        """What trading the batch at once costs in fees, in quote."""
        return sum((i.quantity * (self._price(i) or ZERO) * self.fees.taker(i.symbol) for i in intents), ZERO)

    def _threshold(self, intents: Sequence[OrderIntent]) -> Verdict:
        threshold = self.limits.approval_threshold
        if threshold is None or all(intent.protective for intent in intents):
            return Approved()
        notional = self.notional(intents)
        return NeedsApproval(notional, threshold) if notional > threshold else Approved()

    def _facts(
        self, intent: OrderIntent, money: Decimal, sold: Mapping[str, Decimal], liquidity: Mapping[str, Liquidity]
    ) -> Facts:
        return Facts(
            state=self.switch.state,
            state_reason=self.switch.reason,
            price=self._price(intent),
            price_age=self.prices.age(intent.symbol),
            cash=money,
            holding=self.funds.free_holding(intent.symbol) - sold.get(intent.symbol, ZERO),
            equity=self.funds.equity(),
            fee=self.fees.taker(intent.symbol),
            liquidity=liquidity.get(intent.id),
        )

    def _price(self, intent: OrderIntent) -> Decimal | None:
        quote = self.prices.latest(intent.symbol)
        if quote is None:
            return None
        return quote.ask if intent.side is Side.BUY else quote.bid

    def _cash_effect(self, intent: OrderIntent, facts: Facts) -> Decimal:
        price, rules = facts.price or ZERO, intent.instrument
        if intent.side is Side.BUY:
            return -intent.quantity * self.limits.cost_of_buying(rules, price, facts.fee)
        return intent.quantity * self.limits.left_of_selling(rules, price, facts.fee)
