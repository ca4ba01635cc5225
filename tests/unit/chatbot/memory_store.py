"""The chat's store in dictionaries: what the router and the notifier need of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chatbot.message import Actor, Channel, MessageRef


class MemoryChatStore:
    def __init__(self) -> None:
        self.cursors: dict[str, int] = {}
        self.remembered: dict[str, list[MessageRef]] = {}
        self.inbox: set[tuple[str, str]] = set()
        self.audit: list[tuple[str, str, str]] = []
        self.refused: set[tuple[str, str]] = set()
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

    async def first_time(self, platform: str, update_id: str) -> bool:
        known = (platform, update_id) in self.inbox
        self.inbox.add((platform, update_id))
        return not known

    async def record_audit(self, at: datetime, actor: Actor, channel: Channel, action: str, outcome: str) -> None:
        self.audit.append((actor.label, action, outcome))

    async def note_refused(self, platform: str, user_id: str) -> bool:
        known = (platform, user_id) in self.refused
        self.refused.add((platform, user_id))
        return not known

    async def remember_sent(self, channel_key: str, seq: int, ref: MessageRef) -> None:
        self.sent_refs[channel_key, seq] = ref

    async def sent(self, channel_key: str, seq: int) -> MessageRef | None:
        return self.sent_refs.get((channel_key, seq))

    async def get(self, key: str) -> str | None:
        return self.values.get(key)

    async def put(self, key: str, value: str) -> None:
        self.values[key] = value

    async def prune_inbox(self) -> None: ...

    async def close(self) -> None: ...
