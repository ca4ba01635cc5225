from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from chatbot.message import Channel, MessageRef, Picture, Reply, Undeliverable
from chatbot.transports.web import WebTransport
from chatbot.transports.web_conversation import OWNER, PAGE
from chatbot.transports.wire import press_from_wire, reply_from_wire
from tests.browser.page_bot import (
    ALERTS,
    ANSWER,
    APPROVED,
    BANNER,
    NOW,
    TOKEN,
    WAITING,
    PageBot,
    png,
    served,
    transport,
)
from trading.errors import Fatal

PAGES = ["/", "/dashboard"]
READS = ["/api/commands", "/api/feed", "/api/status", "/api/dashboard", "/api/performance", "/pictures/equity.png"]
OPEN = ["/healthz", "/static/style.css"]
POSTS = {"/api/message": {"text": "/status"}, "/api/ask": {"text": "/status"}, "/api/press": {"id": "no:1"}}
WRITES = ["POST", "PUT", "PATCH", "DELETE"]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:5000",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "0.0.0.0",
    "192.168.1.7",
    "[::2]",
    "user@localhost",
    "localhost/x",
    "localhost:x",
]
FOREIGN_ORIGINS = [
    "https://evil.example",
    "null",
    "",
    "http://localhost:1",
    "http://127.0.0.1",
    "file://",
    "http://evil@127.0.0.1",
]
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "javascript:alert(1)",
    "\u202e</pre>",
]


MALFORMED = [
    (b'{"text": "' + b"x" * 20_000 + b'"}', "application/json", 413),
    (b'{"text": "' + b"x" * 5_000 + b'"}', "application/json", 400),
    (b'{"text": ""}', "application/json", 400),
    (b'{"text": "   "}', "application/json", 400),
    (b'{"text": 7}', "application/json", 400),
    (b"{}", "application/json", 400),
    (b"[]", "application/json", 400),
    (b"not json", "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b"", "application/json", 400),
    (b'{"text": "/status"}', "text/plain", 415),
    (b"text=/status", "application/x-www-form-urlencoded", 415),
]


@dataclass
class Site:
    """The page in service, and who asks: with the token, with the cookie, or with nothing."""

    address: str
    transport: WebTransport
    bot: PageBot
    token: httpx2.AsyncClient
    cookie: httpx2.AsyncClient
    nobody: httpx2.AsyncClient

    @property
    def origin(self) -> dict[str, str]:
        return {"origin": self.address}

    def who(self, name: str) -> httpx2.AsyncClient:
        return {"token": self.token, "cookie": self.cookie, "nobody": self.nobody}[name]

    async def feed(self, after: int = 0) -> dict[str, Any]:
        answer = await self.token.get(f"/api/feed?after={after}")
        return dict(answer.json())

    async def until(self, words: str) -> dict[str, Any]:
        """The newest message with `words`, once it is there."""
        cursor = 0
        async with asyncio.timeout(10), self.live() as socket:
            while True:
                changes = json.loads(await socket.recv())
                for message in reversed(changes["messages"]):
                    if words in message["text"]:
                        return dict(message)
                assert changes["cursor"] > cursor
                cursor = changes["cursor"]

    def live(self, query: str = "after=0", **headers: str) -> connect:
        given = {"Authorization": f"Bearer {TOKEN}"} | headers
        address = f"{self.address.replace('http', 'ws')}/api/live?{query}"
        return connect(address, additional_headers=given, max_size=None)


def asking(address: str, **headers: str) -> httpx2.AsyncClient:
    """A client of the page. It loads no certificates: the page is plain HTTP on loopback, and loading takes long."""
    return httpx2.AsyncClient(base_url=address, headers=headers, verify=False, trust_env=False)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    page, bot = transport(), PageBot()
    async with served(page, bot) as address, asking(address) as nobody:
        bearer = asking(address, authorization=f"Bearer {TOKEN}")
        cookie = asking(address, origin=address)
        async with bearer, cookie:
            await cookie.get(f"/?token={TOKEN}")
            yield Site(address, page, bot, bearer, cookie, nobody)


# Who gets in


@pytest.mark.parametrize("who", ["token", "cookie", "nobody"])
async def test_every_address_answers_by_method_and_credential(site: Site, who: str) -> None:
    asked = site.who(who)
    for path in [*PAGES, *READS]:
        assert (await asked.get(path)).status_code == (401 if who == "nobody" else 200), path
        for method in WRITES:
            assert (await asked.request(method, path, json={})).status_code == (401 if who == "nobody" else 405), path
    for path, body in POSTS.items():
        expected = 401 if who == "nobody" else 202 if path == "/api/message" else 200
        assert (await asked.post(path, json=body)).status_code == expected, path
        for method in ["GET", "PUT", "PATCH", "DELETE"]:
            assert (await asked.request(method, path)).status_code == (401 if who == "nobody" else 405), path
    for path in OPEN:
        assert (await asked.get(path)).status_code == 200, path
        for method in WRITES:
            # The cookie's client and the token's pass the gate; without either a post is not from our page.
            assert (await asked.request(method, path)).status_code == 405, path


async def test_health_says_ok_to_anybody(site: Site) -> None:
    assert (await site.nobody.get("/healthz")).json() == {"ok": True}


async def test_the_link_is_exchanged_for_a_cookie_that_is_not_the_token(site: Site) -> None:
    answer = await site.nobody.get(f"/?token={TOKEN}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert TOKEN not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    port = site.address.rpartition(":")[2]
    assert cookie.startswith(f"purser_{port}="), "bots on one machine would take each other's cookie"


async def test_the_link_keeps_working_and_leads_where_it_says(site: Site) -> None:
    for _ in range(2):
        answer = await site.nobody.get(f"/dashboard?token={TOKEN}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")


async def test_the_token_in_other_addresses_redirects_nowhere(site: Site) -> None:
    for path in ["//evil.example/", "/\\evil.example", "/api/status", "/healthz"]:
        answer = await site.nobody.get(f"{site.address}{path}?token={TOKEN}")
        assert "location" not in answer.headers, path
        assert "set-cookie" not in answer.headers, path


async def test_without_a_credential_the_page_says_where_the_link_is(site: Site) -> None:
    page = await site.nobody.get("/")
    assert "terminal" in page.text
    assert "text/html" in page.headers["content-type"]
    assert "error" in (await site.nobody.get("/api/status")).json()


async def test_what_is_not_the_token_opens_nothing(site: Site) -> None:
    for name, value in [
        ("authorization", "Bearer wrong"),
        ("authorization", "Bearer"),
        ("authorization", TOKEN),
        ("authorization", f"Basic {TOKEN}"),
        ("authorization", f"Bearer {TOKEN[:-1]}"),
        ("authorization", f"Bearer {TOKEN}x"),
        ("authorization", "Bearer \u00ff\u00fe"),
        ("cookie", f"purser_1={TOKEN}"),
        ("x-token", TOKEN),
    ]:
        answer = await site.nobody.get("/api/status", headers=[(name.encode(), value.encode("latin-1"))])
        assert answer.status_code == 401, (name, value)


async def test_the_token_is_no_cookie_and_the_cookie_no_token(site: Site) -> None:
    port = site.address.rpartition(":")[2]
    value = site.cookie.cookies[f"purser_{port}"]
    as_cookie = await site.nobody.get("/api/status", headers={"cookie": f"purser_{port}={TOKEN}"})
    as_token = await site.nobody.get("/api/status", headers={"authorization": f"Bearer {value}"})
    assert (as_cookie.status_code, as_token.status_code) == (401, 401)


def test_a_page_without_a_token_is_not_served() -> None:
    from chatbot.transports.web_gate import Gate

    with pytest.raises(ValueError, match="token"):
        Gate(lambda *_: None, "", "127.0.0.1", 5000)  # type: ignore[arg-type]


# From where


async def test_a_foreign_host_name_is_refused_everywhere(site: Site) -> None:
    for host in FOREIGN_HOSTS:
        for path in ["/", "/healthz", "/static/style.css", "/api/status", f"/?token={TOKEN}"]:
            answer = await site.token.get(path, headers={"host": host})
            assert answer.status_code == 400, (host, path)
            assert "set-cookie" not in answer.headers


async def test_this_machines_names_are_let_in(site: Site) -> None:
    for host in ["localhost", "localhost:8080", "127.0.0.1", "[::1]:5000", "LOCALHOST"]:
        assert (await site.token.get("/api/status", headers={"host": host})).status_code == 200, host


async def test_a_page_on_every_interface_takes_addresses_but_no_foreign_names() -> None:
    page = transport(host="0.0.0.0")
    async with served(page, PageBot()) as address, asking(address) as client:
        assert address.startswith("http://127.0.0.1:")
        assert (await client.get("/healthz", headers={"host": "192.168.1.7:5000"})).status_code == 200
        assert (await client.get("/healthz", headers={"host": "evil.example"})).status_code == 400


async def test_posts_of_other_sites_pages_are_refused(site: Site) -> None:
    for origin in FOREIGN_ORIGINS:
        for path, body in POSTS.items():
            for asked in (site.cookie, site.token):
                answer = await asked.post(path, json=body, headers={"origin": origin})
                assert answer.status_code == 403, (origin, path)
    assert site.bot.heard == []
    assert site.bot.pressed == []


async def test_a_cookie_without_an_origin_may_read_but_not_post(site: Site) -> None:
    del site.cookie.headers["origin"]
    assert (await site.cookie.get("/api/status")).status_code == 200
    assert (await site.cookie.post("/api/message", json={"text": "/status"})).status_code == 403


async def test_programs_need_no_origin(site: Site) -> None:
    assert (await site.token.post("/api/ask", json={"text": "/status"})).status_code == 200


async def test_the_live_feed_is_for_the_owner_on_our_page(site: Site) -> None:
    for headers in (
        {"Authorization": "Bearer wrong"},
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
    ):
        with pytest.raises(InvalidStatus):
            async with site.live(**headers):
                pass


async def test_every_answer_carries_the_protecting_headers(site: Site) -> None:
    await site.token.post("/api/ask", json={"text": "How did we do vs BTC?"})
    picture = (await site.feed())["messages"][-1]["pictures"][0]["url"]
    answers = [await site.cookie.get(path) for path in [*PAGES, *READS, *OPEN, picture, "/nothing"]]
    answers += [
        await site.nobody.get("/"),
        await site.token.post("/"),
        await site.nobody.get("/", headers={"host": "x"}),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


async def test_pages_hold_no_inline_script_or_style_and_name_no_other_host(site: Site) -> None:
    for path in PAGES:
        html = (await site.cookie.get(path)).text
        assert BANNER in html
        assert "://" not in html
        assert "style=" not in html
        assert "onclick" not in html
        assert html.count("<script") == html.count('<script type="module" src="/static/') == 1
    assert "://" not in (await site.nobody.get("/")).text


async def test_static_files_do_not_lead_out_of_their_folder(site: Site) -> None:
    for path in ["/static/../web.py", "/static/%2e%2e/web.py", "/static/..%2fweb.py", "/static/"]:
        assert (await site.token.get(path)).status_code == 404


# What comes in


async def test_a_message_is_the_owners_and_is_answered_through_the_feed(site: Site) -> None:
    answer = await site.cookie.post("/api/message", json={"text": "  /status "})
    reply = await site.until("prices 2 s old")
    heard = site.bot.heard[0]
    assert (heard.actor, heard.channel, heard.text, heard.sent_at) == (OWNER, PAGE, "/status", NOW)
    messages = (await site.feed())["messages"]
    assert [message["author"] for message in messages] == ["owner", "purser"]
    assert messages[0]["id"] == answer.json()["id"]
    assert messages[1] == reply


async def test_a_message_is_marked_while_its_answer_is_due(site: Site) -> None:
    await site.token.post("/api/message", json={"text": "/slow"})
    assert [message["answering"] for message in (await site.feed())["messages"]] == [True]
    site.bot.slow.set()
    await site.until("Done after all.")
    assert [message["answering"] for message in (await site.feed())["messages"]] == [False, False]


async def test_a_slow_answer_holds_up_nobody(site: Site) -> None:
    await site.token.post("/api/message", json={"text": "/slow"})
    answer = await asyncio.wait_for(site.token.post("/api/ask", json={"text": "/status"}), 5)
    assert reply_from_wire(answer.json()).card


async def test_what_was_asked_is_answered_on_the_page_when_the_asker_left(site: Site) -> None:
    asking_task = asyncio.create_task(site.token.post("/api/ask", json={"text": "/slow"}))
    await site.until("/slow")
    asking_task.cancel()
    site.bot.slow.set()
    await site.until("Done after all.")


async def test_ask_brings_the_whole_reply_and_shows_it_on_the_page(site: Site) -> None:
    answer = await site.token.post("/api/ask", json={"text": "How did we do vs BTC?"})
    assert reply_from_wire(answer.json()) == ANSWER
    messages = (await site.feed())["messages"]
    assert [message["text"] for message in messages] == ["How did we do vs BTC?", ANSWER.text]


async def test_a_picture_is_served_by_its_id_only(site: Site) -> None:
    await site.token.post("/api/ask", json={"text": "How did we do vs BTC?"})
    picture = (await site.feed())["messages"][-1]["pictures"][0]
    answer = await site.cookie.get(picture["url"])
    assert (answer.headers["content-type"], answer.content) == ("image/png", png())
    assert (await site.nobody.get(picture["url"])).status_code == 401
    assert (await site.cookie.get("/pictures/0123456789abcdef.png")).status_code == 404


async def test_a_press_edits_its_message_in_place(site: Site) -> None:
    card = await site.transport.send(PAGE, WAITING)
    answer = await site.cookie.post("/api/press", json={"id": "ok:7f3a", "message": card.id})
    assert press_from_wire(answer.json()).toast == "Approved."
    assert [(m["id"], m["text"]) for m in (await site.feed())["messages"]] == [(card.id, APPROVED.text)]
    press = site.bot.pressed[0]
    assert (press.actor, press.channel, press.button_id, press.message) == (OWNER, PAGE, "ok:7f3a", card)


async def test_a_press_without_a_message_edits_the_newest_that_has_the_button(site: Site) -> None:
    await site.transport.send(PAGE, Reply("before"))
    card = await site.transport.send(PAGE, WAITING)
    await site.transport.send(PAGE, Reply("after"))
    await site.token.post("/api/press", json={"id": "ok:7f3a"})
    assert [m["text"] for m in (await site.feed())["messages"]] == ["before", APPROVED.text, "after"]
    assert site.bot.pressed[0].message == card


async def test_a_press_on_a_message_that_left_the_page_is_shown_anew(site: Site) -> None:
    await site.token.post("/api/press", json={"id": "ok:7f3a", "message": "0-1"})
    assert [m["text"] for m in (await site.feed())["messages"]] == [APPROVED.text]


async def test_what_follows_a_press_is_posted(site: Site) -> None:
    await site.transport.send(PAGE, WAITING)
    await site.token.post("/api/press", json={"id": "info:7f3a"})
    assert (await site.feed())["messages"][-1]["text"] == "Two orders, sells first."


async def test_every_request_has_its_own_update_id(site: Site) -> None:
    for _ in range(3):
        await site.token.post("/api/ask", json={"text": "/status"})
        await site.token.post("/api/press", json={"id": "ok:7f3a"})
    assert len({i.update_id for i in site.bot.heard} | {p.update_id for p in site.bot.pressed}) == 6


async def test_a_failing_handler_is_told_and_nothing_of_it_leaks(site: Site) -> None:
    answer = await site.token.post("/api/ask", json={"text": "/broken"})
    reply = reply_from_wire(answer.json())
    assert not reply.ok
    assert "a defect" not in reply.text
    assert (await site.feed())["messages"][-1]["text"] == reply.text


async def test_malformed_messages_are_refused_with_a_sentence(site: Site) -> None:
    for content, kind, status in MALFORMED:
        for path in ("/api/message", "/api/ask"):
            answer = await site.token.post(path, content=content, headers={"content-type": kind})
            assert answer.status_code == status, content[:40]
            assert answer.json()["error"]
    assert site.bot.heard == []


async def test_a_body_of_unknown_length_is_cut_off_too(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024

    answer = await site.token.post("/api/ask", content=endless(), headers={"content-type": "application/json"})
    assert answer.status_code == 413


async def test_malformed_presses_are_refused(site: Site) -> None:
    for body in [{"id": ""}, {"id": "x" * 65}, {"message": "1"}, {"id": "ok:1", "message": "x" * 65}]:
        assert (await site.token.post("/api/press", json=body)).status_code == 400, body
    assert site.bot.pressed == []


async def test_hostile_text_travels_as_data_only(site: Site) -> None:
    for text in HOSTILE:
        await site.token.post("/api/ask", json={"text": text})
        await site.transport.send(PAGE, Reply(text, card=text))
    answer = await site.token.get("/api/feed")
    assert answer.headers["content-type"] == "application/json"
    assert [message["text"] for message in answer.json()["messages"]][::3] == HOSTILE
    assert [message["card"] for message in answer.json()["messages"]][2::3] == HOSTILE
    for path in PAGES:
        page = (await site.token.get(path)).text
        assert not any(text in page for text in HOSTILE)


async def test_a_hostile_banner_is_escaped() -> None:
    async with served(transport(banner=HOSTILE[0]), PageBot()) as address, asking(address) as client:
        html = (await client.get("/", headers={"authorization": f"Bearer {TOKEN}"})).text
    assert "&lt;script&gt;" in html
    assert HOSTILE[0] not in html


# What goes out


async def test_the_feed_goes_on_after_a_cursor(site: Site) -> None:
    await site.transport.send(PAGE, Reply("one"))
    cursor = (await site.feed())["cursor"]
    await site.transport.send(PAGE, Reply("two"))
    assert [message["text"] for message in (await site.feed(cursor))["messages"]] == ["two"]
    elsewhere = (await site.token.get(f"/api/feed?after={cursor}&feed=another")).json()
    assert [message["text"] for message in elsewhere["messages"]] == ["one", "two"]


async def test_a_malformed_cursor_is_refused(site: Site) -> None:
    for after in ["x", "-1", "1.5", "٣", "9" * 40]:
        assert (await site.token.get("/api/feed", params={"after": after})).status_code == 400, after


async def test_notices_and_edits_are_pushed(site: Site) -> None:
    async with asyncio.timeout(10), site.live() as socket:
        ref = await site.transport.send(PAGE, WAITING)
        assert [m["text"] for m in json.loads(await socket.recv())["messages"]] == [WAITING.text]
        await site.transport.edit(ref, APPROVED)
        changed = json.loads(await socket.recv())["messages"]
    assert [(m["id"], m["text"], m["buttons"]) for m in changed] == [(ref.id, APPROVED.text, [])]


async def test_a_tab_that_comes_back_misses_nothing(site: Site) -> None:
    async with asyncio.timeout(10):
        async with site.live() as socket:
            await site.transport.send(PAGE, Reply("one"))
            seen = json.loads(await socket.recv())
        await site.transport.send(PAGE, Reply("two"))
        async with site.live(f"after={seen['cursor']}&feed={seen['feed']}") as socket:
            assert [m["text"] for m in json.loads(await socket.recv())["messages"]] == ["two"]


async def test_several_tabs_see_the_same(site: Site) -> None:
    async with asyncio.timeout(10), site.live() as one, site.live() as two, site.live() as three:
        await site.transport.send(PAGE, Reply("for all"))
        tabs: list[ClientConnection] = [one, two, three]
        for tab in tabs:
            assert json.loads(await tab.recv())["messages"][0]["text"] == "for all"


async def test_a_tab_that_does_not_read_delays_nobody_and_catches_up(site: Site) -> None:
    heavy = Reply("x" * 50_000)
    async with asyncio.timeout(20), site.live() as stuck, site.live() as quick:
        stuck.transport.pause_reading()
        card = await site.transport.send(PAGE, Reply("card"))
        for _ in range(400):
            await site.transport.send(PAGE, heavy)
            await site.transport.edit(card, Reply("still waiting"))
        await site.transport.edit(card, Reply("decided"))
        for tab in (quick, stuck):
            if tab is stuck:
                stuck.transport.resume_reading()
            assert await newest_words_of(tab, card) == "decided"


async def newest_words_of(tab: ClientConnection, message: MessageRef, last: str = "decided") -> str:
    while True:
        for shown in json.loads(await tab.recv())["messages"]:
            if shown["id"] == message.id and shown["text"] == last:
                return last


async def test_a_message_that_left_the_page_cannot_be_edited(site: Site) -> None:
    with pytest.raises(Undeliverable):
        await site.transport.edit(MessageRef(PAGE, "0-1"), Reply("x"))


async def test_messages_are_posted_while_nobody_serves() -> None:
    page = transport()
    await page.send(PAGE, Reply("early"))
    async with served(page, PageBot()) as address, asking(address) as client:
        feed = (await client.get("/api/feed", headers={"authorization": f"Bearer {TOKEN}"})).json()
    assert [message["text"] for message in feed["messages"]] == ["early"]


async def test_notices_go_to_the_one_page() -> None:
    assert list(transport().channels()) == [Channel("web", "page")]
    assert transport().platform == "web"


async def test_pictures_no_longer_kept_are_told_by_their_caption(site: Site) -> None:
    large = Picture(png()[:8] + bytes(20_000_000), "Old chart")
    await site.transport.send(PAGE, Reply("old", pictures=(large,)))
    await site.transport.send(PAGE, Reply("new", pictures=(large,)))
    old, new = (await site.feed())["messages"]
    assert (old["pictures"][0]["url"], old["pictures"][0]["caption"]) == (None, "Old chart")
    assert (await site.token.get(new["pictures"][0]["url"])).status_code == 200


# Figures


async def test_status_has_the_header_as_shown_and_the_exact_figures(site: Site) -> None:
    status = (await site.token.get("/api/status")).json()
    assert status["banner"] == BANNER
    assert status["header"]["equity"] == "$10,482.15"
    assert status["header"]["clock"] == "21 Nov 14:02 MST"
    assert status["status"]["equity"] == "10482.15"
    assert status["status"]["price_age"] == 2.0


async def test_the_dashboard_shows_holdings_trades_and_the_card_of_the_chat(site: Site) -> None:
    view = (await site.token.get("/api/dashboard")).json()
    assert [row[0] for row in view["holdings"]["rows"]] == ["BTC", "ETH"]
    assert (len(view["trades"]["rows"]), view["trades_total"]) == (14, 31)
    assert view["pending"][0]["text"].startswith("⏳ Rebalance · PAPER · SIMULATED")
    assert view["alerts"] == list(ALERTS)
    assert {"label": "vs BTC", "value": "+1.9 pts", "note": "BTC +2.91 %", "sign": 1} in view["figures"]


async def test_the_curve_is_thinned_with_its_ends_kept(site: Site) -> None:
    curve = (await site.token.get("/api/performance")).json()
    assert len(curve["times"]) == len(curve["drawdown"]) == 600
    assert curve["times"][-1] == pytest.approx(NOW.timestamp(), abs=1)
    assert [line["name"] for line in curve["lines"]] == ["You", "BTC", "ETH"]
    assert curve["lines"][0]["values"][0] == 1.0
    assert curve["lines"][0]["values"][-1] == pytest.approx(1.0482)
    assert curve["title"] == "Ahead of BTC by 1.9 points since 30 Jul"


async def test_a_window_is_asked_for_in_words(site: Site) -> None:
    assert (
        (await site.token.get("/api/performance", params={"window": "last 7 days"})).json()["note"].startswith("last 7")
    )
    assert (await site.token.get("/api/performance", params={"window": "soonish"})).status_code == 400


# Coming and going


async def test_a_taken_port_is_one_sentence_that_names_the_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        page = transport(port=other.getsockname()[1])
        with pytest.raises(Fatal, match="DASHBOARD_PORT"):
            await page.run(PageBot().on_message, PageBot().on_press)
        with pytest.raises(Fatal, match="DASHBOARD_PORT"):
            await page.ready()


async def test_an_address_that_is_not_ours_names_the_setting() -> None:
    page = transport(host="192.0.2.1")
    with pytest.raises(Fatal, match="DASHBOARD_HOST"):
        await page.run(PageBot().on_message, PageBot().on_press)


async def test_the_page_stops_in_time_with_tabs_open_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    page, bot = transport(), PageBot()
    running = asyncio.create_task(page.run(bot.on_message, bot.on_press))
    address = await page.ready()
    async with asking(address, authorization=f"Bearer {TOKEN}") as client:
        live = await connect(
            f"{address.replace('http', 'ws')}/api/live", additional_headers={"authorization": f"Bearer {TOKEN}"}
        )
        await client.post("/api/message", json={"text": "/slow"})
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(running, 4)
        await live.wait_closed()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    assert {
        task for task in asyncio.all_tasks() - before if "uvicorn" in repr(task) or "chatbot" in repr(task)
    } == set()


async def test_a_restarted_server_has_the_same_history_and_cookie() -> None:
    page, bot = transport(), PageBot()
    async with served(page, bot):
        await page.send(PAGE, Reply("before"))
    async with served(page, bot) as address, asking(address) as client:
        feed = (await client.get("/api/feed", headers={"authorization": f"Bearer {TOKEN}"})).json()
        assert [message["text"] for message in feed["messages"]] == ["before"]


async def test_the_link_holds_the_address_and_the_token(site: Site) -> None:
    assert await site.transport.link() == f"{site.address}/?token={TOKEN}"
