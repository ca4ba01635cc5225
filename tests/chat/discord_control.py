"""The loopback Discord by hand: people's actions over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.chat.discord_http import answer

if TYPE_CHECKING:
    from tests.chat.discord_server import DiscordServer


class Control:
    """People's actions over HTTP, for trials by hand: JSON in, JSON out."""

    def __init__(self, server: DiscordServer) -> None:
        self._server = server

    def mount(self, application: web.Application) -> None:
        for name, handler in (
            ("slash", self._slash),
            ("mention", self._mention),
            ("press", self._press),
            ("drop", self._drop),
        ):
            application.router.add_post(f"/control/{name}", handler)
        application.router.add_get("/control/messages", self._messages)
        application.router.add_get("/control/messages/{message}/{file}", self._file)

    async def _slash(self, request: web.Request) -> web.Response:
        """{"user", "name", "options": {}, "channel"}"""
        body = await request.json()
        channel = body.get("channel")
        interaction = await self._server.slash(body["user"], body["name"], body.get("options"), channel=channel)
        return answer({"interaction": interaction.id})

    async def _mention(self, request: web.Request) -> web.Response:
        """{"user", "text"}"""
        body = await request.json()
        return answer({"message": await self._server.mention(body["user"], body["text"])})

    async def _press(self, request: web.Request) -> web.Response:
        """{"message", "button", "user"}"""
        body = await request.json()
        interaction = await self._server.press(body["message"], body["button"], body["user"])
        return answer({"interaction": interaction.id})

    async def _drop(self, request: web.Request) -> web.Response:
        """{"resumable": true}"""
        await self._server.drop_gateway((await request.json()).get("resumable", True))
        return answer(None)

    async def _messages(self, request: web.Request) -> web.Response:
        """Everything said, notices to single people, commands, and what the bot did wrong."""
        world = self._server.world
        return answer(
            {
                "messages": [message.json() for message in self._server.messages],
                "notices": [message.json() for message in world.whispers],
                "commands": [command["name"] for commands in world.commands.values() for command in commands],
                "violations": world.violations,
                "users": {name: user.id for name, user in world.users.items()},
            }
        )

    async def _file(self, request: web.Request) -> web.Response:
        message = self._server.world.messages.get(request.match_info["message"])
        data = message.files.get(request.match_info["file"]) if message else None
        return web.Response(body=data, content_type="image/png") if data else web.Response(status=404)
