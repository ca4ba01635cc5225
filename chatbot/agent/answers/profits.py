"""Answers about money made and spent: profit over a span, by coin, figures of sales, fees and costs."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chatbot.agent.answers.records import symbol_of
from chatbot.agent.answers.sources import answer, of_books
from chatbot.agent.answers.spoken import resolve
from chatbot.agent.queries import CostsAsked, Fees, Pick, Profit, ProfitBySymbol, Ratio
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import ledger
from chatbot.present.layout import block, pair, prose
from trading.contract import Pnl, Reader, Status, World
from trading.contract.books import Costs, Sales, SymbolProfit
from trading.domain.order import Side

_MOST = 8


async def profit(query: Profit, reader: Reader) -> Reply:
    """The change of equity over a span; or of one coin, of the sales alone, of the last trades."""
    if query.count is not None:
        return await _of_last(query.count, reader)
    window = resolve(query.window, reader)
    if query.ratio is not None:
        return _ratio(query.ratio, await reader.books.sales(window, symbol_of(query.symbol, reader)))
    pnl = await reader.pnl(window)
    if query.symbol is not None:
        return await _of_symbol(query.symbol, pnl, reader)
    reply = ledger.pnl(pnl, reader.world)
    return replace(reply, text=prose(reply.text, of_books(window, reader.world, pnl.trades)))


async def by_symbol(query: ProfitBySymbol, reader: Reader) -> Reply:
    """Which coin made most or lost most: realized over the span, and open now."""
    found = await reader.pnl(resolve(query.window, reader))
    world, label = reader.world, found.window.label
    rows = sorted(_coins(found, await reader.status()), key=_total, reverse=query.pick is Pick.BEST)
    if not rows:
        return Reply(
            text=answer(f"No coin made or lost anything {label}.", of_books(found.window, world, found.trades))
        )
    first, word = rows[0], "Most made" if query.pick is Pick.BEST else "Most lost"
    turned = _total(first) <= 0 if query.pick is Pick.BEST else _total(first) >= 0
    headline = f"{word}: {_base(first)}, {n.signed_money(_total(first), world.quote)}."
    if turned:
        headline = (
            f"No coin {'made' if query.pick is Pick.BEST else 'lost'} money {label}. {_base(first)} came nearest."
        )
    card = block(*(_coin_lines(row, world) for row in rows[:_MOST]))
    return Reply(
        text=answer(headline, f"Realized {label}, and open now.", of_books(found.window, world, found.trades)),
        card=card,
    )


async def fees(query: Fees, reader: Reader) -> Reply:
    """What trading cost."""
    pnl = await reader.pnl(resolve(query.window, reader))
    paid = n.money(pnl.fees, reader.world.quote)
    first = f"{paid} in fees for {n.counted(pnl.trades, 'trade')} {pnl.window.label}."
    if not pnl.trades:
        first = f"No fees {pnl.window.label}: there were no trades."
    return Reply(text=answer(first, of_books(pnl.window, reader.world, pnl.trades)))


async def costs(query: CostsAsked, reader: Reader) -> Reply:
    """Fees, slippage and borrowing; the card has the rest."""
    found = await reader.books.costs(resolve(query.window, reader))
    quote = found.world.quote
    slipped = "slippage unknown" if found.slippage is None else f"slippage {n.signed_money(found.slippage, quote)}"
    return Reply(
        text=answer(
            f"About {n.money(found.total, quote)} in costs {found.window.label}: fees {n.money(found.fees, quote)}, "
            f"{slipped}.",
            _models(found),
            f"Slippage is of {found.measured} of {n.counted(found.orders, 'order')}." if found.orders else "",
            of_books(found.window, found.world, found.orders),
        ),
        buttons=(Button("Costs", "do:/costs"), Button("Fees", "do:/fees")),
    )


def _models(found: Costs) -> str:
    """What a model's answers cost, said apart: somebody asks for it alone."""
    if not found.models.calls:
        return "No model was asked."
    return f"Models {n.money(found.models.cost, 'USD')} for {n.counted(found.models.calls, 'call')}."


async def _of_last(count: int, reader: Reader) -> Reply:
    """What the newest trades realized."""
    found = await reader.trades(limit=count)
    world, sold = reader.world, [trade.fill for trade in found.trades if trade.fill.side is Side.SELL]
    realized = sum((fill.realized for fill in sold), Decimal(0))
    fees_paid = sum((trade.fill.fee_worth for trade in found.trades), Decimal(0))
    shown = len(found.trades)
    first = f"The last {n.counted(shown, 'trade')} realized {n.signed_money(realized, world.quote)}."
    return Reply(
        text=answer(
            first if shown else "There are no trades yet.",
            f"{n.counted(len(sold), 'sale')} among them; fees {n.money(fees_paid, world.quote)}, counted in.",
            f"{n.counted(shown, 'row')} · {marks.mode(world)}",
        )
    )


async def _of_symbol(base: str, pnl: Pnl, reader: Reader) -> Reply:
    """Realized over the span, and what is open now."""
    world = reader.world
    symbol = symbol_of(base, reader) or base
    realized = pnl.by_symbol.get(symbol)
    status = await reader.status()
    held = next((holding for holding in status.holdings if holding.base == base), None)
    first = f"No {base} was sold {pnl.window.label}."
    if realized is not None:
        first = f"{base}: {n.signed_money(realized, world.quote)} realized {pnl.window.label}."
    open_now = f"Open now {n.signed_money(held.unrealized, world.quote)}." if held else f"No {base} is held now."
    return Reply(text=answer(first, open_now, of_books(pnl.window, world, pnl.trades)))


def _ratio(ratio: Ratio, sales: Sales) -> Reply:
    """One figure of the sales, and how many there were."""
    about = f" of {sales.symbol.partition('/')[0]}" if sales.symbol else ""
    source = of_books(sales.window, sales.world, sales.count)
    if not sales.count:
        return Reply(text=answer(f"No {_NAMES[ratio]}{about} {sales.window.label}: nothing was sold.", source))
    counts = f"{sales.wins} of {n.counted(sales.count, 'sale')}{about} made money"
    text = {
        Ratio.WIN_RATE: f"Win rate {n.share(sales.win_rate)}: {counts}.",
        Ratio.PROFIT_FACTOR: f"{_profit_factor(sales)} {counts}.",
        Ratio.AVERAGE: f"{_averages(sales)} {counts}.",
        Ratio.HOW_MANY: f"{n.counted(sales.wins, 'win')}, {n.counted(sales.losses, 'loss', 'losses')}: {counts}.",
    }
    return Reply(text=answer(text[ratio], source))


_NAMES = {
    Ratio.WIN_RATE: "win rate",
    Ratio.PROFIT_FACTOR: "profit factor",
    Ratio.AVERAGE: "average",
    Ratio.HOW_MANY: "wins or losses",
}


def _profit_factor(sales: Sales) -> str:
    """What winning sales made over what losing sales lost; undefined without losses."""
    quote = sales.world.quote
    if sales.profit_factor is None:
        return f"No profit factor: nothing was lost, {n.money(sales.made, quote)} made."
    made, lost = n.money(sales.made, quote), n.money(sales.lost, quote)
    return f"Profit factor {n.figure(sales.profit_factor)}: {made} made, {lost} lost."


def _averages(sales: Sales) -> str:
    quote = sales.world.quote
    won = "no win" if sales.average_win is None else f"{n.signed_money(sales.average_win, quote)} a win"
    lost = "no loss" if sales.average_loss is None else f"{n.signed_money(-sales.average_loss, quote)} a loss"
    return f"On average {won}, {lost}."


def _coins(found: Pnl, status: Status) -> list[SymbolProfit]:
    """Coins that were sold, or are held."""
    open_ = {held.symbol: held.unrealized for held in status.holdings}
    symbols = dict.fromkeys([*found.by_symbol, *open_])
    return [SymbolProfit(s, found.by_symbol.get(s, Decimal(0)), open_.get(s, Decimal(0))) for s in symbols]


def _coin_lines(row: SymbolProfit, world: World) -> list[str]:
    return [
        *pair(_base(row), n.signed_money(_total(row), world.quote)),
        *pair("  realized", n.signed_money(row.realized, world.quote)),
        *pair("  open now", n.signed_money(row.open, world.quote)),
    ]


def _total(row: SymbolProfit) -> Decimal:
    return row.realized + (row.open or Decimal(0))


def _base(row: SymbolProfit) -> str:
    return row.symbol.partition("/")[0]
