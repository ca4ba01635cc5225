"""A book, a ledger and a store side by side: facts go in as the program books them, and all three must agree."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from tests.unit.trading.store.facts import START, batch, order
from tests.world import instrument
from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money
from trading.domain.order import Fill, OrderStatus, Side
from trading.domain.portfolio import CashFlow
from trading.errors import NeedsOperator
from trading.portfolio.book import Book
from trading.portfolio.ledger import disagreements, fill_postings, flow_postings, residual
from trading.store.memory import MemoryStore
from trading.store.port import Transaction

T = TypeVar("T")

PAIRS: dict[str, Instrument] = {symbol: instrument(symbol) for symbol in ("BTC/USD", "DOGE/USD", "BNB/USD")}
FEES = ("USD", "base", "BNB", "KFEE")
"""Where a fee is taken: quote, the pair's own base, a currency that is traded too, one that nothing prices."""


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits: a memory store's, with one writer."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
    raise AssertionError("it waits for something")


def lots(count: int) -> Decimal:
    return Decimal(count).scaleb(-8)


def cents(count: int) -> Decimal:
    return Decimal(count).scaleb(-2)


class Books:
    """The three, and what was put into them."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.book = Book("USD")
        self.steps = 0
        self.put_in = ZERO
        """What came from outside, at its value, less what was withdrawn, at its cost."""
        at_once(self._keep_an_order())

    # -- what may happen

    def buy(self, symbol: str, count: int, ticks: int, fee: str, rate: int) -> None:
        self._trade(Side.BUY, symbol, lots(count), cents(ticks), fee, rate)

    def sell(self, symbol: str, permille: int, ticks: int, fee: str, rate: int, margin: bool = False) -> None:
        """Sell a share of what is held, and, on margin, of 1 where nothing is."""
        held = self.book.position(symbol).quantity
        base = held if held > 0 else Decimal(1)
        quantity = lots(int(base * permille * 100_000)) or lots(1)
        self._trade(Side.SELL, symbol, quantity, cents(ticks), fee, rate, margin)

    def pay_in(self, count: int) -> None:
        """Cash comes (or goes: negative)."""
        self._flow(Money(cents(count), "USD"))
        self.put_in += cents(count)

    def deposit(self, symbol: str, count: int, ticks: int) -> None:
        value = lots(count) * cents(ticks)
        self._flow(Money(lots(count), PAIRS[symbol].base), value=value)
        self.put_in += value

    def withdraw(self, symbol: str, permille: int, ticks: int) -> None:
        held, cash = self.book.position(symbol), self.book.cash
        quantity = lots(int(abs(held.quantity) * permille * 100_000)) or lots(1)
        legal = quantity <= held.quantity
        done = self._attempt(
            lambda: self._flow(Money(-quantity, PAIRS[symbol].base), value=-quantity * cents(ticks)), legal
        )
        if done:
            left = self.book.position(symbol)
            assert (self.book.cash, left.realized_pnl) == (cash, held.realized_pnl)
            self.put_in -= held.cost - left.cost

    def reward_nobody_prices(self, count: int) -> None:
        self._flow(Money(lots(count), "KFEE"), value=ZERO)

    def roll_over(self, symbol: str, count: int) -> None:
        self._flow(Money(-cents(count), "USD"), rollover_of=symbol)

    def hear_again(self, number: int) -> None:
        """The venue tells of something that is booked already."""
        known = at_once(self._booked())
        if known:
            fact = known[number % len(known)]
            before = self.book.checkpoint()
            at_once(self._commit(fact))
            assert self.book.checkpoint() == before

    def break_off(self, count: int) -> None:
        """The transaction is not kept: neither is what it did to the book."""
        at_once(self._broken_off(self._a_fill(Side.BUY, "BTC/USD", lots(count), Decimal(7), "base", 10, False)))

    def restart(self) -> None:
        self.book = Book.rebuilt("USD", at_once(self._booked()))

    # -- what must hold

    def check(self) -> None:
        """Nothing is made or lost; book, ledger and the book of the stored facts are one, to the last digit."""
        self.steps += 1
        totals = at_once(self._totals())
        assert residual(totals) == 0
        assert disagreements(totals, self.book) == {}
        assert Book.rebuilt("USD", at_once(self._booked())).checkpoint() == self.book.checkpoint()
        positions = self.book.positions()
        assert all((p.cost > 0) is (p.quantity > 0) or not p.cost for p in positions)
        realized = sum(self.book.realized_of().values(), ZERO)
        assert self.book.cash + sum((p.cost for p in positions), ZERO) == self.put_in + realized

    # -- how it is booked

    def _trade(
        self, side: Side, symbol: str, quantity: Decimal, price: Decimal, fee: str, rate: int, margin: bool = False
    ) -> None:
        fill = self._a_fill(side, symbol, quantity, price, fee, rate, margin)
        leaves = quantity + (fill.fee.amount if fill.fee.currency == PAIRS[symbol].base else ZERO)
        legal = side is Side.BUY or margin or leaves <= self.book.position(symbol).quantity
        self._attempt(lambda: at_once(self._commit(fill)), legal)

    def _attempt(self, act: Callable[[], None], legal: bool) -> bool:
        before = self.book.checkpoint()
        try:
            act()
        except NeedsOperator:
            assert not legal
            assert self.book.checkpoint() == before
            return False
        assert legal
        return True

    def _a_fill(
        self, side: Side, symbol: str, quantity: Decimal, price: Decimal, fee: str, rate: int, margin: bool
    ) -> Fill:
        share, base = Decimal(rate).scaleb(-4), PAIRS[symbol].base
        worth = quantity * price * share
        if fee == "USD":
            taken, value = Money(worth, "USD"), None
        elif fee == "base":
            taken, value = Money(quantity * share, base), worth
        else:
            taken, value = Money(worth / 64, fee), worth if fee == "BNB" else ZERO
        if taken.currency == base and taken.amount >= quantity:
            taken, value = Money(ZERO, base), ZERO
        return Fill(
            self._name(), "order", symbol, side, price, quantity, taken, self._now(), fee_value=value, margin=margin
        )

    def _flow(self, money: Money, **more: Any) -> None:
        at_once(self._commit(CashFlow(self._name(), money, self._now(), "", **more)))

    async def _commit(self, fact: Fill | CashFlow) -> None:
        before = self.book.checkpoint()
        try:
            async with self.store.transaction() as tx:
                await self._book(tx, fact)
        except BaseException:
            self.book.restore(before)
            raise

    async def _broken_off(self, fact: Fill) -> None:
        before = self.book.checkpoint()
        try:
            async with self.store.transaction() as tx:
                await self._book(tx, fact)
                raise InterruptedError
        except InterruptedError:
            self.book.restore(before)

    async def _book(self, tx: Transaction, fact: Fill | CashFlow) -> None:
        if isinstance(fact, CashFlow):
            if await tx.add_cash_flow(fact):
                await tx.add_postings(flow_postings(fact))
                self.book.apply_flow(fact)
        elif await tx.add_fill(replace(fact, realized=self.book.realized_by(fact))):
            await tx.add_postings(fill_postings(fact, PAIRS[fact.symbol]))
            self.book.apply_fill(fact)

    async def _keep_an_order(self) -> None:
        async with self.store.transaction() as tx:
            await tx.add_batch(batch())
            await tx.add_orders([order(status=OrderStatus.ACCEPTED)])

    async def _totals(self) -> dict[tuple[str, str], Decimal]:
        async with self.store.reading() as read:
            return await read.account_totals()

    async def _booked(self) -> list[CashFlow | Fill]:
        async with self.store.reading() as read:
            return list(await read.booked())

    def _name(self) -> str:
        return f"fact-{self.steps}"

    def _now(self) -> datetime:
        # Facts come late and out of order.
        return START + timedelta(seconds=self.steps * 7919 % 1000)


def random_step(books: Books, chance: Random) -> None:
    """One thing that may happen, by chance."""
    symbol, fee, rate = chance.choice(sorted(PAIRS)), chance.choice(FEES), chance.randint(0, 100)
    ticks, permille = chance.randint(1, 10**7), chance.choice((1000, chance.randint(1, 1100)))
    match chance.randrange(14):
        case 0 | 1 | 2:
            books.buy(symbol, chance.randint(1, 10**11), ticks, fee, rate)
        case 3 | 4 | 5:
            books.sell(symbol, permille, ticks, fee, rate)
        case 6 | 7:
            books.sell(symbol, chance.randint(1, 3000), ticks, fee, rate, margin=True)
        case 8:
            books.pay_in(chance.randint(-(10**8), 10**8))
        case 9:
            books.deposit(symbol, chance.randint(1, 10**10), ticks)
        case 10:
            books.withdraw(symbol, permille, ticks)
        case 11:
            books.reward_nobody_prices(chance.randint(1, 10**10))
        case 12:
            books.roll_over(symbol, chance.randint(1, 10**5))
        case _:
            chance.choice((books.restart, lambda: books.hear_again(ticks), lambda: books.break_off(ticks)))()
    books.check()
