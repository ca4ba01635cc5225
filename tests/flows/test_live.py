"""LIVE at a strict exchange, the real program: three acts, a buy, a sale, a stop, and books that equal the account.

Every reply to an order is lost after the exchange has executed it: the program has to find out what became of each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from tests.faults.kraken import UNLIMITED, Fault, Key, KrakenExchange
from tests.faults.kraken.auth import TRADING, Permission
from tests.flows.page import button, said
from tests.flows.program import STATE, Bot, command, running
from trading.clock import SystemClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = Key("bot")
SETTLED_WITHIN = 60.0


def settings(url: str, key: Key = KEY) -> dict[str, str]:
    later = (SystemClock().now().hour + 12) % 24  # no scheduled work comes between
    return {
        "MODE": "live",
        "EXCHANGE_BASE_URL": url,
        "EXCHANGE_API_KEY": key.name,
        "EXCHANGE_API_SECRET": key.secret,
        "EXCHANGE_TIER": "pro",
        "SYMBOLS": "BTC/USD,ETH/USD",
        "MONITOR_INTERVAL_SECONDS": "1",
        "TIMEZONE": "UTC",
        "REBALANCE_AT": f"{later:02}:30",
        "REPORT_AT": f"{later:02}:40",
    }


@dataclass(frozen=True)
class Live:
    """A bot in LIVE at an exchange in this process."""

    bot: Bot
    kraken: KrakenExchange

    async def confirmed(self, wish: str) -> str:
        """Ask for `wish`, press its button; what came of it."""
        preview = await self.bot.page.ask(wish)
        pressed = await self.bot.page.press(button(preview, "Confirm"))
        return said(pressed["edit"] or pressed["send"])

    def sent(self) -> Counter[str]:
        """How often the exchange saw each of our client order ids."""
        return Counter(id_ for order in self.kraken.orders.values() if (id_ := order.ticket.cl_ord_id))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kraken() -> AsyncIterator[KrakenExchange]:
    keys = [KEY, Key("thief", permissions=TRADING | {Permission("withdraw-funds")})]
    balances = {"USD": "1000", "BTC": "0.01"}
    async with KrakenExchange(keys=keys, balances=balances, clock=SystemClock(), tier=UNLIMITED) as exchange:
        exchange.set_price("BTC/USD", 60_000.0)
        exchange.set_price("ETH/USD", 3_000.0)
        yield exchange


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(kraken: KrakenExchange, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    async with running(tmp_path_factory.mktemp("live"), "run", **settings(kraken.url)) as bot:
        yield Live(bot, kraken)


async def test_a_key_that_can_withdraw_does_not_start(kraken: KrakenExchange, tmp_path: Path) -> None:
    code, _, told = await command(tmp_path, "run", **settings(kraken.url, Key("thief")))
    assert code == 1
    assert "can withdraw" in told


async def test_nothing_is_sent_before_somebody_has_typed_the_phrase(live: Live) -> None:
    told = await live.bot.page.message("LIVE is not confirmed")
    assert "/live TRADE REAL MONEY" in said(told)
    assert "not confirmed" in said(await live.bot.page.ask("/buy 60 btc"))
    assert "nothing was changed" in said(await live.bot.page.ask("/live trade play money"))
    assert not live.kraken.orders
    assert "Orders go to the exchange" in said(await live.bot.page.ask("/live trade real money"))


async def test_the_account_s_money_is_the_portfolio(live: Live) -> None:
    assert live.bot.books.close().held == {"USD": Decimal(1000), "BTC": Decimal("0.01")}
    assert "agree" in said(await live.bot.page.ask("/reconcile"))


async def test_it_buys_and_sells_although_every_reply_is_lost(live: Live) -> None:
    for endpoint in ("AddOrder", "AddOrder?validate"):
        live.kraken.fail(endpoint, Fault.LOST_REPLY, times=None, executed=True)
    assert "1 of 1 filled" in await live.confirmed("/buy 100 eth")
    assert "1 of 1 filled" in await live.confirmed("/sell 0.002 btc")


async def test_a_stop_sells_by_itself(live: Live) -> None:
    live.kraken.set_price("ETH/USD", 2_900.0)
    await live.bot.page.message("Stop", "ETH", "1 of 1 filled", within=SETTLED_WITHIN)
    assert not live.kraken.balances.get("ETH")


async def test_the_owner_s_own_trade_and_deposit_are_booked_and_told(live: Live) -> None:
    mine = live.kraken.order_by_hand("BTC/USD", "buy", "market", Decimal("0.001"))
    live.kraken.post("USD", "deposit", Decimal(50))
    await live.bot.page.ask("/reconcile")
    await live.bot.page.message("by hand", "BTC")
    await live.bot.page.message("eposit", "50")
    assert mine.status == "closed"


async def test_no_order_was_sent_twice_and_the_ledger_equals_the_account(live: Live) -> None:
    assert "agree" in said(await live.bot.page.ask("/reconcile"))
    sent = live.sent()
    assert len(sent) == 3 and set(sent.values()) == {1}
    closing = live.bot.books.close()
    account = {currency: amount for currency, amount in live.kraken.balances.items() if amount}
    assert closing.agrees()
    assert closing.held == account
    assert not live.kraken.violations


async def test_paper_cannot_take_up_these_books(live: Live, tmp_path: Path) -> None:
    await live.bot.program.stop()
    code, _, told = await command(
        tmp_path, "run", EXCHANGE_BASE_URL=live.kraken.url, SYMBOLS="BTC/USD", STATE_DIR=str(live.bot.state)
    )
    assert code == 1
    assert "another world" in told
    assert live.bot.state.name == STATE
