"""The live account over the real ccxt client: holdings, fees and history, told whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiohttp import web

from tests.unit.trading.exchange.scripted_kraken import ScriptedKraken, cut_in_the_body, seconds, text
from trading.clock import SimulatedClock
from trading.domain.money import Money
from trading.domain.order import OrderStatus, Side
from trading.domain.portfolio import Balance
from trading.errors import Retryable
from trading.exchange.ccxt_account import CcxtAccount
from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.key_permissions import KeyPermissions, Unverifiable, from_kraken, reason_against_live
from trading.exchange.kraken_api import KrakenApi
from trading.exchange.ledger_fees import with_ledger_fees
from trading.exchange.ports import LedgerKind

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def account(line: PrivateClient) -> CcxtAccount:
    return CcxtAccount(KrakenApi(line))


HELD = {
    "ZUSD": {"balance": "25435.2112", "hold_trade": "8249.7600"},
    "XXBT": {"balance": "1.2435000001", "hold_trade": "0.8423000000"},
    "SOL": {"balance": "0.0000000000", "hold_trade": "0.0000000000"},
    "ETH2.S": {"balance": "3.5000000000"},
}
UNREADABLE = {
    "half an answer": text('{"error":[],"result":{"ZUSD":{"bal', content_type="application/json"),
    "a page of HTML": text("<html></html>"),
    "an empty body": text("", content_type="application/json"),
    "no result": text('{"error":[]}', content_type="application/json"),
    "a list": text("[]", content_type="application/json"),
    "524": text("<html></html>", status=524),
    "a cut": cut_in_the_body,
    "not allowed": ["EGeneral:Permission denied"],
    "no number": {"ZUSD": {"balance": "many", "hold_trade": "0"}},
    "NaN": {"ZUSD": {"balance": "NaN", "hold_trade": "0"}},
    "another shape": {"ZUSD": "12"},
}


async def test_holdings_are_exact_and_named_the_usual_way(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    kraken.otherwise("BalanceEx", HELD)
    assert await account.holdings() == {
        "USD": Balance(Decimal("25435.2112"), Decimal("17185.4512")),
        "BTC": Balance(Decimal("1.2435000001"), Decimal("0.4012000001")),
        "ETH2.S": Balance(Decimal("3.5"), Decimal("3.5")),
    }
    assert await account.balances() == {
        "USD": Decimal("25435.2112"),
        "BTC": Decimal("1.2435000001"),
        "ETH2.S": Decimal("3.5"),
    }


async def test_an_account_that_holds_nothing_is_empty(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    kraken.say("BalanceEx", {})
    assert await account.balances() == {}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_an_unreadable_answer_is_never_an_empty_account(
    account: CcxtAccount, kraken: ScriptedKraken, answer: Any
) -> None:
    kraken.say("BalanceEx", answer)
    with pytest.raises(Retryable, match=r"\.$"):
        await account.balances()


async def test_a_refused_question_says_what_to_do(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    kraken.say("BalanceEx", ["EAPI:Invalid key"])
    with pytest.raises(Retryable, match=r"check EXCHANGE_API_KEY and EXCHANGE_API_SECRET \(EAPI:Invalid key\)"):
        await account.balances()


def tier(taker: str, maker: str | None) -> dict[str, Any]:
    fees = {"currency": "ZUSD", "volume": "200.0", "fees": {"XXBTZUSD": {"fee": taker}}}
    return fees if maker is None else {**fees, "fees_maker": {"XXBTZUSD": {"fee": maker}}}


async def test_fees_are_the_accounts_own_and_are_asked_for_anew_when_old(
    account: CcxtAccount, kraken: ScriptedKraken, clock: SimulatedClock
) -> None:
    kraken.say("TradeVolume", tier("0.4000", "0.2500"), tier("0.2400", "0.1400"))
    assert account.fees_age("BTC/USD") is None
    first = await account.fees("BTC/USD")
    assert (first.taker, first.maker) == (Decimal("0.004"), Decimal("0.0025"))
    clock.advance(3600)
    assert await account.fees("BTC/USD") == first
    assert account.fees_age("BTC/USD") == timedelta(hours=1)
    clock.advance(1)
    assert (await account.fees("BTC/USD")).taker == Decimal("0.0024")
    assert [form["pair"] for form in kraken.forms("TradeVolume")] == ["XXBTZUSD"] * 2


async def test_a_pair_without_maker_rates_charges_everyone_the_same(
    account: CcxtAccount, kraken: ScriptedKraken
) -> None:
    kraken.say("TradeVolume", tier("0.2600", None))
    rates = await account.fees("BTC/USD")
    assert rates.maker == rates.taker == Decimal("0.0026")


@pytest.mark.parametrize("answer", [{"currency": "ZUSD", "volume": "0"}, {"fees": {}}, text("<html></html>")])
async def test_old_fees_are_not_passed_off_as_new(
    account: CcxtAccount, kraken: ScriptedKraken, clock: SimulatedClock, answer: Any
) -> None:
    kraken.say("TradeVolume", tier("0.4000", "0.2500"), answer)
    await account.fees("BTC/USD")
    clock.advance(3601)
    with pytest.raises(Retryable):
        await account.fees("BTC/USD")


def order(status: str, client_id: str | None, *, opened: datetime, closed: datetime | None = None) -> dict[str, Any]:
    return {
        "cl_ord_id": client_id,
        "status": status,
        "reason": "User requested" if status == "canceled" else None,
        "opentm": seconds(opened),
        "closetm": seconds(closed) if closed else None,
        "descr": {"pair": "ETHUSD", "type": "sell", "ordertype": "limit", "price": "3100.25", "price2": "0"},
        "vol": "2.00000000",
        "vol_exec": "0.50000000",
        "oflags": "fciq",
    }


def pages(inside: str, entries: Mapping[str, Any]) -> Any:
    async def answer(request: web.Request) -> web.StreamResponse:
        offset = int((await request.post()).get("ofs", "0"))  # type: ignore[arg-type]
        page = dict(list(entries.items())[offset : offset + 50])
        return web.json_response({"error": [], "result": {inside: page, "count": len(entries)}})

    return answer


async def test_orders_of_everyone_are_listed_oldest_first(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    ours = order("open", "our-id", opened=NOW)
    manual = order("open", None, opened=NOW - timedelta(hours=1))
    kraken.say("OpenOrders", {"open": {"OURS": ours, "MANUAL": manual}})
    listed = await account.open_orders()
    assert [(one.venue_order_id, one.client_order_id) for one in listed] == [("MANUAL", None), ("OURS", "our-id")]
    assert (listed[0].symbol, listed[0].side, listed[0].status) == (
        "ETH/USD",
        Side.SELL,
        OrderStatus.PARTIALLY_FILLED,
    )
    assert (listed[0].quantity, listed[0].filled_quantity, listed[0].limit_price) == (
        Decimal(2),
        Decimal("0.5"),
        Decimal("3100.25"),
    )


async def test_closed_orders_come_from_all_pages_since_an_instant(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    closed = {
        f"O{hours:05}": order("canceled", None, opened=NOW - timedelta(days=90), closed=NOW - timedelta(hours=hours))
        for hours in range(130)
    }
    kraken.otherwise("ClosedOrders", pages("closed", closed))
    listed = await account.closed_orders(NOW - timedelta(hours=120))
    assert len(listed) == 121
    assert listed[0].closed_at == NOW - timedelta(hours=120)
    assert listed[-1].closed_at == NOW
    assert listed[0].detail == "User requested"
    assert {form["closetime"] for form in kraken.forms("ClosedOrders")} == {"close"}


def trade(at: datetime, *, pair: str = "XXBTZUSD") -> dict[str, Any]:
    return {
        "ordertxid": "OQCLML-BW3P3-BUCMWZ",
        "pair": pair,
        "time": seconds(at),
        "type": "buy",
        "price": "30010.00000",
        "cost": "600.20000",
        "fee": "1.56052",
        "vol": "0.02000000",
    }


async def test_trades_come_from_all_pages_since_an_instant(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    kraken.otherwise(
        "TradesHistory",
        pages("trades", {f"T{minute:05}": trade(NOW - timedelta(minutes=minute)) for minute in range(140)}),
    )
    listed = await account.trades(NOW - timedelta(minutes=100))
    assert len(listed) == 101
    assert [one.at for one in listed] == sorted(one.at for one in listed)
    assert (listed[-1].trade_id, listed[-1].price, listed[-1].quantity, listed[-1].fee) == (
        "T00000",
        Decimal("30010"),
        Decimal("0.02"),
        Money(Decimal("1.56052"), "USD"),
    )


async def test_a_trade_of_a_pair_that_is_gone_is_still_told(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    kraken.say("TradesHistory", {"trades": {"T1": trade(NOW, pair="XLTCZEUR")}, "count": 1})
    [told] = await account.trades(NOW)
    assert (told.symbol, told.fee.currency) == ("LTC/EUR", "EUR")


def ledger(kind: str, asset: str, amount: str, *, fee: str = "0", subtype: str = "", ref: str = "R1") -> dict[str, Any]:
    return {
        "refid": ref,
        "time": seconds(NOW),
        "type": kind,
        "subtype": subtype,
        "aclass": "currency",
        "asset": asset,
        "amount": amount,
        "fee": fee,
        "balance": "10.0000",
    }


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (ledger("trade", "ZUSD", "-24.5", fee="0.049"), LedgerKind.TRADE),
        (ledger("deposit", "ZUSD", "100"), LedgerKind.DEPOSIT),
        (ledger("withdrawal", "XXBT", "-0.5", fee="0.0001"), LedgerKind.WITHDRAWAL),
        (ledger("staking", "XETH", "0.001"), LedgerKind.REWARD),
        (ledger("earn", "XETH", "0.001", subtype="reward"), LedgerKind.REWARD),
        (ledger("earn", "XETH", "-2", subtype="allocation"), LedgerKind.TRANSFER),
        (ledger("transfer", "XETH", "-2", subtype="spottostaking"), LedgerKind.TRANSFER),
        (ledger("receive", "XXBT", "0.01"), LedgerKind.TRADE),
        (ledger("nft_rebate", "ZUSD", "1"), LedgerKind.OTHER),
    ],
)
async def test_every_change_of_a_balance_has_its_reason(
    account: CcxtAccount, kraken: ScriptedKraken, entry: dict[str, Any], kind: LedgerKind
) -> None:
    kraken.say("Ledgers", {"ledger": {"L1": entry}, "count": 1})
    [told] = await account.ledger(NOW)
    assert told.kind is kind
    assert told.money.amount == Decimal(entry["amount"])
    assert told.fee == Money(Decimal(entry["fee"]), told.money.currency)
    assert told.money.currency in {"USD", "BTC", "ETH"}
    assert (told.balance, told.at, told.reference) == (Decimal(10), NOW, "R1")


async def test_a_history_that_changes_while_it_is_read_loses_nothing(
    account: CcxtAccount, kraken: ScriptedKraken
) -> None:
    entries = {f"L{number:05}": ledger("deposit", "ZUSD", "1") for number in range(120)}
    after = {"LNEW": ledger("deposit", "ZUSD", "1"), **entries}
    first = {"ledger": dict(list(entries.items())[:50]), "count": 120}
    kraken.say("Ledgers", first)
    kraken.otherwise("Ledgers", pages("ledger", after))
    assert {one.id for one in await account.ledger(NOW)} >= set(entries)


async def test_a_history_that_stops_short_is_not_told(account: CcxtAccount, kraken: ScriptedKraken) -> None:
    kraken.say("Ledgers", {"ledger": {"L1": ledger("deposit", "ZUSD", "1")}, "count": 80}, {"ledger": {}, "count": 80})
    with pytest.raises(Retryable, match="1 of 80"):
        await account.ledger(NOW)


async def test_the_ledger_corrects_a_fee_that_was_taken_in_another_currency(
    account: CcxtAccount, kraken: ScriptedKraken
) -> None:
    kraken.say("TradesHistory", {"trades": {"T1": trade(NOW), "T2": trade(NOW)}, "count": 2})
    in_base = {
        "L1": ledger("trade", "XXBT", "0.02", fee="0.000052", ref="T1"),
        "L2": ledger("trade", "ZUSD", "-600.2", ref="T1"),
    }
    kraken.say("Ledgers", {"ledger": in_base, "count": 2})
    corrected = with_ledger_fees(await account.trades(NOW), await account.ledger(NOW))
    assert {one.trade_id: one.fee for one in corrected} == {
        "T1": Money(Decimal("0.000052"), "BTC"),
        "T2": Money(Decimal("1.56052"), "USD"),
    }


ALL = ("query-funds", "query-open-trades", "query-closed-trades", "query-ledger", "modify-trades")


async def permissions_of(line: PrivateClient, kraken: ScriptedKraken, answer: Any) -> KeyPermissions | Unverifiable:
    kraken.say("GetApiKeyInfo", answer)
    return await KrakenApi(line).permissions()


async def test_a_key_that_can_query_and_trade_may_go_live(line: PrivateClient, kraken: ScriptedKraken) -> None:
    found = await permissions_of(line, kraken, {"api_key_name": "k", "permissions": [*ALL, "create-ws-token"]})
    assert found == KeyPermissions(False, True, True, frozenset({*ALL, "create-ws-token"}))
    assert reason_against_live(found) is None


def test_only_one_kind_of_key_may_go_live() -> None:
    every = (*ALL, "withdraw-funds", "close-trades", "add-funds", "create-ws-token")
    for subset in range(2 ** len(every)):
        names = {name for bit, name in enumerate(every) if subset >> bit & 1}
        reason = reason_against_live(from_kraken(frozenset(names)))
        assert (reason is None) == (names >= set(ALL) and "withdraw-funds" not in names), names
        if "withdraw-funds" in names:
            assert "can withdraw" in (reason or ""), names


@pytest.mark.parametrize(
    "answer",
    [
        {"api_key_name": "k"},
        {"permissions": None},
        {"permissions": "query-funds"},
        {"permissions": [1, 2]},
        ["EGeneral:Unknown method"],
        ["EGeneral:Permission denied"],
        ["EAPI:Invalid key"],
    ],
)
async def test_a_key_whose_powers_are_not_told_is_refused(
    line: PrivateClient, kraken: ScriptedKraken, answer: Any
) -> None:
    found = await permissions_of(line, kraken, answer)
    assert isinstance(found, Unverifiable)
    reason = reason_against_live(found)
    assert reason is not None
    assert reason.endswith(".")


@pytest.mark.parametrize("answer", [text("<html></html>"), cut_in_the_body, text("", status=502)])
async def test_a_venue_that_does_not_answer_is_asked_again_later(
    line: PrivateClient, kraken: ScriptedKraken, answer: Any
) -> None:
    with pytest.raises(Retryable):
        await permissions_of(line, kraken, answer)
