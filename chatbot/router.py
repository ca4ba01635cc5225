"""Every message and every press passes here: once only, by people who may, and never with an exception out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from chatbot.access import Access
from chatbot.commands.registry import Answers, Registry
from chatbot.dispatch import Asked, Dispatcher
from chatbot.message import Actor, Channel, Incoming, Press, PressReply, Reply, Role
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.charts import Charts
from chatbot.present.layout import prose
from chatbot.presses import Presses
from chatbot.store import ChatStore
from trading.clock import Clock
from trading.contract import Desk
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable

LATEST = timedelta(seconds=60)
"""Older trading commands are refused: the world has moved on since they were written."""

_FAILED = "Something went wrong here; nothing was traded. It is logged."
_PRESS_FAILED = "Something went wrong here. What came of it: /pending and /trades. It is logged."
_AUDITED = 200
_TELLING = (Retryable, NeedsOperator, OutcomeUnknown)

log = structlog.get_logger(__name__)


class Router:
    """Access, inbox, audit and answers, for every platform alike. `clock` is the people's clock."""

    def __init__(
        self,
        desk: Desk,
        access: Access,
        store: ChatStore,
        registry: Registry,
        agent: Answers,
        charts: Charts,
        clock: Clock,
        notified: Collection[str] = (),
    ) -> None:
        self._access = access
        self._store = store
        self._clock = clock
        self._dispatcher = Dispatcher(desk, registry, agent, charts, clock)
        self._presses = Presses(desk, self._dispatcher, store, notified)

    async def on_message(self, message: Incoming) -> Reply | None:
        """The reply, or None where there is nothing to say: a repeat, or a stranger already told."""
        try:
            return await self._message(message)
        except Exception as error:
            return Reply(text=self._failure(error, _FAILED, message.actor), ok=False)

    async def on_press(self, press: Press) -> PressReply:
        """What the press brings; a repeat of the same press brings nothing twice."""
        try:
            return await self._press(press)
        except Exception as error:
            return PressReply(toast=self._failure(error, _PRESS_FAILED, press.actor))

    async def _message(self, message: Incoming) -> Reply | None:
        if not await self._store.first_time(message.channel.platform, message.update_id):
            return None
        role = self._access.role(message.actor, message.channel)
        if role is Role.NOBODY:
            sentence = await self._turned_away(message.actor, message.channel, message.text)
            return Reply(text=sentence, ok=False) if sentence else None
        asked = Asked(message.actor, message.channel, role, message.text.strip(), message.structured, message.progress)
        reply = self._too_late(asked, message.sent_at) or await self._dispatcher.answer(asked)
        await self._audit(message.actor, message.channel, message.text, "ok" if reply.ok else "refused")
        return reply

    async def _press(self, press: Press) -> PressReply:
        if not await self._store.first_time(press.channel.platform, press.update_id):
            return PressReply(toast="")
        role = self._access.role(press.actor, press.channel)
        if role is Role.NOBODY:
            return PressReply(toast=await self._turned_away(press.actor, press.channel, press.button_id))
        outcome = await self._presses.carry_out(press, role)
        await self._audit(press.actor, press.channel, press.button_id, outcome.toast or "ok")
        return outcome

    def _too_late(self, asked: Asked, sent_at: datetime) -> Reply | None:
        """A refusal for a trading command that was written too long ago."""
        command = self._dispatcher.command(asked.text)
        age = self._clock.now() - sent_at
        if command is None or command.read_only or age <= LATEST:
            return None
        return Reply(
            text=prose(
                f"{marks.REFUSED} /{command.name} was written {n.duration(age)} ago; nothing was done.",
                f"Trading commands older than {n.duration(LATEST)} are not carried out. Repeat it if it still holds.",
            ),
            ok=False,
        )

    async def _turned_away(self, actor: Actor, channel: Channel, action: str) -> str:
        """One polite sentence for a stranger's first try, then nothing; every try is logged and audited."""
        log.warning("access refused", actor=actor.id, platform=actor.platform, channel=channel.key, why=actor.suspect)
        first = await self._store.note_refused(actor.platform, actor.id)
        await self._audit(actor, channel, action, f"denied {actor.suspect}".strip())
        if not first:
            return ""
        return prose("This bot answers only the people it is configured for.", self._access.hint(channel))

    async def _audit(self, actor: Actor, channel: Channel, action: str, outcome: str) -> None:
        """Kept beside the answer, never in its way: what was done is done, recorded or not."""
        try:
            await self._store.record_audit(self._clock.now(), actor, channel, action[:_AUDITED], outcome[:_AUDITED])
        except Exception:
            log.exception("audit not recorded", actor=actor.id, channel=channel.key)

    def _failure(self, error: Exception, otherwise: str, actor: Actor) -> str:
        if isinstance(error, _TELLING) and str(error):
            log.warning("request failed", actor=actor.id, error=str(error))
            return f"{marks.ATTENTION} {error}"
        log.error("request failed", actor=actor.id, exc_info=error)
        return f"{marks.ATTENTION} {otherwise}"
