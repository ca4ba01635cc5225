"""The doctor against a venue, chat servers and databases on this machine: it tells each thing that is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from tests.faults.kraken import TRADING, UNLIMITED, Fault, Key, KrakenExchange, Permission
from trading.clock import SystemClock
from trading.doctor.checkup import Logins, check_up
from trading.doctor.findings import Finding, Level, can_run
from trading.doctor.logins import Discord, Model, Telegram
from trading.instance import Address, Instance
from trading.settings import CoreSettings
from trading.store.sql import SqlStore

TRADER = Key("trader")
RICH = Key("rich", permissions=frozenset(Permission))
POOR = Key("poor", permissions=TRADING - {Permission.MODIFY, Permission.QUERY_LEDGER})
CONFIRMED = json.dumps({"by": "@owner", "on": "Telegram", "at": "2026-11-21T12:00:00+00:00", "key": "x"})


@pytest.fixture
async def kraken() -> AsyncIterator[KrakenExchange]:
    keys = [TRADER, RICH, POOR]
    async with KrakenExchange(keys=keys, balances={"USD": "500", "BTC": "1"}, tier=UNLIMITED) as venue:
        yield venue


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def settings(kraken: KrakenExchange, state: Path, **more: Any) -> CoreSettings:
    given = {"state_dir": str(state), "exchange_base_url": kraken.url, "symbols": "BTC/USD,ETH/USD", **more}
    return CoreSettings(**given)


def live(kraken: KrakenExchange, state: Path, key: Key = TRADER, **more: Any) -> CoreSettings:
    given = {"mode": "live", "exchange_api_key": key.name, "exchange_api_secret": key.secret, **more}
    return settings(kraken, state, **given)


async def found(chosen: CoreSettings, logins: Logins | None = None) -> dict[str, Finding]:
    findings = await check_up(chosen, logins or Logins(), Path("nowhere/.env"), SystemClock())
    return {finding.what: finding for finding in findings}


async def portfolio(state: Path, template: Path, **kept: str) -> None:
    """A database of the program's with these notes in it."""
    await _copied(template, state)
    store = SqlStore(f"sqlite+aiosqlite:///{state / 'purser.db'}")
    await store.open()
    async with store.transaction() as tx:
        for key, value in kept.items():
            await tx.put_meta(key, value)
    await store.close()


async def _copied(template: Path, state: Path) -> None:
    """To migrate is slow, to copy is not."""
    if not template.exists():  # noqa: ASYNC240
        store = SqlStore(f"sqlite+aiosqlite:///{template}")
        await store.open()
        await store.close()
    state.mkdir(parents=True)  # noqa: ASYNC240
    shutil.copy(template, state / "purser.db")


class TestOnPaper:
    async def test_a_first_start_can_run_and_nothing_is_made(self, kraken: KrakenExchange, state: Path) -> None:
        findings = await found(settings(kraken, state))
        assert can_run(list(findings.values()))
        assert {"Settings", "Python", "State", "Disk", "Database", "Exchange", "Clock", "Pairs", "Cash"} <= set(
            findings
        )
        assert all(findings[name].level is Level.NOTE for name in ("Telegram", "Discord", "Model"))
        assert not state.exists()  # noqa: ASYNC240

    async def test_a_key_is_not_used(self, kraken: KrakenExchange, state: Path) -> None:
        await found(settings(kraken, state, exchange_api_key=TRADER.name, exchange_api_secret=TRADER.secret))
        assert not [request for request in kraken.requests if request.private or request.key]

    async def test_an_exchange_that_cannot_be_reached_is_told(self, kraken: KrakenExchange, state: Path) -> None:
        kraken.fail("AssetPairs", Fault.BAD_GATEWAY, times=None)
        assert (await found(settings(kraken, state)))["Exchange"].level is Level.FAIL

    async def test_an_exchange_that_does_not_exist_is_told(self, kraken: KrakenExchange, state: Path) -> None:
        finding = (await found(settings(kraken, state, exchange="krakken")))["Exchange"]
        assert finding.level is Level.FAIL
        assert "did you mean" in finding.detail

    async def test_pairs_that_are_not_traded_are_named(self, kraken: KrakenExchange, state: Path) -> None:
        finding = (await found(settings(kraken, state, symbols="BTC/USD,LTC/USD,XMR/USD")))["Pairs"]
        assert finding == Finding(Level.FAIL, "Pairs", "Kraken does not trade XMR/USD now; check SYMBOLS.")

    @pytest.mark.parametrize(
        ("cash", "words"), [("0.4", "buys nothing"), ("4", "too little for ETH/USD"), ("50", "covers")]
    )
    async def test_cash_is_held_against_the_smallest_orders(
        self, kraken: KrakenExchange, state: Path, cash: str, words: str
    ) -> None:
        kraken.set_price("BTC/USD", 60_000)
        kraken.set_price("ETH/USD", 3_000)
        assert words in (await found(settings(kraken, state, starting_cash=cash)))["Cash"].detail

    @pytest.mark.parametrize(("skew", "words"), [(0, "within 5 s"), (60, "60 s behind"), (-60, "60 s ahead")])
    async def test_a_clock_that_is_wrong_is_told(
        self, kraken: KrakenExchange, state: Path, skew: int, words: str
    ) -> None:
        kraken.skew = skew
        detail = (await found(settings(kraken, state)))["Clock"].detail
        assert words in detail or (skew and f"{abs(skew) - 1} s" in detail) or (skew and f"{abs(skew) + 1} s" in detail)

    async def test_a_state_directory_in_a_files_place_is_told(self, kraken: KrakenExchange, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        assert (await found(settings(kraken, tmp_path / "file" / "state")))["State"].level is Level.FAIL

    async def test_a_full_disk_is_told(
        self, kraken: KrakenExchange, state: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Usage(NamedTuple):
            free: int = 50 * 1024 * 1024

        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage())
        assert (await found(settings(kraken, state)))["Disk"].detail.startswith("50 MB free, 200 MB are needed")


class TestTheDatabase:
    async def test_one_of_this_world_is_whole(self, kraken: KrakenExchange, state: Path, template: Path) -> None:
        await portfolio(state, template, world="paper exchange USD")
        findings = await found(settings(kraken, state))
        assert (findings["Database"].level, findings["World"].level) == (Level.OK, Level.OK)

    async def test_one_of_another_world_is_refused(self, kraken: KrakenExchange, state: Path, template: Path) -> None:
        await portfolio(state, template, world="paper exchange USD", live_confirmed=CONFIRMED)
        finding = (await found(live(kraken, state)))["World"]
        assert finding.level is Level.FAIL
        assert "(paper exchange USD, not live exchange USD); set STATE_DIR" in finding.detail

    async def test_a_damaged_one_is_told(self, kraken: KrakenExchange, state: Path) -> None:
        state.mkdir()  # noqa: ASYNC240
        (state / "purser.db").write_bytes(b"this is not a database, whatever its name says" * 100)
        assert (await found(settings(kraken, state)))["Database"].level is Level.FAIL

    async def test_while_a_bot_runs_it_is_only_read_and_the_key_is_left_alone(
        self, kraken: KrakenExchange, state: Path, template: Path
    ) -> None:
        await portfolio(state, template, world="live exchange USD", live_confirmed=CONFIRMED)
        before = (state / "purser.db").read_bytes()
        with Instance(state) as instance:
            instance.publish(Address("http://127.0.0.1:1", "token"))
            findings = await found(live(kraken, state))
        assert findings["Account"].level is Level.NOTE
        assert not [request for request in kraken.requests if request.private]
        assert (state / "purser.db").read_bytes() == before


class TestLive:
    async def test_with_a_good_key_and_a_confirmation_it_can_run(
        self, kraken: KrakenExchange, state: Path, template: Path
    ) -> None:
        await portfolio(
            state, template, world="live exchange USD", live_confirmed=CONFIRMED, nonce_mark="99999999999999"
        )
        findings = await found(live(kraken, state))
        assert can_run(list(findings.values())), findings
        assert findings["Confirmation"].detail == "LIVE confirmed by @owner on Telegram, 2026-11-21T12:00."
        assert findings["Fees"].detail == "maker 0.25 %, taker 0.40 % on BTC/USD."
        assert findings["Balances"].detail == "readable; besides cash: BTC."
        assert kraken.violations == []

    async def test_what_is_not_set_is_named(self, kraken: KrakenExchange, state: Path) -> None:
        chosen = settings(kraken, state, mode="live")
        details = [f.detail for f in await check_up(chosen, Logins(), Path(".env"), SystemClock()) if f.what == "Key"]
        assert details == [
            "EXCHANGE_API_KEY is not set; LIVE needs it.",
            "EXCHANGE_API_SECRET is not set; LIVE needs it.",
        ]

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            (RICH, "can withdraw funds"),
            (POOR, "allow it modify-trades, query-ledger at the exchange"),
            (Key("nobody"), "does not accept the key"),
            (Key("trader", secret="not base64"), "not a secret of Kraken's"),
        ],
    )
    async def test_a_key_that_will_not_do_is_told(
        self, kraken: KrakenExchange, state: Path, key: Key, words: str
    ) -> None:
        finding = (await found(live(kraken, state, key)))["Key"]
        assert finding.level is Level.FAIL
        assert words in finding.detail

    async def test_without_a_confirmation_it_cannot_run(self, kraken: KrakenExchange, state: Path) -> None:
        finding = (await found(live(kraken, state)))["Confirmation"]
        assert finding.level is Level.FAIL
        assert "/live" in finding.detail


class Doors:
    """Telegram, Discord and a model server at once: each opens to "good"."""

    async def __aenter__(self) -> Doors:
        app = web.Application()
        app.router.add_get("/bot{token}/getMe", self._telegram)
        app.router.add_get("/api/v10/users/@me", self._discord)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._runner.cleanup()

    async def _telegram(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != "good":
            return web.json_response({"ok": False, "error_code": 401}, status=401)
        return web.json_response({"ok": True, "result": {"id": 1, "username": "purser_bot"}})

    async def _discord(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bot good":
            return web.json_response({"message": "401: Unauthorized"}, status=401)
        return web.json_response({"id": "1", "username": "purser"})

    async def _models(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer good":
            return web.json_response({"error": {"message": "Incorrect API key"}}, status=401)
        return web.json_response({"object": "list", "data": [{"id": "gpt-4o"}]})


def logins(url: str, token: str = "good", place: str | None = "1", model: str = "gpt-4o") -> Logins:
    return Logins(Telegram(token, place, url), Discord(token, place, url), Model(token, model, f"{url}/v1"))


class TestLogins:
    async def test_tokens_that_open_their_doors_are_fine(self, kraken: KrakenExchange, state: Path) -> None:
        async with Doors() as doors:
            findings = await found(settings(kraken, state), logins(doors.url))
        assert findings["Telegram"].detail == "signed in as @purser_bot."
        assert findings["Discord"].detail == "signed in as purser."
        assert findings["Model"].detail == "the key works; gpt-4o is asked."

    async def test_tokens_that_do_not_are_told_and_not_shown(self, kraken: KrakenExchange, state: Path) -> None:
        async with Doors() as doors:
            findings = await found(settings(kraken, state), logins(doors.url, "hunter2"))
        for name in ("Telegram", "Discord", "Model"):
            assert findings[name].level is Level.FAIL
            assert "hunter2" not in findings[name].detail

    async def test_a_chat_that_is_to_be_paired_is_noted(self, kraken: KrakenExchange, state: Path) -> None:
        async with Doors() as doors:
            findings = await found(settings(kraken, state), logins(doors.url, place=None))
        for name, setting in (("Telegram", "TELEGRAM_CHAT_ID"), ("Discord", "DISCORD_CHANNEL_ID")):
            detail = findings[name].detail
            assert f"{setting} is not set" in detail and "the code that the bot prints" in detail
            assert findings[name].level is Level.NOTE

    async def test_a_model_that_the_server_does_not_list_is_noted(self, kraken: KrakenExchange, state: Path) -> None:
        async with Doors() as doors:
            finding = (await found(settings(kraken, state), logins(doors.url, model="gpt-9")))["Model"]
        assert finding.level is Level.NOTE

    async def test_servers_that_are_down_are_told(self, kraken: KrakenExchange, state: Path) -> None:
        async with Doors() as doors:
            url = doors.url
        findings = await found(settings(kraken, state), logins(url))
        assert all("cannot be reached" in findings[name].detail for name in ("Telegram", "Discord", "Model"))
