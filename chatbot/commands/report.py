"""Figures with pictures: performance against the benchmarks, and charts."""

from __future__ import annotations

from dataclasses import replace

from chatbot.commands.account import SYMBOL, WINDOW
from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Button, Picture, Reply, Role
from chatbot.present import marks
from chatbot.present.cards import performance as cards
from chatbot.present.cards.reports import equity_picture
from trading.contract import Performance

_PRICE_TIMEFRAME = "4h"
_PRICE_CANDLES = 180
_MOST_TRADES = 200
_MOST_BUTTONS = 8
_SUBJECT = Parameter("chart", Kind.CHOICE, "which chart", choices=("equity", "allocation"))


async def performance(request: Request) -> Reply:
    """Figures beside the benchmarks, with the equity picture."""
    result = await request.desk.performance(request.args.window)
    if result is None:
        return _too_early(request)
    return replace(cards.performance(result), pictures=(await _equity(request, result),))


async def chart(request: Request) -> Reply:
    """One picture: a coin's price, the allocation, or equity."""
    if request.args.symbol is not None:
        return await _price_chart(request, request.args.symbol)
    if request.args.choice == "allocation":
        return await _allocation_chart(request)
    result = await request.desk.performance()
    if result is None:
        return _too_early(request)
    picture = await _equity(request, result)
    return Reply(text=f"{marks.ANSWER} {picture.caption}", pictures=(picture,), buttons=_other_charts(request))


async def _equity(request: Request, result: Performance) -> Picture:
    return equity_picture(result, await request.charts.equity(result))


async def _allocation_chart(request: Request) -> Reply:
    status = await request.desk.status()
    caption = f"{marks.mode(status.world)} · What is held, by share"
    picture = Picture(await request.charts.allocation(status), caption, "allocation.png")
    return Reply(text=f"{marks.ANSWER} {caption}", pictures=(picture,), buttons=_other_charts(request))


async def _price_chart(request: Request, symbol: str) -> Reply:
    desk = request.desk
    candles = await desk.candles(symbol, _PRICE_TIMEFRAME, _PRICE_CANDLES)
    if not candles:
        return Reply(
            text=f"{marks.ATTENTION} {marks.mode(desk.world)} · No candles of {symbol} are known yet.", ok=False
        )
    trades = await desk.trades(symbol=symbol, limit=_MOST_TRADES)
    shown = [trade.fill for trade in trades.trades if trade.fill.at >= candles[0].opened_at]
    held = next((holding for holding in (await desk.status()).holdings if holding.symbol == symbol), None)
    stop, target = (held.stop, held.target) if held else (None, None)
    caption = f"{marks.mode(desk.world)} · {symbol}, {len(shown)} of our trades in the picture"
    png = await request.charts.price(symbol, candles, shown, stop, target, world=desk.world)
    picture = Picture(png, caption, "price.png")
    return Reply(text=f"{marks.ANSWER} {caption}", pictures=(picture,), buttons=_other_charts(request))


def _too_early(request: Request) -> Reply:
    window = request.args.window
    if window is not None and window.start >= window.end:
        text = f"Nothing to measure {window.label}: that was before this portfolio began. Try /performance all."
    else:
        text = "No performance yet: it needs two readings of equity, one an hour. Ask again later, or /status."
    return Reply(text=f"{marks.ANSWER} {marks.mode(request.desk.world)} · {text}")


def _other_charts(request: Request) -> tuple[Button, ...]:
    bases = tuple(instrument.base for instrument in request.desk.symbols())[:_MOST_BUTTONS]
    return (*(Button(base, f"do:/chart {base}") for base in bases), Button("Allocation", "do:/chart allocation"))


COMMANDS = (
    Command(
        "performance",
        "Return, fall and Sharpe beside BTC and ETH",
        "/performance last month",
        Role.VIEWER,
        performance,
        (WINDOW,),
    ),
    Command("chart", "Equity, allocation, or one coin's price", "/chart btc", Role.VIEWER, chart, (SYMBOL, _SUBJECT)),
)
