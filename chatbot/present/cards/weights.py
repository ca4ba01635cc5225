"""Shares of equity on their way through a decision, as a table: before, wanted, and what the guards allowed."""

from __future__ import annotations

from chatbot.present import numbers as n
from chatbot.present.layout import Lines, table
from trading.contract.books.cycles import CASH, weight_lines
from trading.domain.market import base_of
from trading.domain.plan import Cycle


def weights(cycle: Cycle) -> Lines:
    """A line for each coin that is held or wanted, then cash; nothing where there was no plan.

    What was allowed is a column of its own where a guard changed something.
    """
    shown = [line for line in weight_lines(cycle) if line.symbol == CASH or line.now or line.wanted or line.allowed]
    if not shown:
        return []
    cut = any(line.allowed != line.wanted for line in shown)
    rows = [("", "before", "wanted" if cut else "target", "allowed")]
    rows += [(_name(line.symbol), n.share(line.now), n.share(line.wanted), n.share(line.allowed)) for line in shown]
    return table(rows, "<>>>") if cut else table([row[:3] for row in rows], "<>>")


def _name(symbol: str) -> str:
    return "Cash" if symbol == CASH else base_of(symbol)
