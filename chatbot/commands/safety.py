"""Real money: LIVE and its confirmation, and the comparison of books and account."""

from __future__ import annotations

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Reply, Role
from chatbot.present.cards import live as cards
from chatbot.present.cards import venue
from chatbot.present.refusals import refusal
from trading.domain.risk import RefusalCode, Refused

_PHRASE = Parameter("phrase", Kind.TEXT, "the words that /live shows")


async def live(request: Request) -> Reply:
    """What is missing for LIVE; with the phrase typed behind it, the confirmation."""
    world, now = request.desk.world, await request.desk.live()
    if now is None:
        return cards.nothing_real(world)
    if not request.args.text or now.confirmed:
        return cards.view(now, world)
    outcome = await request.desk.confirm_live(request.args.text, request.actor.label, request.actor.platform)
    if not isinstance(outcome, Refused):
        return cards.view(outcome, world)
    right = " ".join(request.args.text.split()).casefold() == now.phrase.casefold()
    return refusal(outcome, world) if right else cards.wrong_phrase(now, world)


async def reconcile(request: Request) -> Reply:
    """Compare books and account now."""
    world, outcome = request.desk.world, await request.desk.check_account(request.actor.label)
    if not isinstance(outcome, Refused):
        return venue.comparison(outcome, await request.desk.discrepancies(), world)
    nothing = outcome.code is RefusalCode.NOTHING_TO_DO
    return venue.nothing_to_compare(outcome.detail, world) if nothing else refusal(outcome, world)


COMMANDS = (
    Command("live", "What LIVE needs, and its confirmation", "/live", Role.OWNER, live, (_PHRASE,), False, typed=True),
    Command("reconcile", "Compare the books with the exchange now", "/reconcile", Role.TRADER, reconcile, (), False),
)
