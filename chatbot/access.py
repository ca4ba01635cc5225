"""Who may do what. Asked at every message and at every press; the answer is never remembered.

Telegram: messages count only in the configured chat. A private chat's id is its user's id: that
person is the owner. In a group, the people listed as users are owners, the other members look on.
Discord: messages count only in the configured channel. The people listed are owners and the others
look on; where nobody is listed, everyone who can write in that channel is an owner.
The web page and the terminal prove who they are before a message gets here: owner.
"""

from __future__ import annotations

from chatbot.message import Actor, Channel, Role
from chatbot.settings import ChatSettings


class Access:
    """Roles by the settings."""

    def __init__(self, settings: ChatSettings) -> None:
        self._settings = settings

    def role(self, actor: Actor, channel: Channel) -> Role:
        """The role of `actor` in `channel`; NOBODY for suspects and for channels that are not configured."""
        if actor.suspect or actor.platform != channel.platform:
            return Role.NOBODY
        match actor.platform:
            case "telegram":
                return self._telegram(actor, channel)
            case "discord":
                return self._discord(actor, channel)
            case "web" | "terminal":
                return Role.OWNER
            case _:
                return Role.NOBODY

    def hint(self, channel: Channel) -> str:
        """For a refusal while nothing is configured yet: the id that the settings ask for."""
        settings = self._settings
        if channel.platform == "telegram" and settings.telegram_chat_id is None:
            return f"No chat is configured yet. To use this one, set TELEGRAM_CHAT_ID={channel.id} and start again."
        if channel.platform == "discord" and settings.discord_channel_id is None:
            return (
                f"No channel is configured yet. To use this one, set DISCORD_CHANNEL_ID={channel.id} and start again."
            )
        return ""

    def _telegram(self, actor: Actor, channel: Channel) -> Role:
        chat_id = self._settings.telegram_chat_id
        if chat_id is None or channel.id != chat_id:
            return Role.NOBODY
        if not chat_id.startswith("-"):
            return Role.OWNER if actor.id == chat_id else Role.NOBODY
        return Role.OWNER if actor.id in self._settings.telegram_user_ids else Role.VIEWER

    def _discord(self, actor: Actor, channel: Channel) -> Role:
        listed = self._settings.discord_user_ids
        if self._settings.discord_channel_id is None or channel.id != self._settings.discord_channel_id:
            return Role.NOBODY
        return Role.OWNER if not listed or actor.id in listed else Role.VIEWER
