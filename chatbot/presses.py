"""Buttons, by how their ids begin, and what a press of them brings.

"ok:<card>" and "no:<card>" decide a card, "info:<card>" explains it; "adopt:", "ignore:" and "again:<difference>"
decide a difference between books and exchange; "do:<command>" runs a command.
"""

from __future__ import annotations

from collections.abc import Collection

from chatbot.dispatch import Asked, Dispatcher
from chatbot.message import Press, PressReply, Reply, Role
from chatbot.present.cards import approvals, differences
from chatbot.present.events import card
from chatbot.present.refusals import HEADLINES, refusal
from chatbot.store import ChatStore
from trading.contract import Decided, Desk
from trading.domain.discrepancy import Resolution
from trading.domain.risk import ApprovalKind, ApprovalStatus, RefusalCode, Refused

UNKNOWN_BUTTON = "This button is no longer known; nothing was done."
MUST_BE_TYPED = "That counts only when it is typed; nothing was done."
NOT_A_TRADER = "Only traders decide cards; you are a viewer here."


class Presses:
    """Carries out presses of people whose role is known. `notified` are keys of the channels that get notices."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher, store: ChatStore, notified: Collection[str]) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._store = store
        self._notified = notified

    async def carry_out(self, press: Press, role: Role) -> PressReply:
        """What the press brings. Raises what the desk raises."""
        action, _, subject = press.button_id.partition(":")
        match action:
            case "do" if subject.startswith("/"):
                return await self._command(press, role, subject)
            case "info" if subject:
                return await self._explain(subject)
            case "ok" | "no" if subject:
                return await self._decide(press, role, action, subject)
            case _ if action in differences.CHOICES and subject:
                return await self._resolve(press, role, differences.CHOICES[action], subject)
            case _:
                return PressReply(toast=UNKNOWN_BUTTON)

    async def _command(self, press: Press, role: Role, text: str) -> PressReply:
        if self._dispatcher.must_be_typed(text):
            return PressReply(toast=MUST_BE_TYPED)
        reply = await self._dispatcher.answer(Asked(press.actor, press.channel, role, text))
        return PressReply(toast="", send=reply)

    async def _explain(self, approval_id: str) -> PressReply:
        view = await self._desk.approval(approval_id)
        if view is None:
            return PressReply(toast=HEADLINES[RefusalCode.UNKNOWN_CARD])
        return PressReply(toast="", send=approvals.details(view, self._desk.world))

    async def _decide(self, press: Press, role: Role, action: str, approval_id: str) -> PressReply:
        if role < Role.TRADER:
            return PressReply(toast=NOT_A_TRADER)
        if press.message is not None:
            # A card may have been asked for again: every copy that is pressed is edited when it closes.
            await self._store.remember_card(approval_id, press.message)
        decide = self._desk.approve if action == "ok" else self._desk.reject
        outcome = await decide(approval_id, press.actor.label, press.actor.platform)
        if isinstance(outcome, Refused):
            return await self._refused(outcome, approval_id)
        return self._decided(outcome, press)

    async def _refused(self, refused: Refused, approval_id: str) -> PressReply:
        view = await self._desk.approval(approval_id)
        closed = view is not None and view.approval.status is not ApprovalStatus.PENDING
        edit = await card(approval_id, self._desk) if closed else None
        # A closed card says itself why; one that still waits needs the reason beside it.
        send = refusal(refused, self._desk.world) if edit is None else None
        return PressReply(toast=HEADLINES[refused.code], edit=edit, send=send)

    async def _resolve(self, press: Press, role: Role, resolution: Resolution, discrepancy_id: str) -> PressReply:
        if role < Role.TRADER:
            return PressReply(toast=NOT_A_TRADER)
        if press.message is not None:
            await self._store.remember_card(discrepancy_id, press.message)
        outcome = await self._desk.resolve(discrepancy_id, resolution, press.actor.label, press.actor.platform)
        if isinstance(outcome, Refused):
            return await self._not_resolved(outcome, discrepancy_id)
        world = self._desk.world
        edit = differences.card(outcome, world)
        toast = differences.still_there(world) if outcome.resolution is None else edit.text.splitlines()[1]
        return PressReply(toast=toast, edit=edit)

    async def _not_resolved(self, refused: Refused, discrepancy_id: str) -> PressReply:
        found = await self._desk.discrepancy(discrepancy_id)
        closed = found is not None and found.resolution is not None
        edit = differences.card(found, self._desk.world) if found is not None and closed else None
        send = refusal(refused, self._desk.world) if edit is None else None
        return PressReply(toast=HEADLINES[refused.code], edit=edit, send=send)

    def _decided(self, decided: Decided, press: Press) -> PressReply:
        world = self._desk.world
        edit = approvals.card(decided.view, world, decided.batch)
        if decided.superseded_by is None:
            return PressReply(toast=edit.text.splitlines()[1], edit=edit)
        return PressReply(toast="The price moved: look at the new card.", edit=edit, send=self._next(decided, press))

    def _next(self, decided: Decided, press: Press) -> Reply | None:
        """The new card; where cards are posted as notices, that one follows by itself."""
        new = decided.superseded_by
        posted = new is not None and new.approval.kind is ApprovalKind.CARD and press.channel.key in self._notified
        return None if new is None or posted else approvals.waiting(new, self._desk.world)
