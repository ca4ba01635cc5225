"""What a chat hears, how loud and when; and what became of a change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from chatbot.message import Button, Reply
from chatbot.notices.kinds import MEANINGS, VITAL, NoticeKind
from chatbot.notices.preferences import Level
from chatbot.notices.quiet import QuietHours
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import block, prose, table, wrapped
from trading.contract import World

_NEXT = {Level.ON: Level.SILENT, Level.SILENT: Level.OFF, Level.OFF: Level.ON}
_EXAMPLES = "For example: /notify fill silent, /notify report here, /notify digest 20:00, /quiet 22:00-07:00"


def overview(
    levels: Mapping[NoticeKind, Level],
    routes: Mapping[NoticeKind, tuple[str, ...]],
    digest: time | None,
    quiet: QuietHours | None,
    world: World,
    said: str = "",
    may_change: bool = True,
) -> Reply:
    """Every kind with its level here. `said` is what has just been changed."""
    routed = [f"{kind} goes only to {', '.join(keys)}." for kind, keys in routes.items() if keys]
    when = [
        f"Digest of fills and chatter: {digest:%H:%M}." if digest else "",
        f"Quiet: {quiet}, stops, alerts and cards come through." if quiet else "",
    ]
    return Reply(
        text=prose(f"{marks.ANSWER} {marks.mode(world)} · {said or 'Notices in this chat'}", _EXAMPLES),
        card=block(
            table([(kind.value, level.value) for kind, level in levels.items()], "<<"),
            [line for sentence in (*routed, *when) if sentence for line in wrapped(sentence)],
        ),
        buttons=tuple(_button(kind, level) for kind, level in levels.items()) if may_change else (),
    )


def nothing_here(world: World) -> Reply:
    """This chat gets no notices at all."""
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · This chat gets no notices.",
            "/notify report here sends the reports here, and only here. The kinds are:",
        ),
        card=block(*(wrapped(f"{kind}: {meaning}") for kind, meaning in MEANINGS.items())),
    )


def quiet_hours(hours: QuietHours | None, ends: datetime | None, world: World) -> Reply:
    """When this chat is left alone. `ends` is when the present quiet ends."""
    mode, zone = marks.mode(world), world.timezone
    if hours is None:
        return Reply(text=prose(f"{marks.ANSWER} {mode} · No quiet hours in this chat.", "Set: /quiet 22:00-07:00"))
    return Reply(
        text=prose(
            f"{marks.ANSWER} {mode} · Quiet from {hours.start:%H:%M} to {hours.end:%H:%M}, {zone.key}.",
            f"It is quiet until {n.local_time(ends, zone)}." if ends is not None else "",
            "Stops, alerts and cards come through; the rest comes in one message at the end.",
        ),
        buttons=(Button("Quiet hours off", "do:/quiet off"),),
    )


def refused(why: str, example: str) -> Reply:
    """A change that was not made, why, and what to write."""
    return Reply(text=prose(f"{marks.REFUSED} {why}", f"For example: {example}" if example else ""), ok=False)


def _button(kind: NoticeKind, level: Level) -> Button:
    following = _NEXT[level]
    if kind in VITAL and following is Level.OFF:
        following = Level.ON
    return Button(f"{kind} {following}", f"do:/notify {kind} {following}")
