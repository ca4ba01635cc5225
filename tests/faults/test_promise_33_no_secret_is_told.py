"""Promise 33: whatever fails, no secret is in a log, a sentence, a traceback, a chat or a file."""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote
from zoneinfo import available_timezones

import discord
import pytest
import structlog
from telegram.error import BadRequest, InvalidToken, NetworkError

from chatbot.message import Incoming, Press, PressReply, Undeliverable
from chatbot.remote import RemoteBot
from chatbot.settings import ChatSettings
from chatbot.supervision import keep_running
from chatbot.transports.discord_bot import DiscordTransport
from chatbot.transports.discord_errors import explained
from chatbot.transports.telegram import TelegramTransport
from chatbot.transports.telegram_errors import connection_failure, delivery_failure
from main import HERE, OWNER
from tests.faults import canaries
from tests.faults.canaries import ALL, DATABASE, DISCORD, KEY, OPENAI, PASSPHRASE, SECRET, TELEGRAM, found
from tests.faults.telltale import FAULTS, Telltale
from tests.flows.program import MAIN, STATE, command, environment, running
from tests.proof import Proof
from trading.brain.client import OpenAIModel
from trading.clock import SimulatedClock, SystemClock
from trading.contract import Utterance
from trading.doctor import logins
from trading.errors import Fatal, PurserError, SettingsError
from trading.exchange.ccxt_outcome import classify
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.credentials import Credentials
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.venue_refusals import KRAKEN_REFUSALS
from trading.log import configure_logging
from trading.redaction import Redaction
from trading.settings import CoreSettings, SettingsReader, keep_settings
from trading.store.sql_engine import label, parse_url

LIBRARIES = (
    "httpx", "httpcore.connection", "httpx2", "httpcore2.http11", "aiohttp.client", "ccxt.base.exchange",
    "discord.http", "telegram.Bot", "telegram.ext.Updater", "openai._base_client", "sqlalchemy.engine.Engine",
    "aiosqlite", "websockets.client", "uvicorn.access", "apscheduler", "matplotlib",
)  # fmt: skip
CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}\b")
REPEATED = ("500", "502", "524")
"""What Discord's library asks again for, after seconds."""
WITHIN = 0.4
"""Seconds that a client waits; everything is on this machine."""


class Over(BaseException):
    """A supervised service has failed once, and that is enough."""


class OnceClock(SimulatedClock):
    """The clock of a supervisor that gives up where it would wait."""

    async def sleep(self, seconds: float) -> None:
        raise Over


pytestmark = pytest.mark.usefixtures("logging_as_before")


@pytest.fixture(autouse=True)
def nothing_slow_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading authorities and time zones again for each case takes longer than all cases."""
    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *_, **__: None)
    monkeypatch.setattr("trading.settings.kinds.available_timezones", cache(available_timezones))


def logged(folder: Path) -> str:
    return (folder / "purser.log").read_text()


# ---- texts


def test_every_spelling_is_hidden_wherever_it_stands(proof: Proof) -> None:
    redaction, cases = Redaction(*ALL), 0
    for secret in ALL:
        for spelling in canaries.spellings(secret):
            for text in (spelling, f"a {spelling} b", f"https://api/bot{spelling}/x", f'"{spelling}"', spelling * 2):
                assert not found(redaction(text)), text
                cases += 1
        for length in range(canaries.MAY_BE_CUT, len(secret)):
            assert not found(redaction(f"cut {secret[:length]}")), secret[:length]
            cases += 1
    proof(33, cases=cases)


def test_logs_have_none_in_messages_values_and_tracebacks(tmp_path: Path, proof: Proof) -> None:
    configure_logging(tmp_path, "DEBUG", Redaction(*ALL))
    ours, theirs, cases = structlog.get_logger("ours"), logging.getLogger("theirs"), 0
    for secret in ALL:
        for spelling in canaries.spellings(secret):
            ours.info(f"calling {spelling}", value=spelling, nested={"key": [spelling]})
            theirs.info("calling %s", spelling)
            warnings.warn(f"warned of {spelling}", stacklevel=1)
            try:
                raise ValueError(spelling) from KeyError(spelling)
            except ValueError:
                ours.exception("failed")
            cases += 4
    assert not found(logged(tmp_path))
    proof(33, cases=cases)


def test_what_a_line_can_not_be_written_for_is_not_printed_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(tmp_path, "INFO", Redaction(TELEGRAM))
    logging.getLogger("theirs").warning("two %s %s", TELEGRAM)
    assert TELEGRAM not in capsys.readouterr().err


def test_libraries_say_nothing_below_a_warning(tmp_path: Path, proof: Proof) -> None:
    """They write addresses and headers there: with nothing hidden, there must be nothing to find."""
    configure_logging(tmp_path, "DEBUG", Redaction())
    for name in LIBRARIES:
        logging.getLogger(name).debug("GET %s", TELEGRAM)
        logging.getLogger(name).info("GET %s", TELEGRAM)
    assert not found(logged(tmp_path))
    proof(33, cases=2 * len(LIBRARIES))


# ---- settings


def misplaced() -> Iterator[tuple[str, str]]:
    """Every setting with every secret pasted into it, and with one too many around it."""
    for name in (*CoreSettings.model_fields, *ChatSettings.model_fields):
        for secret in ALL:
            if secret not in (PASSPHRASE, DATABASE):  # Those look like any word.
                yield name, secret
    for scheme in ("postgresql", "mysql", "postgresql+asyncpg", "http", "ftp", "sqlite+aiosqlite"):
        for name in ("database_url", "exchange_base_url", "openai_base_url", "telegram_api_base_url"):
            yield name, f"{scheme}://purser:{DATABASE}@host:port/name"
            yield name, f"{scheme}:/purser:{DATABASE}@host/name"
            yield "database_url", f"{scheme}://purser:{DATABASE}"


def test_a_refused_setting_does_not_repeat_a_secret(proof: Proof) -> None:
    cases = 0
    for name, value in misplaced():
        reader = SettingsReader([CoreSettings, ChatSettings], Path("/nowhere"), {name.upper(): value})
        for model in (CoreSettings, ChatSettings):
            try:
                reader.read(model)
            except SettingsError as error:
                assert not found(str(error)), f"{name}: {error}"
        cases += 1
    proof(33, cases=cases)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+asyncpg://purser:{}@host/name",
        "postgresql+asyncpg://purser:x@{}@host/name",
        "postgresql+asyncpg://host/name?user=purser&password={}",
        "postgresql+asyncpg://purser:{}",
        "postgresql+asyncpg://purser@host:{}/name",
    ],
)
def test_a_database_is_called_by_a_name_without_its_password(address: str) -> None:
    try:
        said = label(parse_url(address.format(DATABASE)))
    except SettingsError as error:
        said = str(error)
    assert not found(said)


def test_kept_settings_have_none(tmp_path: Path) -> None:
    given = {
        "EXCHANGE_API_KEY": KEY,
        "EXCHANGE_API_SECRET": SECRET,
        "EXCHANGE_API_PASSWORD": PASSPHRASE,
        "OPENAI_API_KEY": OPENAI,
        "OPENAI_BASE_URL": f"http://host/v1?api-key={TELEGRAM}",
        "EXCHANGE_BASE_URL": f"http://me:{PASSPHRASE.replace('/', '')}@host",
        "DATABASE_URL": f"postgresql+asyncpg://purser:{DATABASE}@host/name",
        "STATE_DIR": str(tmp_path),
    }
    keep_settings(SettingsReader([CoreSettings, ChatSettings], Path("/nowhere"), given).read(CoreSettings))
    assert not canaries.found_in_files(tmp_path)


# ---- clients


async def of_telegram(server: Telltale) -> str:
    transport = TelegramTransport(TELEGRAM, ["1"], server.url, [("status", "Status")], SystemClock(), WITHIN)
    return await supervised("telegram", lambda: transport.run(nobody, nothing))


async def of_discord(server: Telltale) -> str:
    transport = DiscordTransport(DISCORD, ["1"], None, server.url, None, (), SystemClock())
    return await supervised("discord", lambda: transport.run(nobody, nothing))


async def of_model(server: Telltale) -> str:
    model = OpenAIModel(OPENAI, f"{server.url}/v1", "gpt", timeout=WITHIN)
    try:
        await model.turn([Utterance("user", "hello")], [])
    except PurserError as error:
        return str(error)
    finally:
        await model.close()
    return ""


async def of_exchange(server: Telltale) -> str:
    line = private_line(server.url)
    said = []
    try:
        for ask in (lambda: KrakenApi(line).permissions(), lambda: line.ask("private_post_balanceex", {})):
            try:
                said.append(str(await ask()))
            except PurserError as error:
                logging.getLogger("theirs").exception("asked in vain")
                said.append(str(error))
        try:
            answer: object = await line.send("private_post_addorder", {"pair": "XBTUSD"})
        except Exception as error:
            answer = error
        said.append(str(classify(answer, KRAKEN_REFUSALS, "Kraken")))
    finally:
        await line.close()
    return "\n".join(said)


async def of_doctor(server: Telltale) -> str:
    findings = (
        await logins.check_telegram(logins.Telegram(TELEGRAM, "1", server.url)),
        await logins.check_discord(logins.Discord(DISCORD, "1", server.url)),
        await logins.check_model(logins.Model(OPENAI, "gpt", server.url)),
    )
    return "\n".join(finding.detail for finding in findings)


async def of_command_line(server: Telltale) -> str:
    remote = RemoteBot(server.url, TELEGRAM)
    try:
        await remote.on_message(Incoming(OWNER, HERE, "/status", "1", datetime.now(UTC)))
    except Exception as error:
        logging.getLogger("theirs").exception("asked in vain")
        return Redaction(TELEGRAM)(str(error))  # As main prints it.
    finally:
        await remote.close()
    return ""


CLIENTS: dict[str, tuple[str, Callable[[Telltale], Awaitable[str]]]] = {
    "telegram": (TELEGRAM, of_telegram),
    "discord": (DISCORD, of_discord),
    "model": (OPENAI, of_model),
    "exchange": (KEY, of_exchange),
    "doctor": (TELEGRAM, of_doctor),
    "command line": (TELEGRAM, of_command_line),
}


def private_line(url: str) -> PrivateClient:
    credentials = Credentials(KEY, SECRET, PASSPHRASE)
    return PrivateClient("kraken", credentials, clock=SystemClock(), base_url=url, timeout=timedelta(seconds=WITHIN))


async def nobody(_: Incoming) -> None:
    return None


async def nothing(_: Press) -> PressReply:
    return PressReply("")


async def supervised(name: str, service: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(5):
            await keep_running(name, service, OnceClock(datetime.now(UTC)))
    except (Over, TimeoutError):
        pass
    return ""


@pytest.mark.parametrize("name", CLIENTS)
async def test_no_failure_of_a_client_tells_its_secret(name: str, tmp_path: Path, proof: Proof) -> None:
    secret, ask = CLIENTS[name]
    configure_logging(tmp_path, "DEBUG", Redaction(*ALL))
    async with Telltale(secret).serving() as server:
        faults = {each: FAULTS[each] for each in FAULTS if name != "discord" or not each.startswith(REPEATED)}
        for fault, server.fault in faults.items():
            # Undone by hand: what a client says itself goes to chats and books, where nothing hides it afterwards.
            assert not found(await ask(server), (secret,)), fault
            assert server.asked, fault
    for url in ("http://127.0.0.1:9", server.url.replace("http", "https"), f"http://127.0.0.1:1/{secret}"):
        server.url = url
        assert not found(await ask(server), (secret,)), url
    assert not found(logged(tmp_path))
    proof(33, cases=len(faults) + 3)


def test_what_a_chat_says_of_a_failed_message_has_no_token(proof: Proof) -> None:
    page = "\n".join(canaries.spellings(TELEGRAM))
    for spelling in (page, *canaries.spellings(TELEGRAM)):
        for error in (BadRequest(spelling), NetworkError(spelling), InvalidToken(spelling)):
            assert not found(str(delivery_failure(error, TELEGRAM)), (TELEGRAM,))
            assert not found(str(connection_failure(error, TELEGRAM)), (TELEGRAM,))
    for status in (400, 404, 413):
        response = SimpleNamespace(status=status, reason="Status")
        with pytest.raises(Undeliverable) as refused, explained("channel 1"):
            raise discord.HTTPException(response, f"<html>Authorization: Bot {DISCORD}</html>")  # type: ignore[arg-type]
        assert not found(str(refused.value), (DISCORD,))
    proof(33, cases=3 + 3 * (1 + len(list(canaries.spellings(TELEGRAM)))))


# ---- the program

CRASHES = """
import asyncio, gc, logging, os, sys, threading, warnings
from pathlib import Path
sys.path.insert(0, {root!r})
import main
from trading.log import configure_logging
SAID = os.environ["SAID"]

class Unraisable:
    def __del__(self):
        raise ValueError(SAID)

async def crash(settings, course, greet):
    configure_logging(Path("logs"), "DEBUG", main.REDACTION)
    thread = threading.Thread(target=lambda: int(SAID))
    thread.start()
    thread.join()
    Unraisable()
    never_retrieved = asyncio.get_running_loop().create_future()
    never_retrieved.set_exception(ValueError(SAID))
    del never_retrieved
    gc.collect()
    warnings.warn(SAID)
    logging.getLogger("theirs").warning(SAID)
    raise LookupError(SAID)

main._serve = crash
main.cli(["run"])
"""


def secret_settings(url: str) -> dict[str, str]:
    return {
        "TELEGRAM_BOT_TOKEN": TELEGRAM,
        "TELEGRAM_API_BASE_URL": url,
        "DISCORD_BOT_TOKEN": DISCORD,
        "DISCORD_API_BASE_URL": url,
        "EXCHANGE_API_KEY": KEY,
        "EXCHANGE_API_SECRET": SECRET,
        "EXCHANGE_API_PASSWORD": PASSPHRASE,
        "EXCHANGE_BASE_URL": url,
        "OPENAI_API_KEY": OPENAI,
        "OPENAI_BASE_URL": url,
        "OPENAI_LOG": "debug",
        "LOG_LEVEL": "DEBUG",
        "PYTHONASYNCIODEBUG": "1",
    }


def with_database() -> str:
    """A server that is not there; its password needs quoting."""
    return f"postgresql+asyncpg://purser:{quote(DATABASE, safe='')}@127.0.0.1:9/name"


async def test_a_crash_shows_none_whichever_way_it_comes_out(tmp_path: Path, proof: Proof) -> None:
    settings = {**secret_settings("http://127.0.0.1:9"), "DATABASE_URL": with_database()}
    said = "\n".join(spelling for secret in ALL for spelling in canaries.spellings(secret))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CRASHES.format(root=str(MAIN.parent)),
        cwd=tmp_path, env={**environment(tmp_path, settings), "SAID": said},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    printed = (out + err).decode()
    for sign in ("LookupError", "exception was never retrieved", "__del__", "invalid literal for int()", "UserWarning"):
        assert sign in printed, f"{sign} is missing in {printed}"
    assert not found(printed)
    assert not canaries.found_in_files(tmp_path)
    proof(33, cases=6 * len(ALL))


async def test_the_doctor_and_a_start_in_vain_show_none(tmp_path: Path, proof: Proof) -> None:
    async with Telltale(TELEGRAM).serving() as server:
        settings = {**secret_settings(server.url), "MODE": "live", "DATABASE_URL": with_database()}
        for asked in ("doctor", "run"):
            code, out, err = await command(tmp_path, asked, **settings)
            assert code == 1
            assert not found(f"{out}\n{err}")
    assert not canaries.found_in_files(tmp_path)
    proof(33, cases=2 * len(ALL))


async def test_a_running_bot_shows_none_anywhere(tmp_path: Path, proof: Proof) -> None:
    asked = ("/status", "/health", "/audit", "/export", "/pair viewer", "/pair ABCD-2345", "/users", "/version")
    async with Telltale(TELEGRAM).serving() as server:
        settings = {**secret_settings(server.url), "MARKET": "simulated"}
        async with running(tmp_path, "run", **settings) as bot:
            token = bot.program.output.partition("?token=")[2].split()[0]
            replies = [str(await bot.page.ask(text)) for text in asked]
            code = CODE.findall(replies[4])[0]
            files = [path for path in (tmp_path / STATE).rglob("*") if path.is_file() and path.name != "running.json"]
            kept = "\n".join(path.read_bytes().decode("latin-1") for path in files)
        printed = "\n".join([*bot.program.lines, *bot.program.errors])
    shown = printed.replace(f"?token={token}", "")
    assert not found("\n".join([shown, kept, *replies]))
    assert token not in shown + kept
    assert code not in kept + printed
    proof(33, cases=len(ALL) * (len(asked) + len(files)) + 2)


def test_a_known_failure_is_told_without_one(capsys: pytest.CaptureFixture[str]) -> None:
    import typer

    import main

    hooks = sys.excepthook, sys.unraisablehook
    main.REDACTION.add(DATABASE)
    with pytest.raises(typer.Exit), main._told_plainly():
        raise Fatal(f"The database said {DATABASE}.")
    sys.excepthook, sys.unraisablehook = hooks
    assert not found(capsys.readouterr().err)
