"""Promise 18: the wrong person, the wrong chat and the wrong message are refused and audited, whatever they ask for.

The matrix comes from the registry: every command as its own help shows it, and every kind of button, said and pressed
by everybody who can turn up, through the real router. Nothing that is listed here has to be listed by hand when a
command is added.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from structlog.testing import capture_logs

from chatbot.access.people import People
from chatbot.access.roles import Access
from chatbot.bound import ABOUT_CARDS, ELSEWHERE, Bound
from chatbot.commands.catalogue import catalogue
from chatbot.commands.registry import Command, Registry, Request
from chatbot.message import Actor, Button, Channel, Incoming, MessageRef, Press, PressReply, Reply, Role
from chatbot.router import Router
from chatbot.settings import ChatSettings
from tests.proof import Proof
from tests.unit.chatbot import facts
from tests.unit.chatbot.conftest import EchoAgent
from tests.unit.chatbot.fake_desk import FakeDesk
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.unit.chatbot.memory_store import MemoryChatStore
from trading.clock import SimulatedClock
from trading.contract import Reader

SETTINGS = ChatSettings.model_validate(
    {
        "telegram_chat_id": "42,-5,-6/45",
        "telegram_user_ids": "43:trader,44:viewer",
        "discord_channel_id": "7",
        "discord_guild_id": "9",
        "discord_user_ids": "1,2:trader,3:viewer",
        "discord_roles": "500:trader",
    }
)
GROUP, GUILD = Channel("telegram", "-5"), Channel("discord", "7")
LATE, GONE = Actor("telegram", "80", "demoted"), Actor("telegram", "81", "removed")
REFUSAL = "only people it knows"


def telegram(user: str, chat: str, suspect: str = "") -> tuple[Actor, Channel]:
    return Actor("telegram", user, "name", suspect), Channel("telegram", chat)


def discord(user: str, channel: str, guild: str = "9", *groups: str, suspect: str = "") -> tuple[Actor, Channel]:
    return Actor("discord", user, "name", suspect, guild, groups), Channel("discord", channel)


IDENTITIES: dict[str, tuple[tuple[Actor, Channel], Role]] = {
    "owner in private": (telegram("42", "42"), Role.OWNER),
    "owner in the group": (telegram("42", "-5"), Role.OWNER),
    "owner in the topic": (telegram("42", "-6/45"), Role.OWNER),
    "owner on Discord": (discord("1", "7"), Role.OWNER),
    "owner at the page": ((Actor("web", "owner", "owner"), Channel("web", "page")), Role.OWNER),
    "owner at the terminal": ((Actor("terminal", "owner", "owner"), Channel("terminal", "tty")), Role.OWNER),
    "trader in the group": (telegram("43", "-5"), Role.TRADER),
    "trader in private": (telegram("43", "43"), Role.TRADER),
    "trader on Discord": (discord("2", "7"), Role.TRADER),
    "member with a Discord role": (discord("90", "7", "9", "400", "500"), Role.TRADER),
    "member whose Discord role was taken": (discord("91", "7", "9", "400"), Role.VIEWER),
    "viewer by the settings": (telegram("44", "-5"), Role.VIEWER),
    "viewer on Discord": (discord("3", "7"), Role.VIEWER),
    "viewer with a trader's Discord role": (discord("3", "7", "9", "500"), Role.VIEWER),
    "member of the group": (telegram("99", "-5"), Role.VIEWER),
    "trader demoted meanwhile": ((LATE, GROUP), Role.VIEWER),
    "trader removed meanwhile": ((GONE, GROUP), Role.NOBODY),
    "stranger in private": (telegram("666", "666"), Role.NOBODY),
    "stranger in another group": (telegram("666", "-66"), Role.NOBODY),
    "stranger who writes in the owner's chat": (telegram("666", "42"), Role.NOBODY),
    "anonymous admin": (telegram("1087968824", "-5", "anonymous admin"), Role.NOBODY),
    "anonymous admin under the owner's id": (telegram("42", "-5", "anonymous admin"), Role.NOBODY),
    "channel post": (telegram("-5", "-5", "channel post"), Role.NOBODY),
    "owner's words, forwarded": (telegram("42", "42", "forwarded"), Role.NOBODY),
    "owner through another bot": (telegram("42", "42", "bot"), Role.NOBODY),
    "bot on Discord": (discord("1", "7", suspect="bot"), Role.NOBODY),
    "owner in another group": (telegram("42", "-66"), Role.NOBODY),
    "owner in another topic": (telegram("42", "-6/46"), Role.NOBODY),
    "owner in the group around the topic": (telegram("42", "-6"), Role.NOBODY),
    "owner in somebody else's chat": (telegram("42", "43"), Role.NOBODY),
    "owner in another channel": (discord("1", "8"), Role.NOBODY),
    "owner in another guild": (discord("1", "7", "10"), Role.NOBODY),
    "owner of another guild's channel": (discord("1", "70", "10", suspect="other guild"), Role.NOBODY),
    "owner in a direct message": (discord("1", "71", ""), Role.NOBODY),
    "Telegram's owner on Discord": (discord("42", "8"), Role.NOBODY),
    "Discord's owner on Telegram": (telegram("1", "1"), Role.NOBODY),
    "owner of one platform in a chat of the other": ((Actor("telegram", "42", "name"), GUILD), Role.NOBODY),
    "nobody's platform": ((Actor("matrix", "42", "name"), Channel("matrix", "42")), Role.NOBODY),
}

CARD, DIFFERENCE, OTHER = facts.CARD_ID, facts.DIFFERENCE_ID, "0" * 32
CARD_BUTTONS = {
    f"ok:{CARD}": Role.TRADER,
    f"ok:{CARD}:0": Role.TRADER,
    f"no:{CARD}": Role.TRADER,
    f"tog:{CARD}:0:0": Role.TRADER,
    f"info:{CARD}": Role.VIEWER,
    f"adopt:{DIFFERENCE}": Role.TRADER,
    f"ignore:{DIFFERENCE}": Role.TRADER,
    f"again:{DIFFERENCE}": Role.TRADER,
}
READING = {name for name, _ in inspect.getmembers(Reader)} | {"books", "level", "threshold", "alerts", "open_orders"}
"""What the desk may be asked without anything being changed. "schedule" of the controls is a name of both kinds."""


class WatchedDesk:
    """A desk that notes what was done to it; nothing it is only asked."""

    def __init__(self, desk: Any, done: list[str]) -> None:
        self._desk = desk
        self._done = done

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._desk, name)
        if name == "controls":
            return WatchedDesk(value, self._done)
        if callable(value) and name not in READING and name != "schedule":
            self._done.append(name)
        return value


@dataclass
class Scene:
    """A router with everybody's role in force, and what came of what was asked."""

    ran: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    store: MemoryChatStore = field(default_factory=MemoryChatStore)
    desk: FakeDesk = field(default_factory=FakeDesk)
    _ids: Iterator[int] = field(default_factory=count)

    async def opened(self) -> Scene:
        people = People(self.store)
        for actor, role in ((LATE, Role.VIEWER), (GONE, Role.NOBODY)):
            await people.give(actor, Role.TRADER, "@owner", facts.NOW)
            await people.give(actor, role, "@owner", facts.NOW)
        self.clock = SimulatedClock(facts.NOW)
        desk: Any = WatchedDesk(self.desk, self.done)
        store: Any = self.store
        charts: Any = CountingCharts()
        self.router = Router(desk, Access(SETTINGS, people), store, self._watched(), EchoAgent(), charts, self.clock)
        self.renew()
        return self

    def renew(self) -> None:
        """The card and the difference wait again, and nothing was asked yet."""
        self.desk.cards[CARD] = facts.card()
        self.desk.differences[DIFFERENCE] = facts.difference()
        self.desk.live_now = facts.live_view()
        for noted in (self.ran, self.done, self.store.entries):
            noted.clear()

    async def say(self, actor: Actor, channel: Channel, text: str) -> Reply | None:
        return await self.router.on_message(Incoming(actor, channel, text, self._id(), self.clock.now()))

    async def press(self, actor: Actor, channel: Channel, button: str, message: MessageRef | None = None) -> PressReply:
        message = message or MessageRef(channel, "77")
        return await self.router.on_press(Press(actor, channel, button, self._id(), message))

    async def show(self, channel: Channel, *buttons: str) -> None:
        """An answer in `channel` brought these buttons."""
        bound = Bound(self.desk, self.store, ())  # type: ignore[arg-type]
        await bound.note(Reply("", buttons=tuple(Button("", button) for button in buttons)), channel)

    def outcomes(self) -> list[str]:
        """What the audit trail says came of it."""
        return [entry.outcome for entry in self.store.entries]

    def _id(self) -> str:
        return f"u{next(self._ids)}"

    def _watched(self) -> Registry:
        return Registry(replace(command, handler=self._noting(command)) for command in catalogue())

    def _noting(self, command: Command) -> Callable[[Request], Awaitable[Reply]]:
        async def handler(request: Request) -> Reply:
            self.ran.append(command.name)
            return await command.handler(request)

        return handler


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Log entries are kept in memory; printing tracebacks in colour takes seconds."""
    with capture_logs():
        yield


def open_to_strangers(command: Command) -> bool:
    return command.role is Role.NOBODY


def spoken() -> Sequence[Command]:
    """Every command that needs a role; a code, which needs none, is proved by itself."""
    return [command for command in catalogue() if not open_to_strangers(command)]


def refusals(replies: Sequence[Reply | PressReply | None]) -> int:
    texts = [reply.text if isinstance(reply, Reply) else reply.toast for reply in replies if reply is not None]
    return sum(REFUSAL in text for text in texts)


def is_right(scene: Scene, allowed: bool) -> bool:
    """One entry in the trail; where it was not allowed, nothing was done, and the trail says so."""
    audited = len(scene.store.entries) == 1
    refused = audited and scene.outcomes()[0].startswith(("denied", "refused"))
    return audited and ((allowed and scene.outcomes() != ["failed"]) or (refused and not scene.done))


@pytest.mark.parametrize("who", IDENTITIES)
async def test_every_command_is_run_for_whom_it_is_and_for_nobody_else(who: str, proof: Proof) -> None:
    (actor, channel), role = IDENTITIES[who]
    scene, wrong, replies = await Scene().opened(), [], []
    for command in spoken():
        scene.renew()
        replies.append(await scene.say(actor, channel, command.example))
        allowed = role >= command.role
        if (scene.ran == [command.name]) is not allowed or not is_right(scene, allowed):
            wrong.append(command.name)
    assert wrong == []
    assert refusals(replies) == (role is Role.NOBODY)
    proof(18, cases=len(spoken()))


@pytest.mark.parametrize("who", IDENTITIES)
async def test_every_command_under_a_button_is_run_for_the_same_people(who: str, proof: Proof) -> None:
    (actor, channel), role = IDENTITIES[who]
    scene, wrong, replies = await Scene().opened(), [], []
    for command in spoken():
        scene.renew()
        replies.append(await scene.press(actor, channel, f"do:{command.example}"))
        allowed = role >= command.role and not (command.typed and len(command.example.split()) > 1)
        if (scene.ran == [command.name]) is not allowed or not is_right(scene, allowed):
            wrong.append(command.name)
    assert wrong == []
    assert refusals(replies) == (role is Role.NOBODY)
    proof(18, cases=len(spoken()))


@pytest.mark.parametrize("who", IDENTITIES)
async def test_every_button_of_a_card_counts_for_traders_alone(who: str, proof: Proof) -> None:
    (actor, channel), role = IDENTITIES[who]
    scene, wrong, replies = await Scene().opened(), [], []
    await scene.show(channel, *CARD_BUTTONS)
    for button, needed in CARD_BUTTONS.items():
        scene.renew()
        replies.append(await scene.press(actor, channel, button))
        allowed, changes = role >= needed, needed is Role.TRADER
        if bool(scene.done) is not (allowed and changes) or not is_right(scene, allowed):
            wrong.append(button)
    assert wrong == []
    assert refusals(replies) == (role is Role.NOBODY)
    proof(18, cases=len(CARD_BUTTONS))


OWNERS = ("owner in private", "owner in the group", "owner in the topic", "owner on Discord")


@pytest.mark.parametrize("button", CARD_BUTTONS)
@pytest.mark.parametrize("who", OWNERS)
async def test_a_button_counts_only_where_its_card_was_shown(who: str, button: str, proof: Proof) -> None:
    (actor, channel), _ = IDENTITIES[who]
    scene = await Scene().opened()
    card = button.split(":")[1]
    there, elsewhere = MessageRef(channel, "77"), Channel(channel.platform, "404")
    await scene.store.remember_card(OTHER, there)
    await scene.store.remember_card(card, MessageRef(elsewhere, "77"))
    await scene.show(elsewhere, button)
    forged = [there, MessageRef(channel, "78"), MessageRef(elsewhere, "77")]
    for message in forged:
        scene.renew()
        pressed = await scene.press(actor, channel, button, message)
        assert pressed == PressReply(ELSEWHERE)
        assert not scene.done and scene.outcomes() == ["denied wrong message"]
    await scene.store.remember_card(card, there)
    scene.renew()
    await scene.press(actor, channel, button, there)
    assert bool(scene.done) is (CARD_BUTTONS[button] is Role.TRADER)
    proof(18, cases=len(forged) + 1)


async def test_a_role_counts_as_it_is_at_the_press(proof: Proof) -> None:
    scene = await Scene().opened()
    people = scene.router.admission.access.people
    anna = Actor("telegram", "55", "anna")
    await scene.show(GROUP, *CARD_BUTTONS)
    for role in (Role.TRADER, Role.VIEWER, Role.TRADER, Role.NOBODY, Role.OWNER, Role.NOBODY):
        await people.give(anna, role, "@owner", facts.NOW)
        scene.renew()
        await scene.press(anna, GROUP, f"ok:{CARD}")
        assert scene.done == (["approve"] if role >= Role.TRADER else [])
    proof(18, cases=6)


@pytest.mark.parametrize("who", [who for who, (_, role) in IDENTITIES.items() if role is Role.NOBODY])
async def test_no_stranger_comes_in_by_guessing(who: str, proof: Proof) -> None:
    (actor, channel), _ = IDENTITIES[who]
    scene = await Scene().opened()
    tries = ["/pair ABCD-2345", "/pair owner", "/pair me", "/pair", "do:/pair ABCD-2345"] * 10
    replies = [await scene.say(actor, channel, text) for text in tries]
    assert not scene.router.admission.access.role(actor, channel)
    assert refusals(replies) <= 1
    assert sum(reply is not None for reply in replies) <= 6
    assert len(scene.store.entries) == len(tries) and "ok" not in scene.outcomes()
    proof(18, cases=len(tries))


def test_every_kind_of_button_is_in_the_matrix() -> None:
    assert {button.split(":")[0] for button in CARD_BUTTONS} == ABOUT_CARDS


def test_there_are_enough_kinds_of_people() -> None:
    assert len(IDENTITIES) >= 20
