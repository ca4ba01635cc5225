"""The command line: reads settings, builds core and chat, and joins them. The only place that builds both."""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import Progress

from chatbot.agent.agent import Agent
from chatbot.app import ChatApp
from chatbot.commands.catalogue import catalogue
from chatbot.commands.registry import Registry
from chatbot.message import Actor, Channel, Incoming, MessageHandler, Press, PressHandler, Reply, Transport
from chatbot.present.charts import Charts
from chatbot.remote import RemoteBot
from chatbot.settings import ChatSettings
from chatbot.store import ChatStore
from chatbot.transports.console import ConsoleTransport
from chatbot.transports.terminal import TerminalTransport
from chatbot.transports.terminal_text import print_reply, reply_to_json, save_pictures
from trading.clock import SystemClock
from trading.errors import Fatal, PurserError
from trading.instance import Address, Instance, running_at
from trading.log import configure_logging
from trading.settings import CoreSettings, SettingsReader, day_start, keep_settings, kept_settings
from trading.worlds import Course, Running, open_world

ENV_FILE = Path(".env")
DEMO_STATE = Path("data/state/demo")
DEMO_DEFAULTS = {"STARTING_CASH": "10000", "APPROVAL_MODES": "live,paper", "STATE_DIR": str(DEMO_STATE)}
DEMO = {"MODE": "paper", "MARKET": "simulated"}
STOP_WITHIN_SECONDS = 2.0
PAGE_HISTORY = 200
"""Messages the page still shows after a restart."""
TELL_WITHIN_SECONDS = 20.0
Result = TypeVar("Result")
Said = tuple[Reply, Path]
OWNER = Actor("terminal", "owner", "owner")
HERE = Channel("terminal", "command line")

cli = typer.Typer(
    help="Purser keeps and trades a crypto portfolio, and is run from chat.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DayOption = Annotated[
    float, typer.Option("--day", min=0.0, help="Real seconds per simulated day (simulated and recorded markets).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the reply as JSON.")]


@dataclass(frozen=True, slots=True)
class Settings:
    """What core and chat were told."""

    core: CoreSettings
    chat: ChatSettings

    @classmethod
    def read(cls, defaults: dict[str, str] | None = None, forced: dict[str, str] | None = None) -> Settings:
        reader = SettingsReader([CoreSettings, ChatSettings], ENV_FILE, defaults=defaults, forced=forced)
        return cls(reader.read(CoreSettings), reader.read(ChatSettings))

    def secrets(self) -> Iterator[str]:
        """Every secret's text, to be kept out of the logs."""
        for model in (self.core, self.chat):
            for name in type(model).model_fields:
                value = getattr(model, name)
                if isinstance(value, SecretStr):
                    yield value.get_secret_value()


@cli.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Without a command: run where a .env exists, else the demo."""
    if context.invoked_subcommand is None:
        if ENV_FILE.exists():
            run()
        else:
            demo()


@cli.command()
def run(
    start_at: Annotated[str, typer.Option("--from", help="First day of a recorded run, like 2025-01-01.")] = "",
    end_at: Annotated[str, typer.Option("--to", help="Where a recorded run ends.")] = "",
    day: DayOption = 60.0,
) -> None:
    """Trade the configured market and serve every configured chat, until stopped."""
    with _told_plainly():
        settings = Settings.read()
        zone = settings.core.timezone
        course = Course(_instant(start_at, zone), _instant(end_at, zone), day)
        _run(_serve(settings, course, _greet_run))


@cli.command()
def demo(day: DayOption = 60.0) -> None:
    """Try it: simulated market, paper money, one simulated day per minute."""
    with _told_plainly():
        _run(_serve(Settings.read(DEMO_DEFAULTS, DEMO), Course(day_seconds=day), _greet_demo))


@cli.command()
def ask(text: str, as_json: JsonOption = False) -> None:
    """Send one message as the owner and print the reply."""
    with _told_plainly():
        reply = _run(_with_bot(lambda bot: _asked(bot, text)))
        _show(reply, as_json)


@cli.command()
def press(button: str, as_json: JsonOption = False) -> None:
    """Press a button by its id, as a reply showed it."""
    with _told_plainly():
        reply = _run(_with_bot(lambda bot: _pressed(bot, button)))
        _show(reply, as_json)


@cli.command()
def chat() -> None:
    """Chat in this terminal, with the running bot or with the state directory."""
    with _told_plainly():
        _run(_with_bot(_chat))


@cli.command()
def replay(
    candles: Annotated[Path, typer.Option(help="Folder with candle files.")],
    symbols: Annotated[str, typer.Option(help="Pairs, comma separated: BTC/USDT,ETH/USDT.")],
    timeframe: Annotated[str, typer.Option(help="1m to 1d; by default the finest that every pair has.")] = "",
    start_at: Annotated[str, typer.Option("--from", help="First day, like 2025-01-01.")] = "",
    end_at: Annotated[str, typer.Option("--to", help="The day after the last.")] = "",
    strategy: Annotated[str, typer.Option(help="allocator, sma_cross or buy_and_hold.")] = "allocator",
    parameters: Annotated[list[str] | None, typer.Option("--set", help="key=value, again for each.")] = None,
    cash: Annotated[str, typer.Option(help="Starting cash, in the quote currency.")] = "10000",
    fee: Annotated[str, typer.Option(help="Fee as a fraction of the notional.")] = "0.0040",
    stop: Annotated[str, typer.Option(help="Stop loss in percent of the entry; 0 for none.")] = "2",
    target: Annotated[str, typer.Option(help="Take profit in percent of the entry; 0 for none.")] = "3",
    json_file: Annotated[Path | None, typer.Option("--json", help="Write trades and figures to this file.")] = None,
) -> None:
    """Run a strategy over recorded candles through the same orders, risk and books."""
    from trading.research.report import as_json as result_as_json
    from trading.research.report import as_text, replay_request
    from trading.research.session import replay as run_replay

    with _told_plainly():
        request = replay_request(
            candles, symbols, timeframe, start_at, end_at, strategy, parameters or [], cash, fee, stop, target
        )
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("replaying", total=None)
            result = _run(run_replay(request, lambda done, all_: bar.update(task, completed=done, total=all_)))
        if json_file is not None:
            json_file.write_text(json.dumps(result_as_json(result), indent=1))
        print(as_text(result))


async def _serve(settings: Settings, course: Course, greet: Callable[[Running, str], None]) -> None:
    """Run core and chat until stopped, or until a bounded world ends."""
    state = settings.core.state_dir
    with Instance(state) as instance:
        configure_logging(state, settings.core.log_level, settings.secrets())
        keep_settings(settings.core)
        stop = _stop_on_signals()
        running = await open_world(settings.core, course)
        try:
            await running.core.start()
            chat_store = await _chat_store(settings.core)
            token = secrets.token_urlsafe(24)
            charts = Charts()
            transports, web = _transports(settings.chat, running, charts, token, state)
            app = _app(settings, running, transports, chat_store, charts)
            async with asyncio.TaskGroup() as group:
                chat_done = asyncio.Event()
                chatting = group.create_task(app.run(chat_done), name="chat")
                instance.publish(Address(await _page_address(web, chatting), token))
                greet(running, await web.link())
                await _drive(running, stop, lambda: _all_told(running, transports, chat_store))
                chat_done.set()
            await app.close()
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(running.close(), STOP_WITHIN_SECONDS)


async def _drive(running: Running, stop: asyncio.Event, told: Callable[[], Awaitable[None]]) -> None:
    """The core's services beside its main loop. A fault in any of them ends everything."""
    services = [asyncio.create_task(service(), name=name) for name, service in running.services.items()]
    main_loop = asyncio.create_task(running.main(), name="core")
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait({*services, main_loop, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        if main_loop in done and not stop.is_set():
            await told()
    finally:
        for task in (*services, main_loop, stopping):
            task.cancel()
        await asyncio.gather(*services, main_loop, stopping, return_exceptions=True)


async def _all_told(running: Running, transports: Sequence[Transport], store: ChatStore) -> None:
    """Return once every channel has heard the end of the journal, or has had long enough to."""
    clock, end = SystemClock(), await running.core.desk.last_event()
    keys = [channel.key for transport in transports for channel in transport.channels()]
    until = clock.monotonic() + TELL_WITHIN_SECONDS
    while clock.monotonic() < until:
        if min([await store.cursor(key) or 0 for key in keys], default=end) >= end:
            return
        await clock.sleep(0.1)


def _app(
    settings: Settings, running: Running, transports: Sequence[Transport], store: ChatStore, charts: Charts
) -> ChatApp:
    desk = running.core.desk
    agent = Agent(desk, charts, running.questions)
    return ChatApp(desk, transports, store, settings.chat, agent, charts, running.core.adapters.people)


async def _chat_store(settings: CoreSettings) -> ChatStore:
    store = ChatStore(f"sqlite+aiosqlite:///{settings.state_dir / 'chat.db'}")
    await store.open()
    return store


def _transports(
    settings: ChatSettings, running: Running, charts: Charts, token: str, state_dir: Path
) -> tuple[list[Transport], Any]:
    """Every configured platform; the page always, and the terminal for notices."""
    from chatbot.transports.web import WebTransport
    from chatbot.transports.web_diary import Diary

    core, registry = running.core, catalogue()
    people, hints = core.adapters.people, [(command.name, command.summary) for command in registry]
    host, port = settings.dashboard_host, settings.dashboard_port
    diary = Diary(state_dir / "page", PAGE_HISTORY)
    web = WebTransport(host, port, token, core.desk, people, _banner(running), charts, hints, diary)
    transports: list[Transport] = [web, ConsoleTransport()]
    if settings.telegram_bot_token:
        from chatbot.transports.telegram import TelegramTransport

        telegram = settings.telegram_bot_token.get_secret_value()
        transports.append(
            TelegramTransport(telegram, settings.telegram_chat_id, settings.telegram_api_base_url, hints, people)
        )
    if settings.discord_bot_token:
        discord = settings.discord_bot_token.get_secret_value()
        transports.append(_discord(settings, discord, running, registry))
    return transports, web


def _discord(settings: ChatSettings, token: str, running: Running, registry: Registry) -> Transport:
    from chatbot.menus import slash_commands
    from chatbot.transports.discord_bot import DiscordTransport

    return DiscordTransport(
        token,
        settings.discord_channel_id,
        settings.discord_guild_id,
        settings.discord_api_base_url,
        settings.discord_gateway_url,
        slash_commands(registry, running.core.desk.symbols()),
        running.core.adapters.people,
    )


def _banner(running: Running) -> str:
    world = running.core.rules.world
    return f"{world.mode} · {world.market.upper()}" if world.simulated else f"{world.mode} · {world.market}"


async def _page_address(web: Any, chatting: asyncio.Task[None]) -> str:
    """The page's address once it answers. Raises Fatal when it cannot be served."""
    ready = asyncio.create_task(web.ready())
    await asyncio.wait({ready, chatting}, return_when=asyncio.FIRST_COMPLETED)
    address: str = await ready
    return address


def _stop_on_signals() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _greet_demo(running: Running, link: str) -> None:
    print(
        f"Purser demo · PAPER · SIMULATED MARKET\n\n"
        f"  {link}\n\n"
        "Simulated: prices, time and money. Nothing leaves this machine.\n"
        "Real: everything else, the same code that would trade.\n\n"
        "Try in the page:\n"
        "  1. press Approve on the card that comes up\n"
        "  2. how did we do vs BTC?\n"
        "  3. /buy 50 btc\n\n"
        "Ctrl-C stops it.\n",
        flush=True,
    )


def _greet_run(running: Running, link: str) -> None:
    rules = running.core.rules
    print(
        f"Purser · {_banner(running)}\n"
        f"Trading {', '.join(rules.symbols)}; rebalance at {rules.rebalance_at:%H:%M} {rules.world.timezone.key}, "
        f"decided by {running.core.rebalance.decider}.\n"
        f"Page: {link}\n",
        flush=True,
    )


@dataclass(frozen=True, slots=True)
class Bot:
    """Whoever answers the command line: the running bot, or the state directory itself."""

    on_message: MessageHandler
    on_press: PressHandler
    state_dir: Path


async def _with_bot(work: Callable[[Bot], Awaitable[Result]]) -> Result:
    """Do `work` with the running bot, or, where none runs, on the state directory."""
    state_dir = _state_dir()
    address = running_at(state_dir)
    if address is None:
        return await _offline(state_dir, work)
    remote = RemoteBot(address.url, address.token)
    try:
        return await work(Bot(remote.on_message, remote.on_press, state_dir))
    finally:
        await remote.close()


async def _offline(state_dir: Path, work: Callable[[Bot], Awaitable[Result]]) -> Result:
    kept = kept_settings(state_dir)
    if not kept:
        raise Fatal(f"There is no portfolio in {state_dir} yet; start one with: main.py demo, or main.py run.")
    settings = Settings.read(kept, {"STATE_DIR": str(state_dir)})
    with Instance(state_dir):
        configure_logging(state_dir, settings.core.log_level, settings.secrets())
        running = await open_world(settings.core, Course())
        try:
            await running.core.open()
            store, charts = await _chat_store(settings.core), Charts()
            app = _app(settings, running, (), store, charts)
            try:
                return await work(Bot(app.router.on_message, app.router.on_press, state_dir))
            finally:
                await app.close()
        finally:
            await running.close()


def _state_dir() -> Path:
    """Where the portfolio is: the configured directory, or the demo's where only that is in use."""
    configured = Settings.read().core.state_dir
    in_use = [path for path in (configured, DEMO_STATE) if running_at(path)]
    known = [path for path in (configured, DEMO_STATE) if kept_settings(path)]
    return next(iter([*in_use, *known, configured]))


async def _asked(bot: Bot, text: str) -> Said:
    message = Incoming(OWNER, HERE, text, secrets.token_hex(16), SystemClock().now())
    return await bot.on_message(message) or Reply("No answer.", ok=False), bot.state_dir


async def _pressed(bot: Bot, button: str) -> Said:
    answer = await bot.on_press(Press(OWNER, HERE, button, secrets.token_hex(16)))
    reply = answer.send or answer.edit or Reply(answer.toast or "Done.")
    return reply, bot.state_dir


async def _chat(bot: Bot) -> None:
    hints = [(command.name, command.summary) for command in catalogue()]
    terminal = TerminalTransport(bot.state_dir / "pictures", SystemClock(), "Purser", hints)
    await terminal.run(bot.on_message, bot.on_press)


def _show(said: Said, as_json: bool) -> None:
    reply, state_dir = said
    folder = state_dir / "pictures"
    if as_json:
        print(json.dumps(reply_to_json(reply, save_pictures(reply, folder)), ensure_ascii=False))
    else:
        print_reply(reply, folder)
    if not reply.ok:
        raise typer.Exit(1)


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run `work` on uvloop where there is one: chat traffic costs a third less there."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    return day_start(text, zone) if text else None


@contextmanager
def _told_plainly() -> Iterator[None]:
    """A failure we know is one sentence on the terminal, and exit code 1."""
    try:
        yield
    except (PurserError, ExceptionGroup) as error:
        first = _first(error)
        if not isinstance(first, PurserError):
            raise
        print(first, file=sys.stderr)
        raise typer.Exit(1) from None


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


if __name__ == "__main__":
    cli()
