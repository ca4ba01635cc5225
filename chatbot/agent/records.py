"""Answers from the trade records: what was traded, why, what it made and what it cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chatbot.agent.queries import Fees, Only, Profit, Ratio, TradesAsked, Why
from chatbot.agent.sources import answer, of_books
from chatbot.agent.spoken import resolve
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import ledger
from chatbot.present.cards.approval_words import decided_by
from chatbot.present.layout import capitalized
from trading.contract import Explanation, Pnl, Reader, Trades, TradeView, World
from trading.domain.order import Side, Source

_SHOWN = 10
_MANY = 100_000
"""Enough to look at every trade."""
_DONE = {Side.BUY: "bought", Side.SELL: "sold"}


def symbol_of(base: str | None, reader: Reader) -> str | None:
    """The instrument's symbol of a base: "BTC/USD" of "BTC"."""
    return next((found.symbol for found in reader.symbols() if found.base == base), None)


async def trades(query: TradesAsked, reader: Reader) -> Reply:
    """How many there were, and the newest of them; of wins or losses the largest first."""
    window = resolve(query.window, reader)
    side = Side.SELL if query.only is not None else query.side
    limit = _MANY if query.only is not None else query.count or _SHOWN
    found = await reader.trades(window, symbol_of(query.symbol, reader), side, limit)
    if query.only is not None:
        found = _only(query.only, found, query.count or _SHOWN)
    first = f"{_count(found, query)}{f' of {query.symbol}' if query.symbol else ''} {window.label}."
    shown = "" if len(found.trades) >= found.total else f"The {len(found.trades)} {_order(query)} are shown."
    reply = ledger.trades(found, reader.world)
    return replace(reply, text=answer(first, shown, of_books(window.label, reader.world)))


def _only(only: Only, found: Trades, limit: int) -> Trades:
    won = only is Only.WINS
    kept = [trade for trade in found.trades if (trade.fill.realized > 0) is won]
    kept.sort(key=lambda trade: trade.fill.realized, reverse=won)
    return replace(found, trades=tuple(kept[:limit]), total=len(kept))


def _order(query: TradesAsked) -> str:
    return "largest" if query.only is not None else "newest"


def _count(found: Trades, query: TradesAsked) -> str:
    """ "3 trades", "No sales at a loss"; buys and sales by their own names."""
    if query.only is not None:
        kind = "at a profit" if query.only is Only.WINS else "without profit"
        return f"{n.counted(found.total, 'sale')} {kind}" if found.total else f"No sales {kind}"
    noun = {Side.BUY: "buy", Side.SELL: "sale", None: "trade"}[query.side]
    return n.counted(found.total, noun) if found.total else f"No {noun}s"


async def profit(query: Profit, reader: Reader) -> Reply:
    """The change of equity over a span, or what one coin or the sales alone brought."""
    window = resolve(query.window, reader)
    pnl = await reader.pnl(window)
    if query.ratio is not None:
        return await _ratio(query.ratio, pnl, reader)
    if query.symbol is not None:
        return await _of_symbol(query.symbol, pnl, reader)
    return ledger.pnl(pnl, reader.world)


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
    return Reply(text=answer(first, open_now, of_books(pnl.window.label, world)))


async def _ratio(ratio: Ratio, pnl: Pnl, reader: Reader) -> Reply:
    sales = pnl.wins + pnl.losses
    source = of_books(pnl.window.label, reader.world)
    if not sales:
        return Reply(text=answer(f"No {ratio.value} {pnl.window.label}: nothing was sold.", source))
    counts = f"{pnl.wins} of {n.counted(sales, 'sale')} made money"
    if ratio is Ratio.WIN_RATE:
        return Reply(text=answer(f"Win rate {n.share(Decimal(pnl.wins) / sales)}: {counts}.", source))
    sold = await reader.trades(pnl.window, None, Side.SELL, _MANY)
    return Reply(text=answer(f"{_profit_factor(sold.trades, reader.world)} {capitalized(counts)}.", source))


def _profit_factor(sales: tuple[TradeView, ...], world: World) -> str:
    """What winning sales made over what losing sales lost; undefined without losses."""
    made = sum((sale.fill.realized for sale in sales if sale.fill.realized > 0), Decimal(0))
    lost = -sum((sale.fill.realized for sale in sales if sale.fill.realized < 0), Decimal(0))
    if not lost:
        return f"No profit factor: nothing was lost, {n.money(made, world.quote)} made."
    return (
        f"Profit factor {n.figure(made / lost)}: {n.money(made, world.quote)} made, {n.money(lost, world.quote)} lost."
    )


async def fees(query: Fees, reader: Reader) -> Reply:
    """What trading cost."""
    pnl = await reader.pnl(resolve(query.window, reader))
    paid = n.money(pnl.fees, reader.world.quote)
    first = f"{paid} in fees for {n.counted(pnl.trades, 'trade')} {pnl.window.label}."
    if not pnl.trades:
        first = f"No fees {pnl.window.label}: there were no trades."
    return Reply(text=answer(first, f"{marks.mode(reader.world)} · as the fills were booked"))


async def why(query: Why, reader: Reader) -> Reply:
    """The newest matching trade, the reason it was placed for, and who decided."""
    found = await reader.explain(symbol_of(query.symbol, reader), query.side)
    if found is None:
        done = _DONE[query.side] if query.side else "traded"
        return Reply(text=answer(f"{query.symbol or 'Nothing'} has {'not ' if query.symbol else ''}been {done} yet."))
    return Reply(
        text=answer(
            f"{_reason(found)}",
            _deed(found, reader.world),
            _decider(found),
            *([] if found.cycle is None or not found.cycle.notes else [f"Guard: {found.cycle.notes[0]}"]),
            f"{marks.mode(reader.world)} · the newest such trade",
        ),
        buttons=(Button("Plan", "do:/plan"),) if found.cycle else (),
    )


def _reason(found: Explanation) -> str:
    """The order's own reason; failing that the plan's, the batch's."""
    order, batch = found.trade.order, found.trade.batch
    plan = found.cycle.plan.reason if found.cycle and found.cycle.plan else ""
    words = next((text for text in (order.intent.reason, plan, batch.reason) if text), "")
    return f"{capitalized(words.rstrip('.'))}." if words else "No reason was recorded."


def _deed(found: Explanation, world: World) -> str:
    fill, market = found.trade.fill, found.trade.order.intent.instrument
    realized = f", {n.signed_money(fill.realized, world.quote)} realized" if fill.side is Side.SELL else ""
    return (
        f"{marks.SIDES[fill.side]} {capitalized(_DONE[fill.side])} {n.quantity(fill.quantity, market)} {market.base} "
        f"at {n.price(fill.price, market)}, {n.local_moment(fill.at, world.timezone)}{realized}."
    )


def _decider(found: Explanation) -> str:
    """Who decided: a model or the allocator, a person, or a stop by itself."""
    source, by = found.trade.batch.source, found.trade.batch.decided_by
    if source in (Source.STOP, Source.TARGET):
        return f"The {source.value} did it by itself; nobody is asked."
    if found.cycle is not None:
        return f"{decided_by(found.cycle, by)}."
    return f"Asked for by {by}." if by else ""
