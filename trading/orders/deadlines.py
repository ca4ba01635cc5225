"""When the time of each waiting card is up, whatever the wall clock is set to meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from trading.clock import Clock
from trading.domain.risk import Approval

SHORTEST, LONGEST = 0.05, 1.0
"""Seconds between two looks at the clock; it may be set meanwhile."""


@dataclass(frozen=True, slots=True)
class _Deadline:
    """At an instant, or after so much running time, whichever comes first."""

    instant: datetime
    monotonic: float

    def left(self, clock: Clock) -> float:
        """Seconds until then; zero or less once the card is over."""
        return min((self.instant - clock.now()).total_seconds(), self.monotonic - clock.monotonic())


class Deadlines:
    """The cards that wait, on the people's clock."""

    def __init__(self, people: Clock) -> None:
        self._people = people
        self._pending: dict[str, _Deadline] = {}
        self._changed = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._pending)

    def load(self, waiting: Iterable[Approval]) -> None:
        """Take up the cards that were waiting when the last run ended."""
        self._pending = {approval.id: self._deadline(approval) for approval in waiting}

    def add(self, approval: Approval) -> None:
        self._pending[approval.id] = self._deadline(approval)
        self._changed.set()

    def drop(self, approval_id: str) -> None:
        self._pending.pop(approval_id, None)
        self._changed.set()

    def due(self) -> Sequence[str]:
        """The cards whose time is up."""
        return [card for card in self._pending if self.is_over(card)]

    def is_over(self, approval_id: str) -> bool:
        deadline = self._pending.get(approval_id)
        return deadline is not None and deadline.left(self._people) <= 0

    async def next_look(self) -> None:
        """Wait until a card may be due: a moment before its time, or until one comes where none waits."""
        if not self._pending:
            await self.change()
            return
        left = min(deadline.left(self._people) for deadline in self._pending.values())
        await self._people.sleep(min(max(left, SHORTEST), LONGEST))

    async def change(self) -> None:
        """Return once a card is added or dropped."""
        self._changed.clear()
        await self._changed.wait()

    def _deadline(self, approval: Approval) -> _Deadline:
        """After a restart the wall clock tells how long the card has left, but never more than it ever had."""
        left = min(approval.expires_at - self._people.now(), approval.expires_at - approval.created_at)
        return _Deadline(approval.expires_at, self._people.monotonic() + left.total_seconds())
