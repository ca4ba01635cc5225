"""A small HTTP door beside the venue, for tests that run it in a process of its own.

GET /control/state shows orders, trades, balances and violations; POST /control/COMMAND with a JSON object does
what the method of the same name does: fail, heal, price, book, system, lag, skew, delay, cancel, release, order, post.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.contract.kraken_market import Refused
from tests.faults.kraken.answers import order_answer, trade_answer
from tests.faults.kraken.faults import Fault

if TYPE_CHECKING:
    from tests.faults.kraken.exchange import KrakenExchange

Wish = Mapping[str, Any]


def add_control(app: web.Application, kraken: KrakenExchange) -> None:
    """Put the door into `app`."""

    async def state(request: web.Request) -> web.Response:
        return web.json_response(_state(kraken))

    async def command(request: web.Request) -> web.Response:
        act = _COMMANDS.get(request.match_info["command"])
        if act is None:
            raise web.HTTPNotFound(text=f"commands are {', '.join(_COMMANDS)}")
        try:
            act(kraken, await request.json() if request.can_read_body else {})
        except (KeyError, ValueError, TypeError, Refused) as error:
            raise web.HTTPBadRequest(text=repr(error)) from None
        return web.json_response({})

    app.router.add_get("/control/state", state)
    app.router.add_post("/control/{command}", command)


def _state(kraken: KrakenExchange) -> dict[str, Any]:
    return {
        "orders": {id_: order_answer(order, True) for id_, order in kraken.orders.items()},
        "trades": {id_: trade_answer(trade) for id_, trade in kraken.trades.items()},
        "balances": {code: str(total) for code, total in kraken.balances.items()},
        "requests": [[request.endpoint, dict(request.parameters)] for request in kraken.requests],
        "refusals": kraken.refusals,
        "violations": kraken.violations,
    }


def _fail(kraken: KrakenExchange, wish: Wish) -> None:
    kraken.fail(
        wish["endpoint"],
        Fault[wish["fault"]],
        times=wish.get("times", 1),
        executed=wish.get("executed"),
        error=wish.get("error", ""),
    )


def _set_book(kraken: KrakenExchange, wish: Wish) -> None:
    bids, asks = (
        [(Decimal(price), Decimal(volume)) for price, volume in wish.get(side, [])] for side in ("bids", "asks")
    )
    kraken.set_book(wish["symbol"], bids, asks)


def _order(kraken: KrakenExchange, wish: Wish) -> None:
    price = Decimal(wish["price"]) if "price" in wish else None
    kraken.order_by_hand(wish["symbol"], wish["side"], wish["type"], Decimal(wish["volume"]), price)


def _set(name: str) -> Callable[[KrakenExchange, Wish], None]:
    return lambda kraken, wish: setattr(kraken, name, wish["value"])


_COMMANDS: Mapping[str, Callable[[KrakenExchange, Wish], None]] = {
    "fail": _fail,
    "heal": lambda kraken, wish: kraken.heal(),
    "price": lambda kraken, wish: kraken.set_price(wish["symbol"], float(wish["price"])),
    "book": _set_book,
    "system": _set("system"),
    "lag": _set("lag"),
    "skew": _set("skew"),
    "delay": _set("delay"),
    "cancel": lambda kraken, wish: kraken.cancel(wish["order"]),
    "release": lambda kraken, wish: kraken.release(wish["order"]),
    "order": _order,
    "post": lambda kraken, wish: kraken.post(wish["asset"], wish["kind"], Decimal(wish["amount"])),
}
