"""Promise 5: whatever happens in whatever currency, books, ledger and store agree and nothing is made or lost."""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.proof import Proof
from tests.unit.trading.portfolio.books import FEES, PAIRS, Books, random_step

STEPS = 5_000
LONG_STEPS = 1_000_000
STEPS_OF_ONE_LIFE = 60

symbols = st.sampled_from(sorted(PAIRS))
fees = st.sampled_from(FEES)
rates = st.integers(0, 100)
ticks = st.integers(1, 10**7)
permilles = st.one_of(st.just(1000), st.integers(1, 1100))


class Conservation(RuleBasedStateMachine):
    """Random facts in the steps and sizes that venues really have."""

    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.books = Books()

    @initialize(count=st.integers(1, 10**9))
    def fund(self, count: int) -> None:
        self.books.pay_in(count)

    @rule(symbol=symbols, count=st.integers(1, 10**11), ticks=ticks, fee=fees, rate=rates)
    def buy(self, symbol: str, count: int, ticks: int, fee: str, rate: int) -> None:
        self.books.buy(symbol, count, ticks, fee, rate)

    @rule(symbol=symbols, permille=permilles, ticks=ticks, fee=fees, rate=rates)
    def sell(self, symbol: str, permille: int, ticks: int, fee: str, rate: int) -> None:
        self.books.sell(symbol, permille, ticks, fee, rate)

    @rule(symbol=symbols, permille=st.integers(1, 3000), ticks=ticks, fee=fees, rate=rates)
    def sell_short(self, symbol: str, permille: int, ticks: int, fee: str, rate: int) -> None:
        self.books.sell(symbol, permille, ticks, fee, rate, margin=True)

    @rule(count=st.integers(-(10**6), 10**6))
    def pay_in_or_out(self, count: int) -> None:
        self.books.pay_in(count)

    @rule(symbol=symbols, count=st.integers(1, 10**10), ticks=ticks)
    def deposit_coins(self, symbol: str, count: int, ticks: int) -> None:
        self.books.deposit(symbol, count, ticks)

    @rule(symbol=symbols, permille=permilles, ticks=ticks)
    def withdraw_coins(self, symbol: str, permille: int, ticks: int) -> None:
        self.books.withdraw(symbol, permille, ticks)

    @rule(count=st.integers(1, 10**10))
    def reward_in_a_coin_that_nothing_prices(self, count: int) -> None:
        self.books.reward_nobody_prices(count)

    @rule(symbol=symbols, count=st.integers(1, 10**5))
    def roll_over(self, symbol: str, count: int) -> None:
        self.books.roll_over(symbol, count)

    @rule(number=st.integers(0, 10**6))
    def hear_of_a_fact_again(self, number: int) -> None:
        self.books.hear_again(number)

    @rule(count=st.integers(1, 10**6))
    def break_a_transaction_off(self, count: int) -> None:
        self.books.break_off(count)

    @rule()
    def restart(self) -> None:
        self.books.restart()

    @invariant()
    def everything_agrees(self) -> None:
        self.books.check()

    def teardown(self) -> None:
        Conservation.steps += self.books.steps


def test_book_ledger_and_store_agree_after_every_step(proof: Proof, scale: int) -> None:
    chances = settings(max_examples=110 * scale, stateful_step_count=STEPS_OF_ONE_LIFE, deadline=None)
    Conservation.steps = 0
    run_state_machine_as_test(Conservation, settings=chances)
    assert Conservation.steps >= STEPS
    proof(5, cases=Conservation.steps)


@pytest.mark.soak
def test_they_agree_over_a_million_steps(proof: Proof) -> None:
    seed = int(os.environ.get("PURSER_SEED") or 0)
    for life in range(LONG_STEPS // STEPS_OF_ONE_LIFE + 1):
        books, chance = Books(), Random(seed + life)
        for step in range(STEPS_OF_ONE_LIFE):
            try:
                random_step(books, chance)
            except AssertionError as broken:
                raise AssertionError(f"step {step} of PURSER_SEED={seed + life}: {broken}") from broken
    proof(5, cases=LONG_STEPS)
