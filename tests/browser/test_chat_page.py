from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from chatbot.message import Reply, Table, Tone
from chatbot.transports.web import WebTransport
from chatbot.transports.web_conversation import PAGE
from tests.browser.conftest import Complaints, Opened
from tests.browser.page_bot import ALERTS, APPROVED, BANNER, TRADES, WAITING, PageBot, served, transport

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = 360
WIDE = Table("", tuple(f"Column {i}" for i in range(12)), (tuple("123,456.78" for _ in range(12)),), ">" * 12)
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


class Bot(PageBot):
    """The bot, its page, and the link that opens it."""

    def __init__(self, page: WebTransport, link: str) -> None:
        super().__init__()
        self.page = page
        self.link = link


@pytest_asyncio.fixture(loop_scope="module")
async def bot() -> AsyncIterator[Bot]:
    page = transport()
    bot = Bot(page, "")
    async with served(page, bot):
        bot.link = await page.link()
        yield bot


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_a_question_is_answered_with_a_picture(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    await say(page, "How did we do vs BTC?")
    picture = page.locator(".message.purser img")
    await expect(picture).to_be_visible()
    await page.wait_for_function("document.querySelector('.message img').complete")
    assert await picture.evaluate("image => image.naturalWidth") > 0
    await expect(page.locator(".message")).to_have_count(2)
    await expect(page.locator(".message.owner .text")).to_have_text("How did we do vs BTC?")
    assert bot.heard[0].text == "How did we do vs BTC?"


async def test_approving_changes_the_card_in_its_place(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    await bot.page.send(PAGE, WAITING)
    await bot.page.send(PAGE, Reply("Something later."))
    card = page.locator(".message").first
    await expect(card.get_by_role("button")).to_have_text(["Approve", "Reject", "Details"])
    await card.get_by_role("button", name="Approve").click()
    await expect(card.locator(".card")).to_have_text(APPROVED.card)
    await expect(card).to_contain_text("Approved by @owner on web")
    await expect(card.get_by_role("button")).to_have_count(0)
    await expect(page.locator(".message")).to_have_count(2)
    await expect(page.locator("#toast")).to_have_text("Approved.")
    assert [press.button_id for press in bot.pressed] == ["ok:7f3a"]


async def test_a_card_decided_elsewhere_changes_here(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    card = await bot.page.send(PAGE, WAITING)
    await expect(page.get_by_role("button", name="Approve")).to_be_visible()
    await bot.page.edit(card, Reply("✅ Approved by @owner on Telegram", tone=Tone.GOOD))
    await expect(page.locator(".message")).to_have_text("✅ Approved by @owner on Telegram21 Nov 14:02 MST")


async def test_a_notice_arrives_without_a_reload_in_every_tab(bot: Bot, opened: Opened) -> None:
    tabs = [await opened(bot.link), await opened(bot.link, PHONE)]
    for tab in tabs:
        await expect(tab.get_by_text("Ask about the portfolio")).to_be_visible()
    await bot.page.send(PAGE, Reply("🛑 Stop: SOL sold"))
    for tab in tabs:
        await expect(tab.locator(".message .text")).to_have_text("🛑 Stop: SOL sold")


async def test_a_reload_keeps_the_messages(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    await say(page, "/status")
    await expect(page.locator(".message.purser .card")).to_be_visible()
    before = await page.locator("#log").inner_text()
    await page.reload()
    await expect(page.locator(".message.purser .card")).to_be_visible()
    assert await page.locator("#log").inner_text() == before


async def test_nothing_scrolls_sideways_on_a_phone(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link, PHONE, 740)
    for reply in (
        WAITING,
        Reply("Trades", tables=(replace(TRADES, title="A table much wider than a phone " * 3), WIDE)),
        Reply("x" * 400, card="y" * 200),
        Reply(HOSTILE, buttons=WAITING.buttons * 3),
    ):
        await bot.page.send(PAGE, reply)
    await say(page, "How did we do vs BTC?")
    await expect(page.locator(".message img")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert await page.evaluate("document.getElementById('scroll').scrollWidth") == PHONE
    await page.get_by_role("link", name="Dashboard").click()
    await expect(page.locator("#chart svg")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE
    assert await page.locator("header").evaluate("header => header.scrollWidth") == PHONE


LABELS_CUT = """async (totals) => {
  const { drawCurve } = await import("/static/chart.js");
  const place = document.getElementById("chart");
  const lines = totals.map((total, i) => ({ name: ["You", "BTC", "ETH"][i], total, values: [1, 1 + i / 10] }));
  drawCurve(place, { times: [0, 86400], lines, drawdown: [0, 0], deepest: "", zone: "UTC" }, () => {});
  const edge = place.querySelector("svg").getBoundingClientRect().right;
  return [...place.querySelectorAll(".label")].filter((label) => label.getBoundingClientRect().right > edge).length;
}"""


async def test_no_figure_at_a_line_s_end_is_cut_on_a_phone(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link, PHONE, 740)
    await page.get_by_role("link", name="Dashboard").click()
    await expect(page.locator("#chart svg")).to_be_visible()
    assert await page.evaluate(LABELS_CUT, ["\u221211.72 %", "+1,234.56 %", "+8.20 %"]) == 0


@pytest.mark.parametrize("width", [PHONE, 1200])
async def test_every_screen_says_what_world_this_is(bot: Bot, opened: Opened, width: int) -> None:
    page = await opened(bot.link, width)
    for screen in ("Chat", "Dashboard"):
        await page.get_by_role("link", name=screen).click()
        banner = page.locator("#banner")
        await expect(banner).to_have_text(BANNER)
        await expect(banner).to_be_in_viewport(ratio=1)
        assert await banner.evaluate("banner => banner.scrollWidth <= banner.clientWidth + 1")
        await expect(page.locator("#clock")).to_have_text("21 Nov 14:02 MST")
        await expect(page.locator("#equity")).to_have_text("$10,482.15")
        await expect(page.locator("#state")).to_have_text("ACTIVE")


async def test_hostile_text_is_shown_as_text(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    await say(page, HOSTILE)
    await expect(page.locator(".message.owner .text")).to_have_text(HOSTILE)
    await bot.page.send(PAGE, Reply(HOSTILE, card=HOSTILE))
    await expect(page.locator(".message .card")).to_have_text(HOSTILE)
    assert await page.locator("#log script, #log img").count() == 0


async def test_commands_are_offered_and_completed(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    message = page.get_by_label("Message", exact=True)
    await message.press_sequentially("/p")
    await expect(page.get_by_role("option")).to_have_text(["/pendingCards that wait for you", "/pauseExits only"])
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(message).to_have_value("/pause ")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.owner .text")).to_have_text("/pause")


async def test_a_message_shows_that_work_goes_on_and_no_longer(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    await say(page, "/slow")
    await expect(page.locator(".working")).to_be_visible()
    bot.slow.set()
    await expect(page.get_by_text("Done after all.")).to_be_visible()
    await expect(page.locator(".working")).to_have_count(0)


async def test_the_newest_message_is_in_sight_and_reading_back_is_not_disturbed(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link, PHONE, 740)
    for number in range(30):
        await bot.page.send(PAGE, Reply(f"Notice {number}", card="line\n" * 4))
    await expect(page.get_by_text("Notice 29")).to_be_in_viewport()
    await page.locator("#scroll").evaluate("scroll => { scroll.scrollTop = 0; }")
    await expect(page.get_by_text("Notice 0")).to_be_in_viewport()
    await bot.page.send(PAGE, Reply("Notice 30"))
    await expect(page.get_by_role("button", name="New messages")).to_be_visible()
    await expect(page.get_by_text("Notice 0")).to_be_in_viewport()
    await page.get_by_role("button", name="New messages").click()
    await expect(page.get_by_text("Notice 30")).to_be_in_viewport()


async def test_the_dashboard_shows_the_curve_and_reads_it_where_one_points(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    await page.get_by_role("link", name="Dashboard").click()
    await expect(page.get_by_role("heading", name="Ahead of BTC by 1.9 points since 30 Jul")).to_be_visible()
    await expect(page.locator("#chart .curve")).to_have_count(3)
    await page.locator("#chart svg").hover(position={"x": 300, "y": 120})
    await expect(page.locator("#readout")).to_contain_text("You +")
    await expect(page.locator("#holdings tbody tr")).to_have_count(2)
    await expect(page.locator("#alerts .alert")).to_have_text(ALERTS[0])
    await expect(page.locator("#trades-title")).to_have_text("Newest 14 of 31 trades")
    await expect(page.locator("#pending .card")).to_contain_text("SELL")
    assert await page.locator("#pending button").count() == 0
    await page.get_by_role("button", name="7 d").click()
    await page.mouse.move(0, 0)
    await expect(page.locator("#readout")).to_contain_text("last 7 days")


async def test_without_the_link_the_page_says_where_it_is(bot: Bot, opened: Opened, complaints: Complaints) -> None:
    page = await opened(bot.link.partition("?")[0])
    await expect(page.get_by_role("heading")).to_have_text("This page opens with its link.")
    complaints.clear()  # The browser reports the 401 itself.


async def test_after_an_outage_the_page_goes_on_by_itself(opened: Opened, complaints: Complaints) -> None:
    page_transport, bot = transport(port=free_port()), PageBot()
    async with served(page_transport, bot):
        page = await opened(await page_transport.link())
        await page_transport.send(PAGE, Reply("Before"))
        await expect(page.get_by_text("Before")).to_be_visible()
    await say(page, "/status")
    await expect(page.locator("#toast")).to_have_text("Not sent: Purser does not answer.")
    await expect(page.get_by_label("Message", exact=True)).to_have_value("/status")
    await page_transport.send(PAGE, Reply("Meanwhile"))
    async with served(page_transport, bot):
        await expect(page.get_by_text("Meanwhile")).to_be_visible()
        await expect(page.locator("#trouble")).to_be_hidden()
        await expect(page.locator(".message")).to_have_count(2)
    complaints.clear()  # The browser reports the refused connections itself.


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_closing_a_tab_does_not_stop_the_work(bot: Bot, opened: Opened) -> None:
    page = await opened(bot.link)
    await say(page, "/slow")
    await expect(page.locator(".working")).to_be_visible()
    await page.close()
    bot.slow.set()
    again = await opened(bot.link)
    async with asyncio.timeout(10):
        await expect(again.get_by_text("Done after all.")).to_be_visible()
