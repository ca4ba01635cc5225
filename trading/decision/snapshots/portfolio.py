"""What is held, and what has come of it so far."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from trading.brain.facts_table import FactTable
from trading.contract import Window
from trading.decision.snapshots.numbers import exactly, plain, rounded, significant
from trading.decision.snapshots.record import Held
from trading.domain.money import ZERO
from trading.domain.portfolio import EquityPoint
from trading.portfolio.growth import Growth
from trading.portfolio.performance import total_returns
from trading.risk.guards import GuardHistory

DAYS = (7, 30, 90)
BENCHMARKS = ("BTC", "ETH")


def portfolio_table(cash: Decimal, free_cash: Decimal, held: Sequence[Held], history: GuardHistory) -> FactTable:
    """Amounts in quote, weights and drawdown as fractions."""
    invested = sum((one.value for one in held), ZERO)
    equity = cash + invested
    row = (
        significant(equity, 8),
        significant(cash, 8),
        significant(free_cash, 8),
        rounded(cash / equity, 4) if equity else None,
        significant(invested - sum((one.cost for one in held), ZERO)),
        rounded(history.drawdown, 4),
    )
    columns = ("equity", "cash", "free_cash", "cash_weight", "unrealized", "drawdown")
    return FactTable.of("Portfolio", columns, {"portfolio": row})


def holdings_table(held: Sequence[Held], equity: Decimal, at: datetime) -> FactTable:
    """Each holding: base, quote per base, quote, fractions, days and hours as the columns say."""
    columns = ("quantity", "entry_price", "value", "weight", "unrealized", "gain", "held_days", "stop", "target")
    rows = {one.symbol: _holding(one, equity, at) for one in held}
    return FactTable.of("Holdings", columns, rows)


def trades_table(history: GuardHistory, at: datetime) -> FactTable:
    """Hours since a symbol was last bought, and last left."""
    symbols = sorted({*history.bought, *history.sold})
    rows = {s: (_hours(history.bought.get(s), at), _hours(history.sold.get(s), at)) for s in symbols}
    return FactTable.of("Newest trades", ("bought_hours", "sold_hours"), rows)


def performance_table(points: Sequence[EquityPoint], at: datetime, since_start: Growth) -> FactTable:
    """Time-weighted returns beside those of BTC and ETH, fractions; a span that is not over yet is unknown.

    `since_start` remembers the walk over the whole curve.
    """
    rows: dict[str, tuple[str | None, ...]] = {}
    inception = points[0].at if points else at
    for days in DAYS:
        start = at - timedelta(days=days)
        rows[f"performance.{days}d"] = _returns(points, start, at) if start >= inception else (None,) * 5
    rows["performance.all"] = _returns(points, inception, at, since_start)
    return FactTable.of("Performance", ("portfolio", "btc", "eth", "vs_btc", "vs_eth"), rows)


def _holding(held: Held, equity: Decimal, at: datetime) -> tuple[str | None, ...]:
    days = None if held.opened_at is None else (at - held.opened_at) / timedelta(days=1)
    return (
        plain(held.quantity),
        significant(held.entry_value / held.quantity),
        significant(held.value),
        rounded(held.value / equity, 4) if equity else None,
        significant(held.value - held.cost),
        rounded(held.value / held.cost - 1, 4) if held.cost else None,
        rounded(days, 1),
        exactly(held.stop),
        exactly(held.target),
    )


def _returns(
    points: Sequence[EquityPoint], start: datetime, end: datetime, growth: Growth | None = None
) -> tuple[str | None, ...]:
    returns = total_returns(points, Window(start, end, ""), growth)
    ours = returns.get("Portfolio")
    theirs = [returns.get(name) for name in BENCHMARKS]
    gaps = [None if ours is None or other is None else ours - other for other in theirs]
    return tuple(rounded(value, 4) for value in (ours, *theirs, *gaps))


def _hours(when: datetime | None, at: datetime) -> str | None:
    return None if when is None else rounded((at - when) / timedelta(hours=1), 1)
