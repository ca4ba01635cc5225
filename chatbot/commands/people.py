"""Who may do what: pairing, roles, and the audit trail."""

from __future__ import annotations

from chatbot.access.admission import Pairless
from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Reply, Role
from chatbot.present.cards import pairing as pairing_cards
from chatbot.present.cards import people as cards

NONE = "none"
_ME = "me"
_ROLES = ("viewer", "trader", "owner")
_OFFERED = Parameter("role", Kind.CHOICE, "whom the code lets in", choices=(*_ROLES, _ME))
_CODE = Parameter("code", Kind.TEXT, "the code you were given")
_USER = Parameter("user", Kind.TEXT, "who, as an id, @name or telegram:id", required=True)
_ROLE = Parameter("role", Kind.CHOICE, "the role", required=True, choices=(*_ROLES, NONE))
_WHOSE = Parameter("who", Kind.TEXT, "whose entries, or how many")
USUAL = 10
MOST = 50


async def pair(request: Request) -> Reply:
    """With a code, come in; with a role, make a code for somebody else; with "me", one for one's other account."""
    if request.args.text:
        return await _come_in(request, request.args.text)
    if request.role is Role.NOBODY:
        return Reply("", ok=False)
    if request.args.choice == _ME:
        code = await request.admission.invite_self(request.actor)
        return pairing_cards.no_self() if code is None else pairing_cards.for_myself(code)
    if request.args.choice is None:
        return pairing_cards.explained(request.role)
    if request.role is not Role.OWNER:
        return pairing_cards.owners_only(request.role)
    role = Role[request.args.choice.upper()]
    return pairing_cards.invitation(await request.admission.invite(request.actor, role), role, _overheard(request))


async def users(request: Request) -> Reply:
    """Everybody who was let in, and who knocked."""
    known, strangers = await request.admission.roster.known(), await request.admission.roster.strangers()
    groups, now = request.admission.access.groups, request.clock.now()
    return cards.roster(known, strangers, groups, now, request.desk.world.timezone)


async def role(request: Request) -> Reply:
    """Give somebody a role, or take it away."""
    choice = request.args.choice
    assert choice is not None
    wanted = Role.NOBODY if choice == NONE else Role[choice.upper()]
    found = await request.admission.roster.named(request.args.text)
    if len(found) != 1:
        return cards.which(request.args.text, found, choice)
    unchanged = await request.admission.set_role(request.actor, found[0], wanted)
    return cards.role_given(found[0], wanted) if unchanged is None else cards.role_kept(found[0], wanted, unchanged)


async def whoami(request: Request) -> Reply:
    """Your role here, where it comes from, and the ids that the settings ask for."""
    standing = request.admission.access.standing(request.actor, request.channel)
    person = request.admission.access.people.of(request.actor.key)
    others = [] if person is None else [a.key for a in person.accounts if a.key != request.actor.key]
    return cards.identity(request.actor, request.channel, standing, others)


async def audit(request: Request) -> Reply:
    """What was asked of late, by whom, and what came of it."""
    words = request.args.text.strip()
    if words.isdecimal() and len(words) <= 4:
        limit, who = min(int(words), MOST), None
    else:
        limit, who = USUAL, words or None
    if who is None:
        entries = await request.admission.roster.history(limit)
    else:
        found = await request.admission.roster.named(who)
        if len(found) != 1:
            return cards.which(who, found, "")
        entries = await request.admission.roster.history(limit, found[0].key)
    return cards.trail(entries, request.desk.world.timezone)


async def _come_in(request: Request, code: str) -> Reply:
    if request.actor.platform in ("web", "terminal"):
        return pairing_cards.not_here()
    outcome = await request.admission.redeem(request.actor, request.channel, code)
    if not isinstance(outcome, Pairless):
        return pairing_cards.welcome(outcome, request.desk.world)
    if outcome is Pairless.SILENT and request.role is Role.NOBODY:
        return Reply("", ok=False)
    return pairing_cards.refused(outcome)


def _overheard(request: Request) -> bool:
    """Whether others can read the answer."""
    if request.actor.platform == "discord":
        return False  # A private reply is shown to its reader alone.
    return request.actor.platform == "telegram" and request.channel.id != request.actor.id


COMMANDS = (
    Command("whoami", "Your role here, and your ids", "/whoami", Role.VIEWER, whoami),
    Command(
        "pair",
        "Come in with a code, or make one for somebody",
        "/pair trader",
        Role.NOBODY,
        pair,
        (_OFFERED, _CODE),
        typed=True,
    ),
    Command("users", "Who may do what, and who knocked", "/users", Role.OWNER, users),
    Command(
        "role",
        "Give somebody a role, or take it",
        "/role telegram:123456789 trader",
        Role.OWNER,
        role,
        (_USER, _ROLE),
        False,
    ),
    Command("audit", "Who asked for what, and what came of it", "/audit 20", Role.OWNER, audit, (_WHOSE,)),
)
