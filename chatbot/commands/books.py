"""What there is to look up: orders, money, costs, risk, reports, the program's state, and the books as files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chatbot.commands.account import SYMBOL, WINDOW, before_it_began, trades
from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Button, Reply, Role
from chatbot.present import marks
from chatbot.present.cards import (
    balances,
    comparison,
    costs,
    exposure,
    orders,
    periods,
    positions,
    profit,
    risk,
    running,
)
from chatbot.present.layout import prose
from chatbot.present.second_person import second_person_note
from trading.contract import Window
from trading.contract.books import RiskMap
from trading.domain.order import Order

_ID = Parameter("id", Kind.TEXT, "the id, or its first four characters")
_PERIOD = Parameter("period", Kind.CHOICE, "how long", choices=("daily", "weekly", "monthly"))
_LEAST = 4
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.:/-]")


async def positions_(request: Request) -> Reply:
    """What is held, in short."""
    return positions.positions(await request.desk.status())


async def orders_(request: Request) -> Reply:
    """Open orders and the newest others."""
    symbol, books = request.args.symbol, request.desk.books
    about = f" of {symbol}" if symbol else ""
    return orders.listed(
        await books.open_orders(symbol), await books.recent_orders(symbol, 8), request.desk.world, about
    )


async def order(request: Request) -> Reply:
    """One order's whole story, or a choice among those that begin alike; without an id, the newest."""
    if not request.args.text:
        return await orders_(request)
    prefix, world, books = _id(request), request.desk.world, request.desk.books
    if len(prefix) < _LEAST:
        return _too_short("order", request)
    found = await books.find_orders(prefix)
    exact = [each for each in found if prefix in (each.client_order_id, each.venue_order_id)]
    chosen: Sequence[Order] = exact or found
    if len(chosen) > 1:
        return orders.several(chosen, prefix, world)
    told = await books.order(chosen[0].client_order_id) if chosen else None
    return orders.nothing_found("order", prefix, world) if told is None else orders.story(told, world)


async def trade(request: Request) -> Reply:
    """One execution, or a choice among those that begin alike; without an id, the newest."""
    if not request.args.text:
        return await trades(request)
    prefix, world, books = _id(request), request.desk.world, request.desk.books
    if len(prefix) < _LEAST:
        return _too_short("trade", request)
    found = await books.find_trades(prefix)
    chosen = [fill for fill in found if fill.trade_id == prefix] or found
    if len(chosen) > 1:
        return orders.several_trades(chosen, prefix, world)
    told = await books.trade(chosen[0].trade_id) if chosen else None
    return orders.nothing_found("trade", prefix, world) if told is None else orders.trade(told, world)


async def balance(request: Request) -> Reply:
    """Every currency: total, free, worth, and the account's word on it."""
    return balances.balances(await request.desk.books.balances())


async def fees(request: Request) -> Reply:
    """Fees paid; since the beginning where no span is given."""
    return costs.fees(await request.desk.books.fees(_window(request, "all")))


async def costs_(request: Request) -> Reply:
    """Fees, slippage, borrowing and model calls; since the beginning where no span is given."""
    return costs.costs(await request.desk.books.costs(_window(request, "all")))


async def profit_(request: Request) -> Reply:
    """Profit by day, week or month and by coin; the last seven days where no span is given."""
    window = _window(request, "last 7 days")
    early = await before_it_began(request, window)
    if early is not None:
        return early
    found = await request.desk.books.profit(window)
    drawable = sum(part.change is not None for part in found.parts) > 1
    return profit.profit(found, await request.charts.profit(found) if drawable else None)


async def compare(request: Request) -> Reply:
    """Ours against every benchmark; the last 30 days where no span is given."""
    result = await request.desk.performance(_window(request, "last 30 days"))
    if result is None:
        words = "Nothing to compare yet: it needs two readings of equity, one an hour. Ask again later."
        return Reply(text=f"{marks.ANSWER} {marks.mode(request.desk.world)} · {words}")
    return comparison.comparison(result, await request.charts.comparison(result))


async def allocation(request: Request) -> Reply:
    """Shares now beside the newest plan's."""
    found = await request.desk.books.allocation()
    return exposure.allocation(found, await request.charts.allocation(found.status))


async def exposure_(request: Request) -> Reply:
    """How much is invested, in what, and how alike it moves."""
    found, alike = await request.desk.books.exposure(), await request.desk.books.risk_map()
    return exposure.exposure(found, alike, await _drawn(request, alike))


async def risk_(request: Request) -> Reply:
    """What may be lost."""
    found, alike = await request.desk.books.risk(), await request.desk.books.risk_map()
    return risk.risk(found, alike, await _drawn(request, alike))


async def _drawn(request: Request, alike: RiskMap) -> bytes | None:
    """The picture of what moves alike, where that is known of any two coins."""
    return await request.charts.risk_map(alike) if alike.is_known else None


async def limits(request: Request) -> Reply:
    """Every limit in force."""
    return risk.limits(await request.desk.books.limits())


async def stops(request: Request) -> Reply:
    """How far the exits are."""
    return risk.stops(await request.desk.books.exits())


async def report(request: Request) -> Reply:
    """A report up to now; of the day where nothing else is asked for."""
    found = await request.desk.books.report(request.args.choice or "daily")
    drawn = found.period or found.since_start
    return periods.report(found, await request.charts.equity(drawn) if drawn else None)


async def health(request: Request) -> Reply:
    """How the program is doing, and whether enough people are known for what must be agreed."""
    found, desk = await request.desk.books.health(), request.desk
    alone = second_person_note(request.admission.access, desk.controls.threshold(), desk.world)
    return running.health(replace(found, alerts=(*found.alerts, alone)) if alone else found)


async def version(request: Request) -> Reply:
    """What is running."""
    return running.version(await request.desk.books.version())


async def export(request: Request) -> Reply:
    """The books as files; all of them where no span is given."""
    return running.export(await request.desk.books.export(_window(request, "all")))


def _window(request: Request, words: str) -> Window:
    window = request.args.window or request.desk.window(words)
    assert window is not None, "spans named here are always understood"
    return window


def _id(request: Request) -> str:
    """What was typed, without what no id has: it is said back to the person."""
    return _NOT_IN_IDS.sub("", request.args.text)[:64]


def _too_short(what: str, request: Request) -> Reply:
    return Reply(
        text=prose(
            f"{marks.REFUSED} {marks.mode(request.desk.world)} · Four characters of the {what}'s id, or more.",
            f"The newest ones with their ids: /{what}s",
        ),
        buttons=(Button(f"{what.capitalize()}s", f"do:/{what}s"),),
        ok=False,
    )


COMMANDS = (
    Command("positions", "What is held, in short", "/positions", Role.VIEWER, positions_),
    Command("balance", "Every currency: total, free, worth", "/balance", Role.VIEWER, balance),
    Command("orders", "Open orders and the newest others", "/orders btc", Role.VIEWER, orders_, (SYMBOL,)),
    Command("order", "One order's whole story", "/order 7f3a", Role.VIEWER, order, (_ID,)),
    Command("trade", "One trade in full", "/trade 7f3a", Role.VIEWER, trade, (_ID,)),
    Command(
        "profit", "Profit by day, week or month, and by coin", "/profit this month", Role.VIEWER, profit_, (WINDOW,)
    ),
    Command("compare", "Against BTC, ETH, both, cash", "/compare last 30 days", Role.VIEWER, compare, (WINDOW,)),
    Command("allocation", "Shares now beside the newest plan's", "/allocation", Role.VIEWER, allocation),
    Command("exposure", "How much is invested, and in what", "/exposure", Role.VIEWER, exposure_),
    Command("risk", "What may be lost", "/risk", Role.VIEWER, risk_),
    Command("limits", "Every limit in force, and what is used of it", "/limits", Role.VIEWER, limits),
    Command("stops", "How far the stops and targets are", "/stops", Role.VIEWER, stops),
    Command("report", "A report of the day, week or month", "/report weekly", Role.VIEWER, report, (_PERIOD,)),
    Command("fees", "Fees paid, and what an order costs now", "/fees this month", Role.VIEWER, fees, (WINDOW,)),
    Command("costs", "Fees, slippage and model calls", "/costs this month", Role.VIEWER, costs_, (WINDOW,)),
    Command("export", "The books as CSV files", "/export 2026", Role.VIEWER, export, (WINDOW,)),
    Command("health", "How the program is doing", "/health", Role.VIEWER, health),
    Command("version", "What is running", "/version", Role.VIEWER, version),
)
