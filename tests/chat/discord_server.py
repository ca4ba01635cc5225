"""A small strict Discord on loopback: people act through it, the real client talks to it, tests look into it.

By hand: `python -m tests.chat.discord_server --port 8765`, then start the bot with
DISCORD_API_BASE_URL=http://127.0.0.1:8765 and act with POSTs to /control (see `Control`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.chat.discord_acts import SECONDS, Acts
from tests.chat.discord_control import Control
from tests.chat.discord_gateway import INVALID_SESSION, RECONNECT, Gateway
from tests.chat.discord_rest import Rest
from tests.chat.discord_world import Fault, Message, World, now_text


class DiscordServer(Acts):
    """`async with DiscordServer(token, guild, channel) as server`; `server.world` is all that it knows."""

    def __init__(self, token: str, guild: str, channel: str, port: int = 0) -> None:
        world = World(token, guild, channel)
        super().__init__(world, Gateway(world))
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> DiscordServer:
        application = Rest(self.world, self.gateway).application()
        application.router.add_get("/gateway/", self.gateway.serve)
        Control(self).mount(application)
        self._runner = web.AppRunner(application, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = self.gateway_url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.silence.set()
        if self.gateway.connected:
            self.gateway.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self._port}/gateway/"

    @property
    def messages(self) -> list[Message]:
        """What everyone in the channel sees, oldest first; "thinking" included."""
        return [message for message in self.world.messages.values() if not message.ephemeral]

    @property
    def ours(self) -> list[Message]:
        """The bot's messages among them."""
        return [message for message in self.messages if message.author == self.world.bot]

    @property
    def violations(self) -> list[str]:
        return self.world.violations

    def fail(self, fault: Fault) -> None:
        self.world.faults.append(fault)

    def pass_time(self, seconds: float) -> None:
        """For Discord's deadlines: 3 s to acknowledge, 15 min to answer, 5 min of nonces."""
        self.world.elapsed += seconds

    # What goes wrong

    async def drop_gateway(self, resumable: bool = True) -> None:
        """Cut the connection, or declare the session invalid."""
        if resumable:
            self.gateway.cut()
        else:
            await self.gateway.order(INVALID_SESSION, False)

    async def ask_to_reconnect(self) -> None:
        await self.gateway.order(RECONNECT)

    # What a test waits for

    async def wait_until_connected(self, within: float = SECONDS) -> None:
        await self.world.until(lambda: self.gateway.connected, within)

    async def wait_for_message(self, found: Callable[[Message], bool], within: float = SECONDS) -> Message:
        """The first of the bot's finished messages that `found` accepts."""
        message: Message = await self.world.until(
            lambda: next((each for each in self.ours if not each.thinking and found(each)), None), within
        )
        return message

    async def wait_for(self, found: Callable[[], Any], within: float = SECONDS) -> Any:
        return await self.world.until(found, within)


async def _serve(port: int, token: str, guild: str, channel: str) -> None:
    async with DiscordServer(token, guild, channel, port) as server:
        names = {"DISCORD_BOT_TOKEN": token, "DISCORD_GUILD_ID": guild, "DISCORD_CHANNEL_ID": channel}
        names |= {"DISCORD_API_BASE_URL": server.api_url, "DISCORD_GATEWAY_URL": server.gateway_url}
        print(json.dumps(names, indent=2), flush=True)
        print(f"Started {now_text()}. Stop with Ctrl-C.", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--token", default="loopback-token")
    parser.add_argument("--guild", default="800000000000000001")
    parser.add_argument("--channel", default="800000000000000002")
    given = parser.parse_args()
    try:
        asyncio.run(_serve(given.port, given.token, given.guild, given.channel))
    except KeyboardInterrupt:
        print("Stopped.")


if __name__ == "__main__":
    main()
