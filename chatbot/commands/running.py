"""What people set about how it runs: the threshold, the schedule, the time zone."""

from __future__ import annotations

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.commands.zones import find_zone, nearest_zones
from chatbot.message import Reply, Role
from chatbot.present.cards import settings as cards
from chatbot.present.refusals import refusal
from trading.domain.risk import Refused

_AMOUNT = Parameter("amount", Kind.MONEY, "above what a press is asked for, such as 500")
_WORD = Parameter("word", Kind.CHOICE, "default, or confirm", choices=("default", "confirm"))
_OFF = Parameter("off", Kind.CHOICE, "off to let it run after all", choices=("off",))
_ZONE = Parameter(
    "zone",
    Kind.ZONE,
    "a time zone, such as Europe/Berlin",
    choices=("Europe/London", "Europe/Berlin", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "UTC"),
)


async def threshold(request: Request) -> Reply:
    """Show the thresholds; an owner sets the first. Raising it is asked twice: more is then traded without a press."""
    controls, world, amount = request.desk.controls, request.desk.world, request.args.money
    now, back = controls.threshold(), request.args.choice == "default"
    if amount is None and not back:
        return cards.threshold(now, world)
    if request.role < Role.OWNER:
        return cards.for_owners("threshold", world)
    wanted = now.configured if back else amount
    confirmed = request.args.choice == "confirm"
    if wanted is not None and now.now is not None and wanted > now.now and not confirmed:
        return cards.confirm_threshold(now, wanted, f"{wanted:f}", world)
    outcome = await controls.set_threshold(wanted, request.actor.label)
    return refusal(outcome, world) if isinstance(outcome, Refused) else cards.threshold_changed(outcome, world)


async def schedule(request: Request) -> Reply:
    """What runs by itself, and when."""
    return cards.schedule(await request.desk.controls.schedule(), request.desk.world)


async def skip(request: Request) -> Reply:
    """Leave the next rebalance out, or let it run after all."""
    view = await request.desk.controls.skip(request.args.choice != "off", request.actor.label)
    return cards.skip(view, request.desk.now(), request.desk.world)


async def timezone(request: Request) -> Reply:
    """Show the time zone; an owner sets it."""
    desk, words = request.desk, request.args.text
    if not words:
        return cards.zone(desk.world, desk.now())
    if request.role < Role.OWNER:
        return cards.for_owners("timezone", desk.world)
    zone = find_zone(words)
    if zone is None:
        return cards.unknown_zone(words, nearest_zones(words), desk.world)
    view = await desk.controls.set_zone(zone, request.actor.label)
    return cards.zone_changed(view, desk.now(), desk.world)


COMMANDS = (
    Command("schedule", "What runs when", "/schedule", Role.VIEWER, schedule),
    Command("skip", "Leave the next rebalance out", "/skip", Role.TRADER, skip, (_OFF,), False),
    Command(
        "threshold", "Above what a press is asked", "/threshold 500", Role.TRADER, threshold, (_AMOUNT, _WORD), False
    ),
    Command("timezone", "The time zone", "/timezone Europe/Berlin", Role.TRADER, timezone, (_ZONE,), False),
)
