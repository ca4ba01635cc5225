"""What the venue takes decides what is sent, every change is told once, and a refusal teaches at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.faults.kraken import UNLIMITED, Key, KrakenExchange
from tests.unit.trading.exchange.test_ccxt_venue import order
from trading.clock import SimulatedClock
from trading.domain.event import VenueModeChanged
from trading.domain.order import OrderStatus, Side
from trading.domain.risk import RefusalCode
from trading.errors import Retryable
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.credentials import Credentials
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.venue_modes import mode_source
from trading.exchange.venue_status import Modes, VenueStatus

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BTC, ETH = "BTC/USD", "ETH/USD"
ENTRY, LIMIT = order().intent, order(limit="50000").intent
EXIT = order(side=Side.SELL, protective=True).intent
LIMIT_EXIT = order(side=Side.SELL, protective=True, limit="50000").intent
EVERY_KIND = {"entry": ENTRY, "limit": LIMIT, "exit": EXIT, "limit exit": LIMIT_EXIT}


class Scripted:
    """A source that says what a test tells it to, and counts the questions."""

    name = "Kraken"

    def __init__(self) -> None:
        self.answer: Modes | Retryable = Modes()
        self.asked = 0

    async def modes(self, symbols: Sequence[str]) -> Modes:
        self.asked += 1
        if isinstance(self.answer, Retryable):
            raise self.answer
        return self.answer


class Journal:
    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []

    async def __call__(self, event: VenueModeChanged) -> None:
        self.told.append((event.symbol, event.old, event.new))


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(START)


@pytest.fixture
def source() -> Scripted:
    return Scripted()


@pytest.fixture
def journal() -> Journal:
    return Journal()


@pytest.fixture
def status(source: Scripted, journal: Journal, clock: SimulatedClock) -> VenueStatus:
    return VenueStatus(source, [BTC, ETH], journal, clock)


@pytest.mark.parametrize(
    ("mode", "taken"),
    [
        ("online", {"entry", "limit", "exit", "limit exit"}),
        ("limit_only", {"limit", "limit exit"}),
        ("reduce_only", {"exit", "limit exit"}),
        ("post_only", set()),
        ("cancel_only", set()),
        ("maintenance", set()),
        ("a_new_mode", {"exit", "limit exit"}),
    ],
)
@pytest.mark.parametrize("where", ["whole", "pair"])
async def test_a_mode_lets_through_what_the_venue_would_take(
    status: VenueStatus, source: Scripted, mode: str, taken: set[str], where: str
) -> None:
    source.answer = Modes(mode) if where == "whole" else Modes("online", {BTC: mode})
    await status.look()
    assert {name for name, intent in EVERY_KIND.items() if status.refusal(intent) is None} == taken


async def test_a_refusal_says_what_where_and_what_comes_next(status: VenueStatus, source: Scripted) -> None:
    source.answer = Modes("online", {BTC: "cancel_only"})
    await status.look()
    refused = status.refusal(ENTRY)
    assert refused is not None
    assert (refused.code, refused.symbol) == (RefusalCode.VENUE_MODE, BTC)
    assert refused.detail == (
        "Kraken's BTC/USD market takes only cancels now (cancel_only), so nothing was sent; you are told when that "
        "changes, then try again."
    )
    assert status.alerts() == ["Kraken's BTC/USD market takes only cancels."]


async def test_one_pairs_mode_stops_no_other_pair(status: VenueStatus, source: Scripted) -> None:
    source.answer = Modes("online", {ETH: "cancel_only"})
    await status.look()
    assert status.refusal(ENTRY) is None


async def test_each_change_is_told_once(status: VenueStatus, source: Scripted, journal: Journal) -> None:
    for mode in ("online", "cancel_only", "cancel_only", "post_only", "online"):
        source.answer = Modes(mode)
        await status.look()
    assert journal.told == [
        ("", "online", "cancel_only"),
        ("", "cancel_only", "post_only"),
        ("", "post_only", "online"),
    ]


async def test_a_failed_look_leaves_the_last_answer_standing(
    status: VenueStatus, source: Scripted, journal: Journal
) -> None:
    source.answer = Modes("maintenance")
    await status.look()
    source.answer = Retryable("not now")
    with pytest.raises(Retryable):
        await status.look()
    assert status.refusal(EXIT) is not None
    assert len(journal.told) == 1


@asynccontextmanager
async def running(status: VenueStatus) -> AsyncIterator[None]:
    task = asyncio.create_task(status.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    """Let everything run as far as it can without time passing; by then it must be so."""
    for _ in range(50):
        await asyncio.sleep(0)
    assert is_so()


async def test_it_looks_once_a_minute(status: VenueStatus, source: Scripted, clock: SimulatedClock) -> None:
    async with running(status):
        await until(lambda: source.asked == 1)
        for looks in range(2, 6):
            clock.advance(59)
            await until(lambda looks=looks: source.asked == looks - 1)  # type: ignore[misc]
            clock.advance(1)
            await until(lambda looks=looks: source.asked == looks)  # type: ignore[misc]


async def test_what_a_refusal_told_is_believed_and_told_at_once(
    status: VenueStatus, source: Scripted, journal: Journal, clock: SimulatedClock
) -> None:
    async with running(status):
        await until(lambda: source.asked == 1)
        status.learn(BTC, "cancel_only")
        assert status.refusal(EXIT) is not None
        await until(lambda: bool(journal.told))
        # SystemStatus may lag behind the engine: its "online" does not undo what the engine said a moment ago.
        assert journal.told == [(BTC, "online", "cancel_only")]
        clock.advance(60)
        await until(lambda: len(journal.told) == 2)
        assert status.refusal(EXIT) is None
        assert journal.told[1] == (BTC, "cancel_only", "online")


async def test_what_a_refusal_told_is_known_for_the_whole_exchange_once_that_says_so(
    status: VenueStatus, source: Scripted, journal: Journal
) -> None:
    async with running(status):
        await until(lambda: source.asked == 1)
        source.answer = Modes("cancel_only")
        status.learn(BTC, "cancel_only")
        await until(lambda: bool(journal.told))
        assert journal.told == [("", "online", "cancel_only")]


@pytest.fixture
async def kraken(clock: SimulatedClock) -> AsyncIterator[KrakenExchange]:
    keys, balances = [Key("key")], {"USD": "10000", "BTC": "1"}
    async with KrakenExchange(keys=keys, balances=balances, clock=clock, tier=UNLIMITED) as venue:
        yield venue


@pytest.fixture
async def line(kraken: KrakenExchange, clock: SimulatedClock) -> AsyncIterator[PrivateClient]:
    made = PrivateClient("kraken", Credentials("key", Key("key").secret), clock=clock, base_url=kraken.url)
    made.client.timeout_on_exit = 0
    yield made
    await made.close()


_MARKET_MODES = ("online", "cancel_only", "post_only", "limit_only")


@pytest.mark.parametrize(
    ("where", "mode"),
    # A pair alone is never in maintenance.
    [("whole", "maintenance"), *((where, mode) for where in ("whole", "pair") for mode in _MARKET_MODES)],
)
@pytest.mark.parametrize("name", ["entry", "exit", "limit"])
async def test_what_it_lets_through_is_what_the_venue_takes(
    kraken: KrakenExchange,
    line: PrivateClient,
    journal: Journal,
    clock: SimulatedClock,
    mode: str,
    where: str,
    name: str,
) -> None:
    status = VenueStatus(mode_source(line), [BTC, ETH], journal, clock)
    await line.markets()
    if where == "whole":
        kraken.system = mode
    else:
        kraken.set_status(BTC, mode)
    await status.look()
    wish = replace(order(), intent=EVERY_KIND[name], created_at=clock.now())
    is_let_through = status.refusal(wish.intent) is None
    try:
        placed = (await CcxtVenue(KrakenApi(line)).place_order(wish)).status is OrderStatus.ACCEPTED
    except Exception:
        placed = False
    assert is_let_through == placed
    assert journal.told == ([] if mode == "online" else [("" if where == "whole" else BTC, "online", mode)])


async def test_looking_costs_the_keys_budget_nothing(
    kraken: KrakenExchange, line: PrivateClient, journal: Journal, clock: SimulatedClock
) -> None:
    status = VenueStatus(mode_source(line), [BTC, ETH], journal, clock)
    for _ in range(60):
        await status.look()
    assert not [request for request in kraken.requests if request.private]
    assert kraken.violations == []


async def test_the_venue_adapter_teaches_it(
    kraken: KrakenExchange, line: PrivateClient, journal: Journal, clock: SimulatedClock
) -> None:
    status = VenueStatus(mode_source(line), [BTC], journal, clock)
    await status.look()
    kraken.set_status(BTC, "cancel_only")
    wish = replace(order(), created_at=clock.now())
    answer = await CcxtVenue(KrakenApi(line), learn_mode=status.learn).place_order(wish)
    assert answer.status is OrderStatus.REJECTED
    assert status.mode(BTC) == "cancel_only"
