"""Buttons, by how their ids begin, and what a press of them brings.

Approval cards have presses of their own (`approval_presses`); "adopt:", "ignore:" and "again:<difference>" decide a
difference between books and exchange; "do:<command>" runs a command.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from chatbot.approval_presses import ACTIONS, NOT_A_TRADER, UNKNOWN_BUTTON, ApprovalPresses
from chatbot.dispatch import Asked, Dispatcher
from chatbot.message import Press, PressReply, Reply, Role
from chatbot.present.cards import differences
from chatbot.present.refusals import HEADLINES, refusal
from chatbot.store.chat_store import ChatStore
from trading.contract import Desk
from trading.domain.discrepancy import Resolution
from trading.domain.risk import Refused

MUST_BE_TYPED = "That counts only when it is typed; nothing was done."


class Presses:
    """Carries out presses of people whose role is known.

    `answer` runs a button's command as if it had been typed; `notified` are keys of the channels that get notices.
    """

    def __init__(
        self,
        desk: Desk,
        dispatcher: Dispatcher,
        answer: Callable[[Asked], Awaitable[Reply]],
        store: ChatStore,
        notified: Collection[str],
    ) -> None:
        self._desk = desk
        self._dispatcher = dispatcher
        self._answer = answer
        self._store = store
        self._approvals = ApprovalPresses(desk, store, notified)

    async def carry_out(self, press: Press, role: Role) -> PressReply:
        """What the press brings. Raises what the desk raises."""
        action, _, subject = press.button_id.partition(":")
        match action:
            case "do" if subject.startswith("/"):
                return await self._command(press, role, subject)
            case _ if action in ACTIONS and subject:
                return await self._approvals.carry_out(press, role)
            case _ if action in differences.CHOICES and subject:
                return await self._resolve(press, role, differences.CHOICES[action], subject)
            case _:
                return PressReply(toast=UNKNOWN_BUTTON)

    async def _command(self, press: Press, role: Role, text: str) -> PressReply:
        if self._dispatcher.must_be_typed(text):
            return PressReply(toast=MUST_BE_TYPED)
        reply = await self._answer(Asked(press.actor, press.channel, role, text, progress=press.progress))
        return PressReply(toast="", send=reply)

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
