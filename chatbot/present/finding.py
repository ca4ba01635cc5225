"""What a performance says, in one clause: the title of its picture and the first line of an answer about it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from chatbot.present import numbers
from trading.contract import Performance

_TENTH = Decimal("0.1")


def finding(performance: Performance, benchmark: str = "BTC") -> str:
    """ "Ahead of BTC by 1.9 points since 30 Jul"; without that benchmark, the other, or ours alone."""
    named = next((name for name in (benchmark, "BTC", "ETH") if performance.line(name)), None)
    if named is None:
        return alone(performance)
    return f"{comparison(performance, named)} {performance.window.label}"


def comparison(performance: Performance, benchmark: str) -> str:
    """ "Ahead of BTC by 1.9 points", "Level with BTC", "BTC unknown"."""
    theirs = performance.line(benchmark)
    if theirs is None:
        return f"{benchmark} unknown"
    gap = (performance.lines[0].total_return - theirs.total_return) * 100
    rounded = gap.quantize(_TENTH, ROUND_HALF_UP)
    if not rounded:
        return f"Level with {benchmark}"
    return f"{'Ahead of' if rounded > 0 else 'Behind'} {benchmark} by {abs(rounded):,} points"


def alone(performance: Performance) -> str:
    """ "Up 4.82 % since 30 Jul", without any benchmark."""
    ours = performance.lines[0].total_return
    size = numbers.percent(abs(ours)).removeprefix("+")
    if not (ours * 100).quantize(_TENTH * _TENTH, ROUND_HALF_UP):
        return f"Unchanged {performance.window.label}"
    return f"{'Up' if ours > 0 else 'Down'} {size} {performance.window.label}"
