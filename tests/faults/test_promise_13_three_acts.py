"""Promise 13: real orders take three acts, configuration, a key that is trusted, and a typed phrase; two do not do.

The program's own composition stands before a strict exchange, and orders are sent past the review as well.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.kraken import UNLIMITED, Key, KrakenExchange
from tests.faults.kraken.auth import TRADING, Permission
from tests.proof import Proof
from trading.clock import SystemClock
from trading.contract import Amount, AmountUnit, ApprovalView
from trading.domain.order import Order, OrderIntent, OrderStatus, OrderType, Side, Source, client_order_id
from trading.errors import Fatal, Retryable, SettingsError
from trading.risk.live_permit import PHRASE
from trading.running import Running
from trading.settings import CoreSettings, Course, keep_settings, kept_settings
from trading.worlds import open_world

BTC = "BTC/USD"
TRUSTED = Key("trusted")
ANOTHER = Key("another")
WITHDRAWS = Key("withdraws", permissions=TRADING | {Permission.WITHDRAW_FUNDS})


@dataclass(frozen=True, slots=True)
class Acts:
    """Which of the three were done."""

    configured: bool
    trusted: bool
    typed: bool


EVERY = [Acts(*acts) for acts in itertools.product((False, True), repeat=3)]


@asynccontextmanager
async def exchange() -> AsyncIterator[KrakenExchange]:
    keys, balances = [TRUSTED, ANOTHER, WITHDRAWS], {"USD": "100000", "BTC": "1"}
    async with KrakenExchange(keys=keys, balances=balances, clock=SystemClock(), tier=UNLIMITED) as running:
        running.set_price(BTC, 60_000.0)
        yield running


@pytest.fixture
async def kraken() -> AsyncIterator[KrakenExchange]:
    async with exchange() as running:
        yield running


def settings(kraken: KrakenExchange, folder: Path, mode: str = "live", key: Key = TRUSTED, **more: Any) -> CoreSettings:
    plain: dict[str, Any] = {
        "mode": mode,
        "state_dir": folder,
        "symbols": BTC,
        "exchange_base_url": kraken.url,
        "exchange_api_key": key.name,
        "exchange_api_secret": key.secret,
        "exchange_tier": "pro",
        "starting_cash": "100000",
        "max_spread_percent": "0",
        "max_slippage_percent": "0",
    }
    return CoreSettings(**{**plain, **more})


@asynccontextmanager
async def opened(told: CoreSettings, turn: asyncio.Lock | None = None) -> AsyncIterator[Running]:
    async with turn or asyncio.Lock():
        running = await open_world(told, Course())
    try:
        yield running
    finally:
        await running.close()


async def tried(running: Running) -> None:
    """Buy the way people do, and then with an order that no review has seen."""
    core = running.core
    shown = await core.desk.preview_order(Side.BUY, BTC, Amount(Decimal(600), AmountUnit.QUOTE), "@ana")
    if isinstance(shown, ApprovalView):
        await core.desk.approve(shown.approval.id, "@ana", "web")
    now = core.adapters.clock.now()
    intent = OrderIntent(
        "around",
        "",
        core.instruments[BTC],
        Side.SELL,
        Decimal("0.01"),
        OrderType.MARKET,
        Source.STOP,
        "",
        protective=True,
    )
    order = Order(client_order_id(intent), intent, OrderStatus.SUBMITTED, now, now)
    try:
        await core.manager._venue.place_order(order)
    except Retryable as error:
        assert "LIVE is not confirmed" in str(error)


async def sent(acts: Acts, folder: Path, turn: asyncio.Lock) -> tuple[int, int]:
    """Do these acts, try to trade, and count the orders and the private requests that reached the exchange."""
    told = ("live" if acts.configured else "paper", TRUSTED if acts.trusted else WITHDRAWS)
    async with exchange() as kraken:
        try:
            async with opened(settings(kraken, folder, *told), turn) as running:
                await running.core.start()
                if acts.typed:
                    await running.core.desk.confirm_live(PHRASE, "@ana", "web")
                await tried(running)
        except SettingsError as error:
            assert "can withdraw" in str(error)
        return len(kraken.orders), sum(request.private for request in kraken.requests)


async def test_orders_reach_the_exchange_only_when_all_three_acts_were_done(proof: Proof, tmp_path: Path) -> None:
    # All at once, as most of the time is waiting for the public questions, one a second; only new databases take turns.
    turn = asyncio.Lock()
    counts = await asyncio.gather(*(sent(acts, tmp_path / str(number), turn) for number, acts in enumerate(EVERY)))
    for acts, (orders, private) in zip(EVERY, counts, strict=True):
        assert orders == (2 if acts == Acts(True, True, True) else 0), acts
        assert acts.configured or not private, acts
    proof(13, cases=len(EVERY))


async def test_the_phrase_outlives_a_restart_but_not_another_key(kraken: KrakenExchange, tmp_path: Path) -> None:
    async with opened(settings(kraken, tmp_path)) as running:
        await running.core.start()
        await running.core.desk.confirm_live(PHRASE, "@ana", "web")
    for key, confirmed in ((TRUSTED, True), (ANOTHER, False)):
        async with opened(settings(kraken, tmp_path, key=key)) as running:
            await running.core.start()
            live = await running.core.desk.live()
            assert live is not None
            assert live.confirmed is confirmed


class TestBooksOfAnotherWorld:
    @pytest.mark.parametrize(("first", "second"), [("paper", "live"), ("live", "paper")])
    async def test_are_refused_in_one_sentence(
        self, kraken: KrakenExchange, tmp_path: Path, first: str, second: str
    ) -> None:
        async with opened(settings(kraken, tmp_path, first)):
            pass
        with pytest.raises(Fatal, match=rf"another world \({first} exchange USD, not {second} exchange USD\)"):
            await open_world(settings(kraken, tmp_path, second), Course())

    async def test_are_refused_where_only_the_folder_is_shared(self, kraken: KrakenExchange, tmp_path: Path) -> None:
        """Exports, chat history and kept settings are in the folder."""
        async with opened(settings(kraken, tmp_path, "paper")):
            pass
        asked = len(kraken.requests)
        elsewhere = f"sqlite+aiosqlite:///{tmp_path / 'live.db'}"
        with pytest.raises(Fatal, match="set another STATE_DIR"):
            await open_world(settings(kraken, tmp_path, "live", database_url=elsewhere), Course())
        assert not (tmp_path / "live.db").exists()
        assert len(kraken.requests) == asked

    async def test_are_refused_where_only_the_database_is_shared(self, kraken: KrakenExchange, tmp_path: Path) -> None:
        shared = f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
        async with opened(settings(kraken, tmp_path / "paper", "paper", database_url=shared)):
            pass
        with pytest.raises(Fatal, match="set another DATABASE_URL"):
            await open_world(settings(kraken, tmp_path / "live", "live", database_url=shared), Course())
        async with opened(settings(kraken, tmp_path / "live", "paper")):
            """The folder was not marked by what was refused."""

    async def test_leave_no_trace_in_what_the_folder_was_run_with(self, kraken: KrakenExchange, tmp_path: Path) -> None:
        paper = settings(kraken, tmp_path, "paper")
        async with opened(paper):
            keep_settings(paper)
        with pytest.raises(Fatal):
            await open_world(settings(kraken, tmp_path, "live"), Course())
        assert kept_settings(tmp_path)["MODE"] == "paper"
