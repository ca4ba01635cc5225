"""What a decision rests on and what guards made of it, in short sentences: the same on every card."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from chatbot.present import numbers as n
from chatbot.present.layout import capitalized, one_line
from trading.domain.market import base_of
from trading.domain.plan import Clamp, Cycle, Evidence, TargetWeight

_READINGS = (("1d.trend20", "20 d"), ("1d.trend60", "60 d"), ("1d.trend120", "120 d"))
"""Returns over days in the decider's snapshot, with the words for them."""

_DECIMALS = {"weight": 2, "quote": 2, "orders": 0}


def clamp_words(clamp: Clamp) -> str:
    """ "BTC 0.50 → 0.30 (largest position)"; an amount in quote is that of an order, or of all buys together."""
    places = _DECIMALS.get(clamp.unit, 2)
    before, after = f"{clamp.before:,.{places}f}", f"{clamp.after:,.{places}f}"
    if before == after:
        before, after = f"{clamp.before:,.4f}", f"{clamp.after:,.4f}"
    about = base_of(clamp.symbol) if clamp.symbol else "buys"
    order = " order" if clamp.symbol and clamp.unit == "quote" else ""
    return capitalized(f"{about}{order} {before} → {after} ({one_line(clamp.guard)})")


def guard_words(cycle: Cycle) -> Sequence[str]:
    """What guards and limits changed in `cycle`, then what was left out or stays as dust, one sentence each."""
    return [*map(clamp_words, cycle.clamps), *map(one_line, cycle.notes)]


def meant_for(target: TargetWeight) -> str:
    """ "confidence 0.70, for 14 days"; empty where nobody said."""
    sure = [] if target.confidence is None else [f"confidence {target.confidence:.2f}"]
    days = [] if target.horizon is None else [f"for {n.counted(target.horizon, 'day')}"]
    return ", ".join([*sure, *days])


def bounds(target: TargetWeight) -> str:
    """ "between 80,000 and 90,000": the prices within which the decision holds; empty without any."""
    if target.lowest is not None and target.highest is not None:
        return f"between {_plain(target.lowest)} and {_plain(target.highest)}"
    if target.lowest is not None:
        return f"from {_plain(target.lowest)} up"
    return f"up to {_plain(target.highest)}" if target.highest is not None else ""


def evidence_words(target: TargetWeight, most: int | None = None) -> str:
    """ "1d.rsi14 61.2, price 86000.1": figures by their names, those of the coin itself without its name."""
    return ", ".join(_figure(shown, target.symbol) for shown in target.evidence[:most])


def seen(symbol: str, snapshot: str) -> str:
    """What the decider's `snapshot` has of `symbol`, in a line, for one who names no evidence; empty where nothing."""
    known = dict(_cells(symbol, json.loads(snapshot)))
    rsi, volatility = known.get("1d.rsi14"), known.get("1d.volatility30")
    return ", ".join(
        [
            *(f"{words} {n.percent(Decimal(known[name]), 1)}" for name, words in _READINGS if name in known),
            *([f"RSI {Decimal(rsi):.0f}"] if rsi else []),
            *([f"volatility {n.share(Decimal(volatility), 0)} a year"] if volatility else []),
        ]
    )


def _figure(shown: Evidence, symbol: str) -> str:
    return f"{one_line(shown.reference).removeprefix(f'{symbol}.')} {one_line(shown.value)}"


def _cells(symbol: str, snapshot: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The known cells of the row named `symbol` in every table of a snapshot."""
    for table in snapshot.get("tables", ()):
        for row, cells in zip(table["rows"], table["cells"], strict=True):
            if row == symbol:
                yield from (
                    (name, cell) for name, cell in zip(table["columns"], cells, strict=True) if cell is not None
                )


def _plain(price: Decimal) -> str:
    return f"{price.normalize():,f}"
