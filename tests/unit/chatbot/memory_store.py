"""The chat's store in dictionaries: what the router and the notifier need of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chatbot.message import Actor, Channel, MessageRef
from chatbot.store.chat_store import AuditEntry, Stranger


class MemoryChatStore:
    def __init__(self) -> None:
        self.cursors: dict[str, int] = {}
        self.remembered: dict[str, list[MessageRef]] = {}
        self.inbox: set[tuple[str, str]] = set()
        self.entries: list[AuditEntry] = []
        self.refused: dict[str, Stranger] = {}
        self.sent_refs: dict[tuple[str, int], MessageRef] = {}
        self.values: dict[str, str] = {}

    async def cursor(self, channel_key: str) -> int | None:
        return self.cursors.get(channel_key)

    async def set_cursor(self, channel_key: str, seq: int) -> None:
        self.cursors[channel_key] = seq

    async def remember_card(self, approval_id: str, ref: MessageRef) -> None:
        refs = self.remembered.setdefault(approval_id, [])
        if ref not in refs:
            refs.append(ref)

    async def cards(self, approval_id: str) -> Sequence[MessageRef]:
        return tuple(self.remembered.get(approval_id, ()))

    async def shown_by(self, message: MessageRef) -> Sequence[str]:
        return [card for card, refs in self.remembered.items() if message in refs]

    async def first_time(self, platform: str, update_id: str) -> bool:
        known = (platform, update_id) in self.inbox
        self.inbox.add((platform, update_id))
        return not known

    async def first_reading(self, platform: str, update_id: str) -> bool:
        return await self.first_time(platform, update_id)

    async def record_audit(
        self, at: datetime, actor: Actor, channel: Channel, action: str, outcome: str, shown: str = ""
    ) -> None:
        self.entries.append(AuditEntry(at, actor, channel, action, outcome, shown))

    async def audit(self, limit: int, user: str | None = None) -> Sequence[AuditEntry]:
        return [entry for entry in self.entries if user in (None, entry.actor.key)][-limit:]

    async def note_refused(self, actor: Actor, channel: Channel, at: datetime) -> bool:
        known = self.refused.get(actor.key)
        first_at, tries = (at, 0) if known is None else (known.first_at, known.tries)
        self.refused[actor.key] = Stranger(actor, channel, first_at, at, tries + 1)
        return known is None

    async def strangers(self) -> Sequence[Stranger]:
        return sorted(self.refused.values(), key=lambda stranger: stranger.last_at, reverse=True)

    async def forget_stranger(self, actor_key: str) -> None:
        self.refused.pop(actor_key, None)

    async def remember_sent(self, channel_key: str, seq: int, ref: MessageRef) -> None:
        self.sent_refs[channel_key, seq] = ref

    async def sent(self, channel_key: str, seq: int) -> MessageRef | None:
        return self.sent_refs.get((channel_key, seq))

    async def get(self, key: str) -> str | None:
        return self.values.get(key)

    async def put(self, key: str, value: str) -> None:
        self.values[key] = value

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def prune_inbox(self) -> None: ...

    async def close(self) -> None: ...
