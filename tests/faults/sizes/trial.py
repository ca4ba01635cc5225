"""A trial: one random market, one wish after another, and what was wrong with what came of them."""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from tests.faults.sizes.judge import Ruling, whole
from tests.faults.sizes.market import RandomMarket
from trading.contract import Amount, AmountUnit, ApprovalView, Decided
from trading.decision.targets import Derivation, Derived, Portfolio, Terms
from trading.domain.order import FINAL, Batch, Order, Side, Source
from trading.domain.plan import TargetPlan, TargetWeight
from trading.domain.risk import RefusalCode, Refused

ACTOR = "@ana"
SIZED_WRONG = {
    RefusalCode.BELOW_MIN_QUANTITY,
    RefusalCode.BELOW_MIN_NOTIONAL,
    RefusalCode.INVALID_AMOUNT,
    RefusalCode.NOT_ENOUGH_CASH,
    RefusalCode.EXCEEDS_POSITION,
    RefusalCode.NOTHING_TO_SELL,
    RefusalCode.VENUE_REFUSED,
}
"""What a plan's own orders must never be refused for."""


class Trial:
    """`violations` tells what was wrong; `sent`, `refused` and `told` that something happened at all."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._market = RandomMarket(self._chance)
        self._symbols = list(self._market.pairs)
        self.violations: list[str] = []
        self.sent = self.refused = self.told = 0

    async def run(self, cases: int) -> None:
        """One wish per case."""
        await self._market.open()
        self._desk, self._core = self._market.world.desk, self._market.world.core
        acts = [self._wish, self._wish, self._wish, self._close, self._flatten, self._rebalance]
        for _ in range(cases):
            self._market.wander()
            self._market.refresh_books()
            await self._chance.choice(acts)()
        self.sent = len(self._market.judge.seen)
        self.violations += self._market.judge.violations

    async def _wish(self) -> None:
        side, symbol = self._chance.choice(list(Side)), self._chance.choice(self._symbols)
        amount = self._amount(side, symbol)
        asked, held = self._asked(side, symbol, amount), self._held(symbol)
        shown = await self._desk.preview_order(side, symbol, amount, ACTOR)
        if isinstance(shown, Refused):
            self.refused += 1
            return
        (order,) = shown.orders
        self._compare(order, asked, amount.unit, shown.approval.notes)
        if side is Side.SELL:
            self._expect_dust(symbol, held - Fraction(order.intent.quantity), shown.approval.notes)
        await self._press(shown)

    async def _close(self) -> None:
        symbol = self._chance.choice(self._symbols)
        held = self._held(symbol)
        shown = await self._desk.preview_close(symbol, ACTOR)
        if isinstance(shown, Refused):
            self.refused += 1
            return
        self._expect_dust(symbol, held - Fraction(shown.orders[0].intent.quantity), shown.approval.notes)
        await self._press(shown)

    async def _flatten(self) -> None:
        held = {symbol: self._held(symbol) for symbol in self._symbols}
        shown = await self._desk.preview_flatten(ACTOR)
        if isinstance(shown, Refused):
            self.refused += 1
            if shown.code is RefusalCode.NOTHING_TO_SELL:
                self._expect_named([symbol for symbol, left in held.items() if left], shown.detail)
            return
        sold = {order.symbol: Fraction(order.intent.quantity) for order in shown.orders}
        for symbol, quantity in held.items():
            self._expect_dust(symbol, quantity - sold.get(symbol, Fraction(0)), shown.approval.notes)
        await self._press(shown)

    async def _rebalance(self) -> None:
        core = self._core
        batch_id = f"plan-{self._chance.getrandbits(64)}"
        derived = self._derived(batch_id)
        self._expect_leftovers_told(derived)
        if not derived.intents:
            return
        batch = Batch(batch_id, Source.REBALANCE, "a plan", "a plan", self._market.world.clock.now())
        outcome = await core.intake.submit(batch, derived.intents)
        if isinstance(outcome, Refused):
            self.refused += 1
            if outcome.code in SIZED_WRONG:
                self.violations.append(f"a plan's own orders: {outcome.detail}")

    def _derived(self, batch_id: str) -> Derived:
        core, account = self._core, self._core.account
        equity = account.equity()
        assert equity is not None
        held = {position.symbol: position.quantity for position in account.book.positions()}
        quotes = {symbol: self._market.quote(symbol) for symbol in self._symbols}
        ids = (f"{batch_id}-{number}" for number in range(10))
        portfolio, terms = Portfolio(equity, account.free_cash(), held), Terms(core.rules.limits, core.adapters.fees)
        return Derivation(portfolio, core.instruments, quotes, terms, batch_id, lambda: next(ids)).orders(self._plan())

    def _plan(self) -> TargetPlan:
        parts = [self._chance.choice([0, 0, 1, 5, 20, 60]) for _ in self._symbols]
        total = Decimal(sum(parts) + self._chance.choice([0, 1, 20]) or 1)
        weights = tuple(TargetWeight(s, Decimal(p) / total, "") for s, p in zip(self._symbols, parts, strict=True))
        return TargetPlan("a plan", weights, 1 - sum((w.weight for w in weights), Decimal(0)), "a plan")

    def _amount(self, side: Side, symbol: str) -> Amount:
        """Anything that a person could type: far too little, all of it, too much, with digits that no lot has."""
        chance, unit, quote = self._chance, self._chance.choice(list(AmountUnit)), self._market.quote(symbol)
        if unit is AmountUnit.FRACTION:
            share = Decimal(chance.randrange(1, 10**6)).scaleb(-6)
            return Amount(chance.choice([Decimal(1), Decimal("0.5"), share]), unit)
        account = self._core.account
        most = account.free_cash() if side is Side.BUY else account.free_holding(symbol) * quote.bid
        value = most * Decimal(chance.randrange(1, 1_100)) / 1_000 or Decimal(chance.randrange(1, 100))
        value = value if unit is AmountUnit.QUOTE else value / quote.ask
        return Amount(max(round(value, chance.randrange(2, 13)), Decimal("1e-12")), unit)

    def _asked(self, side: Side, symbol: str, amount: Amount) -> Fraction:
        """What `amount` means in coins, reckoned in fractions."""
        quote, value = self._market.quote(symbol), Fraction(amount.value)
        if amount.unit is AmountUnit.BASE:
            return value
        if amount.unit is AmountUnit.QUOTE:
            return value / Fraction(quote.ask if side is Side.BUY else quote.bid)
        if side is Side.SELL:
            return self._held(symbol) * value
        worst = Ruling.of(self._market.pairs[symbol]).worst(quote.ask, self._market.slippage)
        return Fraction(self._core.account.free_cash()) * value / (worst * (1 + Fraction(self._market.fee)))

    def _compare(self, order: Order, asked: Fraction, unit: AmountUnit, notes: Iterable[str]) -> None:
        """Rounded down to the lot and no further; and what that leaves out of the wish is told."""
        sent, quote = Fraction(order.intent.quantity), self._market.quote(order.symbol)
        if sent != whole(asked, Ruling.of(order.intent.instrument).step):
            self.violations.append(f"{float(asked)} {order.symbol} became {order.intent.quantity}")
        worth = (asked - sent) * Fraction(quote.ask if order.side is Side.BUY else quote.bid)
        if asked > sent and (unit is AmountUnit.BASE or worth >= Fraction(1, 100)):
            self._expect_told(order.symbol, notes)

    def _expect_leftovers_told(self, derived: Derived) -> None:
        sold = {intent.symbol: intent.quantity for intent in derived.intents if intent.side is Side.SELL}
        for symbol, quantity in sold.items():
            self._expect_dust(symbol, self._held(symbol) - Fraction(quantity), derived.notes)

    def _expect_dust(self, symbol: str, left: Fraction, notes: Iterable[str]) -> None:
        """Where `left` can never be sold alone, a note says so."""
        if left > 0 and not Ruling.of(self._market.pairs[symbol]).sellable(left, self._market.quote(symbol).bid):
            self._expect_named([symbol], " ".join(note for note in notes if "dust" in note))

    def _expect_told(self, symbol: str, notes: Iterable[str]) -> None:
        base = symbol.partition("/")[0]
        told = any(base in note and ("left out" in note or "dust" in note) for note in notes)
        self._note_silence([] if told else [symbol])

    def _expect_named(self, symbols: Iterable[str], text: str) -> None:
        names = list(symbols)
        self._note_silence([symbol for symbol in names if f" {symbol.partition('/')[0]} (" not in text])

    def _note_silence(self, silent: Iterable[str]) -> None:
        self.told += 1
        self.violations += [f"nothing was said about {symbol}" for symbol in silent]

    async def _press(self, shown: ApprovalView) -> None:
        """Confirm, often after the price has moved a little; what asks again is left alone."""
        if self._chance.random() < 0.5:
            self._market.wander()
        decided = await self._desk.approve(shown.approval.id, ACTOR, "web")
        if isinstance(decided, Refused):
            self.refused += 1
        elif isinstance(decided, Decided) and decided.superseded_by is not None:
            await self._desk.reject(decided.superseded_by.approval.id, ACTOR, "web")
        elif decided.batch is not None:
            self.violations += [f"not over: {o.status}" for o in decided.batch.orders if o.status not in FINAL]

    def _held(self, symbol: str) -> Fraction:
        return Fraction(self._core.account.free_holding(symbol))
