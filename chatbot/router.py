"""Every message and every press passes here: once only, by people who may, and never with an exception out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from chatbot.access.admission import Admission
from chatbot.access.pairing import carries_code
from chatbot.access.roles import Access
from chatbot.access.trail import Trail, first_line
from chatbot.bound import ELSEWHERE, Bound
from chatbot.commands.registry import Answers, Registry
from chatbot.dispatch import Asked, Dispatcher
from chatbot.message import UNANSWERED_AFTER, Actor, Channel, Incoming, Press, PressReply, Reply, Role
from chatbot.notices.answered import Answered
from chatbot.notices.preferences import Preferences
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.charts import Charts
from chatbot.present.layout import prose
from chatbot.presses import Presses
from chatbot.store.chat_store import ChatStore
from trading.clock import Clock
from trading.contract import Desk
from trading.errors import NeedsOperator, OutcomeUnknown, Retryable

LATEST = timedelta(seconds=60)
"""Older trading commands are refused: the world has moved on since they were written."""

_FAILED = "Something went wrong here; nothing was traded. It is logged."
_PRESS_FAILED = "Something went wrong here. What came of it: /pending and /trades. It is logged."
_QUOTED = 40
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
        preferences: Preferences | None = None,
        answered: Answered | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._clock = clock
        self._trail = Trail(store, clock)
        self.admission = Admission(access, store, clock)
        chosen = preferences or Preferences(store)
        self._dispatcher = Dispatcher(desk, registry, agent, charts, clock, self.admission, chosen)
        self._answered = answered or Answered(desk, store, clock)
        self._presses = Presses(desk, self._dispatcher, self._answer, store, notified)
        self._bound = Bound(desk, store, notified)

    async def on_message(self, message: Incoming) -> Reply | None:
        """The reply, or None where there is nothing to say: a repeat, or a stranger already told."""
        try:
            return await self._message(message)
        except Exception as error:
            reply = Reply(text=self._failure(error, _FAILED, message.actor), ok=False)
            await self._trail.record(message.actor, message.channel, message.text, "failed", first_line(reply))
            return reply

    async def on_press(self, press: Press) -> PressReply:
        """What the press brings; a repeat of the same press brings nothing twice."""
        try:
            return await self._press(press)
        except Exception as error:
            brought = PressReply(toast=self._failure(error, _PRESS_FAILED, press.actor))
            await self._trail.record(press.actor, press.channel, press.button_id, "failed", brought.toast)
            return brought

    async def _message(self, message: Incoming) -> Reply | None:
        if not await self._is_new(message):
            return None
        await self._access.people.load()
        role = self._access.role(message.actor, message.channel)
        if role is Role.NOBODY and not self._is_pairing(message):
            sentence = await self._turned_away(message.actor, message.channel, message.text)
            return Reply(text=sentence, ok=False, private=True) if sentence else None
        actor = replace(message.actor, person=self._access.people.person(message.actor))
        asked = Asked(actor, message.channel, role, message.text.strip(), message.structured, message.progress)
        reply = self._too_late(asked, message.sent_at) or await self._answer(asked)
        await self._bound.note(reply, message.channel)
        outcome = "ok" if reply.ok else "refused"
        await self._trail.record(message.actor, message.channel, message.text, outcome, first_line(reply))
        return self._bound.traced(self._with_knocks(reply, role)) if reply.plain() else None

    async def _answer(self, asked: Asked) -> Reply:
        """What changes something is told in its chat by the answer, and by a notice everywhere else."""
        if not self._dispatcher.acts(asked.text):
            return await self._dispatcher.answer(asked)
        async with self._answered.asking(asked.actor.label, asked.channel) as asking:
            return await self._answered.telling(asking, await self._dispatcher.answer(asked))

    async def _is_new(self, message: Incoming) -> bool:
        """Whether it comes for the first time; of what acts, the disk knows before anything is done."""
        acts = self._dispatcher.acts(message.text.strip())
        first = self._store.first_time if acts else self._store.first_reading
        return await first(message.channel.platform, message.update_id)

    async def _press(self, press: Press) -> PressReply:
        if not await self._store.first_time(press.channel.platform, press.update_id):
            return PressReply(toast="")
        await self._access.people.load()
        role = self._access.role(press.actor, press.channel)
        if role is Role.NOBODY:
            return PressReply(toast=await self._turned_away(press.actor, press.channel, press.button_id))
        if not await self._bound.belongs(press):
            await self._trail.record(press.actor, press.channel, press.button_id, "denied wrong message", ELSEWHERE)
            return PressReply(toast=ELSEWHERE)
        actor = replace(press.actor, person=self._access.people.person(press.actor))
        brought = await self._presses.carry_out(replace(press, actor=actor), role)
        await self._bound.note(brought, press.channel)
        outcome = "ok" if _did(brought) else "refused"
        await self._trail.record(press.actor, press.channel, press.button_id, outcome, first_line(brought))
        return brought if brought.send is None else replace(brought, send=self._bound.traced(brought.send))

    def _is_pairing(self, message: Incoming) -> bool:
        """The one thing that a stranger may say, where codes count at all: a code."""
        return carries_code(message.text.strip()) and self._access.may_pair(message.actor, message.channel)

    def _with_knocks(self, reply: Reply, role: Role) -> Reply:
        """An owner hears of strangers once, under the next answer."""
        knocks = self.admission.roster.untold_knocks() if role is Role.OWNER else 0
        if not knocks:
            return reply
        told = f"{marks.ATTENTION} {n.counted(knocks, 'stranger')} knocked: /users"
        return replace(reply, text=prose(reply.text, told))

    def _too_late(self, asked: Asked, sent_at: datetime) -> Reply | None:
        """A refusal for a trading command that was written too long ago, or a question that was asked too long ago."""
        command = self._dispatcher.command(asked.text)
        age = self._clock.now() - sent_at
        if command is None or command.read_only:
            return self._unanswered(asked.text, age) if age > UNANSWERED_AFTER else None
        if age <= LATEST:
            return None
        return Reply(
            text=prose(
                f"{marks.REFUSED} /{command.name} was written {n.duration(age)} ago; nothing was done.",
                f"Trading commands older than {n.duration(LATEST)} are not carried out. Repeat it if it still holds.",
            ),
            ok=False,
        )

    def _unanswered(self, text: str, age: timedelta) -> Reply:
        words = " ".join(text.split())
        asked = words if len(words) <= _QUOTED else words[: _QUOTED - 1] + "…"
        return Reply(
            text=prose(
                f"{marks.ANSWER} {asked} · asked {n.duration(age)} ago, not answered.",
                "Send it again for the figures of now.",
            ),
            ok=False,
        )

    async def _turned_away(self, actor: Actor, channel: Channel, action: str) -> str:
        """One polite sentence for a stranger's first try, then nothing; every try is logged and audited."""
        log.warning("access refused", actor=actor.id, platform=actor.platform, channel=channel.key, why=actor.suspect)
        first = await self._store.note_refused(actor, channel, self._clock.now())
        said = prose("This bot answers only people it knows.", self._access.hint(actor, channel)) if first else ""
        if first and self._access.standing_of(actor.key) is None:
            self.admission.roster.note_knock()
        await self._trail.record(actor, channel, action, f"denied {actor.suspect}".strip(), said.partition("\n")[0])
        return said

    def _failure(self, error: Exception, otherwise: str, actor: Actor) -> str:
        if isinstance(error, _TELLING) and str(error):
            log.warning("request failed", actor=actor.id, error=str(error))
            return f"{marks.ATTENTION} {error}"
        log.error("request failed", actor=actor.id, exc_info=error)
        return f"{marks.ATTENTION} {otherwise}"


def _did(brought: PressReply) -> bool:
    """Whether a press brought what its button says: a refusal is a sentence alone, or a reply that says so."""
    replies = [reply for reply in (brought.edit, brought.send) if reply is not None]
    return bool(replies) and all(reply.ok for reply in replies)
