"""One message that shows how far a long command is, and that its reply takes the place of."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from chatbot.message import MaybeSent, Reply, Undeliverable, Unsent
from chatbot.transports.telegram_outbox import Outbox
from chatbot.transports.telegram_pace import Urgency
from trading.clock import Clock

log = logging.getLogger(__name__)

SECONDS_APART = 1.0


class ProgressMessage:
    """Posted by the first `show`, edited by later ones at most once a second; only the newest state is sent.

    It speaks when there is room for it under Telegram's limits, and is silent otherwise; and in the first `patience`
    seconds: what is over by then needs no message.
    """

    def __init__(
        self, outbox: Outbox, clock: Clock, channel: str, answering: int | None, patience: float = 0.0
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._channel = channel
        self._answering = answering
        self._patience = patience
        self._newest: Reply | None = None
        self._closed = False
        self._sending = asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None
        self.message_id: str | None = None
        """Ours once it is posted. What is still unknown when the connection broke stays unknown."""

    async def show(self, reply: Reply) -> None:
        """Note how far it is; what follows happens in the background. Never raises."""
        if self._closed:
            return
        self._newest = reply
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())

    async def end(self) -> None:
        """Nothing more is shown. What is on its way is waited for, so that the message is known."""
        self._closed = True
        async with self._sending:
            self.close()

    def close(self) -> None:
        """Stop at once, whatever is on its way."""
        self._closed = True
        if self._worker is not None:
            self._worker.cancel()

    async def _work(self) -> None:
        if self._patience:
            await self._clock.sleep(self._patience)
            self._patience = 0.0
        while self._newest is not None and not self._closed:
            reply, self._newest = self._newest, None
            async with self._sending:
                await self._try(reply)
            await self._clock.sleep(SECONDS_APART)

    async def _try(self, reply: Reply) -> None:
        try:
            await self._put(reply)
        except Unsent:
            return  # no room just now: the next state may find some
        except (MaybeSent, Undeliverable) as failure:
            # An edit that may be missing is followed by the next; a post that may be there must not be doubled.
            self._closed = self.message_id is None
            log.info("progress in Telegram chat %s is not shown: %s", self._channel, failure)
        except Exception:
            self._closed = True
            log.exception("progress in Telegram chat %s could not be shown", self._channel)

    async def _put(self, reply: Reply) -> None:
        if self.message_id is not None:
            await self._outbox.edit(self._channel, self.message_id, reply, Urgency.PASSING)
        else:
            self.message_id = await self._outbox.send(self._channel, reply, Urgency.PASSING, self._answering)

    async def remove(self) -> None:
        """Take the message away, where that is possible."""
        if self.message_id is not None:
            with contextlib.suppress(Unsent, MaybeSent, Undeliverable):
                await self._outbox.delete(self._channel, self.message_id)
