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

_MOST_NAMES = 5


def clamp_words(clamp: Clamp, names: Sequence[str] = ()) -> str:
    """ "BTC 50.0 % → 30.0 % (largest position)"; an amount in quote is that of an order, or of all buys together.

    `names` are the coins that it is true of, where those are several.
    """
    about = _listed(names) if names else base_of(clamp.symbol) if clamp.symbol else "buys"
    order = " order" if clamp.symbol and clamp.unit == "quote" else ""
    return capitalized(f"{about}{order} {_change(clamp)} ({one_line(clamp.guard)})")


def guard_words(cycle: Cycle) -> Sequence[str]:
    """What guards and limits changed in `cycle`, one sentence each; coins that one guard cut alike share one."""
    alike: dict[tuple[str, str, str], list[Clamp]] = {}
    for clamp in cycle.clamps:
        alike.setdefault((clamp.guard, clamp.unit, _change(clamp)), []).append(clamp)
    return [clamp_words(same[0], [base_of(clamp.symbol) for clamp in same if clamp.symbol]) for same in alike.values()]


def remarks(cycle: Cycle) -> Sequence[str]:
    """:func:`guard_words`, then what was left out, stays as dust or was voted for, each with what it is."""
    return [*(f"Guard: {words}" for words in guard_words(cycle)), *(f"Note: {one_line(note)}" for note in cycle.notes)]


def meant_for(target: TargetWeight) -> str:
    """ "confidence 70 %, for 14 days"; empty where nobody said."""
    sure = [] if target.confidence is None else [f"confidence {n.share(target.confidence, 0)}"]
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


def _change(clamp: Clamp) -> str:
    """ "50.0 % → 30.0 %", with as many decimals as it takes to see that there is a change."""
    if clamp.unit == "weight":
        coarse, fine = ((n.share(clamp.before, places), n.share(clamp.after, places)) for places in (1, 2))
    else:
        places = 0 if clamp.unit == "orders" else 2
        coarse, fine = ((f"{clamp.before:,.{d}f}", f"{clamp.after:,.{d}f}") for d in (places, 4))
    return " → ".join(coarse if coarse[0] != coarse[1] else fine)


def _listed(names: Sequence[str]) -> str:
    """ "BTC, ETH", and of many the first, with the count of the rest."""
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    shown = names[: _MOST_NAMES - 1]
    return f"{', '.join(shown)} and {len(names) - len(shown)} more"


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
