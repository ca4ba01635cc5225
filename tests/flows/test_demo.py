"""The demo as a newcomer meets it: a page, a card, fills after a press, a report by itself, and true figures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal

import pytest
import pytest_asyncio

from tests.flows.figures import change, dollars, gap, standing
from tests.flows.page import Message, button, said
from tests.flows.program import Bot, running
from trading.clock import SystemClock

pytestmark = pytest.mark.asyncio(loop_scope="module")

PNG = b"\x89PNG\r\n\x1a\n"
TWO_PAIRS = {"SYMBOLS": "BTC/USD,ETH/USD", "TIMEFRAME": "1h", "STOP_LOSS_PERCENT": "0", "TAKE_PROFIT_PERCENT": "0"}
"""With hourly candles and no exits, the newest equity point is made at the very prices that are shown."""


@dataclass(frozen=True)
class Demos:
    """Side by side, because one of them lets ten real seconds pass."""

    plain: Bot
    two_pairs: Bot
    declined: Bot
    unpressed: Bot


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demos(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demos]:
    folder = tmp_path_factory.mktemp
    async with AsyncExitStack() as stack:
        unpressed, plain, two_pairs, declined = await asyncio.gather(
            stack.enter_async_context(running(folder("unpressed"), "demo", "--day", "1", APPROVAL_TTL_SECONDS="10")),
            stack.enter_async_context(running(folder("plain"), "demo", "--day", "3")),
            stack.enter_async_context(running(folder("two"), "demo", "--day", "1", **TWO_PAIRS)),
            stack.enter_async_context(running(folder("declined"), "demo", "--day", "1")),
        )
        yield Demos(plain, two_pairs, declined, unpressed)


@dataclass(frozen=True)
class Pressed:
    """A card before and after it was pressed, twice."""

    bot: Bot
    card: Message
    first: Message
    again: Message

    @property
    def approval(self) -> str:
        return button(self.card, "Approve").removeprefix("ok:")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def approved(demos: Demos) -> Pressed:
    bot = demos.plain
    card = await bot.page.card()
    first = await bot.page.press(button(card, "Approve"))
    return Pressed(bot, card, first, await bot.page.press(button(card, "Approve")))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def still(demos: Demos) -> Bot:
    """A bot some days old that has traded, and whose clock stands because a preview waits."""
    bot = demos.two_pairs
    await bot.page.press(button(await bot.page.card(), "Approve"))
    await bot.page.message("Report")
    preview = await bot.page.ask("/buy 60 btc")
    assert button(preview, "Confirm")
    return bot


async def picture(bot: Bot, caption: str) -> bytes:
    """The picture of the message whose picture's caption has these words."""
    found = await bot.page.until(
        lambda: next((p for m in bot.page.messages for p in m["pictures"] if caption in p["caption"]), None)
    )
    status, body = await bot.page.fetch(found["url"])
    assert status == 200
    return body


class TestTheStart:
    async def test_says_where_the_page_is_and_what_is_simulated(self, demos: Demos) -> None:
        assert "PAPER · SIMULATED MARKET" in demos.plain.program.output
        assert "Simulated: prices, time and money." in demos.plain.program.output
        assert "how did we do vs BTC?" in demos.plain.program.output

    async def test_tells_the_command_line_where_it_runs_and_nobody_else(self, demos: Demos) -> None:
        note = demos.plain.state / "running.json"
        assert note.stat().st_mode & 0o077 == 0
        assert f"{json.loads(note.read_text())['url']}/?token=" in demos.plain.program.output

    @pytest.mark.parametrize("path", ["/", "/dashboard"])
    async def test_every_screen_says_paper_and_simulated(self, demos: Demos, path: str) -> None:
        status, body = await demos.plain.page.fetch(path)
        assert status == 200
        assert "PAPER · SIMULATED MARKET" in body.decode()

    async def test_greets_on_the_page(self, demos: Demos) -> None:
        assert "PAPER · SIMULATED" in said(await demos.plain.page.message("Ready."))

    async def test_warns_of_nothing(self, demos: Demos) -> None:
        assert demos.plain.program.errors == []


class TestACardThatIsApproved:
    async def test_came_up_by_itself_with_its_decider(self, approved: Pressed) -> None:
        assert "Rebalance · PAPER · SIMULATED" in approved.card["text"]
        assert "Decided by allocator" in approved.card["text"]

    async def test_leads_to_fills_of_just_its_orders(self, approved: Pressed) -> None:
        batch = approved.bot.books.approval(approved.approval)["batch_id"]
        orders = [row for row in approved.bot.books.rows("orders") if row["batch_id"] == batch]
        assert orders
        assert {row["status"] for row in orders} == {"FILLED"}
        assert len(approved.bot.books.fills_of(approved.approval)) == len(orders)

    async def test_says_who_approved_and_what_was_filled(self, approved: Pressed) -> None:
        edited = approved.first["edit"]
        assert "Approved by @owner on the web page" in edited["text"]
        assert edited["buttons"] == []
        for fill in approved.bot.books.fills_of(approved.approval):
            assert fill["symbol"].split("/")[0] in edited["card"]

    async def test_changes_nothing_when_pressed_again(self, approved: Pressed) -> None:
        decided = [e for e in approved.bot.books.events("approval_closed") if e["status"] == "APPROVED"]
        assert [e["approval_id"] for e in decided].count(approved.approval) == 1
        assert approved.again["toast"]
        assert approved.again["edit"]["text"] == approved.first["edit"]["text"]

    async def test_leaves_a_ledger_that_sums_to_nothing(self, approved: Pressed) -> None:
        assert approved.bot.books.close().agrees()


class TestTheDailyReport:
    async def test_appears_by_itself_within_three_days(self, approved: Pressed) -> None:
        report = await approved.bot.page.message("Report", "Since 5 Jan")
        started, due = approved.bot.books.events("started")[0], approved.bot.books.events("report_due")[0]
        assert due["local_date"] <= "2026-01-07"
        assert started["first_start"]
        assert report["pictures"]

    async def test_brings_its_picture(self, approved: Pressed) -> None:
        await approved.bot.page.message("Report")
        assert (await picture(approved.bot, "PAPER · SIMULATED")).startswith(PNG)


class TestFigures:
    async def test_status_tells_the_equity_that_fills_and_prices_make(self, still: Bot) -> None:
        point = still.books.rows("equity_points")[-1]
        prices = {asset: Decimal(price) for asset, price in json.loads(point["benchmarks"]).items()}
        held = still.books.close().held
        equity = sum((held.get(asset, Decimal(0)) * prices[asset] for asset in prices), held["USD"])
        assert len(held) > 1, "it holds something besides cash"
        assert dollars(equity) in said(await still.page.ask("/status"))

    async def test_status_tells_the_gaps_to_bitcoin_and_ether(self, still: Bot) -> None:
        ours, theirs = _returns(still)
        shown = said(await still.page.ask("/status"))
        assert change(ours) in shown
        for asset in ("BTC", "ETH"):
            assert f"vs {asset}" in shown
            assert gap(ours, theirs[asset]) in shown

    async def test_a_question_about_bitcoin_is_answered_with_the_gap_and_a_picture(self, still: Bot) -> None:
        ours, theirs = _returns(still)
        answer = await still.page.ask("how did we do vs BTC?")
        assert standing(ours, theirs["BTC"], "BTC") in said(answer)
        assert [p["caption"] for p in answer["pictures"]]
        assert (await picture(still, standing(ours, theirs["BTC"], "BTC"))).startswith(PNG)

    async def test_the_export_has_the_same_points_as_the_database(self, still: Bot) -> None:
        points = still.books.rows("equity_points")
        await still.program.stop()
        lines = (still.state / "exports" / "equity.csv").read_text().splitlines()[1:]
        assert [line.split(",")[1] for line in lines] == [point["equity"] for point in points]


def _returns(bot: Bot) -> tuple[Decimal, dict[str, Decimal]]:
    """Growth since the start of the portfolio and of each benchmark, from the equity points; no money came in since."""
    points = bot.books.rows("equity_points")
    first, last = points[0], points[-1]
    before, after = json.loads(first["benchmarks"]), json.loads(last["benchmarks"])
    theirs = {asset: Decimal(after[asset]) / Decimal(before[asset]) - 1 for asset in before}
    return Decimal(last["equity"]) / Decimal(first["equity"]) - 1, theirs


class TestACardThatIsRejected:
    async def test_trades_nothing_and_says_who_rejected(self, demos: Demos) -> None:
        bot = demos.declined
        card = await bot.page.card()
        pressed = await bot.page.press(button(card, "Reject"))
        assert "Rejected by @owner" in pressed["edit"]["text"]
        late = await bot.page.press(button(card, "Approve"))
        assert "Rejected by @owner" in late["edit"]["text"]
        await bot.page.message("Report")
        assert bot.books.approval(button(card, "Approve").removeprefix("ok:"))["status"] == "REJECTED"
        assert bot.books.fills == []


class TestACardThatNobodyPresses:
    async def test_holds_time_until_it_expires_and_then_lets_it_go_on(self, demos: Demos) -> None:
        bot = demos.unpressed
        card = (await bot.page.until(lambda: bot.books.rows("approvals")))[0]
        await bot.page.message("Expired at")
        await bot.page.message("Report")
        closed, due = bot.books.events("approval_closed")[0], bot.books.events("report_due")[0]
        assert closed["status"] == "EXPIRED"
        assert closed["at"] == bot.books.events("approval_requested")[0]["at"], "market time stood still"
        assert due["at"] > closed["at"]
        assert bot.books.fills == []
        assert SystemClock().now().isoformat() >= card["expires_at"]
