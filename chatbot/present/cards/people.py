"""Lists of people, their roles, and the audit trail, as a phone shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chatbot.access.admission import Unchanged
from chatbot.access.roles import Standing
from chatbot.access.roster import Known
from chatbot.message import Actor, Button, Channel, Reply, Role, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, capitalized, pair, prose, wrapped
from chatbot.store.chat_store import AuditEntry, Stranger

MOST_STRANGERS = 4
_NAMES = {Role.NOBODY: "shut out", Role.VIEWER: "viewer", Role.TRADER: "trader", Role.OWNER: "owner"}


def roster(
    known: Sequence[Known], strangers: Sequence[Stranger], groups: Mapping[str, Role], now: datetime, zone: ZoneInfo
) -> Reply:
    """Everybody who is known, and the newest of those who knocked, with buttons to admit them."""
    newest = strangers[:MOST_STRANGERS]
    others = len(strangers) - len(newest)
    return Reply(
        text=prose(
            f"{marks.ANSWER} {_counts(known, strangers)}.",
            "Change one: /role @name viewer. Let somebody in: /pair trader.",
        ),
        card=block(
            *(_account(one, now, zone) for one in known),
            *([*pair("Discord role", _NAMES[role]), f"  {group}"] for group, role in groups.items()),
            *(_knock(stranger, now) for stranger in newest),
            [f"and {others} more"] if others else [],
        ),
        buttons=tuple(button for stranger in newest for button in _admit(stranger)),
    )


def which(words: str, found: Sequence[Actor], role: str) -> Reply:
    """Nobody, or more than one, is called that."""
    said = words[:32]
    if not found:
        return Reply(
            text=prose(
                f'{marks.REFUSED} Nobody called "{said}" has spoken here.',
                "Give the id with its platform, such as telegram:123456789. Everybody known: /users",
            ),
            ok=False,
        )
    return Reply(
        text=prose(
            f'{marks.REFUSED} "{said}" may be {n.counted(len(found), "account")}; say which.',
            *(f"{actor.key} {actor.label}" for actor in found[:8]),
        ),
        buttons=tuple(Button(actor.key, f"do:/role {actor.key} {role}") for actor in found[:8] if role),
        ok=False,
    )


def role_given(subject: Actor, role: Role) -> Reply:
    """A role was given or taken away; it counts from now on."""
    shut_out = role is Role.NOBODY
    now = "is shut out now" if shut_out else f"is {'an' if role is Role.OWNER else 'a'} {_NAMES[role]} now"
    return Reply(
        text=prose(
            f"{marks.APPROVED} {_called(subject)} {now}.",
            f"Account {subject.key}. It counts at once.",
            f"Back in: /role {subject.key} viewer" if shut_out else "",
        ),
        tone=Tone.GOOD,
    )


def role_kept(subject: Actor, role: Role, why: Unchanged) -> Reply:
    """Why somebody's role stays."""
    setting = "TELEGRAM_USER_IDS or TELEGRAM_CHAT_ID" if subject.platform == "telegram" else "DISCORD_USER_IDS"
    reasons = {
        Unchanged.SAME: ("already has that role.", ""),
        Unchanged.LAST_OWNER: ("is the last owner.", "Make somebody else an owner first: /pair owner"),
        Unchanged.SETTINGS: ("has this role by the settings.", f"Change {setting} and start again."),
        Unchanged.RAISED: ("is you, and nobody raises themselves.", "Ask another owner."),
    }
    reason, then = reasons[why]
    return Reply(text=prose(f"{marks.REFUSED} {_called(subject)} {reason}", then), ok=False)


def identity(actor: Actor, channel: Channel, standing: Standing, others: Sequence[str]) -> Reply:
    """Who is asking, as the bot sees them."""
    role = _NAMES[standing.role]
    rows = [
        ("You", actor.key),
        ("Chat", channel.key),
        *([("Server", actor.guild)] if actor.guild else []),
        *(("Also you", key) for key in others),
        *(("Server role", group) for group in actor.groups),
    ]
    return Reply(
        text=f"{marks.ANSWER} {actor.label}: {role}, {standing.why}.",
        card=block([line for name, value in rows for line in pair(name, value)]),
    )


def trail(entries: Sequence[AuditEntry], zone: ZoneInfo) -> Reply:
    """The newest entries, the newest last."""
    if not entries:
        return Reply(text=f"{marks.ANSWER} Nothing was asked yet.")
    return Reply(
        text=f"{marks.ANSWER} The last {n.counted(len(entries), 'entry', 'entries')}, the newest last.",
        card=block(*(list(_entry(entry, zone)) for entry in entries)),
    )


def _counts(known: Sequence[Known], strangers: Sequence[Stranger]) -> str:
    let_in = sum(one.role > Role.NOBODY for one in known)
    inside = f"{n.counted(let_in, 'account')} let in" if let_in else "Nobody else is let in"
    return f"{inside}, {n.counted(len(strangers), 'stranger')} knocked" if strangers else inside


def _account(one: Known, now: datetime, zone: ZoneInfo) -> Lines:
    title = f"@{one.name}" if one.name else one.key
    since = f"since {n.local_day(one.account.since, zone)}" if one.account is not None and one.account.by else ""
    by = f"by {one.account.by}" if one.account is not None and one.account.by else ""
    seen = f"seen {n.relative(one.last.at - now)}" if one.last is not None else "never seen"
    lines = [line for part in (one.why, f"{since} {by}".strip(), seen) if part for line in wrapped(part, "  ")]
    return [*pair(title[:24], _NAMES[one.role]), *([f"  {one.key}"] if one.name else []), *lines]


def _knock(stranger: Stranger, now: datetime) -> Lines:
    actor = stranger.actor
    name = f"@{actor.name}" if actor.name else actor.key
    tries = f"{n.counted(stranger.tries, 'try', 'tries')}, last {n.relative(stranger.last_at - now)}"
    return [
        *pair(name[:24], "stranger"),
        *([f"  {actor.key}"] if actor.name else []),
        *wrapped(capitalized(actor.suspect) if actor.suspect else "", "  "),
        *wrapped(tries, "  "),
    ]


def _admit(stranger: Stranger) -> Iterator[Button]:
    """Somebody whom several people can speak through cannot be let in."""
    actor = stranger.actor
    if not actor.suspect:
        for role in ("viewer", "trader"):
            yield Button(f"{actor.label[:20]}: {role}", f"do:/role {actor.key} {role}")


def _entry(entry: AuditEntry, zone: ZoneInfo) -> Iterator[str]:
    who = f"@{entry.actor.name}" if entry.actor.name else entry.actor.id
    yield from pair(f"{n.local_day(entry.at, zone)} {n.local_clock(entry.at, zone)}", f"{who[:18]}")
    yield from wrapped(f"{entry.channel.platform}: {entry.action}", "  ", 2)
    yield from wrapped(f"→ {entry.outcome}" + (f" · {entry.shown}" if entry.shown else ""), "  ", 2)


def _called(actor: Actor) -> str:
    return actor.label if actor.name else actor.key
