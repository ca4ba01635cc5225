"""/notify and /quiet: everybody may look, owners change, and what is shown is what holds."""

from __future__ import annotations

import pytest

from chatbot.access.roles import Access
from chatbot.commands.catalogue import catalogue
from chatbot.message import Actor, Channel, Reply
from chatbot.notices.kinds import NoticeKind
from chatbot.notices.preferences import Level, Preferences
from chatbot.router import Router
from chatbot.settings import ChatSettings
from tests.unit.chatbot.conftest import HOME, EchoAgent, build_chat

GUILD = Channel("discord", "7")
BOSS, MEMBER = Actor("discord", "1", "boss"), Actor("discord", "2", "member")
SETTINGS = ChatSettings.model_validate({"telegram_chat_id": "42", "discord_channel_id": "7", "discord_user_ids": "1"})


class Setup:
    """A chat with the preferences that its router uses."""

    def __init__(self, *own: Channel) -> None:
        self.chat = build_chat()
        self.preferences = Preferences(self.chat.store, lambda: own)
        access, charts = Access(SETTINGS), self.chat.charts
        self.chat.router = Router(
            self.chat.desk,
            access,
            self.chat.store,
            catalogue(),
            EchoAgent(),
            charts,  # type: ignore[arg-type]
            self.chat.clock,
            preferences=self.preferences,
        )

    async def ask(self, text: str) -> Reply:
        return await self.chat.ask(text)


@pytest.fixture
def setup() -> Setup:
    return Setup(HOME, GUILD)


def level_of(setup: Setup, kind: NoticeKind) -> Level:
    return setup.preferences.level(HOME, kind)


async def test_every_kind_is_shown_with_a_button_to_its_next_level(setup: Setup) -> None:
    reply = await setup.ask("/notify")
    assert reply.card.splitlines()[:3] == ["stop      on", "alert     on", "approval  on"]
    assert ("fill silent", "do:/notify fill silent") in [(b.label, b.id) for b in reply.buttons]
    assert "do:/notify stop off" not in [button.id for button in reply.buttons]
    assert all(len(line) <= 36 for line in reply.card.splitlines())


@pytest.mark.parametrize(("words", "level"), [("fill off", Level.OFF), ("Fills SILENT", Level.SILENT)])
async def test_a_level_is_changed_and_said_from_what_to_what(setup: Setup, words: str, level: Level) -> None:
    reply = await setup.ask(f"/notify {words}")
    assert level_of(setup, NoticeKind.FILL) is level
    assert f"fill: on → {level}" in reply.text


async def test_a_button_changes_a_level(setup: Setup) -> None:
    await setup.chat.press("do:/notify report off")
    assert level_of(setup, NoticeKind.REPORT) is Level.OFF


@pytest.mark.parametrize(
    "words", ["bogus", "fill", "fill loud", "digest", "digest never", "digest 25:00", "stop stop stop"]
)
async def test_what_is_not_understood_changes_nothing_and_says_what_to_write(setup: Setup, words: str) -> None:
    reply = await setup.ask(f"/notify {words}")
    assert not reply.ok and "For example: /notify fill silent" in reply.text
    assert "notices" not in setup.chat.store.values


async def test_stops_off_in_every_chat_is_refused_with_the_reason(setup: Setup) -> None:
    assert (await setup.ask("/notify stop off")).ok
    reply = await setup.chat.ask("/notify stop off", BOSS, GUILD)
    assert not reply.ok and "Nobody would hear of a stop then" in reply.text


async def test_a_kind_is_routed_here_and_back(setup: Setup) -> None:
    assert "report goes only to this chat." in (await setup.ask("/notify report here")).card
    assert setup.preferences.level(GUILD, NoticeKind.REPORT) is Level.OFF
    assert "goes only" not in (await setup.ask("/notify report everywhere")).card
    assert setup.preferences.level(GUILD, NoticeKind.REPORT) is Level.ON


async def test_a_digest_is_set_and_shown_and_ended(setup: Setup) -> None:
    assert "Digest of fills and chatter: 20:00." in (await setup.ask("/notify digest 8pm")).card
    assert "Digest" not in (await setup.ask("/notify digest off")).card


async def test_quiet_hours_are_set_shown_and_ended(setup: Setup) -> None:
    assert "No quiet hours" in (await setup.ask("/quiet")).text
    reply = await setup.ask("/quiet 14-16:30")
    assert "Quiet from 14:00 to 16:30, America/Denver." in reply.text
    assert "It is quiet until 16:30 MDT." in reply.text
    assert "Quiet: 14:00-16:30" in (await setup.ask("/notify")).card
    assert "No quiet hours" in (await setup.ask("/quiet off")).text


@pytest.mark.parametrize("text", ["/quiet maybe", "/quiet 22", "/quiet 25-7"])
async def test_hours_that_cannot_be_read_are_refused_with_an_example(setup: Setup, text: str) -> None:
    reply = await setup.ask(text)
    assert not reply.ok and "/quiet 22:00-07:00" in reply.text


@pytest.mark.parametrize("text", ["/notify fill off", "/notify report here", "/notify digest 20:00", "/quiet 22-7"])
async def test_a_viewer_looks_and_changes_nothing(setup: Setup, text: str) -> None:
    shown = await setup.chat.ask("/notify", MEMBER, GUILD)
    assert shown.ok and shown.buttons == ()
    refused = await setup.chat.ask(text, MEMBER, GUILD)
    assert not refused.ok and "Only an owner" in refused.text
    assert "notices" not in setup.chat.store.values


async def test_a_chat_without_notices_says_so_and_can_get_some() -> None:
    setup = Setup(GUILD)
    for text in ("/notify", "/notify fill off", "/quiet 22-7", "/notify digest 20"):
        assert "This chat gets no notices." in (await setup.ask(text)).text
    assert (await setup.ask("/notify report here")).ok
    assert level_of(setup, NoticeKind.REPORT) is Level.ON


@pytest.mark.parametrize("text", ["/notify fill off", "/quiet 22:00-07:00"])
async def test_a_change_that_was_written_long_ago_is_not_made(setup: Setup, text: str) -> None:
    await setup.preferences.load()
    reply = await setup.chat.say(text, age=61)
    assert reply is not None and not reply.ok and "nothing was done" in reply.text
    assert level_of(setup, NoticeKind.FILL) is Level.ON and setup.preferences.quiet(HOME) is None
    assert (await setup.chat.say(text, age=59)) is not None
    assert level_of(setup, NoticeKind.FILL) is Level.OFF or setup.preferences.quiet(HOME) is not None


def test_settings_name_routes_and_refuse_what_is_none() -> None:
    settings = ChatSettings.model_validate({"notice_routes": "report=telegram:-100123/7, fill=discord:456"})
    assert settings.notice_routes == ("report=telegram:-100123/7", "fill=discord:456")
    with pytest.raises(ValueError, match="NOTICE_ROUTES holds"):
        ChatSettings.model_validate({"notice_routes": "reports=telegram:1"})
