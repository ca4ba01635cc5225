"""The demo's world without chat, and without cards: nobody is there to press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from trading.running import Running
from trading.settings import CoreSettings, Course
from trading.worlds import open_world

START = datetime(2026, 1, 5, 13, 30, tzinfo=UTC)
"""Half an hour before the first rebalance."""


def settings(state_dir: Path) -> CoreSettings:
    told: dict[str, Any] = {"mode": "paper", "market": "simulated", "starting_cash": "10000", "approval_modes": "live"}
    return CoreSettings(**told, state_dir=state_dir)


@asynccontextmanager
async def simulated_world(state_dir: Path, days: int) -> AsyncIterator[Running]:
    """A world that ends after `days`, as fast as the machine runs it. Its `main` has not been called yet."""
    running = await open_world(settings(state_dir), Course(START, START + timedelta(days=days), 0))
    try:
        yield running
    finally:
        await running.close()
