"""Decisions on record, for whoever wants to look from a phone; the whole record is on the command line."""

from __future__ import annotations

import re

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Reply, Role
from chatbot.present.cards import cycles

_ID = Parameter("id", Kind.TEXT, "the decision's id, or its first characters")
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9-]")
SHOWN = 10


async def cycle(request: Request) -> Reply:
    """One decision, or a choice among those that begin alike; without an id, the newest."""
    desk = request.desk
    prefix = _NOT_IN_IDS.sub("", request.args.text)[:64]
    if not prefix:
        return cycles.listed(await desk.books.recent_cycles(SHOWN), desk.world, ", newest first")
    found = await desk.books.find_cycles(prefix)
    if len(found) > 1:
        return cycles.listed(found[:SHOWN], desk.world, f" that begin with {prefix}")
    told = await desk.books.cycle(found[0].id) if found else None
    return cycles.nothing_found(prefix, desk.world) if told is None else cycles.story(told, desk.world)


COMMANDS = (Command("cycle", "One decision with its guards and orders", "/cycle 7f3a", Role.VIEWER, cycle, (_ID,)),)
