"""Events about what people set, and about how far a rebalance is -> messages."""

from __future__ import annotations

from chatbot.message import Reply
from chatbot.present.cards import alerts, levels, progress, safe_mode, settings
from trading.contract import Reader
from trading.domain.event import (
    AlertFired,
    CycleProgress,
    Event,
    ProtectionChanged,
    RunSkipped,
    SafeModeEntered,
    SafeModeLeft,
    SettingChanged,
)


def message(event: Event, desk: Reader) -> Reply | None:
    """The message for `event`; None for every other kind of event."""
    world = desk.world
    match event:
        case ProtectionChanged():
            return levels.told(event, world, desk.symbols())
        case SettingChanged():
            return settings.told(event, world)
        case AlertFired():
            return alerts.fired(event, world, desk.symbols())
        case RunSkipped():
            return settings.run_skipped(event, world)
        case CycleProgress():
            return progress.told(event, world)
        case SafeModeEntered():
            return safe_mode.entered(event, world)
        case SafeModeLeft():
            return safe_mode.left(event, world)
        case _:
            return None
