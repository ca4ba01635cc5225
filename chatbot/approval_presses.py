"""Presses on approval cards: approve, reject, leave an order out or take it back, explain.

"ok:<card>:<revision>", "no:<card>", "tog:<card>:<order's place>:<revision>", "info:<card>". A card that was never
changed has revision 0, and its button may leave that out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from chatbot.message import Press, PressReply, Reply, Role
from chatbot.present import numbers as n
from chatbot.present.cards import approval_details, approvals
from chatbot.present.cards.approval_figures import name_of
from chatbot.present.events import card
from chatbot.present.layout import prose
from chatbot.present.refusals import HEADLINES, refusal
from chatbot.press_progress import shown_while
from chatbot.store.chat_store import ChatStore
from trading.contract import ApprovalView, Decided, Desk
from trading.domain.risk import ApprovalKind, ApprovalStatus, RefusalCode, Refused

ACTIONS = frozenset({"ok", "no", "tog", "info"})
UNKNOWN_BUTTON = "This button is no longer known; nothing was done."
NOT_A_TRADER = "Only traders decide cards; you are a viewer here."
ONE_OF_TWO = "1 of 2. Somebody else must approve too."
_SEEN_ON_THE_CARD = frozenset({RefusalCode.CARD_CHANGED, RefusalCode.LAST_ORDER})
"""Refusals that the card as it is now explains."""


class ApprovalPresses:
    """Carries them out. `notified` are keys of the channels that get notices."""

    def __init__(self, desk: Desk, store: ChatStore, notified: Collection[str]) -> None:
        self._desk = desk
        self._store = store
        self._notified = notified

    async def carry_out(self, press: Press, role: Role) -> PressReply:
        """What the press brings. Raises what the desk raises."""
        action, card_id, *rest = press.button_id.split(":")
        numbers = _numbers(rest)
        match action, numbers:
            case "info", ():
                return await self._explain(card_id)
            case (("ok" | "no" | "tog"), _) if role < Role.TRADER:
                return PressReply(toast=NOT_A_TRADER)
            case "ok", ():
                return await self._approve(press, card_id, 0)
            case "ok", (revision,):
                return await self._approve(press, card_id, revision)
            case "no", ():
                return await self._reject(press, card_id)
            case "tog", (place, revision):
                return await self._toggle(press, card_id, place, revision)
            case _:
                return PressReply(toast=UNKNOWN_BUTTON)

    async def _explain(self, card_id: str) -> PressReply:
        view = await self._desk.approval(card_id)
        if view is None:
            return PressReply(toast=HEADLINES[RefusalCode.UNKNOWN_CARD])
        return PressReply(toast="", send=approval_details.details(view, self._desk.world))

    async def _approve(self, press: Press, card_id: str, revision: int) -> PressReply:
        await self._remember(press, card_id)
        actor = press.actor
        view = await self._desk.approval(card_id) if press.progress is not None else None
        async with shown_while(press, view, self._desk):
            outcome = await self._desk.approve(
                card_id, actor.label, actor.platform, person=actor.person or actor.key, revision=revision
            )
        return await self._refused(outcome, card_id) if isinstance(outcome, Refused) else self._decided(outcome, press)

    async def _reject(self, press: Press, card_id: str) -> PressReply:
        await self._remember(press, card_id)
        outcome = await self._desk.reject(card_id, press.actor.label, press.actor.platform)
        return await self._refused(outcome, card_id) if isinstance(outcome, Refused) else self._decided(outcome, press)

    async def _toggle(self, press: Press, card_id: str, place: int, revision: int) -> PressReply:
        await self._remember(press, card_id)
        view = await self._desk.approval(card_id)
        if view is None or place >= len(view.orders):
            return PressReply(toast=UNKNOWN_BUTTON)
        order = view.orders[place]
        outcome = await self._desk.toggle(
            card_id, order.client_order_id, press.actor.label, press.actor.platform, revision=revision
        )
        if isinstance(outcome, Refused):
            return await self._refused(outcome, card_id)
        word = "Back in" if outcome.approval.includes(order.client_order_id) else "Left out"
        edit = approvals.waiting(outcome, self._desk.world)
        return PressReply(toast=f"{word}: {' '.join(name_of(order).split())}", edit=edit)

    async def _remember(self, press: Press, card_id: str) -> None:
        """A card may have been asked for again: every copy that is pressed is edited when it changes."""
        if press.message is not None:
            await self._store.remember_card(card_id, press.message)

    async def _refused(self, refused: Refused, card_id: str) -> PressReply:
        view = await self._desk.approval(card_id)
        if view is None or not _says_why(view, refused):
            # The card still waits and cannot say what happened: the reason stands beside it.
            return PressReply(toast=HEADLINES[refused.code], send=self._beside(refused, view))
        shown = await card(card_id, self._desk)
        return PressReply(toast=HEADLINES[refused.code], edit=None if shown is None else replace(shown, ok=False))

    def _beside(self, refused: Refused, view: ApprovalView | None) -> Reply:
        """The reason, and until when a card that goes on waiting does."""
        world, reply = self._desk.world, refusal(refused, self._desk.world)
        if view is None or view.approval.status is not ApprovalStatus.PENDING:
            return reply
        until = n.local_time(view.approval.expires_at, world.timezone)
        return replace(reply, text=prose(reply.text, f"It waits until {until}."))

    def _decided(self, decided: Decided, press: Press) -> PressReply:
        world = self._desk.world
        edit = approvals.card(decided.view, world, decided.batch)
        if decided.superseded_by is not None:
            new = self._next(decided.superseded_by, press)
            return PressReply(toast="The price moved: look at the new card.", edit=edit, send=new)
        if decided.view.approval.status is ApprovalStatus.PENDING:
            return PressReply(toast=ONE_OF_TWO, edit=edit)
        return PressReply(toast=edit.text.splitlines()[1], edit=edit)

    def _next(self, new: ApprovalView, press: Press) -> Reply | None:
        """The new card; where cards are posted as notices, that one follows by itself."""
        posted = new.approval.kind is ApprovalKind.CARD and press.channel.key in self._notified
        return None if posted else approvals.waiting(new, self._desk.world)


def _says_why(view: ApprovalView, refused: Refused) -> bool:
    return view.approval.status is not ApprovalStatus.PENDING or refused.code in _SEEN_ON_THE_CARD


def _numbers(texts: list[str]) -> tuple[int, ...] | None:
    """The figures at the end of a button's id; None where they are none, as on a button of another age."""
    if not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in texts):
        return None
    return tuple(int(text) for text in texts)
