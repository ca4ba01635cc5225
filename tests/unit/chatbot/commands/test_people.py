"""Letting people in and out, from chat: codes, roles, lists, and the audit trail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from syrupy.assertion import SnapshotAssertion

from chatbot.access.people import People
from chatbot.access.roles import Access
from chatbot.message import Actor, Channel, Reply, Role
from chatbot.present.layout import WIDTH, columns
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
from tests.unit.chatbot.conftest import HOME, OWNER, Chat, build_chat

GROUP = Channel("telegram", "-5")
ANNA, HERS = Actor("telegram", "123456789", "anna"), Channel("telegram", "123456789")
MEMBER = Actor("telegram", "77", "member")
BEN = Actor("discord", "800000000000000001", "ben", guild="9")
GUILD = Channel("discord", "7")
MALLORY, ELSEWHERE = Actor("discord", "800000000000000666", "mallory", guild="9"), Channel("discord", "99")
LOCAL, PAGE = Actor("web", "owner", "owner"), Channel("web", "page")
SETTINGS = {"telegram_chat_id": "42,-5", "discord_channel_id": "7", "discord_guild_id": "9"}


@pytest_asyncio.fixture
async def store() -> AsyncIterator[ChatStore]:
    store = ChatStore("sqlite:///:memory:")
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def chat(store: ChatStore) -> Chat:
    return chat_under(store, **SETTINGS)


def chat_under(store: ChatStore, **settings: str) -> Chat:
    return build_chat(ChatSettings.model_validate(settings), store=store)


def people_of(chat: Chat) -> People:
    return access_of(chat).people


def access_of(chat: Chat) -> Access:
    return chat.router.admission.access


def code_in(reply: Reply) -> str:
    return next(line for line in reply.text.splitlines() if line.startswith("/pair "))


async def let_in(chat: Chat, actor: Actor, role: str, by: Actor = LOCAL, at: Channel = PAGE) -> None:
    await chat.ask(f"/role {actor.key} {role}", by, at)


class TestACode:
    async def test_from_the_terminal_makes_the_first_owner(self, store: ChatStore) -> None:
        chat = chat_under(store)
        codes = await chat.router.admission.first_codes(["telegram", "discord", "web"])
        assert set(codes) == {"telegram", "discord"}
        welcome = await chat.ask(f"/pair {codes['telegram']}", ANNA, HERS)
        assert "You are an owner now" in welcome.text and "gets the notices" in welcome.text
        assert access_of(chat).role(ANNA, HERS) is Role.OWNER
        assert people_of(chat).served() == (HERS,)

    async def test_is_not_printed_where_there_is_an_owner(self, store: ChatStore) -> None:
        chat = chat_under(store, **SETTINGS, discord_roles="500:owner")
        assert await chat.router.admission.first_codes(["telegram", "discord"]) == {}

    async def test_of_a_chat_that_is_configured_leaves_the_notices_where_they_are(self, store: ChatStore) -> None:
        chat = chat_under(store, telegram_chat_id="-5")
        code = (await chat.router.admission.first_codes(["telegram"]))["telegram"]
        assert "owner now" in (await chat.ask(f"/pair {code}", ANNA, HERS)).text
        assert people_of(chat).served() == ()

    async def test_in_a_group_makes_it_served_and_its_members_viewers(self, store: ChatStore) -> None:
        chat = chat_under(store)
        code = (await chat.router.admission.first_codes(["telegram"]))["telegram"]
        await chat.ask(f"/pair {code}", ANNA, GROUP)
        assert access_of(chat).role(MEMBER, GROUP) is Role.VIEWER
        assert access_of(chat).role(ANNA, GROUP) is Role.OWNER

    async def test_invites_with_the_role_it_names(self, chat: Chat) -> None:
        reply = await chat.ask("/pair trader")
        assert reply.private and "-" not in reply.text.splitlines()[0]
        assert "You are a trader now" in (await chat.ask(code_in(reply), ANNA, HERS)).text
        assert access_of(chat).role(ANNA, HERS) is Role.TRADER

    async def test_in_a_group_is_given_with_a_warning(self, chat: Chat) -> None:
        assert "Everybody in this chat can read it" in (await chat.ask("/pair viewer", OWNER, GROUP)).text
        assert "Everybody" not in (await chat.ask("/pair viewer")).text

    async def test_is_made_by_owners_only(self, chat: Chat) -> None:
        await let_in(chat, ANNA, "trader")
        for role in ("viewer", "trader", "owner"):
            assert "Only an owner" in (await chat.ask(f"/pair {role}", ANNA, HERS)).text

    async def test_is_worth_nothing_once_its_maker_is_no_owner_any_more(self, chat: Chat) -> None:
        await let_in(chat, ANNA, "owner")
        code = code_in(await chat.ask("/pair trader", ANNA, HERS))
        await let_in(chat, ANNA, "viewer")
        assert "wrong, used, or older" in (await chat.ask(code, BEN, GUILD)).text
        assert access_of(chat).role(BEN, GUILD) is Role.VIEWER

    async def test_does_not_lower_whoever_sends_it_and_stays_good(self, chat: Chat) -> None:
        code = code_in(await chat.ask("/pair viewer"))
        assert "not used" in (await chat.ask(code)).text
        assert access_of(chat).role(OWNER, HOME) is Role.OWNER
        assert "viewer now" in (await chat.ask(code, ANNA, HERS)).text

    async def test_that_is_wrong_is_told_five_times_an_hour(self, chat: Chat) -> None:
        said = [await chat.say("/pair ABCD-2345", ANNA, HERS) for _ in range(9)]
        assert [reply is not None for reply in said] == [True] * 5 + [False] * 4
        good = code_in(await chat.ask("/pair trader"))
        assert await chat.say(good, ANNA, HERS) is None
        chat.clock.advance(3600)
        assert "wrong" in (await chat.ask(good, ANNA, HERS)).text
        assert "trader now" in (await chat.ask(code_in(await chat.ask("/pair trader")), ANNA, HERS)).text

    async def test_cannot_be_guessed_by_many_tries_at_once(self, chat: Chat) -> None:
        said = await asyncio.gather(*(chat.say("/pair ABCD-2345", ANNA, HERS) for _ in range(40)))
        assert sum(reply is not None for reply in said) == 5

    async def test_does_not_let_in_again_whom_an_owner_shut_out(self, chat: Chat) -> None:
        code = code_in(await chat.ask("/pair trader"))
        await let_in(chat, ANNA, "none")
        assert await chat.say(code, ANNA, HERS) is None
        assert access_of(chat).role(ANNA, HERS) is Role.NOBODY

    async def test_of_an_owner_by_a_discord_role_counts(self, store: ChatStore) -> None:
        chat = chat_under(store, discord_channel_id="7", discord_roles="500:owner")
        code = code_in(await chat.ask("/pair trader", replace(BEN, groups=("500",)), GUILD))
        assert "trader now" in (await chat.ask(code, MALLORY, GUILD)).text

    async def test_stands_in_no_record(self, chat: Chat, store: ChatStore) -> None:
        code = code_in(await chat.ask("/pair trader")).removeprefix("/pair ")
        await chat.say(code, ANNA, HERS)
        await chat.ask(f"/pair {code}", ANNA, HERS)
        for entry in await store.audit(10):
            assert code not in entry.action + entry.outcome + entry.shown
        assert (await store.audit(1))[0].action == "/pair ****"

    async def test_is_not_taken_from_a_button(self, chat: Chat) -> None:
        code = code_in(await chat.ask("/pair owner"))
        await let_in(chat, ANNA, "viewer")
        assert "typed" in (await chat.press(f"do:{code}", ANNA, HERS)).toast
        assert access_of(chat).role(ANNA, HERS) is Role.VIEWER

    async def test_of_a_stranger_counts_in_private_and_in_served_chats_only(self, chat: Chat) -> None:
        code = code_in(await chat.ask("/pair trader"))
        assert "only people it knows" in (await chat.ask(code, ANNA, Channel("telegram", "-99"))).text
        suspect = replace(ANNA, suspect="forwarded")
        assert await chat.say(code, suspect, HERS) is None
        assert "trader now" in (await chat.ask(code, ANNA, HERS)).text


class TestOneselfElsewhere:
    async def test_is_the_same_person_with_the_same_role(self, chat: Chat) -> None:
        code = code_in(await chat.ask("/pair me"))
        assert "count as one person" in (await chat.ask(code, BEN, GUILD)).text
        assert access_of(chat).role(BEN, GUILD) is Role.OWNER
        assert people_of(chat).person(BEN) == people_of(chat).person(OWNER)

    async def test_from_the_page_is_the_person_at_the_page(self, chat: Chat) -> None:
        code = code_in(await chat.ask("/pair me", LOCAL, PAGE))
        await chat.ask(code, BEN, GUILD)
        assert people_of(chat).person(BEN) == people_of(chat).person(LOCAL)
        assert access_of(chat).role(BEN, GUILD) is Role.OWNER

    async def test_follows_the_role_of_the_first_account(self, chat: Chat) -> None:
        await let_in(chat, ANNA, "trader")
        await chat.ask(code_in(await chat.ask("/pair me", ANNA, HERS)), BEN, GUILD)
        await let_in(chat, ANNA, "none")
        assert access_of(chat).role(BEN, GUILD) is Role.NOBODY

    async def test_never_lowers_an_account_that_may_do_more(self, chat: Chat) -> None:
        await let_in(chat, ANNA, "viewer")
        await let_in(chat, BEN, "owner")
        code = code_in(await chat.ask("/pair me", ANNA, HERS))
        assert "may do more" in (await chat.ask(code, BEN, GUILD)).text
        assert access_of(chat).role(BEN, GUILD) is Role.OWNER

    async def test_is_for_people_not_for_members_of_a_chat(self, chat: Chat) -> None:
        assert "comes from this chat" in (await chat.ask("/pair me", MEMBER, GROUP)).text


class TestARole:
    async def test_counts_at_once_at_the_next_press(self, chat: Chat) -> None:
        await let_in(chat, ANNA, "trader")
        assert (await chat.press("do:/halt", ANNA, HERS)).send is not None
        await let_in(chat, ANNA, "viewer")
        refused = (await chat.press("do:/halt", ANNA, HERS)).send
        assert refused is not None and not refused.ok
        await let_in(chat, ANNA, "none")
        assert (await chat.press("do:/status", ANNA, HERS)).send is None

    async def test_is_given_by_id_by_name_and_by_button(self, chat: Chat) -> None:
        await chat.say("hello", ANNA, HERS)
        for words in ("@anna", "ANNA", "123456789", "telegram:123456789"):
            assert (await chat.ask(f"/role {words} viewer")).ok
            assert (await chat.ask(f"/role {words} none")).ok
        pressed = await chat.press(f"do:/role {ANNA.key} trader")
        assert pressed.send is not None and pressed.send.ok
        assert access_of(chat).role(ANNA, HERS) is Role.TRADER

    async def test_of_a_name_that_two_have_is_asked_for(self, chat: Chat) -> None:
        await chat.say("hello", ANNA, HERS)
        await chat.say("hello", replace(BEN, name="anna"), ELSEWHERE)
        asked = await chat.ask("/role @anna trader")
        assert "2 accounts" in asked.text and len(asked.buttons) == 2
        assert access_of(chat).role(ANNA, HERS) is Role.NOBODY

    async def test_is_not_stolen_by_a_name_that_looks_like_an_id(self, chat: Chat) -> None:
        await chat.say("hello", replace(MALLORY, name="123456789"), ELSEWHERE)
        await chat.say("hello", ANNA, HERS)
        assert (await chat.ask("/role 123456789 trader")).ok
        assert access_of(chat).role(ANNA, HERS) is Role.TRADER
        assert access_of(chat).standing_of(MALLORY.key) is None

    async def test_of_the_settings_is_changed_there(self, chat: Chat) -> None:
        reply = await chat.ask("/role 42 viewer", LOCAL, PAGE)
        assert not reply.ok and "TELEGRAM_CHAT_ID" in reply.text
        assert access_of(chat).role(OWNER, HOME) is Role.OWNER

    async def test_of_the_last_owner_stays(self, store: ChatStore) -> None:
        chat = chat_under(store)
        await let_in(chat, ANNA, "owner")
        for role in ("viewer", "none"):
            assert "last owner" in (await chat.ask(f"/role {ANNA.key} {role}", ANNA, HERS)).text
        await let_in(chat, BEN, "owner")
        assert (await chat.ask(f"/role {ANNA.key} viewer", LOCAL, PAGE)).ok

    async def test_is_never_taken_from_both_of_two_owners(self, store: ChatStore) -> None:
        chat = chat_under(store)
        for actor in (ANNA, BEN):
            await let_in(chat, actor, "owner")
        await asyncio.gather(
            chat.say(f"/role {BEN.key} none", LOCAL, PAGE), chat.say(f"/role {ANNA.key} none", LOCAL, PAGE)
        )
        assert len(access_of(chat).owners("telegram") | access_of(chat).owners("discord")) == 1

    async def test_is_not_raised_by_oneself(self, store: ChatStore) -> None:
        chat = chat_under(store, discord_channel_id="7", discord_roles="500:owner")
        boss = replace(BEN, groups=("500",))
        assert "nobody raises themselves" in (await chat.ask(f"/role {boss.key} owner", boss, GUILD)).text

    async def test_of_an_account_linked_to_the_page_can_be_taken(self, chat: Chat) -> None:
        await chat.ask(code_in(await chat.ask("/pair me", LOCAL, PAGE)), BEN, GUILD)
        assert (await chat.ask(f"/role {BEN.key} none")).ok
        assert access_of(chat).role(BEN, GUILD) is Role.NOBODY
        assert access_of(chat).role(LOCAL, PAGE) is Role.OWNER

    async def test_that_is_taken_leaves_nothing_in_a_group(self, chat: Chat) -> None:
        await chat.ask("/status", MEMBER, GROUP)
        assert (await chat.ask("/role @member none")).ok
        assert access_of(chat).role(MEMBER, GROUP) is Role.NOBODY


class TestStrangers:
    async def test_are_told_to_an_owner_once(self, chat: Chat) -> None:
        await chat.say("hello", ANNA, HERS)
        await chat.say("hello?", ANNA, HERS)
        await chat.say("hello", MALLORY, ELSEWHERE)
        assert "knocked" not in (await chat.ask("/status", MEMBER, GROUP)).text
        assert "2 strangers knocked: /users" in (await chat.ask("/status")).text
        assert "knocked" not in (await chat.ask("/status")).text

    async def test_are_admitted_by_a_button_and_listed_no_more(self, chat: Chat) -> None:
        await chat.say("hello", ANNA, HERS)
        listed = await chat.ask("/users")
        assert [button.id for button in listed.buttons] == [f"do:/role {ANNA.key} {r}" for r in ("viewer", "trader")]
        await chat.press(listed.buttons[0].id)
        assert (await chat.ask("/users")).buttons == ()
        assert "Kraken" in (await chat.ask("/status", ANNA, HERS)).text

    async def test_with_an_identity_of_several_people_cannot_be_admitted(self, chat: Chat) -> None:
        await chat.say("hello", replace(ANNA, suspect="anonymous admin"), GROUP)
        listed = await chat.ask("/users")
        assert "Anonymous admin" in listed.card and listed.buttons == ()


async def test_lists_fit_a_phone(chat: Chat, snapshot: SnapshotAssertion) -> None:
    await let_in(chat, ANNA, "trader")
    await chat.ask("/status", ANNA, HERS)
    await let_in(chat, MEMBER, "none")
    await chat.say("let me in", MALLORY, ELSEWHERE)
    chat.clock.advance(125)
    replies = [
        await chat.ask("/users", LOCAL, PAGE),
        await chat.ask("/whoami", ANNA, HERS),
        await chat.ask("/whoami", replace(BEN, groups=("800000000000000500",)), GUILD),
        await chat.ask("/audit", LOCAL, PAGE),
        await chat.ask("/audit @anna", LOCAL, PAGE),
        await chat.ask("/pair", LOCAL, PAGE),
    ]
    for reply in replies:
        assert all(columns(line) <= WIDTH for line in reply.card.splitlines())
    assert "\n=====\n".join(reply.plain() for reply in replies) == snapshot


async def test_the_trail_says_what_was_shown_and_what_came_of_it(chat: Chat, store: ChatStore) -> None:
    await chat.ask("/status")
    await chat.say("/halt", ANNA, HERS)
    await chat.press("do:/resume confirm")
    chat.desk.fails = RuntimeError("boom")
    await chat.ask("/status")
    status, halt, resume, failed = await store.audit(4)
    assert status.outcome == "ok" and "PAPER · Kraken" in status.shown
    assert halt.outcome == "denied" and "only people it knows" in halt.shown
    assert resume.outcome == "ok" and resume.action == "do:/resume confirm" and resume.shown
    assert failed.outcome == "failed" and "logged" in failed.shown


async def test_people_are_the_same_after_a_restart(chat: Chat, store: ChatStore) -> None:
    await chat.ask(code_in(await chat.ask("/pair trader")), ANNA, HERS)
    again = chat_under(store, **SETTINGS)
    halted = await again.say("/halt", ANNA, HERS, update_id="after the restart")
    assert halted is not None and halted.ok
