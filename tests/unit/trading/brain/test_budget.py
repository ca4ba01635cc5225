"""The budget of models: asked before each request, in money and tokens, for a cycle and a local day."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.unit.trading.brain.asking import NOW
from trading.brain.budget import Budget, BudgetLimits, BudgetUsed, dollars
from trading.brain.charge import charged
from trading.brain.meter import Reservation, Used
from trading.brain.prices import PriceTable
from trading.brain.usage import UsageLedger
from trading.clock import SimulatedClock
from trading.domain.usage import ModelCall, Purpose
from trading.store.memory import MemoryStore

PRICES = PriceTable.load(Path(__file__).parents[4] / "data" / "model_prices.json")
LIMITS = BudgetLimits(per_cycle=Decimal("0.50"), per_day=Decimal(2), tokens_per_day=500_000)
CALL = (4_000, 9_000)
"""Tokens in and out that cost ten cents at gpt-4o."""


class Books:
    """A ledger over a store, with clocks that a test may turn."""

    def __init__(self, store: MemoryStore | None = None, limits: BudgetLimits = LIMITS) -> None:
        self.store = store or MemoryStore()
        self.market, self.people = SimulatedClock(NOW - timedelta(days=900)), SimulatedClock(NOW)
        ids = itertools.count(1)
        zone = ZoneInfo("America/Denver")
        self.ledger = UsageLedger(
            self.store, PRICES, Budget(limits), self.market, self.people, lambda: zone, lambda: f"call-{next(ids)}"
        )

    async def ask(self, model: str = "gpt-4o", used: tuple[int, int] | None = CALL) -> None:
        reservation = await self.ledger.reserve(model, *CALL)
        await self.ledger.settle(reservation, Used(used, 1.5, "ok" if used else "it did not come"))

    async def calls(self) -> list[ModelCall]:
        async with self.store.reading() as read:
            return list(await read.model_calls())


@pytest.fixture
def books() -> Books:
    return Books()


async def test_every_request_is_a_row_with_its_price_and_its_purpose(books: Books) -> None:
    with charged(Purpose.REBALANCE, "c1"):
        await books.ask(used=(1_000, 200))
    await books.ask()
    rebalance, question = await books.calls()
    assert (rebalance.purpose, rebalance.cycle_id, rebalance.cost) == (Purpose.REBALANCE, "c1", Decimal("0.0045"))
    assert (rebalance.input_tokens, rebalance.output_tokens, rebalance.seconds) == (1_000, 200, 1.5)
    assert (question.purpose, question.cycle_id, question.cost) == (Purpose.QUESTION, "", Decimal("0.1"))
    assert rebalance.at == books.market.now(), "the books are kept in the market's time"


async def test_a_request_that_nobody_counted_costs_what_was_estimated(books: Books) -> None:
    await books.ask(used=None)
    (call,) = await books.calls()
    assert (call.input_tokens, call.output_tokens, call.cost) == (*CALL, Decimal("0.1"))
    assert books.ledger.today().cost == Decimal("0.1")


async def test_the_day_ends_before_the_request_that_may_go_over_it(books: Books) -> None:
    for _ in range(20):
        await books.ask()
    with pytest.raises(BudgetUsed) as refused:
        await books.ask()
    assert str(refused.value) == (
        "the model's budget of the day is used: $2.00 of $2.00, and this may cost $0.10; tomorrow it goes on, or "
        "raise MODEL_BUDGET_PER_DAY"
    )
    assert len(await books.calls()) == 20


async def test_a_rebalance_has_a_budget_of_its_own(books: Books) -> None:
    with charged(Purpose.REBALANCE, "c1"):
        for _ in range(5):
            await books.ask()
        with pytest.raises(BudgetUsed, match=r"budget of one rebalance is too small: \$0\.50 of \$0\.50 is used"):
            await books.ask()
    await books.ask()
    with charged(Purpose.REBALANCE, "c2"):
        await books.ask()


async def test_requests_side_by_side_do_not_slip_under_the_limit_together(books: Books) -> None:
    every_one_is_asked = asyncio.Barrier(50)

    async def one() -> bool:
        try:
            reservation = await books.ledger.reserve("gpt-4o", *CALL)
        except BudgetUsed:
            await every_one_is_asked.wait()
            return False
        await every_one_is_asked.wait()
        await books.ledger.settle(reservation, Used(CALL, 1, "ok"))
        return True

    assert sum(await asyncio.gather(*(one() for _ in range(50)))) == 20
    assert books.ledger.today().cost == Decimal(2)


async def test_what_was_set_aside_and_not_used_is_there_again(books: Books) -> None:
    for _ in range(25):
        await books.ask(used=(0, 0))
    assert books.ledger.today().cost == 0


async def test_a_model_without_a_price_is_limited_by_its_tokens_alone() -> None:
    books = Books(limits=BudgetLimits(Decimal(0), Decimal(0), 30_000))
    for _ in range(2):
        await books.ask("local-model")
    with pytest.raises(BudgetUsed, match="26,000 of 30,000 tokens, and this may take 13,000"):
        await books.ask("local-model")
    assert [call.cost for call in await books.calls()] == [None, None]
    with pytest.raises(BudgetUsed):
        await books.ask("gpt-4o")


async def test_what_was_spent_is_known_after_a_restart_and_so_is_what_a_crash_cut_off(books: Books) -> None:
    await books.ask()
    await books.ledger.reserve("gpt-4o", *CALL)
    again = Books(books.store)
    await again.ledger.load()
    assert (again.ledger.today().cost, again.ledger.today().tokens) == (Decimal("0.2"), 26_000)


async def test_a_new_local_day_begins_at_local_midnight(books: Books) -> None:
    await books.ask()
    books.people.advance_to(NOW.replace(hour=23, minute=59) + timedelta(hours=7))
    assert books.ledger.today().cost == Decimal("0.1"), "in Denver it is still the first of March"
    books.people.advance(60)
    assert books.ledger.today().cost == 0


async def test_a_zone_where_it_is_still_yesterday_gives_no_second_budget(books: Books) -> None:
    books.people.advance_to(NOW + timedelta(hours=17, minutes=30))
    await books.ask()
    books.ledger.zone = lambda: ZoneInfo("Pacific/Honolulu")
    assert books.ledger.today().cost == Decimal("0.1")


async def test_a_request_that_cannot_be_written_down_is_not_made(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(books.store, "transaction", broken)
    with pytest.raises(OSError, match="disk is full"):
        await books.ledger.reserve("gpt-4o", *CALL)
    assert books.ledger.today().cost == 0


def test_a_request_counts_once_however_often_it_is_settled() -> None:
    budget = Budget(LIMITS)
    budget.begin(NOW.date())
    with charged(Purpose.REBALANCE, "c1") as charge:
        reservation = Reservation("gpt-4o", *CALL, Decimal("0.1"), charge)
    budget.reserve(reservation)
    assert budget.taken.cost == Decimal("0.1")
    budget.settle(reservation, Decimal("0.02"), 100)
    assert (budget.taken.cost, budget.taken.tokens) == (Decimal("0.02"), 100)


def test_money_is_never_told_as_less_than_it_is() -> None:
    assert [dollars(Decimal(cost)) for cost in ("0", "0.001", "0.42", "1234.561")] == [
        "$0.00",
        "$0.01",
        "$0.42",
        "$1,234.57",
    ]
