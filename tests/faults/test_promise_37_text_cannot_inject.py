"""Promise 37: whatever a text says, at every place where it comes out it stays text."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
import structlog
from rich.console import Console

from chatbot.message import Attachment, Button, Picture, Reply, Table
from chatbot.present.cards import decisions
from chatbot.present.layout import WIDTH, columns
from chatbot.present.pictures import theme
from chatbot.present.pictures.canvas import DRAWING, Canvas
from chatbot.transports import discord_message, telegram_composition
from chatbot.transports.file_names import plain_name
from chatbot.transports.telegram_text import scrubbed
from chatbot.transports.terminal_text import print_reply, save_files, save_pictures
from chatbot.transports.web_json import dumped
from chatbot.transports.web_pages import page
from chatbot.transports.wire import reply_from_wire, reply_to_wire
from tests.chat.bot_api_markup import parse_html
from tests.faults.hostile_text import hostile_texts
from tests.proof import Proof
from tests.unit.chatbot import facts
from trading.domain.plan import CycleOutcome
from trading.log import configure_logging
from trading.redaction import Redaction
from trading.store.append_file import csv_lines

TEXTS = 500
STATIC = Path(__file__).parents[2] / "chatbot" / "transports" / "web_static"
_WRITES_MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\(|new Function")
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def reply(text: str) -> Reply:
    """`text` wherever a reply has text."""
    return Reply(
        text=f"a {text}",
        card=f"b {text}",
        tables=(Table(f"c {text}", ("d", text or "e"), ((text, "f"),), "<<"),),
        pictures=(Picture(b"", f"g {text}"),),
        buttons=(Button(f"h {text}"[:40], "do:/status"),),
    )


def test_telegram_shows_it_as_written(proof: Proof, scale: int) -> None:
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        for message in telegram_composition.compose(reply(text)).messages:
            parsed = parse_html(message.text.html)
            shown = parsed.text.strip()
            assert shown == message.text.plain.strip(), text
            assert {entity["type"] for entity in parsed.entities} <= {"pre"} and not parsed.sloppy, text
        cases += 1
    assert scrubbed("\ud800\0") == "?"
    proof(37, cases=cases)


def live_markup(source: str) -> list[str]:
    """What Discord would not show as written: unescaped marks, mentions, masked links, headings, lists, quotes."""
    found: list[str] = []
    at = 0
    while at < len(source):
        line_start = at == 0 or source[at - 1] == "\n"
        address = re.compile(r"https?://\S+").match(source, at)
        mark = re.compile(r"\*|_|`|~~|\|\||<(?=[@#:/A-Za-z])|\[(?=[^\]\n]*\]\()").match(source, at)
        heading = re.compile(r"[ \t]*(?:#{1,3} |>(?:>>)? |[+-] |-# |\d+\. )").match(source, at) if line_start else None
        if source[at] == "\\" and at + 1 < len(source) and re.match(r"[^0-9A-Za-z\s]", source[at + 1]):
            at += 2
        elif address:
            at = address.end()
        elif mark or heading:
            found.append(source[at : at + 12])
            at += 1
        else:
            at += 1
    return found


def test_discord_shows_it_as_written(proof: Proof, scale: int) -> None:
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        for message in discord_message.render(reply(text)):
            assert live_markup(message.content) == [], text
            for block in (embed.description or "" for embed in message.embeds):
                if block.startswith("```\n"):
                    assert block.endswith("\n```") and "```" not in block[4:-4], text
                else:
                    assert live_markup(block) == [], text
        cases += 1
    proof(37, cases=cases)


class Tags(HTMLParser):
    """The tags and attributes of a page, in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def test_the_web_page_gets_it_as_data_and_shows_it_as_text(proof: Proof, scale: int) -> None:
    harmless = Tags(bytes(page("chat", "PAPER").body).decode()).found
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        sane = text.encode("utf-8", "replace").decode()
        wire = json.loads(dumped(reply_to_wire(reply(sane))))
        assert wire["text"] == f"a {sane}" and reply_from_wire(wire) == reply(sane)
        assert Tags(bytes(page("chat", sane).body).decode()).found == harmless, text
        cases += 1
    scripts = {script.name: script.read_text() for script in STATIC.glob("*.js")}
    assert scripts and not [name for name, source in scripts.items() if _WRITES_MARKUP.search(source)]
    proof(37, cases=cases)


def test_a_spreadsheet_gets_no_formula_and_no_further_line(proof: Proof, scale: int) -> None:
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        written = csv_lines([(text, Decimal("-1.5"), text)])
        (row,) = list(csv.reader(io.StringIO(written)))
        assert written.count("\n") == 1 and len(row) == 3, text
        assert row[1] == "-1.5"
        assert not any(_FORMULA.match(cell) for cell in (row[0], row[2])), text
        assert not _CONTROLS.search(written), text
        cases += 1
    proof(37, cases=cases)


def test_a_file_stays_in_its_folder_under_a_plain_name(proof: Proof, scale: int, tmp_path: Path) -> None:
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        name = plain_name(text)
        assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", name), text
        folder = tmp_path / "pictures"
        assert (folder / name).resolve().parent == folder
        cases += 1
    for text in hostile_texts(40):
        carrier = Reply("", pictures=(Picture(b"x", "", text),), files=(Attachment(b"x", text),))
        saved = [*save_pictures(carrier, tmp_path / "pictures"), *save_files(carrier, tmp_path / "pictures")]
        assert {path.parent for path in saved} == {tmp_path / "pictures", tmp_path / "files"}
    proof(37, cases=cases)


@pytest.fixture
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logging_as_before")
def test_the_log_has_one_line_for_it_and_no_control_character(proof: Proof, scale: int, tmp_path: Path) -> None:
    configure_logging(tmp_path, "INFO", Redaction())
    log, plain = structlog.get_logger("a"), logging.getLogger("b")
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        log.info(text, why=text)
        plain.info("%s", text)
        cases += 1
    written = (tmp_path / "purser.log").read_text(encoding="utf-8")
    assert written.count("\n") == len(written.splitlines()) == 2 * cases
    assert all(line.startswith("timestamp=") for line in written.splitlines())
    assert not _CONTROLS.search(written)
    proof(37, cases=cases)


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_picture_draws_it_letter_by_letter(proof: Proof, scale: int) -> None:
    """A formula between dollar signs would be parsed: a broken one raises, a sound one draws other letters."""
    cases = 0
    with DRAWING:
        canvas = Canvas(300, 40, theme.LIGHT)
        for text in hostile_texts(TEXTS * scale):
            canvas.text(4, 20, text.encode("utf-8", "replace").decode().replace("\0", "")[:40], 20, theme.LIGHT.ink)
            cases += 1
        assert canvas.png()
        assert drawn("$x^2$") == drawn("$x^2$") != drawn("x2")
        assert canvas.width_of("$x^2$", 30) > 2 * canvas.width_of("x2", 30)
    proof(37, cases=cases)


def drawn(words: str) -> bytes:
    canvas = Canvas(300, 40, theme.LIGHT)
    canvas.text(4, 10, words, 20, theme.LIGHT.ink)
    return canvas.png()


def test_a_terminal_is_not_steered(proof: Proof, scale: int, tmp_path: Path) -> None:
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        shown = io.StringIO()
        sane = text.encode("utf-8", "replace").decode().replace("\t", " ")
        words = Reply(f"a {sane}", f"b {sane}", reply(sane).tables, (), reply(sane).buttons)
        print_reply(words, tmp_path, Console(file=shown, force_terminal=False, width=500))
        assert not _CONTROLS.search(shown.getvalue()), text
        cases += 1
    proof(37, cases=cases)


def test_a_card_keeps_its_columns_whatever_the_decider_says(proof: Proof, scale: int) -> None:
    """A reason cannot pass for a line of ours: it never begins one, and no line grows wider than the card."""
    cases = 0
    for text in hostile_texts(TEXTS * scale):
        told = decisions.cycle(facts.cycle(CycleOutcome.HELD, f"because {text}", plan=None), facts.PAPER)
        lines = told.text.split("\n")
        assert len(lines) <= 6 and lines[0].startswith("💬 Rebalance · PAPER"), text
        assert all(columns(line) <= WIDTH for line in told.card.splitlines())
        cases += 1
    proof(37, cases=cases)
