"""The reading commands, asked as a person would."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.chatbot import book_facts
from tests.unit.chatbot.conftest import Chat
from trading.contract import Window


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("/fees", "all"),
        ("/costs", "all"),
        ("/profit", "last 7 days"),
        ("/export", "all"),
        ("/fees last week", "last week"),
    ],
)
async def test_a_span_left_out_is_the_usual_one(chat: Chat, text: str, asked: str) -> None:
    assert (await chat.ask(text)).ok
    assert chat.desk.books.windows == [asked]


async def test_an_order_is_found_by_the_beginning_of_its_id(chat: Chat) -> None:
    for text in ("/order 7f3a", f"/order {book_facts.ORDER_ID}"):
        assert "buy BTC 0.0069: filled" in (await chat.ask(text)).text


async def test_orders_that_begin_alike_are_listed_and_opened_by_button(chat: Chat) -> None:
    twin = replace(book_facts.bought(), client_order_id="7f3affff-2f1e-5b7a-9c1d-0a1b2c3d4e5f")
    chat.desk.books.orders.append(twin)
    listed = await chat.ask("/order 7f3a")
    assert "2 orders begin with 7f3a" in listed.text
    opened = await chat.press(listed.buttons[1].id)
    assert opened.send is not None and twin.client_order_id in opened.send.card


async def test_a_whole_id_is_that_order_even_where_a_longer_one_begins_with_it(chat: Chat) -> None:
    first = chat.desk.books.fills[0]
    chat.desk.books.fills.append(replace(first, trade_id=f"{first.trade_id}0"))
    assert "begin with" in (await chat.ask("/trade 7f3a")).text
    assert "BTC 0.0069 at" in (await chat.ask(f"/trade {first.trade_id}")).text


@pytest.mark.parametrize(
    ("text", "way_on"), [("/order 7f3", "/orders"), ("/trade 1", "/trades"), ("/order ---", "/orders")]
)
async def test_too_short_an_id_is_refused_with_the_way_on(chat: Chat, text: str, way_on: str) -> None:
    reply = await chat.ask(text)
    assert not reply.ok and way_on in reply.text and [button.id for button in reply.buttons] == [f"do:{way_on}"]


async def test_what_is_not_there_is_said(chat: Chat) -> None:
    chat.desk.books.orders.clear()
    chat.desk.books.fills.clear()
    assert "No order begins with 7f3a" in (await chat.ask("/order 7f3a")).text
    assert "No trade begins with 7f3a" in (await chat.ask("/trade 7f3a")).text


@pytest.mark.parametrize("text", ["/profit last week", "/pnl last week"])
async def test_a_span_before_the_portfolio_began_has_no_profit_rather_than_zero(
    chat: Chat, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    began = chat.desk.now() - timedelta(hours=1)
    monkeypatch.setattr(chat.desk, "window", lambda words: Window(began, began, words))
    reply = await chat.ask(text)
    assert "Nothing last week: the portfolio started on" in reply.text and reply.card == ""
    assert reply.buttons[0].id == "do:/profit all"


@pytest.mark.parametrize(("one", "many"), [("/order", "/orders"), ("/trade", "/trades")])
async def test_without_an_id_the_newest_are_shown_to_choose_from(chat: Chat, one: str, many: str) -> None:
    assert await chat.ask(one) == await chat.ask(many)
    assert all(button.id.startswith(f"do:{one} ") for button in (await chat.ask(one)).buttons[:1])


@pytest.mark.parametrize(
    ("text", "drawn"), [("/compare", "comparison"), ("/allocation", "allocation"), ("/profit", "profit")]
)
async def test_pictures_come_with_what_they_show(chat: Chat, text: str, drawn: str) -> None:
    assert len((await chat.ask(text)).pictures) == 1
    assert chat.charts.drawn == [drawn]


async def test_nothing_to_compare_yet_is_said(chat: Chat) -> None:
    chat.desk.now_performance = None
    assert "Nothing to compare yet" in (await chat.ask("/compare")).text


async def test_a_report_is_of_the_day_unless_another_is_asked_for(chat: Chat) -> None:
    assert "Daily report" in (await chat.ask("/report")).text
    assert "Monthly report" in (await chat.ask("/report monthly")).text
    assert "not understood" in (await chat.ask("/report hourly")).text


async def test_an_export_comes_as_files(chat: Chat) -> None:
    reply = await chat.ask("/export")
    assert [file.name for file in reply.files] == ["purser-trades.csv", "purser-ledger.csv"]


async def test_buttons_of_the_reading_commands_only_read_or_ask(chat: Chat) -> None:
    for name in ("positions", "orders", "balance", "fees", "costs", "profit", "risk", "limits", "stops", "health"):
        for button in (await chat.ask(f"/{name}")).buttons:
            assert button.id.startswith("do:/")
    assert not [call for call in chat.desk.calls if str(call[0]).startswith(("approve", "switch"))]
