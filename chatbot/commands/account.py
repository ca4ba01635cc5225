"""What we have, what we did, what we think: read-only."""

from __future__ import annotations

from dataclasses import replace

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Reply, Role
from chatbot.present.cards import decisions, ledger
from chatbot.present.cards import status as cards
from chatbot.present.cards import thesis as thesis_card
from chatbot.present.cards.orders import trade_button
from trading.contract import Window

SYMBOL = Parameter("symbol", Kind.SYMBOL, "which coin, such as BTC")
WINDOW = Parameter("window", Kind.WINDOW, "span of time, such as today or last week")
_DEFAULT_WINDOW = "today"
_OPENED = 4
"""Trades with a button that opens them."""


async def status(request: Request) -> Reply:
    """The portfolio at a glance."""
    return cards.status(await request.desk.status())


async def portfolio(request: Request) -> Reply:
    """Every position in detail."""
    return cards.portfolio(await request.desk.status())


async def trades(request: Request) -> Reply:
    """Fills, newest first."""
    found = await request.desk.trades(window=request.args.window, symbol=request.args.symbol)
    world = request.desk.world
    newest = tuple(trade_button(trade.fill, world) for trade in found.trades[:_OPENED])
    return replace(ledger.trades(found, world), buttons=newest)


async def pnl(request: Request) -> Reply:
    """Profit over a span of time; today where none is given."""
    window = request.args.window or request.desk.window(_DEFAULT_WINDOW)
    if window is None:
        return Reply(text="Say which span of time, for example /pnl today.", ok=False)
    early = await before_it_began(request, window)
    if early is not None:
        return early
    return ledger.pnl(await request.desk.pnl(window), request.desk.world)


async def before_it_began(request: Request, window: Window) -> Reply | None:
    """What to say of a span that ended before there was anything; None for any other span."""
    if window.start < window.end or window.end >= request.desk.now():
        return None
    return ledger.before_it_began(window, (await request.desk.status()).since, request.desk.world)


async def plan(request: Request) -> Reply:
    """The newest decision."""
    return decisions.plan(await request.desk.plan(), request.desk.world, request.desk.now())


async def thesis(request: Request) -> Reply:
    """The running view of the market."""
    return thesis_card.thesis(await request.desk.thesis(), request.desk.world)


COMMANDS = (
    Command("status", "The portfolio at a glance", "/status", Role.VIEWER, status),
    Command("portfolio", "Every position with cost, profit, stop and target", "/portfolio", Role.VIEWER, portfolio),
    Command("trades", "What was traded", "/trades btc last week", Role.VIEWER, trades, (SYMBOL, WINDOW)),
    Command("pnl", "Profit over a span of time", "/pnl this month", Role.VIEWER, pnl, (WINDOW,)),
    Command("plan", "The newest rebalance decision and the next one", "/plan", Role.VIEWER, plan),
    Command("thesis", "The running view of the market", "/thesis", Role.VIEWER, thesis),
)
