"""A chat platform that loses connections before and after it has taken a message, and keeps what it took."""

from __future__ import annotations

import random

from chatbot.message import Channel, MaybeSent, MessageRef, Reply, Unsent

REPEAT = "(may be a repeat)"


class Platform:
    """`odds` of a fault per attempt. `posted` is what people saw arrive, in order; `standing` what they see now.

    `vanished` is what was sent and never arrived, and nobody can tell.
    """

    platform = "telegram"

    def __init__(self, seed: int, odds: float) -> None:
        self._chance = random.Random(f"platform {seed}")
        self.odds = odds
        self.posted: list[Reply] = []
        self.vanished: list[Reply] = []
        self.standing: dict[str, Reply] = {}

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        try:
            self._before()
        except MaybeSent:
            self.vanished.append(reply)
            raise
        self.posted.append(reply)
        ref = MessageRef(channel, str(len(self.posted)))
        self.standing[ref.id] = reply
        self._after()
        return ref

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        self._before()
        self.standing[message.id] = reply
        self._after()

    def _before(self) -> None:
        if self._chance.random() < self.odds:
            raise self._chance.choice([Unsent("busy", 2.0), MaybeSent("cut before"), RuntimeError("a defect")])

    def _after(self) -> None:
        if self._chance.random() < self.odds:
            raise MaybeSent("cut after")
