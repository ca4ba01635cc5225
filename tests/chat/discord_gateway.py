"""The gateway of the loopback Discord: one websocket session, kept across drops so that it can be resumed."""

from __future__ import annotations

import asyncio
import json
import secrets
import zlib
from dataclasses import dataclass, field
from typing import Any, cast

from aiohttp import WSMsgType, web

from tests.chat.discord_rules import Json
from tests.chat.discord_world import World, now_text

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
TEXT_CHANNEL, PUBLIC_THREAD = 0, 11
IDENTIFY_FIELDS = frozenset(["token", "properties", "compress", "large_threshold", "shard", "presence", "intents"])


@dataclass
class Session:
    """What a client has been sent, and where it is connected at the moment."""

    id: str
    intents: int
    events: list[Json] = field(default_factory=list)
    line: Line | None = None


class Line:
    """One websocket connection, compressed as its query asks."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.request = request
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def send(self, payload: Json) -> None:
        text = json.dumps(payload)
        if self._zlib is None:
            await self.socket.send_str(text)
        else:
            await self.socket.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))

    def cut(self) -> None:
        """As when a cable is pulled."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Gateway:
    """`close_identify_with` makes IDENTIFY end with that close code; `identifies` and `resumes` count.

    Heartbeats are wanted every `heartbeat_ms`, and answered while `acknowledging`.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.session: Session | None = None
        self.close_identify_with: int | None = None
        self.identifies = 0
        self.resumes = 0
        self.heartbeats = 0
        self.heartbeat_ms = 41250
        self.acknowledging = True

    @property
    def connected(self) -> bool:
        return self.session is not None and self.session.line is not None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        self._check_query(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket, request)
        await line.send({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT or len(frame.data) > 4096:
                self.world.violate("gateway: a frame that is not text of at most 4096 bytes")
                await socket.close(code=4002)
                break
            await self._receive(line, json.loads(frame.data))
        if self.session is not None and self.session.line is line:
            self.session.line = None
            await self.world.changed()
        return socket

    async def dispatch(self, event: str, data: Json) -> None:
        """An event for the client: now, or when it resumes."""
        if self.session is None:
            return
        payload = {"op": DISPATCH, "t": event, "s": len(self.session.events) + 1, "d": data}
        self.session.events.append(payload)
        if self.session.line is not None:
            await self.session.line.send(payload)

    async def order(self, opcode: int, data: Any = None) -> None:
        """RECONNECT or INVALID_SESSION, to whoever is connected."""
        session = self.session
        if session is None or session.line is None:
            raise AssertionError("nobody is connected to the gateway")
        line, session.line = session.line, None
        if opcode == INVALID_SESSION and data is False:
            self.session = None
        await line.send({"op": opcode, "d": data})

    def cut(self) -> None:
        """Drop the connection without a word; the session stays resumable."""
        if self.session is None or self.session.line is None:
            raise AssertionError("nobody is connected to the gateway")
        line, self.session.line = self.session.line, None
        line.cut()

    async def close(self, code: int) -> None:
        """End the connection with a close code, as when the token is renewed."""
        if self.session is None or self.session.line is None:
            raise AssertionError("nobody is connected to the gateway")
        await self.session.line.socket.close(code=code)

    def stop_reading(self) -> None:
        """Hear nothing any more, not even a goodbye."""
        if self.session is not None and self.session.line is not None:
            cast(asyncio.Transport, self.session.line.request.transport).pause_reading()

    def _check_query(self, request: web.Request) -> None:
        query = request.query
        if query.get("v") != "10" or query.get("encoding") != "json":
            self.world.violate(f"gateway: asked for v={query.get('v')} encoding={query.get('encoding')}")
        if query.get("compress", "zlib-stream") != "zlib-stream":
            self.world.violate(f"gateway: compression {query.get('compress')} is not known here")

    async def _receive(self, line: Line, payload: Json) -> None:
        opcode, data = payload.get("op"), payload.get("d")
        if opcode == HEARTBEAT:
            self.heartbeats += 1
            if self.acknowledging:
                await line.send({"op": ACK})
        elif opcode == IDENTIFY:
            await self._identify(line, data or {})
        elif opcode == RESUME:
            await self._resume(line, data or {})
        else:
            self.world.violate(f"gateway: opcode {opcode} is not expected from this bot")
            await line.socket.close(code=4001)

    async def _identify(self, line: Line, data: Json) -> None:
        self.identifies += 1
        for name in data.keys() - IDENTIFY_FIELDS:
            self.world.violate(f"gateway: IDENTIFY has the unknown field {name}")
        code = self._refusal(line, data)
        if code is not None:
            await line.socket.close(code=code)
            return
        self.session = Session(secrets.token_hex(16), data["intents"], line=line)
        await self.dispatch("READY", self._ready())
        if data["intents"] & GUILDS:
            await self.dispatch("GUILD_CREATE", self.guild())
        await self.world.changed()

    def _refusal(self, line: Line, data: Json) -> int | None:
        if self.close_identify_with is not None:
            return self.close_identify_with
        if data.get("token") != self.world.token:
            return 4004
        if self.session is not None and self.session.line is line:
            return 4005
        if not isinstance(data.get("intents"), int):
            return 4013
        return 4014 if data["intents"] & PRIVILEGED else None

    async def _resume(self, line: Line, data: Json) -> None:
        session = self.session
        if data.get("token") != self.world.token:
            await line.socket.close(code=4004)
        elif session is None or data.get("session_id") != session.id:
            await line.send({"op": INVALID_SESSION, "d": False})
        else:
            self.resumes += 1
            for event in session.events[data["seq"] :]:
                await line.send(event)
            session.line = line
            await self.dispatch("RESUMED", {})
            await self.world.changed()

    def _ready(self) -> Json:
        world = self.world
        return {
            "v": 10,
            "user": world.bot.json(),
            "guilds": [{"id": world.guild_id, "unavailable": True}],
            "session_id": self.session.id if self.session else "",
            "resume_gateway_url": self.url,
            "application": {"id": world.bot.id, "flags": 0},
        }

    def guild(self) -> Json:
        """The guild as a bot in it is told of it."""
        world = self.world
        everyone = {
            "id": world.guild_id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": "2147483647",
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": world.guild_id,
            "name": "Treasury",
            "icon": None,
            "owner_id": world.user("owner").id,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [everyone],
            "emojis": [],
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "system_channel_flags": 0,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "nsfw_level": 0,
            "joined_at": now_text(),
            "large": False,
            "unavailable": False,
            "member_count": 2,
            "voice_states": [],
            "members": [world.bot.member() | {"user": world.bot.json()}],
            "channels": [self.channel(each) for each, parent in world.channels.items() if parent is None],
            "threads": [self.channel(each) for each, parent in world.channels.items() if parent is not None],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def channel(self, channel_id: str) -> Json:
        """A text channel, or a public thread of one."""
        parent = self.world.channels.get(channel_id)
        data: Json = {
            "id": channel_id,
            "type": TEXT_CHANNEL if parent is None else PUBLIC_THREAD,
            "name": "trading",
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "parent_id": parent,
            "guild_id": self.world.guild_id,
        }
        if parent is None:
            return data | {"position": 0, "permission_overwrites": [], "topic": None, "nsfw": False}
        metadata = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": now_text(), "locked": False}
        counts = {"message_count": 0, "member_count": 1, "total_message_sent": 0, "flags": 0}
        return data | counts | {"owner_id": self.world.bot.id, "thread_metadata": metadata}
