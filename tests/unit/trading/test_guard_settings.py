"""Guards come from settings: percent there, fractions here, and off unless somebody sets them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from trading.contract import World
from trading.decision.guard_history import MEMORY
from trading.risk.guards import Guards
from trading.settings import CoreSettings
from trading.worlds.parts import rules_of

PAPER = World("PAPER", "simulated market", True, "USD", ZoneInfo("UTC"))


def guards(**told: Any) -> Guards:
    return rules_of(CoreSettings(**told), PAPER).guards


def test_by_default_every_guard_is_off() -> None:
    assert guards() == Guards()


def test_each_setting_is_a_guard_in_the_cores_units() -> None:
    assert guards(
        max_position_percent="40",
        min_cash_percent="10",
        max_turnover_percent="30",
        max_rebalance_orders="5",
        min_holding_hours="6",
        reentry_pause_hours="1.5",
        min_trade="25",
        btc_floor_percent="20",
        eth_floor_percent="0",
        drawdown_stop_percent="25",
    ) == Guards(
        max_weight=D("0.4"),
        min_cash=D("0.1"),
        max_turnover=D("0.3"),
        max_orders=5,
        min_holding=timedelta(hours=6),
        reentry_pause=timedelta(hours=1.5),
        min_trade=D(25),
        floors={"BTC": D("0.2")},
        max_drawdown=D("0.25"),
    )


def test_no_turnover_at_all_is_a_limit_and_not_the_lack_of_one() -> None:
    assert guards(max_turnover_percent="0").max_turnover == 0
    assert guards(max_rebalance_orders="0").max_orders == 0


def test_no_pause_is_longer_than_what_is_remembered() -> None:
    longest = str(MEMORY / timedelta(hours=1))
    assert guards(min_holding_hours=longest, reentry_pause_hours=longest).min_holding == MEMORY
    for name in ("min_holding_hours", "reentry_pause_hours"):
        with pytest.raises(ValidationError):
            guards(**{name: "720.1"})
