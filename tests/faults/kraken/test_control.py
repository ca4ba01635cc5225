"""The door beside the venue: a test in another process moves prices and money, and reads everything afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from tests.faults.kraken import KrakenExchange


@pytest.fixture
async def door(kraken: KrakenExchange) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(kraken.url) as session:
        yield session


async def act(door: aiohttp.ClientSession, command: str, **wish: Any) -> dict[str, Any]:
    async with door.post(f"/control/{command}", json=wish) as answer:
        assert answer.status == 200, await answer.text()
        done: dict[str, Any] = await answer.json()
        return done


async def state(door: aiohttp.ClientSession) -> dict[str, Any]:
    async with door.get("/control/state") as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def test_an_order_by_hand_waits_for_its_price_and_fills_there(door: aiohttp.ClientSession) -> None:
    wish = {"symbol": "BTC/USD", "side": "buy", "type": "limit", "volume": "0.1", "price": "59000", "flags": ["fcib"]}
    order = (await act(door, "order", **wish))["id"]
    assert (await state(door))["orders"][order]["status"] == "open"
    await act(door, "price", symbol="BTC/USD", price=58_000)
    told = await state(door)
    assert told["orders"][order]["status"] == "closed"
    (trade,) = told["trades"].values()
    assert (trade["ordertxid"], Decimal(trade["price"])) == (order, Decimal(59_000))


@pytest.mark.parametrize(
    ("kind", "amount", "fee", "subtype"),
    [
        ("deposit", "500", "0", ""),
        ("withdrawal", "-100", "2.5", ""),
        ("staking", "0.01", "0", ""),
        ("transfer", "-50", "0", "spottostaking"),
    ],
)
async def test_money_from_outside_is_in_the_balance_and_in_the_ledger(
    door: aiohttp.ClientSession, kind: str, amount: str, fee: str, subtype: str
) -> None:
    before = Decimal((await state(door))["balances"]["USD"])
    await act(door, "post", asset="USD", kind=kind, amount=amount, fee=fee, subtype=subtype)
    told = await state(door)
    assert Decimal(told["balances"]["USD"]) == before + Decimal(amount) - Decimal(fee)
    entry = list(told["ledger"].values())[-1]
    assert (entry["type"], entry["subtype"], Decimal(entry["amount"])) == (kind, subtype, Decimal(amount))


async def test_a_drift_is_in_the_balance_and_not_in_the_ledger(door: aiohttp.ClientSession) -> None:
    before = await state(door)
    await act(door, "drift", asset="BTC", amount="-0.25")
    after = await state(door)
    assert Decimal(after["balances"]["BTC"]) == Decimal(before["balances"]["BTC"]) - Decimal("0.25")
    assert after["ledger"] == before["ledger"]


async def test_modes_of_the_exchange_and_of_a_pair_are_shown_in_public(door: aiohttp.ClientSession) -> None:
    await act(door, "system", value="post_only")
    await act(door, "pair", symbol="ETH/USD", status="limit_only")
    async with door.get("/0/public/SystemStatus") as answer:
        assert (await answer.json())["result"]["status"] == "post_only"
    async with door.get("/0/public/AssetPairs") as answer:
        statuses = {id_: pair["status"] for id_, pair in (await answer.json())["result"].items()}
    assert (statuses["XETHZUSD"], statuses["XXBTZUSD"]) == ("limit_only", "online")


async def test_private_requests_are_told_apart(kraken: KrakenExchange, door: aiohttp.ClientSession) -> None:
    async with door.get("/0/public/Time"), door.post("/0/private/Balance", data={"nonce": "1"}):
        pass
    assert (await state(door))["private"] == ["Balance"]


async def test_what_makes_no_sense_is_refused(door: aiohttp.ClientSession) -> None:
    for command, wish in (("nothing", {}), ("price", {"symbol": "BTC/USD", "price": "high"}), ("drift", {})):
        async with door.post(f"/control/{command}", json=wish) as answer:
            assert answer.status in (400, 404)
