"""The live venue over the real ccxt client: what it sends, and what it makes of every answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from tests.unit.trading.exchange.scripted_kraken import (
    KEY,
    WIDE,
    ScriptedKraken,
    client,
    cut_before_answering,
    cut_in_the_body,
    seconds,
    text,
)
from trading.clock import SimulatedClock
from trading.domain.market import Instrument
from trading.domain.money import Money
from trading.domain.order import FINAL, Order, OrderIntent, OrderStatus, OrderType, Side, Source
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.ccxt_venue import CcxtVenue
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.request_budget import KRAKEN_TIERS

BTC = Instrument(
    "BTC/USD",
    "BTC",
    "USD",
    price_tick=Decimal("0.1"),
    lot_step=Decimal("0.00000001"),
    min_quantity=Decimal("0.00005"),
    min_notional=Decimal("0.5"),
)
ID = "6d1b345e-2821-40e2-ad83-4ecb18a06876"
TXID = "OEKVV2-IH52O-TPL6GZ"
PLACED = {"txid": [TXID], "descr": {"order": "buy 0.01 XBTUSD @ market"}}
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NOTHING_OPEN: Mapping[str, Any] = {"open": {}}
NOTHING_CLOSED: Mapping[str, Any] = {"closed": {}, "count": 0}


def order(
    quantity: str = "0.01",
    *,
    side: Side = Side.BUY,
    limit: str | None = None,
    venue_order_id: str | None = None,
    protective: bool = False,
) -> Order:
    intent = OrderIntent(
        id="intent",
        batch_id="batch",
        instrument=BTC,
        side=side,
        quantity=Decimal(quantity),
        type=OrderType.LIMIT if limit else OrderType.MARKET,
        source=Source.MANUAL,
        reason="a test",
        limit_price=Decimal(limit) if limit else None,
        reduce_only=protective,
        protective=protective,
    )
    return Order(ID, intent, OrderStatus.SUBMITTED, NOW, NOW, venue_order_id=venue_order_id)


def entry(
    status: str = "closed", *, quantity: str = "0.01", filled: str = "0.01", client_id: str | None = ID, **more: Any
) -> dict[str, Any]:
    """An order as Kraken lists it."""
    return {
        "refid": None,
        "userref": 0,
        "cl_ord_id": client_id,
        "status": status,
        "opentm": seconds(NOW),
        "starttm": 0,
        "expiretm": 0,
        "descr": {"pair": "XBTUSD", "type": "buy", "ordertype": "market", "price": "0", "price2": "0"},
        "vol": quantity,
        "vol_exec": filled,
        "cost": "600.0",
        "fee": "2.4",
        "price": "60000.0",
        "oflags": "fciq",
        **more,
    }


def trade(quantity: str = "0.01", *, of: str = TXID, price: str = "60000.10000", at: datetime = NOW) -> dict[str, Any]:
    """An execution as Kraken lists it."""
    return {
        "ordertxid": of,
        "postxid": "TKH2SE-M7IF5-CFI7LT",
        "pair": "XXBTZUSD",
        "time": seconds(at),
        "type": "buy",
        "ordertype": "market",
        "price": price,
        "cost": "600.00100",
        "fee": "2.40000",
        "vol": quantity,
        "margin": "0.00000",
        "misc": "",
        "trade_id": 1,
        "maker": False,
    }


def trades(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"trades": {f"T{number:05}-AAAAA-AAAAAA": one for number, one in enumerate(listed)}, "count": len(listed)}


@pytest.fixture
def venue(line: PrivateClient) -> CcxtVenue:
    return CcxtVenue(KrakenApi(line))


async def test_an_order_goes_out_with_its_id_a_deadline_and_exact_figures(
    venue: CcxtVenue, kraken: ScriptedKraken
) -> None:
    kraken.say("AddOrder", PLACED)
    placed = await venue.place_order(order("0.12345678", limit="60000.1"))
    assert (placed.status, placed.venue_order_id, placed.fills) == (OrderStatus.ACCEPTED, TXID, ())
    [form] = kraken.forms("AddOrder")
    assert form["deadline"].startswith("2026-11-21T12:00:1")
    assert {key: value for key, value in form.items() if key != "deadline"} == {
        "pair": "XXBTZUSD",
        "type": "buy",
        "ordertype": "limit",
        "volume": "0.12345678",
        "price": "60000.1",
        "cl_ord_id": ID,
        "oflags": "fciq",
    }


@pytest.mark.parametrize("quantity", ["0.00000001", "1E-7", "123456789.12345678", "1E+3", "0.10000000"])
async def test_no_figure_is_rounded_or_written_in_powers_of_ten(
    venue: CcxtVenue, kraken: ScriptedKraken, quantity: str
) -> None:
    kraken.say("AddOrder", PLACED)
    await venue.place_order(order(quantity))
    [form] = kraken.forms("AddOrder")
    assert "E" not in form["volume"].upper()
    assert Decimal(form["volume"]) == Decimal(quantity)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=1), timedelta(days=-1), timedelta(seconds=25)])
async def test_the_deadline_is_counted_on_the_venues_clock(
    venue: CcxtVenue, kraken: ScriptedKraken, ahead: timedelta
) -> None:
    kraken.ahead = ahead
    kraken.say("AddOrder", PLACED)
    await venue.place_order(order())
    [form] = kraken.forms("AddOrder")
    deadline = datetime.fromisoformat(form["deadline"].replace("Z", "+00:00"))
    assert abs(deadline - (NOW + ahead + timedelta(seconds=10))) <= timedelta(seconds=1)


async def test_a_refusal_is_told_and_places_nothing(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("AddOrder", ["EOrder:Insufficient funds"])
    refused = await venue.place_order(order())
    assert (refused.status, refused.venue_order_id) == (OrderStatus.REJECTED, None)
    assert refused.detail == (
        "Kraken refused the order: there are not enough free funds; ask for less (EOrder:Insufficient funds)."
    )


DOUBTFUL = {
    "cut before the answer": cut_before_answering,
    "cut in the body": cut_in_the_body,
    "a page of HTML with 200": text("<html><title>Just a moment</title></html>"),
    "an empty body": text("", content_type="application/json"),
    "half an answer": text('{"error":[],"result":{"txid":["OEK', content_type="application/json"),
    "an answer without an id": {"descr": {"order": "buy"}},
    "an empty list of ids": {"txid": []},
    "408": text("", status=408),
    "429": text("slow down", status=429),
    "500": text("{}", status=500, content_type="application/json"),
    "502": text("<html>Bad gateway</html>", status=502),
    "503": text("<html>Unavailable</html>", status=503),
    "504": text("<html>Gateway timeout</html>", status=504),
    "520": text("<html>Web server returns an unknown error</html>", status=520),
    "522": text("<html>Connection timed out</html>", status=522),
    "524": text("<html>A timeout occurred</html>", status=524),
    "the engine timed out": ["EService:Timeout"],
    "unavailable": ["EService:Unavailable"],
    "busy": ["EService:Busy"],
    "an internal error": ["EGeneral:Internal error"],
    "a nonce that is too small": ["EAPI:Invalid nonce"],
    "a word we do not know": ["EOrder:Moon in retrograde"],
    "a refusal and a word we do not know": ["EOrder:Insufficient funds", "EService:Timeout"],
    "an id that is taken": ["EOrder:Duplicate cl_ord_id"],
}


@pytest.mark.parametrize("answer", DOUBTFUL.values(), ids=DOUBTFUL.keys())
async def test_a_doubtful_answer_is_unknown_and_nothing_is_sent_again(
    venue: CcxtVenue, kraken: ScriptedKraken, answer: Any
) -> None:
    kraken.say("AddOrder", answer)
    with pytest.raises(OutcomeUnknown, match=r"may or may not exist; ask for it\.$"):
        await venue.place_order(order())
    assert len(kraken.forms("AddOrder")) == 1


async def test_an_answer_that_never_comes_is_unknown(kraken: ScriptedKraken, clock: SimulatedClock) -> None:
    never = asyncio.Event()

    async def silence(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    line = client(kraken, clock, timeout=timedelta(seconds=0.3))
    kraken.say("AddOrder", silence)
    with pytest.raises(OutcomeUnknown, match="did not answer in time"):
        await CcxtVenue(KrakenApi(line)).place_order(order())
    never.set()
    await line.close()


async def test_a_venue_that_cannot_be_connected_to_got_nothing(
    kraken: ScriptedKraken, venue: CcxtVenue, line: PrivateClient
) -> None:
    await line.markets()
    await line.server_time.now()
    # Port 1 on loopback refuses connections.
    line.client.urls["api"]["private"] = "http://127.0.0.1:1"
    with pytest.raises(Retryable, match="nothing was sent"):
        await venue.place_order(order())
    assert kraken.forms("AddOrder") == []


async def test_without_the_venues_time_no_order_leaves(kraken: ScriptedKraken, clock: SimulatedClock) -> None:
    line = client(kraken, clock)
    await line.markets()
    line.client.urls["api"]["public"] = "http://127.0.0.1:1"
    with pytest.raises(Retryable):
        await CcxtVenue(KrakenApi(line)).place_order(order())
    assert kraken.asked == []
    await line.close()


async def test_a_deadline_refusal_makes_us_look_at_the_venues_clock_again(
    venue: CcxtVenue, kraken: ScriptedKraken
) -> None:
    kraken.say("AddOrder", ["EService:Deadline elapsed"], PLACED)
    assert (await venue.place_order(order())).status is OrderStatus.REJECTED
    await venue.place_order(order())
    assert kraken.time_asked == 2


@pytest.mark.parametrize(
    ("quantity", "limit"), [("0.000000001", None), ("0", None), ("-1", None), ("0.01", "60000.15"), ("0.01", "-1")]
)
async def test_what_the_venue_would_cut_off_is_refused_here(
    venue: CcxtVenue, kraken: ScriptedKraken, quantity: str, limit: str | None
) -> None:
    refused = await venue.place_order(order(quantity, limit=limit))
    assert refused.status is OrderStatus.REJECTED
    assert refused.detail.endswith(".")
    assert kraken.asked == []


async def test_a_check_places_nothing_and_tells_why_not(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("AddOrder", {"descr": {"order": "buy"}}, ["EOrder:Cost minimum not met"], text("<html></html>"))
    assert await venue.check_order(order()) == ""
    assert "below the pair's minimum" in await venue.check_order(order())
    with pytest.raises(Retryable):
        await venue.check_order(order())
    assert {form["validate"] for form in kraken.forms("AddOrder")} == {"true"}


async def test_a_filled_order_is_found_with_its_true_fills(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("OpenOrders", NOTHING_OPEN)
    kraken.say("ClosedOrders", {"closed": {TXID: entry()}, "count": 1})
    kraken.say("TradesHistory", trades(trade("0.004"), trade("0.006", price="60001.2"), trade("5", of="OTHER")))
    found = await venue.find_order(order())
    assert found is not None
    assert (found.status, found.venue_order_id) == (OrderStatus.FILLED, TXID)
    assert [(fill.price, fill.quantity, fill.fee) for fill in found.fills] == [
        (Decimal("60000.1"), Decimal("0.004"), Money(Decimal("2.4"), "USD")),
        (Decimal("60001.2"), Decimal("0.006"), Money(Decimal("2.4"), "USD")),
    ]
    assert {(fill.client_order_id, fill.symbol, fill.side, fill.at) for fill in found.fills} == {
        (ID, "BTC/USD", Side.BUY, NOW)
    }
    assert kraken.forms("OpenOrders")[0]["cl_ord_id"] == kraken.forms("ClosedOrders")[0]["cl_ord_id"] == ID
    assert all("userref" not in asked.form for asked in kraken.asked)


@pytest.mark.parametrize(
    ("status", "filled", "expected"),
    [
        ("pending", "0", OrderStatus.ACCEPTED),
        ("open", "0", OrderStatus.ACCEPTED),
        ("open", "0.004", OrderStatus.PARTIALLY_FILLED),
        ("closed", "0.01", OrderStatus.FILLED),
        ("closed", "0.004", OrderStatus.CANCELED),
        ("canceled", "0", OrderStatus.CANCELED),
        ("canceled", "0.004", OrderStatus.CANCELED),
        ("expired", "0.004", OrderStatus.EXPIRED),
    ],
)
async def test_the_venues_status_becomes_ours(
    venue: CcxtVenue, kraken: ScriptedKraken, status: str, filled: str, expected: OrderStatus
) -> None:
    kraken.say("QueryOrders", {TXID: entry(status, filled=filled, reason="User requested")})
    kraken.say("TradesHistory", trades(trade(filled)))
    found = await venue.find_order(order(venue_order_id=TXID))
    assert found is not None
    assert found.status is expected
    assert sum(fill.quantity for fill in found.fills) == Decimal(filled)


async def test_a_status_we_do_not_know_decides_nothing(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("QueryOrders", {TXID: entry("floating")})
    with pytest.raises(Retryable):
        await venue.find_order(order(venue_order_id=TXID))


@pytest.mark.parametrize("status", ["closed", "canceled", "open"])
async def test_an_order_is_not_told_before_all_its_trades_are_listed(
    venue: CcxtVenue, kraken: ScriptedKraken, status: str
) -> None:
    kraken.say("QueryOrders", {TXID: entry(status, filled="0.008")})
    kraken.say("TradesHistory", trades(trade("0.004")))
    with pytest.raises(Retryable, match=r"filled 0\.008 of BTC/USD but lists trades of 0\.004"):
        await venue.find_order(order(venue_order_id=TXID))


def paged(inside: str, entries: Mapping[str, Any], count: int | None = None) -> Any:
    """A history in pages of 50, newest first."""

    async def answer(request: web.Request) -> web.StreamResponse:
        offset = int((await request.post()).get("ofs", "0"))  # type: ignore[arg-type]
        page = dict(list(entries.items())[offset : offset + 50])
        return web.json_response({"error": [], "result": {inside: page, "count": count or len(entries)}})

    return answer


async def test_an_order_on_the_last_page_is_found_among_its_trades_on_the_last_page(
    venue: CcxtVenue, kraken: ScriptedKraken
) -> None:
    others = {f"O{number:05}": entry(client_id=f"other-{number}") for number in range(120)}
    foreign = {f"T{number:05}": trade(of="OTHER") for number in range(249)}
    kraken.otherwise("OpenOrders", NOTHING_OPEN)
    kraken.otherwise("ClosedOrders", paged("closed", {**others, TXID: entry()}))
    kraken.otherwise("TradesHistory", paged("trades", {**foreign, "TLAST": trade()}))
    found = await venue.find_order(order())
    assert found is not None
    assert [fill.trade_id for fill in found.fills] == ["TLAST"]
    assert [form["ofs"] for form in kraken.forms("ClosedOrders")] == ["0", "50", "100"]
    assert len(kraken.forms("TradesHistory")) == 5


async def test_an_order_is_absent_only_when_every_page_was_read(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    others = {f"O{number:05}": entry(client_id=f"other-{number}") for number in range(120)}
    kraken.otherwise("OpenOrders", NOTHING_OPEN)
    kraken.otherwise("ClosedOrders", paged("closed", others))
    assert await venue.find_order(order()) is None
    assert len(kraken.forms("ClosedOrders")) == 3
    # The venue says that there are more than it gives: then nothing is proved.
    kraken.otherwise("ClosedOrders", paged("closed", others, count=121))
    with pytest.raises(Retryable, match="120 of 121"):
        await venue.find_order(order())


UNREADABLE = {
    "a page of HTML": text("<html></html>"),
    "half an answer": text('{"error":[],"result":{"op', content_type="application/json"),
    "an empty body": text("", content_type="application/json"),
    "no result": text('{"error":[]}', content_type="application/json"),
    "an empty result": {},
    "a cut": cut_in_the_body,
    "524": text("<html></html>", status=524),
    "a refusal": ["EAPI:Rate limit exceeded"],
    "not allowed": ["EGeneral:Permission denied"],
    "a wrong key": ["EAPI:Invalid key"],
}


@pytest.mark.parametrize("where", ["OpenOrders", "ClosedOrders"])
@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_unreadable_answer_is_never_taken_for_absence(
    venue: CcxtVenue, kraken: ScriptedKraken, where: str, answer: Any
) -> None:
    kraken.otherwise("OpenOrders", NOTHING_OPEN)
    kraken.otherwise("ClosedOrders", NOTHING_CLOSED)
    kraken.say(where, answer)
    with pytest.raises(Retryable, match=r"\.$"):
        await venue.find_order(order())


async def test_open_orders_are_read_before_closed_ones(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("OpenOrders", NOTHING_OPEN)
    kraken.say("ClosedOrders", NOTHING_CLOSED)
    await venue.find_order(order())
    assert [asked.endpoint for asked in kraken.asked] == ["OpenOrders", "ClosedOrders"]


async def test_an_id_written_without_dashes_is_the_same_id(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("OpenOrders", {"open": {TXID: entry("open", filled="0", client_id=ID.replace("-", "").upper())}})
    kraken.say("ClosedOrders", NOTHING_CLOSED)
    found = await venue.find_order(order())
    assert found is not None
    assert found.status is OrderStatus.ACCEPTED


async def test_two_orders_under_one_id_are_for_a_person(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("OpenOrders", NOTHING_OPEN)
    kraken.say("ClosedOrders", {"closed": {TXID: entry(), "OTWIN1-AAAAA-BBBBBB": entry()}, "count": 2})
    with pytest.raises(NeedsOperator, match="OTWIN1-AAAAA-BBBBBB"):
        await venue.find_order(order())


@pytest.mark.parametrize("answer", [["EOrder:Unknown order"], {}])
async def test_an_order_the_venue_took_is_never_absent(venue: CcxtVenue, kraken: ScriptedKraken, answer: Any) -> None:
    kraken.say("QueryOrders", answer)
    with pytest.raises(Retryable, match="does not show it"):
        await venue.find_order(order(venue_order_id=TXID))


async def test_a_cancelled_order_is_asked_for_afterwards(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("CancelOrder", {"count": 1})
    kraken.say("QueryOrders", {TXID: entry("canceled", filled="0")})
    cancelled = await venue.cancel_order(order(venue_order_id=TXID))
    assert cancelled is not None
    assert cancelled.status is OrderStatus.CANCELED
    assert kraken.forms("CancelOrder") == [{"cl_ord_id": ID}]


async def test_what_filled_before_the_cancellation_is_told(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("CancelOrder", ["EOrder:Unknown order"])
    kraken.say("QueryOrders", {TXID: entry()})
    kraken.say("TradesHistory", trades(trade()))
    found = await venue.cancel_order(order(venue_order_id=TXID))
    assert found is not None
    assert found.status is OrderStatus.FILLED


async def test_cancelling_an_order_that_was_never_sent_finds_nothing(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("CancelOrder", ["EOrder:Unknown order"])
    kraken.say("OpenOrders", NOTHING_OPEN)
    kraken.say("ClosedOrders", NOTHING_CLOSED)
    assert await venue.cancel_order(order()) is None


@pytest.mark.parametrize("answer", [cut_in_the_body, text("<html></html>"), ["EService:Timeout"]])
async def test_a_cancellation_without_an_answer_is_unknown(
    venue: CcxtVenue, kraken: ScriptedKraken, answer: Any
) -> None:
    kraken.say("CancelOrder", answer)
    with pytest.raises(OutcomeUnknown, match="may or may not have been taken"):
        await venue.cancel_order(order())


async def test_a_refused_cancellation_can_be_tried_again(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    kraken.say("CancelOrder", ["EOrder:Rate limit exceeded"])
    with pytest.raises(Retryable, match="was not taken"):
        await venue.cancel_order(order())


@pytest.fixture
async def narrow(kraken: ScriptedKraken, clock: SimulatedClock) -> AsyncIterator[PrivateClient]:
    made = client(kraken, clock, tier=KRAKEN_TIERS["starter"])
    yield made
    await made.close()


async def test_an_exit_passes_entries_that_wait_for_the_counter(kraken: ScriptedKraken, narrow: PrivateClient) -> None:
    venue = CcxtVenue(KrakenApi(narrow))
    kraken.otherwise("AddOrder", PLACED)
    entries = [asyncio.create_task(venue.place_order(order())) for _ in range(60)]
    async with asyncio.timeout(10):
        await kraken.until(lambda: len(kraken.forms("AddOrder")) == 34)
        exits = [venue.place_order(order(side=Side.SELL, protective=True)) for _ in range(20)]
        assert {placed.status for placed in await asyncio.gather(*exits)} == {OrderStatus.ACCEPTED}
    sent = kraken.forms("AddOrder")
    assert [form["type"] for form in sent].count("sell") == 20
    assert [form["type"] for form in sent].count("buy") == 34
    for task in entries:
        task.cancel()
    await asyncio.gather(*entries, return_exceptions=True)


async def test_final_answers_of_a_find_are_whole(venue: CcxtVenue, kraken: ScriptedKraken) -> None:
    """The same order found twice has the same fills: the books may count by trade id."""
    kraken.otherwise("QueryOrders", {TXID: entry()})
    kraken.otherwise("TradesHistory", trades(trade("0.003"), trade("0.007")))
    first = await venue.find_order(order(venue_order_id=TXID))
    assert first == await venue.find_order(replace(order(venue_order_id=TXID), status=OrderStatus.FILLED))
    assert first is not None
    assert first.status in FINAL
    assert {form["consolidate_taker"] for form in kraken.forms("TradesHistory")} == {"false"}


def test_a_clients_credentials_are_not_shown() -> None:
    assert KEY.secret not in repr(KEY)
    assert KEY.key not in str(KEY)
    assert WIDE.trading.threshold > 0
