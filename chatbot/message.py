"""The few shapes everything in the chat flows through; no platform's types appear here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Protocol, runtime_checkable

UNANSWERED_AFTER = timedelta(minutes=10)
"""A question older than this is not answered any more: whoever asked has moved on, and the figures have."""


class Role(IntEnum):
    """What a person may do. Each role includes the ones below it."""

    NOBODY = 0
    VIEWER = 1
    TRADER = 2
    OWNER = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks. `platform` is "telegram", "discord", "web" or "terminal"; `id` is the platform's user id.

    `suspect` names what makes an identity unusable ("anonymous admin", "forwarded", "bot"), or is empty. `guild` is the
    Discord server it speaks in, empty in a direct message and elsewhere; `groups` are its role ids there, as of now.
    `person` is the same for all accounts of one person; the router fills it in.
    """

    platform: str
    id: str
    name: str
    suspect: str = ""
    guild: str = ""
    groups: tuple[str, ...] = ()
    person: str = ""

    @property
    def key(self) -> str:
        """The same for one account for ever, whatever it is called."""
        return f"{self.platform}:{self.id}"

    @property
    def label(self) -> str:
        # People choose their names: one of several lines must not pass for lines of ours.
        name = " ".join(self.name.split())
        return f"@{name}" if name else f"{self.platform} {self.id}"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where messages go: a chat, a Discord channel, the web page, the terminal.

    A topic of a Telegram forum is "chat/topic", such as "-100123/45".
    """

    platform: str
    id: str

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message we sent, so that it can be edited later."""

    channel: Channel
    id: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message to us. `update_id` is unique per platform: one update is answered once. `sent_at` is the sender's time.

    `structured` carries typed options (a Discord slash command's), already named as the command's parameters.
    `progress` shows how far a long command is: the first call posts a message, later ones edit it, and the reply
    takes its place. Best effort: it never raises and never waits for long. None where the platform cannot.
    """

    actor: Actor
    channel: Channel
    text: str
    update_id: str
    sent_at: datetime
    structured: dict[str, str] | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """A button pressed under one of our messages. `progress` is as in `Incoming`: its message is a new one."""

    actor: Actor
    channel: Channel
    button_id: str
    update_id: str
    message: MessageRef | None = None
    progress: Progress | None = field(default=None, compare=False, repr=False)


class Style(StrEnum):
    NEUTRAL = "neutral"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """`id` has at most 64 ASCII bytes and means the same after a restart."""

    label: str
    id: str
    style: Style = Style.NEUTRAL


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings. `align` has one of "<" and ">" per column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with the sentence that says what it shows."""

    png: bytes
    caption: str
    name: str = "chart.png"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to keep, such as an export: `name` with its ending, `data` as it is written."""

    data: bytes
    name: str
    caption: str = ""


_REPEAT = "(may be a repeat)"


class Tone(StrEnum):
    """What the message means, for platforms that colour: good, bad, waiting, or plain."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    WAITING = "waiting"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Reply:
    """A message from us. `text` is prose; `card` is monospace, at most 36 columns wide; neither contains markup.

    A `silent` one arrives without a sound. A `private` one is shown only to the person it answers, where the platform
    can do that.
    """

    text: str
    card: str = ""
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()
    buttons: tuple[Button, ...] = ()
    tone: Tone = Tone.PLAIN
    ok: bool = True
    files: tuple[Attachment, ...] = ()
    silent: bool = False
    private: bool = False
    told: Callable[[MessageRef], Awaitable[None]] | None = field(default=None, compare=False, repr=False)
    """Called by the transport with the message that shows the reply, as far as it learns that; never raises."""

    def maybe_repeated(self) -> Reply:
        """The same, saying that it may have been sent before."""
        return replace(self, text="\n".join(part for part in (self.text, _REPEAT) if part))

    def and_told(self, told: Callable[[MessageRef], Awaitable[None]]) -> Reply:
        """The same, with `told` called too once it is shown."""
        before = self.told

        async def both(message: MessageRef) -> None:
            if before is not None:
                await before(message)
            await told(message)

        return replace(self, told=both)

    def plain(self) -> str:
        """Everything readable as one text, tables included."""
        parts = [self.text, self.card, *(monospace(table) for table in self.tables)]
        return "\n\n".join(part for part in parts if part)


def monospace(table: Table) -> str:
    """`table` as aligned lines for a fixed-width font."""
    grid = [table.columns, *table.rows]
    widths = [max(len(row[i]) for row in grid) for i in range(len(table.columns))]
    lines = [
        " ".join(f"{cell:{align}{width}}" for cell, align, width in zip(row, table.align, widths, strict=True)).rstrip()
        for row in grid
    ]
    return "\n".join([table.title, *lines] if table.title else lines)


@dataclass(frozen=True, slots=True)
class PressReply:
    """What a press brings: a short notice for the presser, and what replaces or follows the pressed message."""

    toast: str
    edit: Reply | None = None
    send: Reply | None = None


Progress = Callable[[Reply], Awaitable[None]]
MessageHandler = Callable[[Incoming], Awaitable[Reply | None]]
PressHandler = Callable[[Press], Awaitable[PressReply]]


class Undeliverable(Exception):
    """The platform will never accept this message (blocked, deleted chat, too old to edit)."""


class Gone(Undeliverable):
    """The chat no longer exists for us: deleted, left, or we were put out of it."""


class Moved(Undeliverable):
    """The chat goes on under another id: `channel`, where this message may be sent again."""

    def __init__(self, reason: str, channel: Channel) -> None:
        super().__init__(reason)
        self.channel = channel


class Unsent(Exception):
    """Nothing was delivered; the same message may be sent again after `retry_after` seconds."""

    def __init__(self, reason: str, retry_after: float = 1.0) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class MaybeSent(Exception):
    """The connection broke after the request left; the message may be there or not."""


class ChatWatcher(Protocol):
    """Hears from a platform what becomes of its chats. Returns at once, and never raises."""

    def moved(self, old: Channel, new: Channel) -> None:
        """The chat `old` goes on under another id."""
        ...

    def reopened(self, channel: Channel) -> None:
        """A chat that may have been gone takes messages again; one with topics stands for all of them."""
        ...


@runtime_checkable
class Watchable(Protocol):
    """A transport that learns by itself what becomes of its chats."""

    def watch(self, watcher: ChatWatcher) -> None: ...


class Transport(Protocol):
    """One chat platform. `run` serves until cancelled and raises when the platform is lost; the app restarts it."""

    @property
    def platform(self) -> str: ...

    def channels(self) -> Sequence[Channel]:
        """Where notices are posted. Empty where there is none."""
        ...

    async def run(self, on_message: MessageHandler, on_press: PressHandler) -> None: ...

    async def send(self, channel: Channel, reply: Reply) -> MessageRef:
        """Raises Unsent, MaybeSent or Undeliverable."""
        ...

    async def edit(self, message: MessageRef, reply: Reply) -> None:
        """Replace a sent message's text and buttons. Raises Unsent, MaybeSent or Undeliverable."""
        ...
