"""Answers from the trade records: what was traded, and why."""

from __future__ import annotations

from dataclasses import replace

from chatbot.agent.answers.sources import answer, of_books
from chatbot.agent.answers.spoken import resolve
from chatbot.agent.queries import Only, TradesAsked, Why
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import ledger
from chatbot.present.cards.approval_words import decided_by
from chatbot.present.cards.decision_words import guard_words
from chatbot.present.layout import capitalized
from trading.contract import Explanation, Reader, Trades, Window, World
from trading.contract.books import Books
from trading.domain.order import Side, Source

_SHOWN = 10
_DONE = {Side.BUY: "bought", Side.SELL: "sold"}


def symbol_of(base: str | None, reader: Reader) -> str | None:
    """The instrument's symbol of a base: "BTC/USD" of "BTC"."""
    return next((found.symbol for found in reader.symbols() if found.base == base), None)


async def trades(query: TradesAsked, reader: Reader) -> Reply:
    """How many there were, and the newest of them; of wins or losses the largest first."""
    window = resolve(query.window, reader)
    symbol = symbol_of(query.symbol, reader)
    if query.only is None:
        found = await reader.trades(window, symbol, query.side, query.count or _SHOWN)
    else:
        found = await _ranked(query, window, symbol, reader.books)
    about = f" of {query.symbol}" if query.symbol else ""
    shown = "" if len(found.trades) >= found.total else f"The {len(found.trades)} {_order(query)} are shown."
    if found.total > 1 and len(found.trades) == 1:
        shown = f"The {_order(query)} is shown."
    reply = ledger.trades(found, reader.world)
    source = of_books(window, reader.world, found.total)
    return replace(reply, text=answer(f"{_count(found, query)}{about} {window.label}.", shown, source))


async def _ranked(query: TradesAsked, window: Window, symbol: str | None, books: Books) -> Trades:
    """The largest wins or losses, as trades."""
    sales = await books.sales(window, symbol)
    if query.only is Only.WINS:
        kept, total = await books.best_sales(window, symbol), sales.wins
    else:
        kept, total = await books.worst_sales(window, symbol), sales.losses
    return Trades(window, symbol, tuple(kept[: query.count or _SHOWN]), total)


def _order(query: TradesAsked) -> str:
    return "largest" if query.only is not None else "newest"


def _count(found: Trades, query: TradesAsked) -> str:
    """ "3 trades", "No sales at a loss"; buys and sales by their own names."""
    if query.only is not None:
        kind = "at a profit" if query.only is Only.WINS else "without profit"
        return f"{n.counted(found.total, 'sale')} {kind}" if found.total else f"No sales {kind}"
    noun = {Side.BUY: "buy", Side.SELL: "sale", None: "trade"}[query.side]
    return n.counted(found.total, noun) if found.total else f"No {noun}s"


async def why(query: Why, reader: Reader) -> Reply:
    """The newest matching trade, the reason it was placed for, and who decided."""
    found = await reader.explain(symbol_of(query.symbol, reader), query.side)
    if found is None:
        done = _DONE[query.side] if query.side else "traded"
        return Reply(
            text=answer(
                f"{query.symbol or 'Nothing'} has {'not ' if query.symbol else ''}been {done} yet.",
                f"All trades on record · {marks.mode(reader.world)}",
            )
        )
    outside = _outside(query, found, reader)
    return Reply(
        text=answer(
            *outside,
            f"{_reason(found)}",
            _deed(found, reader.world),
            _decider(found),
            _confidence(found) or ("How sure the decider was is not on record." if query.sure else ""),
            *([] if found.cycle is None else [f"Guard: {words}" for words in guard_words(found.cycle)[:1]]),
            f"{marks.mode(reader.world)} · the newest such trade",
        ),
        buttons=(Button("Plan", "do:/plan"),) if found.cycle else (),
    )


def _outside(query: Why, found: Explanation, reader: Reader) -> tuple[str, ...]:
    """That the newest such trade is not of the span that was asked about."""
    window = resolve(query.window, reader)
    at = found.trade.fill.at
    return () if window.start <= at <= window.end else (f"The newest such trade is not {window.label}:",)


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


def _confidence(found: Explanation) -> str:
    """How sure the decider said it was, of this coin or of the plan; only models say."""
    plan = found.cycle.plan if found.cycle else None
    if plan is None:
        return ""
    own = next((target.confidence for target in plan.weights if target.symbol == found.trade.fill.symbol), None)
    sure = plan.confidence if own is None else own
    return "" if sure is None else f"Its confidence was {n.share(sure, 0)}."


def _decider(found: Explanation) -> str:
    """Who decided: a model or the allocator, a person, or a stop by itself."""
    source, by = found.trade.batch.source, found.trade.batch.decided_by
    if source in (Source.STOP, Source.TARGET):
        return f"The {source.value} did it by itself; nobody is asked."
    if found.cycle is not None:
        return f"{decided_by(found.cycle, by)}."
    return f"Asked for by {by}." if by else ""
