"""How long a venue may take to show an order, learned from the orders it was late to show."""

from __future__ import annotations

from datetime import timedelta

from trading.clock import Clock

FLOOR = timedelta(seconds=120)
"""Real venues have hidden orders for two minutes; one that was never late is believed no sooner."""

MARGIN = timedelta(seconds=30)
_FOLLOWED = 1000
"""Orders that are followed at a time; those that were never shown must not pile up."""


class Visibility:
    """`span` is the deadline, then the longest delay seen (at least FLOOR), then MARGIN.

    An order's delay counts from when it was sent to the first question that showed it, and only where an earlier
    question did not: one that is shown at the first question tells when we asked, not how late the venue was.
    """

    def __init__(self, deadline: timedelta, clock: Clock) -> None:
        self._deadline = deadline
        self._clock = clock
        self._sent: dict[str, float] = {}
        self._missed: set[str] = set()
        self._longest = FLOOR

    @property
    def span(self) -> timedelta:
        """How long after sending an order its absence from the answers proves nothing."""
        return self._deadline + self._longest + MARGIN

    def sent(self, order_id: str) -> None:
        """`order_id` has left, and may have arrived."""
        while len(self._sent) >= _FOLLOWED:
            self._forget(next(iter(self._sent)))
        self._sent[order_id] = self._clock.monotonic()

    def missed(self, order_id: str) -> None:
        """A question did not show `order_id`."""
        if order_id in self._sent:
            self._missed.add(order_id)

    def shown(self, order_id: str) -> None:
        """A question showed `order_id`."""
        if order_id in self._missed:
            delay = timedelta(seconds=self._clock.monotonic() - self._sent[order_id])
            self._longest = max(self._longest, delay)
        self._forget(order_id)

    def _forget(self, order_id: str) -> None:
        self._sent.pop(order_id, None)
        self._missed.discard(order_id)
