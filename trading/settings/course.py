"""From when, until when, and how fast candles are run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from trading.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Course:
    """How a world of candles is run: from when, until when, and in how many real seconds per day."""

    start: datetime | None = None
    end: datetime | None = None
    day_seconds: float = 60.0


def day_start(text: str, zone: ZoneInfo) -> datetime:
    """The first instant of an ISO date in `zone`, or an ISO instant, as aware UTC. Raises SettingsError."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f'"{text}" is not a date; write it like 2025-01-31.') from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
