"""The command line: reads settings, builds core and chat, and joins them. The only place that builds both.

What is heavy is imported where it is used: asking a running bot takes none of it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.request import getproxies
from zoneinfo import ZoneInfo

import typer
from pydantic import SecretStr

from chatbot.message import Actor, Channel, Incoming, MessageHandler, Press, PressHandler, Reply, Transport
from chatbot.settings import ChatSettings
from trading.clock import SystemClock
from trading.crashes import crash_without_secrets, known_failure
from trading.errors import Fatal, PurserError, SettingsError
from trading.instance import Address, Instance, running_at
from trading.redaction import Redaction, secrets_in
from trading.settings import CoreSettings, Course, SettingsReader, day_start, keep_settings, kept_settings

if TYPE_CHECKING:
    from chatbot.app import ChatApp
    from chatbot.present.charts import Charts
    from trading.core import Rules
    from trading.doctor.findings import Finding
    from trading.running import Running

ENV_FILE = Path(".env")
DEMO_STATE = Path("data/state/demo")
DEMO_DEFAULTS = {"STARTING_CASH": "10000", "APPROVAL_MODES": "live,paper", "STATE_DIR": str(DEMO_STATE)}
DEMO = {"MODE": "paper", "MARKET": "simulated"}
STOP_WITHIN_SECONDS = 2.0
OWNER = Actor("terminal", "owner", "owner")
HERE = Channel("terminal", "command line")
REDACTION = Redaction()
"""What this process knows and may not say, in logs, sentences or tracebacks."""

Result = TypeVar("Result")
Said = tuple[Reply, Path]
Greeting = Callable[["Rules", str, str], None]

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
        settings = cls(reader.read(CoreSettings), reader.read(ChatSettings))
        REDACTION.add(*settings.secrets())
        return settings

    def secrets(self) -> Iterator[str]:
        """Every secret's text, the passwords in addresses among them."""
        values = [getattr(model, name) for model in (self.core, self.chat) for name in type(model).model_fields]
        for value in [*values, *getproxies().values()]:
            if isinstance(value, SecretStr):
                yield value.get_secret_value()
            elif isinstance(value, str):
                yield from secrets_in(value)


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
def pair(
    role: Annotated[str, typer.Argument(help="owner, trader or viewer; me for another account of yours.")] = "owner",
) -> None:
    """Print a pairing code: whoever sends it to the bot on Telegram or Discord comes in."""
    with _told_plainly():
        reply = _run(_with_bot(lambda bot: _asked(bot, f"/pair {role}")))
        _show(reply, as_json=False)


@cli.command()
def restore(backup: Annotated[Path, typer.Argument(help="A file out of the folder with backups.")]) -> None:
    """Put a backup in the place of the database; what was there is kept beside it."""
    from trading.store.restoration import put_back

    with _told_plainly():
        state_dir = _state_dir()
        settings = Settings.read(kept_settings(state_dir), {"STATE_DIR": str(state_dir)})
        with Instance(state_dir):
            print(_run(put_back(backup, settings.core.store_url, SystemClock())))


@cli.command()
def chat() -> None:
    """Chat in this terminal, with the running bot or with the state directory."""
    with _told_plainly():
        _run(_with_bot(_chat))


@cli.command()
def doctor() -> None:
    """Check everything the configured mode needs, and say what to do next; changes nothing."""
    from trading.doctor.findings import as_text, can_run, fail
    from trading.log import log_to_terminal

    try:
        settings = Settings.read()
    except SettingsError as error:
        print(as_text([fail("Settings", str(error))], "Purser"))
        raise typer.Exit(1) from None
    with _told_plainly():
        log_to_terminal(REDACTION)
        findings = _run(_checked(settings))
        print(REDACTION(as_text(findings, settings.core.mode.upper())))
    if not can_run(findings):
        raise typer.Exit(1)


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
    from rich.console import Console
    from rich.progress import Progress

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


@cli.command()
def cycle(
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id or the beginning; left out, the newest ten.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print all of it as JSON.")] = False,
    prompt: Annotated[bool, typer.Option("--prompt", help="Print what the model was sent.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="Print the model's answers as they came.")] = False,
    snapshot: Annotated[bool, typer.Option("--snapshot", help="Print the snapshot.")] = False,
    again: Annotated[bool, typer.Option("--replay", help="Make it again, without a network, and compare.")] = False,
    other: Annotated[list[str] | None, typer.Option("--with", help="Another guard, like max_weight=0.2.")] = None,
) -> None:
    """Show a decision's record, make it again, or see what other guards would have done."""
    from trading.research.cycle_command import CycleCommand, Part

    asked = {Part.JSON: as_json, Part.PROMPT: prompt, Part.RAW: raw, Part.SNAPSHOT: snapshot, Part.REPLAY: again}
    part = next((part for part, wanted in asked.items() if wanted), Part.RECORD)
    with _told_plainly():
        told = _run(CycleCommand(_kept(_state_dir()).core, name, part, other or ()).answer())
        print(REDACTION(told.text))
    if not told.holds:
        raise typer.Exit(1)


async def _checked(settings: Settings) -> Sequence[Finding]:
    from trading.doctor.checkup import Logins, check_up
    from trading.doctor.logins import Discord, Model, Telegram

    core, chat = settings.core, settings.chat
    telegram, discord, model = chat.telegram_bot_token, chat.discord_bot_token, core.openai_api_key
    home, channel = next(iter(chat.telegram_chats), None), next(iter(chat.discord_channels), None)
    logins = Logins(
        Telegram(telegram.get_secret_value(), home, chat.telegram_api_base_url) if telegram else None,
        Discord(discord.get_secret_value(), channel, chat.discord_api_base_url) if discord else None,
        Model(model.get_secret_value(), core.openai_model, core.openai_base_url) if model else None,
    )
    return await check_up(core, logins, ENV_FILE, SystemClock())


async def _serve(settings: Settings, course: Course, greet: Greeting) -> None:
    """Run core and chat until stopped, or until a bounded world ends."""
    from chatbot.commands.catalogue import catalogue
    from chatbot.platforms import others, page
    from chatbot.present.charts import Charts

    state = settings.core.state_dir
    with Instance(state) as instance:
        stop = _stop_on_signals()
        async with _opened(settings, course) as running:
            # Not before: a folder of another world keeps what it was run with.
            keep_settings(settings.core)
            await running.core.start()
            token, charts, registry = secrets.token_urlsafe(24), Charts(), catalogue()
            REDACTION.add(token)
            desk, people = running.core.desk, running.core.adapters.people
            web = page(settings.chat, desk, registry, charts, people, token, state / "page")
            app = await _app(settings, running, [web, *others(settings.chat, desk, registry, people)], charts)
            async with asyncio.TaskGroup() as group:
                silence = asyncio.Event()
                chatting = group.create_task(app.run(silence), name="chat")
                instance.publish(Address(await _unless_over(web.ready(), chatting), token))
                greet(running.core.rules, running.core.rebalance.decider, await web.link())
                _print_notes(running.notes)
                _print_notes(await app.notes())
                _print_codes(await app.first_contact())
                if await running.run(stop):
                    await app.caught_up()
                silence.set()
            await app.close()


@asynccontextmanager
async def _opened(settings: Settings, course: Course) -> AsyncIterator[Running]:
    """The configured world, closed afterwards."""
    from trading.log import configure_logging
    from trading.worlds import open_world

    configure_logging(settings.core.state_dir, settings.core.log_level, REDACTION)
    running = await open_world(settings.core, course)
    try:
        yield running
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(running.close(), STOP_WITHIN_SECONDS)


async def _app(settings: Settings, running: Running, transports: Sequence[Transport], charts: Charts) -> ChatApp:
    from chatbot.agent.agent import Agent
    from chatbot.app import ChatApp
    from chatbot.store.chat_store import ChatStore

    store = ChatStore(f"sqlite:///{settings.core.state_dir / 'chat.db'}")
    await store.open()
    core = running.core
    agent = Agent(core.desk, charts, running.questions)
    return ChatApp(core.desk, transports, store, settings.chat, agent, charts, core.adapters.people)


async def _unless_over(wanted: Coroutine[Any, Any, str], chatting: asyncio.Task[None]) -> str:
    """What `wanted` brings, unless the chat ends first. Raises Fatal when the page cannot be served."""
    waiting = asyncio.create_task(wanted)
    await asyncio.wait({waiting, chatting}, return_when=asyncio.FIRST_COMPLETED)
    return await waiting


def _stop_on_signals() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def _greet_demo(rules: Rules, decider: str, link: str) -> None:
    print(
        "Purser demo · PAPER · SIMULATED MARKET\n\n"
        f"  {link}\n\n"
        "Simulated: prices, time and money. Nothing is traded anywhere.\n"
        "Real: everything else, the same code that runs on real prices.\n\n"
        "Try in the page:\n"
        "  1. press Approve on the card that comes up\n"
        "  2. how did we do vs BTC?\n"
        "  3. /buy 50 btc\n\n"
        "Ctrl-C stops it.\n",
        flush=True,
    )


def _greet_run(rules: Rules, decider: str, link: str) -> None:
    from chatbot.platforms import banner

    print(
        f"Purser · {banner(rules.world)}\n"
        f"Trading {', '.join(rules.symbols)}; rebalance at {rules.rebalance_at:%H:%M} {rules.world.timezone.key}, "
        f"decided by {decider}.\n"
        f"Page: {link}\n",
        flush=True,
    )


def _print_notes(notes: Sequence[str]) -> None:
    """What to know about this run before anything happens in it."""
    if notes:
        print("\n".join([*notes, ""]), flush=True)


def _print_codes(lines: Sequence[str]) -> None:
    """Who reads this terminal may let people in; the codes are shown nowhere else."""
    if lines:
        print("\n".join([*lines, "Each code works once, within an hour. A fresh one: main.py pair\n"]), flush=True)


@dataclass(frozen=True, slots=True)
class Bot:
    """Whoever answers the command line: the running bot, or the state directory itself."""

    on_message: MessageHandler
    on_press: PressHandler
    state_dir: Path


async def _with_bot(work: Callable[[Bot], Awaitable[Result]]) -> Result:
    """Do `work` with the running bot, or, where none runs, on the state directory."""
    from chatbot.remote import RemoteBot

    state_dir = _state_dir()
    address = running_at(state_dir)
    if address is None:
        return await _offline(state_dir, work)
    REDACTION.add(address.token)
    remote = RemoteBot(address.url, address.token)
    try:
        return await work(Bot(remote.on_message, remote.on_press, state_dir))
    finally:
        await remote.close()


async def _offline(state_dir: Path, work: Callable[[Bot], Awaitable[Result]]) -> Result:
    from chatbot.present.charts import Charts

    settings = _kept(state_dir)
    with Instance(state_dir):
        async with _opened(settings, Course()) as running:
            await running.core.open()
            app = await _app(settings, running, (), Charts())
            try:
                return await work(Bot(app.router.on_message, app.router.on_press, state_dir))
            finally:
                await app.close()


def _kept(state_dir: Path) -> Settings:
    """What the portfolio in `state_dir` was last run with."""
    kept = kept_settings(state_dir)
    if not kept:
        raise Fatal(f"There is no portfolio in {state_dir} yet; start one with: main.py demo, or main.py run.")
    return Settings.read(kept, {"STATE_DIR": str(state_dir)})


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
    from chatbot.commands.catalogue import catalogue
    from chatbot.transports.terminal import TerminalTransport

    hints = [(command.name, command.summary) for command in catalogue()]
    terminal = TerminalTransport(bot.state_dir / "pictures", SystemClock(), "Purser", hints)
    await terminal.run(bot.on_message, bot.on_press)


def _show(said: Said, as_json: bool) -> None:
    from chatbot.transports.terminal_text import print_reply, reply_to_json, save_files, save_pictures

    reply, state_dir = said
    folder = state_dir / "pictures"
    if as_json:
        as_wire = reply_to_json(reply, save_pictures(reply, folder), save_files(reply, folder))
        print(json.dumps(as_wire, ensure_ascii=False))
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
    """A failure we know is one sentence on the terminal, and exit code 1; no failure shows a secret."""
    crash_without_secrets(REDACTION)
    try:
        yield
    except (PurserError, OSError, ExceptionGroup) as error:
        known = known_failure(error)
        if known is None:
            raise
        print(REDACTION(str(known)), file=sys.stderr)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    cli()
