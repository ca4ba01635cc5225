"""The limits and guards that stand over a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from trading.brain.facts_table import FactTable
from trading.decision.snapshots.numbers import exactly, plain, rounded
from trading.market.fees import FeeTable
from trading.risk.guards import GuardHistory, Guards
from trading.risk.limits import Limits


@dataclass(frozen=True, slots=True)
class InForce:
    """What orders are decided under. `take_profit` is how far (fraction) an entry may run; None where nothing says."""

    limits: Limits
    fees: FeeTable
    guards: Guards
    take_profit: Decimal | None = None


def limits_table(limits: Limits, guards: Guards, take_profit: Decimal | None) -> FactTable:
    """Weights, spread, slippage and edge as fractions, order size and approval threshold in quote."""
    cells = {
        "max_weight": plain(min(limits.max_position, guards.max_weight)),
        "max_order_size": exactly(limits.max_order_size),
        "approval_threshold": exactly(limits.approval_threshold),
        "max_spread": exactly(limits.max_spread),
        "max_slippage": exactly(limits.max_slippage),
        "min_edge": exactly(limits.min_edge),
        "take_profit": exactly(take_profit),
    }
    return FactTable.of("Limits", tuple(cells), {"limits": tuple(cells.values())})


def guards_table(guards: Guards, history: GuardHistory) -> FactTable:
    """Cash, turnover, floors and drawdown as fractions, times in hours, amounts in quote; null where a guard is off."""
    cells = {
        "min_cash": plain(guards.min_cash),
        "max_turnover": exactly(guards.max_turnover),
        "turnover_today": exactly(history.turnover),
        "max_orders": None if guards.max_orders is None else str(guards.max_orders),
        "orders_today": str(history.orders),
        "min_holding_hours": rounded(guards.min_holding / timedelta(hours=1), 1),
        "reentry_pause_hours": rounded(guards.reentry_pause / timedelta(hours=1), 1),
        "min_trade": plain(guards.min_trade),
        "max_drawdown": exactly(guards.max_drawdown),
        **{f"floor.{base}": plain(least) for base, least in sorted(guards.floors.items())},
    }
    return FactTable.of("Guards", tuple(cells), {"guards": tuple(cells.values())})
