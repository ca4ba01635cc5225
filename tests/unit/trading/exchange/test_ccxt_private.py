"""One client per key: requests one after the other, nonces that only grow, and nothing sent twice by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tests.unit.trading.exchange.scripted_kraken import KEY, ScriptedKraken, client, text
from trading.clock import SimulatedClock
from trading.errors import Retryable, SettingsError
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.credentials import Credentials
from trading.exchange.key_permissions import reason_against_live
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.request_budget import KRAKEN_TIERS, Urgency
from trading.exchange.unified_api import UnifiedApi
from trading.exchange.venue_apis import private_api


class Kept:
    """Where the nonce mark is written down."""

    def __init__(self) -> None:
        self.mark = 0
        self.writes = 0
        self.is_broken = False

    async def keep(self, mark: int) -> None:
        if self.is_broken:
            raise OSError("the disk is full")
        assert mark > self.mark
        self.mark = mark
        self.writes += 1


class SetClock(SimulatedClock):
    """A clock whose wall time can be set back."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.shift = timedelta()

    def now(self) -> datetime:
        return super().now() + self.shift


async def test_nonces_grow_over_restarts_and_jumps_of_the_clock(kraken: ScriptedKraken) -> None:
    kraken.otherwise("BalanceEx", {})
    clock, kept = SetClock(datetime(2026, 11, 21, 12, 0, tzinfo=UTC)), Kept()
    for jump in (0, 86_400, -86_400, -86_400, 10, 0, 3 * 86_400, -5 * 86_400):
        clock.shift += timedelta(seconds=jump)
        line = client(kraken, clock, nonce_mark=kept.mark, keep_nonce=kept.keep)
        for _ in range(3):
            await line.ask("private_post_balanceex", {})
            assert kraken.asked[-1].nonce <= kept.mark
            clock.advance(0.001)
        await line.close()
    nonces = [asked.nonce for asked in kraken.asked]
    assert nonces == sorted(set(nonces))
    assert kept.writes == 8


async def test_a_request_whose_nonce_cannot_be_kept_is_not_sent(kraken: ScriptedKraken, clock: SimulatedClock) -> None:
    kept = Kept()
    kept.is_broken = True
    line = client(kraken, clock, keep_nonce=kept.keep)
    with pytest.raises(OSError, match="disk"):
        await line.ask("private_post_balanceex", {})
    assert kraken.asked == []
    await line.close()


async def test_requests_go_one_after_the_other(line: PrivateClient, kraken: ScriptedKraken) -> None:
    at_once = most = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return web.json_response({"error": [], "result": {}})

    kraken.otherwise("BalanceEx", answer)
    await asyncio.gather(*(line.ask("private_post_balanceex", {}) for _ in range(20)))
    assert most == 1
    nonces = [asked.nonce for asked in kraken.asked]
    assert nonces == sorted(set(nonces))
    assert len(nonces) == 20


async def test_an_urgent_question_passes_those_that_wait(line: PrivateClient, kraken: ScriptedKraken) -> None:
    go_on = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        await go_on.wait()
        return web.json_response({"error": [], "result": {}})

    kraken.say("BalanceEx", slow)
    for endpoint in ("BalanceEx", "OpenOrders", "TradeBalance"):
        kraken.otherwise(endpoint, {})
    first = asyncio.create_task(line.ask("private_post_balanceex", {}))
    async with asyncio.timeout(5):
        await kraken.until(lambda: len(kraken.asked) == 1)
        ordinary = asyncio.create_task(line.ask("private_post_tradebalance", {}))
        await asyncio.sleep(0)
        urgent = asyncio.create_task(line.ask("private_post_openorders", {}, urgency=Urgency.EXIT))
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(first, ordinary, urgent)
    assert [asked.endpoint for asked in kraken.asked] == ["BalanceEx", "OpenOrders", "TradeBalance"]


async def test_a_failed_question_is_not_repeated_behind_our_back(line: PrivateClient, kraken: ScriptedKraken) -> None:
    kraken.otherwise("BalanceEx", text("<html></html>", status=502))
    with pytest.raises(Retryable):
        await line.ask("private_post_balanceex", {})
    assert len(kraken.asked) == 1


async def test_questions_wait_for_the_counter_on_the_clock_they_are_given(
    kraken: ScriptedKraken, clock: SimulatedClock
) -> None:
    line = client(kraken, clock, tier=KRAKEN_TIERS["starter"])
    kraken.otherwise("BalanceEx", {})
    asking = [asyncio.create_task(line.ask("private_post_balanceex", {})) for _ in range(12)]
    async with asyncio.timeout(5):
        await kraken.until(lambda: len(kraken.asked) == 9)
        await asyncio.gather(*asking[:9])
        clock.advance(60)
        await asyncio.gather(*asking)
    assert len(kraken.asked) == 12
    await line.close()


@pytest.mark.parametrize(
    "credentials", [Credentials("", KEY.secret), Credentials("a-key", " "), Credentials("a-key", "not base64 at all")]
)
def test_a_key_that_cannot_be_one_is_refused_at_once(credentials: Credentials, clock: SimulatedClock) -> None:
    with pytest.raises(SettingsError, match=r"EXCHANGE_API_SECRET") as refused:
        PrivateClient("kraken", credentials, clock=clock)
    assert credentials.secret.strip() == "" or credentials.secret not in str(refused.value)


async def test_kraken_is_spoken_to_in_its_own_words_and_who_cannot_be_asked_is_never_live(
    clock: SimulatedClock,
) -> None:
    own = PrivateClient("kraken", KEY, clock=clock)
    other = PrivateClient("bitvavo", KEY, clock=clock)
    assert isinstance(private_api(own), KrakenApi)
    assert isinstance(private_api(other), UnifiedApi)
    assert "cannot be verified" in (reason_against_live(await UnifiedApi(other).permissions()) or "")


async def test_a_key_with_a_passphrase_is_refused_without_it(clock: SimulatedClock) -> None:
    with pytest.raises(SettingsError, match="EXCHANGE_API_PASSWORD is needed"):
        PrivateClient("okx", KEY, clock=clock)
    line = PrivateClient("okx", Credentials(KEY.key, KEY.secret, "a passphrase"), clock=clock)
    assert line.client.password == "a passphrase"
    await line.close()
