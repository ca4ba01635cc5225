"""What the tests of the model's clients ask, and a clock that does not make them wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from trading.brain.json_schema import AnswerSchema, a_fraction, an_object
from trading.brain.prompt import Message

ASK = (Message("system", "You decide."), Message("user", "Decide."))
SCHEMA = AnswerSchema("small_answer", an_object(share=a_fraction("A share")))
NOW = datetime(2025, 3, 1, 14, tzinfo=UTC)


class HurriedClock:
    """Sleeps at once and remembers for how long; its time moves only by that."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.passed = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.passed += seconds
