"""The REST side of the loopback Discord: the routes a bot like ours calls, each as picky as the real one."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web

from tests.chat.discord_gateway import Gateway
from tests.chat.discord_http import Handler, Refusal, answer, hang_up, refuse_faults
from tests.chat.discord_posts import Posts
from tests.chat.discord_rules import Json, commands_faults
from tests.chat.discord_world import World, snowflake


class Rest:
    """Handlers over the world. `application` is ready to be served."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._guard])
        for method, path, handler in self._routes():
            application.router.add_route(method, f"/api/v10{path}", handler)
        return application

    def _routes(self) -> Iterator[tuple[str, str, Handler]]:
        yield "GET", "/users/@me", self._me
        yield "GET", "/oauth2/applications/@me", self._application
        yield "GET", "/gateway", self._gateway
        yield "GET", "/gateway/bot", self._gateway
        for scope in ("", "/guilds/{guild}"):
            path = f"/applications/{{application}}{scope}/commands"
            yield "GET", path, self._commands
            yield "PUT", path, self._register
            yield "POST", path, self._register_one
        yield "GET", "/guilds/{guild}", self._guild
        yield from Posts(self.world, self.gateway).routes()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith("/api/"):
            return await handler(request)
        name = f"{request.method} {request.path.removeprefix('/api/v10')}"
        self.world.requests.append(name)
        fault = self.world.fault_for(name)
        if fault is not None and fault.status:
            await self.world.changed()
            return answer(dict(fault.body), fault.status, fault.headers)
        if fault is not None and fault.drop == "never":
            await self.world.silence.wait()
        if fault is not None and fault.drop in ("before", "never"):
            return hang_up(request)
        response = await self._answered(request, handler, name)
        await self.world.changed()
        return hang_up(request) if fault is not None else response

    async def _answered(self, request: web.Request, handler: Handler, name: str) -> web.StreamResponse:
        try:
            self._check_headers(request, name)
            return await handler(request)
        except Refusal as refusal:
            return answer(refusal.body, refusal.status)
        except web.HTTPNotFound:
            self.world.violate(f"{name}: no such route")
            return answer({"message": "404: Not Found", "code": 0}, 404)

    def _check_headers(self, request: web.Request, name: str) -> None:
        by_bot = "/webhooks/" not in request.path and "/interactions/" not in request.path
        agent = request.headers.get("User-Agent", "")
        if not agent or (by_bot and not agent.startswith("DiscordBot (")):
            self.world.violate(f"{name}: User-Agent {agent!r}")
            raise Refusal(403, 40333, "internal network error")
        if by_bot and request.headers.get("Authorization") != f"Bot {self.world.token}":
            raise Refusal(401, 0, "401: Unauthorized")
        kind = request.headers.get("Content-Type", "")
        if request.can_read_body and kind != "application/json" and not kind.startswith("multipart/form-data;"):
            self.world.violate(f"{name}: Content-Type {kind!r}")
            raise Refusal(400, 50109, "The request body contains invalid JSON.")

    async def _me(self, request: web.Request) -> web.Response:
        return answer(self.world.bot.json())

    async def _application(self, request: web.Request) -> web.Response:
        owner = self.world.user("owner").json()
        return answer(
            {
                "id": self.world.bot.id,
                "name": "purser",
                "description": "",
                "icon": None,
                "bot_public": False,
                "bot_require_code_grant": False,
                "owner": owner,
                "verify_key": "0" * 64,
                "flags": 0,
                "team": None,
            }
        )

    async def _gateway(self, request: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return answer({"url": self.gateway.url, "shards": 1, "session_start_limit": limit})

    async def _guild(self, request: web.Request) -> web.Response:
        if request.match_info["guild"] != self.world.guild_id:
            raise Refusal(404, 10004, "Unknown Guild")
        return answer({"id": self.world.guild_id, "name": "Treasury"})

    def _scope(self, request: web.Request) -> str | None:
        if request.match_info["application"] != self.world.bot.id:
            raise Refusal(404, 10002, "Unknown Application")
        guild: str | None = request.match_info.get("guild")
        if guild not in self.world.commands:
            raise Refusal(403, 50001, "Missing Access")
        return guild

    async def _commands(self, request: web.Request) -> web.Response:
        return answer(self.world.commands[self._scope(request)])

    async def _register(self, request: web.Request) -> web.Response:
        scope = self._scope(request)
        commands = await request.json()
        refuse_faults(self.world, request, commands_faults(commands, scope is not None))
        self.world.commands[scope] = [self._stored(command, scope) for command in commands]
        self.world.registrations += 1
        return answer(self.world.commands[scope])

    async def _register_one(self, request: web.Request) -> web.Response:
        scope = self._scope(request)
        command = await request.json()
        others = [each for each in self.world.commands[scope] if each["name"] != command.get("name")]
        refuse_faults(self.world, request, commands_faults([*others, command], scope is not None))
        self.world.commands[scope] = [*others, self._stored(command, scope)]
        return answer(self.world.commands[scope][-1], 201)

    def _stored(self, command: Json, scope: str | None) -> Json:
        """As Discord gives it back: with ids, and without what equals the default."""
        ids = {"id": snowflake(), "application_id": self.world.bot.id, "version": snowflake()}
        options = [
            {key: value for key, value in option.items() if value not in (None, False, [])}
            for option in command.get("options") or []
        ]
        kept = {key: value for key, value in command.items() if value is not None and key != "options"}
        return kept | ids | ({"guild_id": scope} if scope else {}) | ({"options": options} if options else {})
