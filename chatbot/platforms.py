"""Every configured chat platform: the page always, the terminal for notices, the others by their tokens."""

from __future__ import annotations

from pathlib import Path

from chatbot.commands.registry import Registry
from chatbot.menus import slash_commands
from chatbot.message import Transport
from chatbot.present.charts import Charts
from chatbot.settings import ChatSettings
from chatbot.transports.console import ConsoleTransport
from chatbot.transports.web import WebTransport
from chatbot.transports.web_diary import Diary
from trading.clock import Clock
from trading.contract import Desk, World

PAGE_HISTORY = 200
"""Messages the page still shows after a restart."""


def page(
    settings: ChatSettings, desk: Desk, registry: Registry, charts: Charts, people: Clock, token: str, folder: Path
) -> WebTransport:
    """The page, opened by `token`; its history is kept in `folder`."""
    host, port, diary = settings.dashboard_host, settings.dashboard_port, Diary(folder, PAGE_HISTORY)
    return WebTransport(host, port, token, desk, people, banner(desk.world), charts, _hints(registry), diary)


def others(settings: ChatSettings, desk: Desk, registry: Registry, people: Clock) -> list[Transport]:
    """The terminal, and what has a token. Raises SettingsError for ids that are none."""
    platforms: list[Transport] = [ConsoleTransport()]
    # Each library takes half a second to import: only who uses it pays for it.
    if settings.telegram_bot_token:
        from chatbot.transports.telegram import TelegramTransport

        token = settings.telegram_bot_token.get_secret_value()
        base_url, hints = settings.telegram_api_base_url, _hints(registry)
        platforms.append(TelegramTransport(token, settings.telegram_chats, base_url, hints, people))
    if settings.discord_bot_token:
        from chatbot.transports.discord_bot import DiscordTransport

        platforms.append(
            DiscordTransport(
                settings.discord_bot_token.get_secret_value(),
                settings.discord_channels,
                settings.discord_guild_id,
                settings.discord_api_base_url,
                settings.discord_gateway_url,
                slash_commands(registry, desk.symbols()),
                people,
                settings.discord_direct_messages,
            )
        )
    return platforms


def banner(world: World) -> str:
    """What heads every screen: "PAPER · SIMULATED MARKET"."""
    return f"{world.mode} · {world.market.upper()}" if world.simulated else f"{world.mode} · {world.market}"


def _hints(registry: Registry) -> list[tuple[str, str]]:
    return [(command.name, command.summary) for command in registry]
