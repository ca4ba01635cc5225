"""What people chose: levels, routes, quiet hours, digests; kept, carried along, and never leaving nobody to hear."""

from __future__ import annotations

import asyncio
from datetime import time

import pytest

from chatbot.message import Channel
from chatbot.notices.audience import Audience
from chatbot.notices.kinds import NoticeKind
from chatbot.notices.preferences import Level, NobodyLeft, Preferences
from chatbot.notices.quiet import QuietHours
from chatbot.notices.routes import read_routes
from tests.unit.chatbot.fake_transport import FakeTransport
from tests.unit.chatbot.memory_store import MemoryChatStore

CHAT, GUILD, PAGE = Channel("telegram", "-1"), Channel("discord", "1"), Channel("web", "page")
TOPIC = Channel("telegram", "-1/7")
STOP, FILL, REPORT, CHATTER = NoticeKind.STOP, NoticeKind.FILL, NoticeKind.REPORT, NoticeKind.CHATTER


async def opened(store: MemoryChatStore, *own: Channel, routes: tuple[str, ...] = ()) -> Preferences:
    channels = own or (CHAT, GUILD, PAGE)
    preferences = Preferences(store, lambda: channels, read_routes(routes))  # type: ignore[arg-type]
    await preferences.load()
    return preferences


@pytest.fixture
def store() -> MemoryChatStore:
    return MemoryChatStore()


async def test_by_default_everything_is_on_and_chatter_makes_no_sound(store: MemoryChatStore) -> None:
    preferences = await opened(store)
    levels = {kind: preferences.level(CHAT, kind) for kind in NoticeKind}
    assert levels.pop(CHATTER) is Level.SILENT
    assert set(levels.values()) == {Level.ON}


async def test_choices_outlive_a_restart_and_hold_for_their_chat_alone(store: MemoryChatStore) -> None:
    preferences = await opened(store)
    await preferences.set_level(CHAT, FILL, Level.OFF)
    await preferences.set_quiet(CHAT, QuietHours(time(22), time(7)))
    await preferences.set_digest(GUILD, time(20))
    again = await opened(store)
    assert (again.level(CHAT, FILL), again.level(GUILD, FILL)) == (Level.OFF, Level.ON)
    assert (str(again.quiet(CHAT)), again.quiet(GUILD), again.digest(GUILD)) == ("22:00-07:00", None, time(20))
    await again.set_quiet(CHAT, None)
    assert again.quiet(CHAT) is None


async def test_a_routed_kind_goes_there_alone_and_the_page_keeps_everything(store: MemoryChatStore) -> None:
    preferences = await opened(store)
    await preferences.set_route(REPORT, TOPIC)
    where = {channel: preferences.level(channel, REPORT) for channel in (CHAT, GUILD, PAGE, TOPIC)}
    assert where == {CHAT: Level.OFF, GUILD: Level.OFF, PAGE: Level.ON, TOPIC: Level.ON}
    assert preferences.level(TOPIC, FILL) is Level.OFF, "a topic that only gets reports gets nothing else"
    assert preferences.routed() == (TOPIC,)
    await preferences.set_route(REPORT, None)
    assert preferences.level(CHAT, REPORT) is Level.ON and preferences.routed() == ()


async def test_routes_of_the_settings_hold_until_somebody_changes_them(store: MemoryChatStore) -> None:
    routes = ("report=telegram:-1/7", "fill=discord:1")
    preferences = await opened(store, routes=routes)
    assert preferences.level(CHAT, FILL) is Level.OFF and preferences.level(TOPIC, REPORT) is Level.ON
    await preferences.set_route(FILL, None)
    assert (await opened(store, routes=routes)).level(CHAT, FILL) is Level.ON


@pytest.mark.parametrize("pair", ["report", "reports=telegram:1", "report=telegram", "report=:1"])
def test_a_route_that_cannot_be_read_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        read_routes((pair,))


@pytest.mark.parametrize("kind", [NoticeKind.STOP, NoticeKind.APPROVAL])
async def test_stops_and_approvals_cannot_be_off_everywhere(store: MemoryChatStore, kind: NoticeKind) -> None:
    preferences = await opened(store)
    await preferences.set_level(CHAT, kind, Level.OFF)
    with pytest.raises(NobodyLeft):
        await preferences.set_level(GUILD, kind, Level.OFF)
    assert preferences.level(GUILD, kind) is Level.ON
    await preferences.set_level(GUILD, kind, Level.SILENT)


async def test_nor_by_a_route_to_a_chat_that_has_them_off(store: MemoryChatStore) -> None:
    preferences = await opened(store)
    await preferences.set_level(CHAT, STOP, Level.OFF)
    with pytest.raises(NobodyLeft):
        await preferences.set_route(STOP, CHAT)


async def test_without_any_chat_the_page_must_hear_of_them(store: MemoryChatStore) -> None:
    preferences = await opened(store, PAGE)
    with pytest.raises(NobodyLeft):
        await preferences.set_level(PAGE, STOP, Level.OFF)


async def test_choices_go_with_a_group_that_moves_twice(store: MemoryChatStore) -> None:
    preferences = await opened(store)
    new, newest = Channel("telegram", "-100"), Channel("telegram", "-200")
    await preferences.set_level(CHAT, FILL, Level.OFF)
    await preferences.set_route(REPORT, CHAT)
    await preferences.move(CHAT, new)
    await preferences.move(new, newest)
    again = await opened(store)
    assert again.own()[0] == newest and set(again.former(newest)) == {CHAT.key, new.key}
    assert (again.level(newest, FILL), again.level(newest, REPORT)) == (Level.OFF, Level.ON)
    assert again.level(GUILD, REPORT) is Level.OFF


async def test_a_failed_write_changes_nothing_and_rings_nobody(store: MemoryChatStore) -> None:
    preferences, bell = await opened(store), asyncio.Event()
    preferences.listen(bell)

    async def full(key: str, value: str) -> None:
        raise OSError("disk full")

    store.put = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="full"):
        await preferences.set_level(CHAT, FILL, Level.OFF)
    assert preferences.level(CHAT, FILL) is Level.ON and not bell.is_set()


async def test_the_audience_is_own_and_routed_channels_and_knows_where_cards_appear(store: MemoryChatStore) -> None:
    transports = (FakeTransport("telegram"), FakeTransport("discord"))
    preferences = await opened(store, Channel("telegram", "1"), GUILD)
    audience = Audience(transports, preferences)
    await preferences.set_route(REPORT, TOPIC)
    assert set(audience.channels()) == {Channel("telegram", "1"), GUILD, TOPIC}
    await preferences.set_level(GUILD, NoticeKind.APPROVAL, Level.OFF)
    assert list(audience) == ["telegram:1"] and "discord:1" not in audience
