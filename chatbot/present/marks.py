"""One mark per kind of message, first on its line, so that a lock screen can be read."""

from __future__ import annotations

from trading.contract import World
from trading.domain.order import Side

BOUGHT = "🟢"
SOLD = "🔴"
STOP = "🛑"
TARGET = "🎯"
WAITING = "⏳"
APPROVED = "✅"
REFUSED = "❌"
ATTENTION = "⚠️"
REPORT = "📈"
ANSWER = "💬"

INCLUDED = "☑"
LEFT_OUT = "☐"

SIDES = {Side.BUY: BOUGHT, Side.SELL: SOLD}


def mode(world: World) -> str:
    """ "PAPER", "LIVE", or "PAPER · SIMULATED" where prices are not a real market's prices of now."""
    return f"{world.mode} · SIMULATED" if world.simulated else world.mode


def place(world: World) -> str:
    """Mode and market: "PAPER · Kraken"; a simulated market is not said twice."""
    if world.simulated and "simulated" in world.market.lower():
        return mode(world)
    return f"{mode(world)} · {world.market}"
