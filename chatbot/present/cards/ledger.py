"""What was traded and what it brought."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.outside import BY_HAND
from chatbot.present.layout import Lines, block, capitalized, pair, prose, wrapped
from trading.contract import Pnl, Trades, TradeView, Window, World
from trading.domain.order import Side, Source

_MOST_SYMBOLS = 8


def trades(trades: Trades, world: World) -> Reply:
    """A list of fills, newest first."""
    about = (f" of {trades.symbol}" if trades.symbol else "") + (f", {trades.window.label}" if trades.window else "")
    if not trades.trades:
        return Reply(text=f"{marks.ANSWER} {marks.mode(world)} · No trades{about}.")
    shown = len(trades.trades)
    count = n.counted(trades.total, "trade") if shown >= trades.total else f"{shown} newest of {trades.total:,} trades"
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · {count}{about}",
        card=block(*(trade_lines(trade, world) for trade in trades.trades)),
    )


def trade_lines(trade: TradeView, world: World) -> Lines:
    """One fill: what, how much, at which price, when; a sale with its realized profit."""
    fill, market = trade.fill, trade.order.intent.instrument
    title = f"{marks.SIDES[fill.side]} {market.base} {n.quantity(fill.quantity, market)}"
    when = n.local_moment(fill.at, world.timezone)
    lines = [
        *pair(title, n.money(fill.notional, world.quote)),
        *pair(f"   at {n.price(fill.price, market)}", when),
    ]
    if fill.side is Side.SELL or fill.realized:
        lines += pair("   realized", n.signed_money(fill.realized, world.quote))
    return lines + [line for note in notes(trade, world) for line in wrapped(note, indent="   ")]


def notes(trade: TradeView, world: World) -> tuple[str, ...]:
    """What is not as usual: the owner's own trade, a short one, a fee in another currency."""
    fill, fee = trade.fill, trade.fill.fee
    short = {Side.SELL: "on margin, short", Side.BUY: "on margin, to cover"}[fill.side] if fill.margin else ""
    paid = f"fee {n.amount(fee.amount, fee.currency, world.quote)}" if fee.currency != world.quote else ""
    own = BY_HAND if trade.batch.source is Source.EXTERNAL else ""
    return tuple(filter(None, (own, short, paid)))


def before_it_began(window: Window, since: datetime, world: World) -> Reply:
    """A span that ended before there was anything: no profit of zero, but none at all."""
    began = n.local_day(since, world.timezone)
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(world)} · Nothing {window.label}: the portfolio started on {began}.",
        buttons=(Button("All", "do:/profit all"),),
    )


def pnl(pnl: Pnl, world: World) -> Reply:
    """Profit over a window, with where it came from."""
    quote = world.quote
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {profit_finding(pnl, quote)}",
            f"{capitalized(pnl.window.label)} · fees in · {n.counted(pnl.trades, 'trade')}{_sales(pnl)}",
        ),
        card=block(_totals(pnl, quote), _by_symbol(pnl, quote)),
        buttons=tuple(Button(label, f"do:/pnl {label.lower()}") for label in ("Today", "This week", "This month")),
    )


def profit_rows(pnl: Pnl, quote: str) -> Lines:
    """Realized profit, open profit and fees, one per line."""
    return [
        *pair("Realized", n.signed_money(pnl.realized, quote)),
        *pair("Open now", n.signed_money(pnl.unrealized_now, quote)),
        *pair("Fees", n.money(pnl.fees, quote)),
    ]


def _totals(pnl: Pnl, quote: str) -> Lines:
    change = f"{n.signed_money(pnl.change, quote)}  {n.percent(pnl.change_fraction)}"
    return [*pair("Change", change), *profit_rows(pnl, quote)]


def _by_symbol(pnl: Pnl, quote: str) -> Lines:
    largest = sorted(pnl.by_symbol.items(), key=lambda item: -abs(item[1]))
    lines = [line for symbol, value in largest[:_MOST_SYMBOLS] for line in pair(symbol, n.signed_money(value, quote))]
    rest = sum((value for _, value in largest[_MOST_SYMBOLS:]), Decimal(0))
    return lines + pair("others", n.signed_money(rest, quote)) if largest[_MOST_SYMBOLS:] else lines


def profit_finding(pnl: Pnl, quote: str) -> str:
    """One sentence: up or down, by how much."""
    if pnl.change is None:
        return "The change is unknown: a price is missing."
    if pnl.change == 0:
        return "No change."
    word = "Up" if pnl.change > 0 else "Down"
    return f"{word} {n.money(abs(pnl.change), quote)} ({n.percent(pnl.change_fraction)})."


def _sales(pnl: Pnl) -> str:
    return f", {pnl.wins} with profit, {pnl.losses} without" if pnl.wins or pnl.losses else ""
