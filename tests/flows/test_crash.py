"""Killed without warning, again and again, and started anew: nothing is lost, nothing is done or told twice."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.chat.bot_api import BotApiServer
from tests.chat.bot_api_world import User
from tests.flows.books import Books
from tests.flows.lives import life
from tests.flows.page import button
from tests.flows.program import Bot, running
from tests.flows.recording import START, record

pytestmark = pytest.mark.asyncio(loop_scope="module")

DAYS = 10
KILLS = 10
SEED = 20250201
TOKEN = "123456:loopback-secret"
OWNER = User(1001, "owner")


@dataclass(frozen=True)
class Survivor:
    """A run that was killed `kills` times and then came to its end."""

    books: Books
    kills: int
    code: int | None
    printed: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def survivor(tmp_path_factory: pytest.TempPathFactory) -> Survivor:
    folder = tmp_path_factory.mktemp("crash")
    settings = record(folder / "candles", DAYS)
    arguments = ("run", "--from", f"{START:%Y-%m-%d}", "--day")
    moments = random.Random(SEED)
    kills, printed = 0, ""
    for number in range(KILLS):
        async with life(folder, *arguments, "0.8", **settings) as this_one:
            if number % 2:
                await this_one.up()
            kills += await this_one.lasts(moments.uniform(0.05, 0.6))
            await this_one.kill()
            printed += this_one.printed
    async with life(folder, *arguments, "0", **settings) as last:
        code = await last.ended()
    return Survivor(Books(folder / "state"), kills, code, printed + last.printed)


class TestAfterManyKills:
    async def test_it_was_killed_at_many_moments_and_still_came_to_the_end(self, survivor: Survivor) -> None:
        assert survivor.kills == KILLS
        assert survivor.code == 0
        starts = len(survivor.books.events("started"))
        assert KILLS // 2 < starts <= KILLS + 1, "half of the kills came once it was up, the others any time"
        assert len(survivor.books.events("run_ended")) == 1

    async def test_the_ledger_sums_to_exactly_nothing(self, survivor: Survivor) -> None:
        assert survivor.books.fills
        assert survivor.books.close().residual == {}
        assert "Ledger residual 0." in survivor.printed

    async def test_the_fills_make_the_positions(self, survivor: Survivor) -> None:
        closing = survivor.books.close()
        assert closing.held == closing.booked

    async def test_no_trade_is_booked_twice(self, survivor: Survivor) -> None:
        trades = Counter(fill["trade_id"] for fill in survivor.books.fills)
        assert set(trades.values()) == {1}
        ordered = Counter(fill["client_order_id"] for fill in survivor.books.fills)
        assert set(ordered.values()) == {1}, "the paper venue fills an order at once and whole"

    async def test_no_order_is_left_on_its_way(self, survivor: Survivor) -> None:
        assert {row["status"] for row in survivor.books.rows("orders")} <= {"FILLED", "CANCELED", "REJECTED", "EXPIRED"}

    async def test_the_starting_cash_came_once(self, survivor: Survivor) -> None:
        assert len(survivor.books.rows("cash_flows")) == 1

    async def test_every_slot_ran_once_and_none_was_lost(self, survivor: Survivor) -> None:
        for kind, job in (("report_due", "report"), ("cycle_decided", "rebalance")):
            slots = [row["slot"] for row in survivor.books.rows("slots") if row["job"] == job]
            assert len(slots) == len(set(slots)) == DAYS
            assert len(survivor.books.events(kind)) == DAYS
        days = [event["local_date"] for event in survivor.books.events("report_due")]
        assert len(days) == len(set(days))
        cycles = [row["at"] for row in survivor.books.rows("cycles")]
        assert len({at[:10] for at in cycles}) == len(cycles)

    async def test_the_journal_has_no_gap(self, survivor: Survivor) -> None:
        numbers = [row["seq"] for row in survivor.books.rows("journal")]
        assert numbers == list(range(1, len(numbers) + 1))

    async def test_market_time_never_ran_backwards_over_what_had_happened(self, survivor: Survivor) -> None:
        for table in ("fills", "cycles"):
            times = [row["at"] for row in survivor.books.rows(table)]
            assert times == sorted(times)

    async def test_the_exports_are_whole(self, survivor: Survivor) -> None:
        lines = (survivor.books.state / "exports" / "trades.csv").read_text().splitlines()[1:]
        assert [line.split(",")[1] for line in lines] == [fill["trade_id"] for fill in survivor.books.fills]

    async def test_a_report_is_told_again_only_where_a_kill_fell_between_telling_and_noting(
        self, survivor: Survivor
    ) -> None:
        told = Counter(re.findall(r"Report \d+ \w+ · PAPER", survivor.printed))
        assert told
        assert sum(told.values()) - len(told) <= 2


async def test_a_waiting_card_outlives_a_kill_with_its_button_and_is_not_posted_again(tmp_path: Path) -> None:
    async with BotApiServer(TOKEN) as api:
        api.open_chat(OWNER.id)
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_CHAT_ID": str(OWNER.id), "TELEGRAM_API_BASE_URL": api.url}
        async with running(tmp_path, "demo", "--day", "3", **settings) as bot:
            card = await bot.page.card()
            posted = await api.wait_for_message(lambda m: any(b.label == "Approve" for b in m.buttons), 20)
            await _everything_told(bot)
            await bot.program.kill()
        approval = button(card, "Approve").removeprefix("ok:")
        assert Books(tmp_path / "state").approval(approval)["status"] == "PENDING"

        async with running(tmp_path, "demo", "--day", "3", **settings) as bot:
            assert button(await bot.page.card(), "Approve") == button(card, "Approve")
            await api.wait_for_message(lambda m: "Back." in m.text, 20)
            assert [m.id for m in api.messages(OWNER.id) if any(b.label == "Approve" for b in m.buttons)] == [posted.id]
            api.press(posted.id, "Approve", OWNER)
            await api.wait_for_message(lambda m: m.id == posted.id and "Approved by @owner on Telegram" in m.text, 20)
            await api.wait_for_message(lambda m: m.photo is not None and "Report" in m.text, 20)
            assert bot.books.approval(approval)["status"] == "APPROVED"
            assert bot.books.fills
            assert bot.books.close().agrees()
        (plan,) = set(re.findall(r"plan \w+", posted.text))
        about = [m for m in api.messages(OWNER.id) if plan in m.text]
        assert [m.id for m in about if "Approved by" in m.text] == [posted.id]
        assert len(about) == 2, "the card and one confirmation of its trades"
        assert sum("Ready." in m.text for m in api.messages(OWNER.id)) == 1
        assert api.violations == []


async def _everything_told(bot: Bot) -> None:
    """Wait until Telegram has been told the journal, and that is noted; time stands still, so it does not grow."""
    end = len(bot.books.rows("journal"))
    async with asyncio.timeout(20):
        while _noted(bot.books) < end:
            await bot.page.ask("/help")


def _noted(books: Books) -> int:
    """How far Telegram has been told the journal."""
    cursors = {row["channel"]: int(row["seq"]) for row in books.rows("chat_cursors", "chat.db")}
    return cursors.get(f"telegram:{OWNER.id}", 0)
