"""Telegram's counting of messages: 429 with a wait where a bot goes too fast, and a fault of the bot's where it
does not wait."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable

from tests.chat.bot_api_checks import ApiError

BURST = 60
GROUP_MINUTE = 20
ALL_SECOND = 30


class Flood:
    """Counts on `now`, in seconds. In a chat one message a second with bursts, in a group 20 a minute, 30 a second in
    all."""

    def __init__(self, now: Callable[[], float], violations: list[str]) -> None:
        self._now = now
        self._violations = violations
        self._sent: dict[int, deque[float]] = defaultdict(deque)
        self._all: deque[float] = deque()
        self._quiet_until: dict[int, float] = {}
        self.refused = 0

    def count(self, chat: int) -> None:
        """A message to `chat`. Raises ApiError 429."""
        now = self._now()
        if now < self._quiet_until.get(chat, 0.0):
            self._violations.append(f"a message to {chat} {self._quiet_until[chat] - now:.1f} s before its time")
            self._refuse(chat, 5)
        self._check(chat, self._sent[chat], 60.0, GROUP_MINUTE if chat < 0 else BURST + 60, now)
        self._check(chat, self._all, 1.0, ALL_SECOND, now)
        self._sent[chat].append(now)
        self._all.append(now)

    def _check(self, chat: int, times: deque[float], seconds: float, most: int, now: float) -> None:
        while times and times[0] <= now - seconds:
            times.popleft()
        if len(times) >= most:
            self._refuse(chat, max(1, round(times[0] + seconds - now)))

    def _refuse(self, chat: int, seconds: int) -> None:
        self.refused += 1
        self._quiet_until[chat] = self._now() + seconds
        raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
