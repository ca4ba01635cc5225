"""A small HTTP door beside the venue, for tests that run it in a process of its own.

GET /control/state shows orders, trades, ledger, balances, requests and violations; POST /control/COMMAND with a JSON
object acts on the venue:

    price {"symbol", "price"}                 book {"symbol", "bids", "asks": [[price, volume], ...]}
    system {"value"}                          pair {"symbol", "status"}
    order {"symbol", "side", "type", "volume", "price"?, "flags"?}   the owner's own; answers with its id
    cancel {"order"}                          release {"order"}
    post {"asset", "kind", "amount", "fee"?, "subtype"?}             deposit, withdrawal, staking, transfer, ...
    drift {"asset", "amount"}                 a balance changes without a word in the ledger
    lag, skew, delay {"value"}                seconds
    fail {"endpoint", "fault", "times"?, "executed"?, "error"?}      "times": null lasts until heal {}
    drop {}                                   closes every websocket
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.contract.kraken_market import Refused
from tests.faults.kraken.answers import entry_answer, order_answer, trade_answer
from tests.faults.kraken.faults import Fault
from tests.faults.kraken.records import Order

if TYPE_CHECKING:
    from tests.faults.kraken.exchange import KrakenExchange

Wish = Mapping[str, Any]
Command = Callable[["KrakenExchange", Wish], Any]


def add_control(app: web.Application, kraken: KrakenExchange) -> None:
    """Put the door into `app`."""

    async def state(request: web.Request) -> web.Response:
        return web.json_response(_state(kraken))

    async def command(request: web.Request) -> web.Response:
        act = _COMMANDS.get(request.match_info["command"])
        if act is None:
            raise web.HTTPNotFound(text=f"commands are {', '.join(_COMMANDS)}")
        try:
            done = act(kraken, await request.json() if request.can_read_body else {})
            if isinstance(done, Awaitable):
                await done
        except (KeyError, ValueError, TypeError, ArithmeticError, Refused) as error:
            raise web.HTTPBadRequest(text=repr(error)) from None
        return web.json_response({"id": done.id} if isinstance(done, Order) else {})

    app.router.add_get("/control/state", state)
    app.router.add_post("/control/{command}", command)


def _state(kraken: KrakenExchange) -> dict[str, Any]:
    return {
        "orders": {id_: order_answer(order, True) for id_, order in kraken.orders.items()},
        "trades": {id_: trade_answer(trade) for id_, trade in kraken.trades.items()},
        "balances": {code: str(total) for code, total in kraken.balances.items()},
        "ledger": {entry.id: entry_answer(entry) for entry in kraken.ledger},
        "system": kraken.system,
        "requests": [[request.endpoint, dict(request.parameters)] for request in kraken.requests],
        "private": [request.endpoint for request in kraken.requests if request.private or request.key],
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


def _price(kraken: KrakenExchange, wish: Wish) -> None:
    kraken.set_price(wish["symbol"], float(wish["price"]))
    # Who listens hears it now, not a second later.
    kraken.tick()


def _order(kraken: KrakenExchange, wish: Wish) -> Order:
    price = Decimal(wish["price"]) if "price" in wish else None
    flags = tuple(wish.get("flags", ("fciq",)))
    return kraken.order_by_hand(wish["symbol"], wish["side"], wish["type"], Decimal(wish["volume"]), price, flags)


def _post(kraken: KrakenExchange, wish: Wish) -> None:
    amounts = Decimal(wish["amount"]), Decimal(wish.get("fee", 0))
    kraken.post(wish["asset"], wish["kind"], *amounts, subtype=wish.get("subtype", ""))


def _set(name: str) -> Command:
    return lambda kraken, wish: setattr(kraken, name, wish["value"])


_COMMANDS: Mapping[str, Command] = {
    "fail": _fail,
    "heal": lambda kraken, wish: kraken.heal(),
    "price": _price,
    "pair": lambda kraken, wish: kraken.set_status(wish["symbol"], wish["status"]),
    "drop": lambda kraken, wish: kraken.drop_streams(),
    "drift": lambda kraken, wish: kraken.drift(wish["asset"], Decimal(wish["amount"])),
    "book": _set_book,
    "system": _set("system"),
    "lag": _set("lag"),
    "skew": _set("skew"),
    "delay": _set("delay"),
    "cancel": lambda kraken, wish: kraken.cancel(wish["order"]),
    "release": lambda kraken, wish: kraken.release(wish["order"]),
    "order": _order,
    "post": _post,
}
