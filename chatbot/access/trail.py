"""The audit trail: who asked for what, where, what they were shown and what came of it. No pairing code enters it."""

from __future__ import annotations

import structlog

from chatbot.access.pairing import masked
from chatbot.message import Actor, Channel, PressReply, Reply
from chatbot.store.chat_store import ChatStore
from trading.clock import Clock

LENGTH = 200
SHOWN = 120

log = structlog.get_logger(__name__)


class Trail:
    """Writes the trail. `clock` is the people's clock."""

    def __init__(self, store: ChatStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def record(self, actor: Actor, channel: Channel, action: str, outcome: str, shown: str = "") -> None:
        """Kept beside the answer, never in its way: what was done is done, recorded or not."""
        texts = masked(action)[:LENGTH], masked(outcome)[:LENGTH], masked(shown)[:SHOWN]
        try:
            await self._store.record_audit(self._clock.now(), actor, channel, *texts)
        except Exception:
            log.exception("audit not recorded", actor=actor.id, channel=channel.key)


def first_line(reply: Reply | PressReply | None) -> str:
    """What of the reply a lock screen would show."""
    match reply:
        case Reply():
            return next(iter((reply.text or reply.card).strip().splitlines()), "")
        case PressReply():
            return reply.toast or first_line(reply.edit or reply.send)
        case _:
            return ""
