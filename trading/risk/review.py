"""The review: every order of a batch against every limit, in the order in which they will run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from trading.domain.market import Quote
from trading.domain.money import ZERO
from trading.domain.order import OrderIntent, Side
from trading.domain.risk import Approved, NeedsApproval, Refused, TradingState, Verdict
from trading.risk.limits import CHECKS, Facts, Limits


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


Obstacle = Callable[[OrderIntent], Refused | None]
"""Why this order cannot be sent now, whatever its size: a frozen pair, a venue that takes no orders. Reads memory."""


@dataclass(frozen=True, slots=True)
class Review:
    """Judges batches. Pure apart from reading the ports it was given."""

    limits: Limits
    prices: Prices
    funds: Funds
    switch: SwitchState
    obstacles: Sequence[Obstacle] = ()

    def judge(self, intents: Sequence[OrderIntent]) -> Verdict:
        """The first refusal, or NeedsApproval, or Approved. Sells are expected before buys: their proceeds count."""
        refused = self.refusal(intents)
        return refused or self._threshold(intents)

    def refusal(self, intents: Sequence[OrderIntent]) -> Refused | None:
        """The first reason against the batch, or None."""
        cash = self.funds.free_cash()
        sold: dict[str, Decimal] = {}
        for intent in intents:
            obstacle = next((found for look in self.obstacles if (found := look(intent))), None)
            if obstacle is not None:
                return obstacle
            facts = self._facts(intent, cash, sold)
            for check in CHECKS:
                refused = check(intent, facts, self.limits)
                if refused is not None:
                    return refused
            cash += self._cash_effect(intent, facts)
            if intent.side is Side.SELL:
                sold[intent.symbol] = sold.get(intent.symbol, ZERO) + intent.quantity
        return None

    def notional(self, intents: Sequence[OrderIntent]) -> Decimal:
        """The batch's gross size in quote at the prices it would trade at."""
        return sum((i.quantity * (self._price(i) or ZERO) for i in intents), ZERO)

    def _threshold(self, intents: Sequence[OrderIntent]) -> Verdict:
        threshold = self.limits.approval_threshold
        if threshold is None or all(intent.protective for intent in intents):
            return Approved()
        notional = self.notional(intents)
        return NeedsApproval(notional, threshold) if notional > threshold else Approved()

    def _facts(self, intent: OrderIntent, cash: Decimal, sold: dict[str, Decimal]) -> Facts:
        return Facts(
            state=self.switch.state,
            state_reason=self.switch.reason,
            price=self._price(intent),
            price_age=self.prices.age(intent.symbol),
            cash=cash,
            holding=self.funds.free_holding(intent.symbol) - sold.get(intent.symbol, ZERO),
            equity=self.funds.equity(),
        )

    def _price(self, intent: OrderIntent) -> Decimal | None:
        quote = self.prices.latest(intent.symbol)
        if quote is None:
            return None
        return quote.ask if intent.side is Side.BUY else quote.bid

    def _cash_effect(self, intent: OrderIntent, facts: Facts) -> Decimal:
        notional = intent.quantity * (facts.price or ZERO)
        if intent.side is Side.BUY:
            return -notional * self.limits.cost_factor
        return notional * (1 - self.limits.fee_rate) * (1 - self.limits.slippage)
