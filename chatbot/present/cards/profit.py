"""Where profit came from: by day, week or month, and by coin."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Picture, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.ledger import profit_finding, profit_rows
from chatbot.present.layout import Lines, block, capitalized, pair, prose, table
from trading.contract import Pnl
from trading.contract.books import Profit, SymbolProfit

_MOST_SYMBOLS = 8


def profit(found: Profit, png: bytes | None = None) -> Reply:
    """The finding, the parts in time, the coins."""
    world, whole, quote = found.world, found.whole, found.world.quote
    caption = f"{marks.mode(world)} · Change per {found.unit}, {whole.window.label}"
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {profit_finding(whole, quote)}",
            f"{capitalized(whole.window.label)} · fees in · {n.counted(whole.trades, 'trade')}",
        ),
        card=block(profit_rows(whole, quote), parts(found.parts, quote), _symbols(found.by_symbol, quote)),
        pictures=(Picture(png, caption, "profit.png"),) if png is not None else (),
        buttons=tuple(
            Button(label, f"do:/profit {words}")
            for label, words in (("7 days", "last 7 days"), ("This month", "this month"), ("All", "all"))
        ),
    )


def parts(found: Sequence[Pnl], quote: str) -> Lines:
    """One line each: when, how much, in percent."""
    return table(
        [(part.window.label, n.signed_money(part.change, quote), n.percent(part.change_fraction)) for part in found],
        "<>>",
    )


def _symbols(lines: Sequence[SymbolProfit], quote: str) -> Lines:
    """Realized and open profit of each coin; what was neither sold nor held is not listed."""
    rows: Lines = []
    for line in lines[:_MOST_SYMBOLS]:
        figures = [
            *([f"{n.signed_money(line.realized, quote)} realized"] if line.realized else []),
            *([f"{n.signed_money(line.open, quote)} open"] if line.open != 0 else []),
        ]
        names = [line.symbol.partition("/")[0], ""]
        rows += [text for name, figure in zip(names, figures, strict=False) for text in pair(name, figure)]
    return rows
