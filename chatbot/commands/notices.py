"""What each chat hears of by itself: kinds, routes, the digest, quiet hours. Viewers look, owners change."""

from __future__ import annotations

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Reply, Role
from chatbot.notices.kinds import NoticeKind
from chatbot.notices.preferences import Level, NobodyLeft
from chatbot.notices.quiet import read_quiet_hours, read_time
from chatbot.present.cards import preferences as cards

_WHAT = Parameter("what", Kind.TEXT, "a kind with on, silent, off, here or everywhere; or digest with a time or off")
_HOURS = Parameter("hours", Kind.TEXT, "from and to, such as 22:00-07:00, or off")
_EXAMPLE = "/notify fill silent"
_QUIET_EXAMPLE = "/quiet 22:00-07:00"
_NOT_YOURS = "Only an owner changes what a chat hears."


async def notify(request: Request) -> Reply:
    """What this chat hears; with words, a change of it."""
    await request.preferences.load()
    words = request.args.text.lower().split()
    if not words:
        return _overview(request)
    if request.role < Role.OWNER:
        return cards.refused(_NOT_YOURS, "")
    try:
        return await _change(request, words[0], " ".join(words[1:]))
    except (ValueError, NobodyLeft) as error:
        return cards.refused(str(error), _EXAMPLE if isinstance(error, ValueError) else "")


async def quiet(request: Request) -> Reply:
    """When this chat is left alone; with words, a change of it."""
    await request.preferences.load()
    text = request.args.text.strip().lower()
    if text and request.role < Role.OWNER:
        return cards.refused(_NOT_YOURS, "")
    if text and not _hears(request):
        return cards.nothing_here(request.desk.world)
    try:
        if text:
            hours = None if text == "off" else read_quiet_hours(text)
            await request.preferences.set_quiet(request.channel, hours)
    except ValueError as error:
        return cards.refused(str(error), _QUIET_EXAMPLE)
    chosen, world = request.preferences.quiet(request.channel), request.desk.world
    ends = chosen.end_of(request.clock.now(), world.timezone) if chosen else None
    return cards.quiet_hours(chosen, ends, world)


async def _change(request: Request, what: str, how: str) -> Reply:
    """Raises ValueError and NobodyLeft with a sentence."""
    if what == "digest":
        return await _digest(request, how)
    kind = _kind(what)
    if how in ("here", "everywhere"):
        return await _route(request, kind, how)
    if how not in list(Level):
        not_this = f', not "{how[:20]}"' if how else ""
        raise ValueError(f"Write on, silent, off, here or everywhere behind {kind}{not_this}.")
    if not _hears(request):
        return cards.nothing_here(request.desk.world)
    old, new = request.preferences.level(request.channel, kind), Level(how)
    await request.preferences.set_level(request.channel, kind, new)
    now = request.preferences.level(request.channel, kind)
    said = f"{kind}: {old} → {new}" if now is new else f"{kind}: {new}, once it is not routed elsewhere"
    return _overview(request, said)


async def _route(request: Request, kind: NoticeKind, how: str) -> Reply:
    here = how == "here"
    await request.preferences.set_route(kind, request.channel if here else None)
    return _overview(request, f"{kind}: only in this chat" if here else f"{kind}: every chat")


async def _digest(request: Request, how: str) -> Reply:
    at = None if how == "off" else read_time(how)
    if not _hears(request):
        return cards.nothing_here(request.desk.world)
    await request.preferences.set_digest(request.channel, at)
    return _overview(request, f"Digest at {at:%H:%M}" if at else "No digest: fills and chatter as they come")


def _overview(request: Request, said: str = "") -> Reply:
    preferences, channel, world = request.preferences, request.channel, request.desk.world
    if not said and not _hears(request):
        return cards.nothing_here(world)
    levels = {kind: preferences.level(channel, kind) for kind in NoticeKind}
    routes = {kind: _named(preferences.route(kind), channel.key) for kind in NoticeKind}
    may_change = request.role >= Role.OWNER
    digest, hours = preferences.digest(channel), preferences.quiet(channel)
    return cards.overview(levels, routes, digest, hours, world, said, may_change)


def _named(keys: tuple[str, ...], here: str) -> tuple[str, ...]:
    return tuple("this chat" if key == here else key for key in keys)


def _hears(request: Request) -> bool:
    """Whether the channel gets notices at all."""
    channel = request.preferences.current(request.channel)
    return channel in (*request.preferences.own(), *request.preferences.routed())


def _kind(word: str) -> NoticeKind:
    singular = word.removesuffix("s") if word not in list(NoticeKind) else word
    if singular not in list(NoticeKind):
        raise ValueError(f'"{word[:20]}" is no kind of notice. The kinds: {", ".join(NoticeKind)}; or digest.')
    return NoticeKind(singular)


COMMANDS = (
    Command("notify", "What this chat hears by itself, and how loud", _EXAMPLE, Role.VIEWER, notify, (_WHAT,), False),
    Command("quiet", "Hours with nothing but what is urgent", _QUIET_EXAMPLE, Role.VIEWER, quiet, (_HOURS,), False),
)
