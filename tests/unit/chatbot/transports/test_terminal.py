from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output
from rich.console import Console

from chatbot.message import Button, Channel, Incoming, MessageRef, Picture, Press, PressReply, Reply, Style, Table
from chatbot.transports.terminal import HERE, OWNER, TerminalTransport, print_reply, reply_to_json
from trading.clock import SimulatedClock

NOW = datetime(2026, 11, 21, 21, 2, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n rest"
CARD = Reply("⏳ Rebalance", buttons=(Button("Approve", "ok:1", Style.PRIMARY), Button("Reject", "no:1", Style.DANGER)))


class Paper(StringIO):
    """A terminal's screen as a roll of text; whoever waits for words on it is told of each line."""

    def __init__(self) -> None:
        super().__init__()
        self.written = asyncio.Event()

    def write(self, text: str) -> int:
        self.written.set()
        return super().write(text)

    def isatty(self) -> bool:
        return False

    def text(self) -> str:
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.getvalue()).replace("\r", "")

    async def shows(self, words: str, times: int = 1) -> None:
        async with asyncio.timeout(10):
            while self.text().count(words) < times:
                self.written.clear()
                await self.written.wait()


class Person:
    """Who sits at the terminal, and the bot that answers."""

    def __init__(self, keyboard: PipeInput, paper: Paper, folder: Path) -> None:
        output = Vt100_Output(paper, lambda: Size(rows=40, columns=80), term="xterm")
        self.keyboard, self.paper = keyboard, paper
        self.transport = TerminalTransport(
            folder, SimulatedClock(NOW), "PAPER", [("status", "Equity")], keyboard, output
        )
        self.heard: list[Incoming] = []
        self.pressed: list[Press] = []
        self.replies: dict[str, Reply] = {}
        self.brings = PressReply("Approved.", edit=Reply("✅ Rebalance, 2 of 2 filled"))

    async def on_message(self, incoming: Incoming) -> Reply | None:
        self.heard.append(incoming)
        if incoming.text == "/broken":
            raise RuntimeError("a defect")
        return self.replies.get(incoming.text)

    async def on_press(self, press: Press) -> PressReply:
        self.pressed.append(press)
        return self.brings

    def types(self, line: str) -> None:
        self.keyboard.send_text(f"{line}\r")


@asynccontextmanager
async def seated(folder: Path) -> AsyncIterator[Person]:
    with create_pipe_input() as keyboard:
        person = Person(keyboard, Paper(), folder)
        running = asyncio.create_task(person.transport.run(person.on_message, person.on_press))
        try:
            await person.paper.shows("PAPER")
            yield person
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running


async def test_a_line_is_answered_as_the_owners(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        person.replies["/status"] = Reply("ACTIVE", card="BTC  41.6 %")
        person.types("/status")
        await person.paper.shows("BTC  41.6 %")
    assert [(said.actor, said.channel, said.text, said.sent_at) for said in person.heard] == [
        (OWNER, HERE, "/status", NOW)
    ]


async def test_every_line_has_its_own_update_id_and_empty_lines_are_not_sent(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        person.replies["/status"] = Reply("ACTIVE")
        for line in ("/status", "", "   ", "/status"):
            person.types(line)
        await person.paper.shows("ACTIVE", times=2)
    assert len({said.update_id for said in person.heard}) == 2


async def test_a_number_presses_the_button_and_the_changed_card_is_printed(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        ref = await person.transport.send(HERE, CARD)
        await person.paper.shows("2  Reject")
        person.types("1")
        await person.paper.shows("✅ Rebalance, 2 of 2 filled")
    assert [(press.button_id, press.message) for press in person.pressed] == [("ok:1", ref)]
    assert person.heard == []


async def test_a_card_that_arrives_while_one_types_does_not_take_the_press(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        first = await person.transport.send(HERE, CARD)
        await person.transport.send(HERE, Reply("⏳ Another", buttons=(Button("Approve", "ok:2"),)))
        await person.paper.shows("3  Approve")
        person.types("1")
        await person.paper.shows("✅")
    assert [(press.button_id, press.message) for press in person.pressed] == [("ok:1", first)]


async def test_buttons_of_a_changed_message_are_gone_and_say_so(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        ref = await person.transport.send(HERE, CARD)
        await person.transport.edit(ref, Reply("✅ Approved on Telegram"))
        person.types("1")
        await person.paper.shows("That button is gone")
    assert person.pressed == []
    assert person.heard == []


async def test_a_number_that_is_no_button_is_a_message(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        person.replies["42"] = Reply("Not a command.")
        person.types("42")
        await person.paper.shows("Not a command.")


async def test_a_press_without_a_change_shows_its_notice_and_what_follows(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        person.brings = PressReply("The price moved.", send=Reply("⏳ New card"))
        await person.transport.send(HERE, CARD)
        person.types("1")
        await person.paper.shows("The price moved.")
        await person.paper.shows("⏳ New card")


async def test_notices_appear_while_the_prompt_waits(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        person.keyboard.send_text("half a li")
        await person.paper.shows("half a li")
        await person.transport.send(Channel("terminal", "here"), Reply("🛑 Stop: SOL sold"))
        await person.paper.shows("🛑 Stop: SOL sold")
        person.replies["half a line"] = Reply("Whole.")
        person.types("ne")
        await person.paper.shows("Whole.")


async def test_a_picture_becomes_a_file_whose_path_is_printed(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        await person.transport.send(HERE, Reply("Chart", pictures=(Picture(PNG, "Ahead of BTC", "equity.png"),)))
        await person.paper.shows("Ahead of BTC")
    assert str(tmp_path / "equity.png") in person.paper.text()
    assert (tmp_path / "equity.png").read_bytes() == PNG


async def test_a_failing_handler_is_told_and_the_chat_goes_on(tmp_path: Path) -> None:
    async with seated(tmp_path) as person:
        person.replies["/status"] = Reply("ACTIVE")
        person.types("/broken")
        await person.paper.shows("The answer was lost here")
        person.types("/status")
        await person.paper.shows("ACTIVE")


async def test_ctrl_d_ends_the_chat_after_the_answers_due(tmp_path: Path) -> None:
    with create_pipe_input() as keyboard:
        person = Person(keyboard, Paper(), tmp_path)
        person.replies["/status"] = Reply("ACTIVE")
        person.types("/status")
        keyboard.send_text("\x04")
        await asyncio.wait_for(person.transport.run(person.on_message, person.on_press), 10)
    assert "ACTIVE" in person.paper.text()


async def test_sending_before_the_prompt_is_up_prints(tmp_path: Path) -> None:
    with create_pipe_input() as keyboard:
        person = Person(keyboard, Paper(), tmp_path)
        assert isinstance(await person.transport.send(HERE, Reply("Started.")), MessageRef)
    assert "Started." in person.paper.text()


def printed(reply: Reply, folder: Path, keys: list[str] | None = None) -> str:
    page = StringIO()
    print_reply(reply, folder, Console(file=page, width=80), keys)
    return page.getvalue()


def test_a_printed_reply_holds_everything(tmp_path: Path) -> None:
    table = Table("Trades", ("When", "Value"), (("07:03", "$1.20"),), "<>")
    reply = Reply("First\nsecond", "CARD", (table,), (Picture(PNG, "Caption"),), CARD.buttons)
    text = printed(reply, tmp_path)
    for part in ("First", "second", "CARD", "Trades\nWhen  Value\n07:03 $1.20", "Caption", "ok:1  Approve"):
        assert part in text


def test_markup_and_escape_sequences_in_a_reply_stay_text(tmp_path: Path) -> None:
    text = printed(Reply("[red]x[/red] \x1b]0;owned\x07 \x9b31m", card="\x1b[2J"), tmp_path)
    assert "[red]x[/red]" in text
    assert not re.search(r"[\x1b\x07\x9b]", text)


def test_long_lines_are_not_cut(tmp_path: Path) -> None:
    assert "x" * 300 in printed(Reply("x" * 300), tmp_path)


def test_pictures_never_overwrite_a_file_nor_leave_their_folder(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    names = ["chart.png", "chart.png", "../../chart.png", ""]
    paths = print_reply(
        Reply("", pictures=tuple(Picture(PNG, "", name) for name in names)), folder, Console(file=StringIO())
    )
    assert [path.name for path in paths] == ["chart.png", "chart-2.png", "chart-3.png", "picture.png"]
    assert {path.parent for path in paths} == {folder}


def test_the_json_of_a_reply_has_exactly_what_the_command_promises(tmp_path: Path) -> None:
    reply = Reply("Text", "CARD", (Table("T", ("a",), (("1",),), "<"),), (Picture(PNG, ""),), CARD.buttons, ok=False)
    assert reply_to_json(reply, [tmp_path / "chart.png"]) == {
        "text": "Text\n\nCARD",
        "tables": [{"title": "T", "columns": ["a"], "rows": [["1"]], "align": "<"}],
        "pictures": [str(tmp_path / "chart.png")],
        "buttons": [{"label": "Approve", "id": "ok:1"}, {"label": "Reject", "id": "no:1"}],
        "ok": False,
    }
