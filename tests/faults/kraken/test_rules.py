"""The venue refuses what Kraken refuses, in Kraken's words, and changes nothing when it does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from ccxt.base import errors

from tests.faults.kraken import PRO, STARTER, Key, KrakenExchange, Permission
from tests.faults.kraken.auth import TRADING, sign
from tests.faults.kraken.rig import ccxt_client
from trading.clock import SimulatedClock

BUY = {"pair": "XXBTZUSD", "type": "buy", "ordertype": "limit", "volume": "0.01", "price": "50000.0"}


async def refusal(call: Any) -> str:
    """What Kraken said to `call`."""
    with pytest.raises(errors.BaseError) as raised:
        await call
    return str(raised.value).removeprefix("kraken ")


def test_the_signature_is_the_documented_one() -> None:
    secret = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
    body = "nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    expected = "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
    assert sign(secret, "/0/private/AddOrder", body, "1616492376594") == expected


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"pair": "NOPE"}, "EQuery:Unknown asset pair"),
        ({"type": "hold"}, "EGeneral:Invalid arguments:type"),
        ({"ordertype": "guess"}, "EGeneral:Invalid arguments:ordertype"),
        ({"volume": "0.00001"}, "EOrder:Order minimum not met"),
        ({"volume": "0.01234567"}, None),
        ({"volume": "0.012345678"}, "EGeneral:Invalid arguments:volume"),
        ({"volume": "NaN"}, "EGeneral:Invalid arguments:volume"),
        ({"volume": "-1"}, "EGeneral:Invalid arguments:volume"),
        ({"price": "50000.05"}, "EOrder:Tick size check failed"),
        ({"price": "1.0", "volume": "0.1"}, "EOrder:Cost minimum not met"),
        ({"volume": "2"}, "EOrder:Insufficient funds"),
        ({"type": "sell", "price": "70000.0", "volume": "1.00000001"}, "EOrder:Insufficient funds"),
        ({"oflags": "post", "price": "60001.0"}, "EOrder:Post only order"),
        ({"oflags": "viqc"}, "EGeneral:Invalid arguments:viqc"),
        ({"oflags": "fcib,fciq"}, "EGeneral:Invalid arguments:oflags"),
        ({"cl_ord_id": "nineteen characters"}, "EGeneral:Invalid arguments:cl_ord_id"),
        ({"cl_ord_id": "eighteen-character"}, None),
        ({"cl_ord_id": str(UUID(int=7))}, None),
        ({"cl_ord_id": UUID(int=7).hex}, None),
        ({"cl_ord_id": "mine", "userref": "1"}, "EGeneral:Invalid arguments:cl_ord_id"),
        ({"userref": "3000000000"}, "EGeneral:Invalid arguments:userref"),
        ({"leverage": "2:1"}, "EAccount:Invalid permissions"),
        ({"colour": "blue"}, "EGeneral:Invalid arguments"),
        ({"timeinforce": "GTD"}, "EGeneral:Invalid arguments:expiretm"),
        ({"pair": "LTCUSD", "volume": "1", "price": "70.00"}, "EService:Market in cancel_only mode"),
    ],
)
async def test_an_order_follows_the_pair_s_rules(
    kraken: KrakenExchange, client: Any, change: dict[str, str], error: str | None
) -> None:
    asked = client.private_post_addorder(BUY | change)
    if error is None:
        assert (await asked)["result"]["txid"] == list(kraken.orders)
    else:
        assert f'"{error}"' in await refusal(asked)
        assert not kraken.orders
        assert kraken.refusals == [("AddOrder", error)]


@pytest.mark.parametrize(
    ("ahead", "error"),
    [
        (30, None),
        (2, None),
        (60, None),
        (1, "EGeneral:Invalid arguments:deadline"),
        (61, "EGeneral:Invalid arguments:deadline"),
        (0, "EService:Deadline elapsed"),
        (-5, "EService:Deadline elapsed"),
    ],
)
async def test_a_deadline_lies_two_to_sixty_seconds_ahead(
    kraken: KrakenExchange, client: Any, clock: SimulatedClock, ahead: int, error: str | None
) -> None:
    deadline = (clock.now() + timedelta(seconds=ahead)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    asked = client.private_post_addorder(BUY | {"deadline": deadline})
    if error is None:
        await asked
    else:
        assert error in await refusal(asked)
    assert len(kraken.orders) == (error is None)


async def test_a_skewed_clock_makes_deadlines_elapse(
    kraken: KrakenExchange, client: Any, clock: SimulatedClock
) -> None:
    kraken.skew = 45
    deadline = (clock.now() + timedelta(seconds=30)).isoformat()
    assert "Deadline elapsed" in await refusal(client.private_post_addorder(BUY | {"deadline": deadline}))
    assert await client.fetch_time() == int(clock.now().timestamp() + 45) * 1000


async def test_a_nonce_only_ever_grows(kraken: KrakenExchange, client: Any) -> None:
    await client.private_post_balance()
    client.incrementing_nonce = lambda: 5
    assert "EAPI:Invalid nonce" in await refusal(client.private_post_balance())
    assert kraken.violations == ["Balance EAPI:Invalid nonce"]


async def test_a_nonce_may_be_late_within_its_window_but_never_twice(clock: SimulatedClock) -> None:
    key = Key("key", nonce_window=10)
    async with (
        KrakenExchange(keys=[key], balances={"USD": "1"}, clock=clock) as kraken,
        ccxt_client(kraken.url, key) as client,
    ):
        for nonce, accepted in ((100, True), (95, True), (95, False), (89, False), (101, True)):
            client.incrementing_nonce = lambda nonce=nonce: nonce
            if accepted:
                await client.private_post_balance()
            else:
                assert "EAPI:Invalid nonce" in await refusal(client.private_post_balance())


async def test_a_wrong_signature_and_a_wrong_key_are_refused(kraken: KrakenExchange, client: Any) -> None:
    client.secret = "bm90IHRoZSBzZWNyZXQ="
    assert "EAPI:Invalid signature" in await refusal(client.private_post_balance())
    client.apiKey = "other"
    assert "EAPI:Invalid key" in await refusal(client.private_post_balance())
    assert len(kraken.violations) == 2


@pytest.mark.parametrize(
    ("missing", "call", "parameters"),
    [
        ({Permission.QUERY_FUNDS}, "private_post_balanceex", {}),
        ({Permission.QUERY_OPEN}, "private_post_openorders", {}),
        ({Permission.QUERY_CLOSED}, "private_post_closedorders", {}),
        ({Permission.QUERY_CLOSED}, "private_post_tradeshistory", {}),
        ({Permission.QUERY_LEDGER}, "private_post_ledgers", {}),
        ({Permission.MODIFY}, "private_post_addorder", BUY),
        ({Permission.MODIFY, Permission.CANCEL}, "private_post_cancelall", {}),
        ({Permission.STREAM}, "private_post_getwebsocketstoken", {}),
    ],
)
async def test_a_key_may_do_what_it_is_permitted_to(
    clock: SimulatedClock, missing: set[Permission], call: str, parameters: dict[str, str]
) -> None:
    keys = [Key("all"), Key("some", permissions=TRADING - missing)]
    async with KrakenExchange(keys=keys, balances={"USD": "10000"}, clock=clock) as kraken:
        async with ccxt_client(kraken.url, keys[0]) as client:
            await getattr(client, call)(parameters)
        async with ccxt_client(kraken.url, keys[1]) as client:
            assert "EGeneral:Permission denied" in await refusal(getattr(client, call)(parameters))
            info = (await client.private_post_getapikeyinfo())["result"]
            assert set(info["permissions"]) == TRADING - missing


async def test_too_many_questions_are_refused_until_the_counter_decays(clock: SimulatedClock) -> None:
    key = Key("key")
    async with (
        KrakenExchange(keys=[key], balances={"USD": "1"}, clock=clock, tier=STARTER) as kraken,
        ccxt_client(kraken.url, key) as client,
    ):
        for _ in range(7):
            await client.private_post_ledgers()
        await client.private_post_balance()
        assert "EAPI:Rate limit exceeded" in await refusal(client.private_post_balance())
        clock.advance(4)
        await client.private_post_balance()
        assert kraken.violations == ["Balance EAPI:Rate limit exceeded"]


async def test_orders_that_are_canceled_at_once_use_up_the_pair_s_counter(clock: SimulatedClock) -> None:
    key = Key("key")
    async with (
        KrakenExchange(keys=[key], balances={"USD": "100000"}, clock=clock, tier=PRO) as kraken,
        ccxt_client(kraken.url, key) as client,
    ):
        for _ in range(19):
            placed = await client.private_post_addorder(BUY | {"volume": "0.001"})
            await client.private_post_cancelorder({"txid": placed["result"]["txid"][0]})
        await client.private_post_addorder(BUY)
        placed = await client.private_post_addorder(BUY)
        cancel = {"txid": placed["result"]["txid"][0]}
        assert "EOrder:Rate limit exceeded" in await refusal(client.private_post_cancelorder(cancel))
        await client.private_post_addorder({"pair": "ETHUSD", "type": "buy", "ordertype": "market", "volume": "1"})
        clock.advance(301)
        await client.private_post_cancelorder(cancel)
        assert kraken.orders[cancel["txid"]].status == "canceled"


@pytest.mark.parametrize(
    ("system", "ordertype", "oflags", "error"),
    [
        ("maintenance", "limit", "", "EService:Unavailable"),
        ("cancel_only", "limit", "post", "EService:Market in cancel_only mode"),
        ("post_only", "limit", "", "EService:Market in post_only mode"),
        ("post_only", "limit", "post", None),
        ("limit_only", "market", "", "EService:Market in limit_only mode"),
        ("limit_only", "limit", "", None),
    ],
)
async def test_the_system_s_mode_decides_which_orders_come_in(
    kraken: KrakenExchange, client: Any, system: str, ordertype: str, oflags: str, error: str | None
) -> None:
    kraken.system = system
    assert (await client.public_get_systemstatus())["result"]["status"] == system
    asked = client.private_post_addorder(BUY | {"ordertype": ordertype, "oflags": oflags})
    if error is None:
        await asked
    else:
        assert error in await refusal(asked)
    assert len(kraken.orders) == (error is None)


async def test_a_cancel_passes_in_cancel_only_mode(kraken: KrakenExchange, client: Any) -> None:
    order = kraken.order_by_hand("BTC/USD", "buy", "limit", Decimal("0.01"), Decimal(50_000))
    kraken.system = "cancel_only"
    await client.cancel_order(order.id)
    assert order.status == "canceled"


async def test_paths_that_kraken_does_not_have_are_violations(kraken: KrakenExchange, client: Any) -> None:
    assert "EGeneral:Unknown method" in await refusal(client.private_post_withdraw({"asset": "XBT"}))
    assert "EGeneral:Unknown method" in await refusal(client.public_get_trades({"pair": "XBTUSD"}))
    assert len(kraken.violations) == 2
