"""The chat's settings. Names are the environment's, in lower case; an empty value is an unset one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_CHAT = re.compile(r"-?[0-9]+(/[0-9]+)?")
_ROUTE = re.compile(r"(stop|alert|approval|fill|state|report|chatter)=(telegram|discord):-?[0-9]+(/[0-9]+)?")
_ROUTE_WORDS = "a kind (stop, alert, approval, fill, state, report, chatter), then =telegram:chat or =discord:channel"
_GRANTED = re.compile(r"[0-9]+(:(viewer|trader|owner))?")
_GRANT = "an id such as 123456789, or an id with a role such as 123456789:viewer"


def _setting(default: Any, about: str, allowed: str) -> Any:
    return Field(default, description=about, json_schema_extra={"allowed": allowed})


class ChatSettings(BaseModel):
    """Tokens, the people and channels that are let in, and where the page is served."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    telegram_bot_token: SecretStr | None = _setting(None, "Turns Telegram on", "the token that @BotFather gave")
    telegram_chat_id: str | None = _setting(
        None,
        "The chats that are served and get the notices, the main one first; a private chat's person is an owner",
        "whole numbers, comma separated, negative for a group, with /number for one topic of it: -100123/45",
    )
    telegram_user_ids: tuple[str, ...] = _setting(
        (),
        "Who may do more than look on; without a role after the id, an owner",
        "user ids, comma separated, each with its role or without: 123,456:trader,789:viewer",
    )
    telegram_api_base_url: str | None = _setting(None, "Another Bot API server", "an address like http://host:8081")
    discord_bot_token: SecretStr | None = _setting(
        None, "Turns Discord on", "the bot's token from the developer portal"
    )
    discord_channel_id: str | None = _setting(
        None,
        "The channels that are served and get the notices, the main one first",
        "whole numbers such as 123456789, comma separated",
    )
    discord_guild_id: str | None = _setting(
        None, "The server that the channel belongs to", "a whole number such as 123456789"
    )
    discord_user_ids: tuple[str, ...] = _setting(
        (),
        "Who may do more than look on; without a role after the id, an owner",
        "user ids, comma separated, each with its role or without: 123,456:trader,789:viewer",
    )
    discord_roles: tuple[str, ...] = _setting(
        (),
        "What members with a role of the Discord server may do",
        "ids of the server's roles, comma separated, each with what it grants: 123:trader,456:viewer",
    )
    discord_direct_messages: bool = _setting(
        False, "Whether people who are known may also write to the bot privately on Discord", "true or false"
    )
    discord_api_base_url: str | None = _setting(
        None, "Another address of the REST API", "an address like http://host:port"
    )
    discord_gateway_url: str | None = _setting(None, "Another address of the gateway", "an address like ws://host:port")
    notice_routes: tuple[str, ...] = _setting(
        (),
        "Kinds of notices that go to one chat only; /notify changes it later",
        "kind=platform:chat pairs, comma separated: report=telegram:-100123/7,fill=discord:456",
    )
    dashboard_host: Annotated[str, Field(min_length=1)] = _setting(
        "127.0.0.1", "Where the page listens; anything else opens it to other machines", "an address"
    )
    dashboard_port: int = _setting(5000, "The page's port; 0 takes any free one", "a whole number from 0 to 65535")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @property
    def telegram_chats(self) -> tuple[str, ...]:
        """The configured chats and topics ("-100123/45"), the main one first."""
        return _listed(self.telegram_chat_id)

    @property
    def discord_channels(self) -> tuple[str, ...]:
        """The configured channels, the main one first."""
        return _listed(self.discord_channel_id)

    @property
    def telegram_roles(self) -> Mapping[str, str]:
        """What the settings grant on Telegram: user id to "viewer", "trader" or "owner"."""
        people = {chat: "owner" for chat in self.telegram_chats if chat.isdecimal()}
        return _grants(self.telegram_user_ids) | people

    @property
    def discord_user_roles(self) -> Mapping[str, str]:
        """What the settings grant to people on Discord, by user id."""
        return _grants(self.discord_user_ids)

    @property
    def discord_server_roles(self) -> Mapping[str, str]:
        """What the settings grant to the holders of a Discord server's roles, by that role's id."""
        return _grants(self.discord_roles)

    @field_validator("telegram_user_ids", "discord_user_ids", mode="before")
    @classmethod
    def _people(cls, value: Any, info: Any) -> Any:
        return tuple(_granted(part, info.field_name) for part in _parts(value))

    @field_validator("discord_roles", mode="before")
    @classmethod
    def _groups(cls, value: Any, info: Any) -> Any:
        entries = tuple(_granted(part, info.field_name) for part in _parts(value))
        bare = next((entry for entry in entries if ":" not in entry), None)
        if bare is not None:
            raise ValueError(f"DISCORD_ROLES holds {bare} without what it grants; write it like {bare}:trader.")
        return entries

    @field_validator("discord_guild_id", mode="before")
    @classmethod
    def _id(cls, value: Any, info: Any) -> Any:
        return None if value is None else _digits(str(value), info.field_name)

    @field_validator("discord_channel_id", mode="before")
    @classmethod
    def _channels(cls, value: Any, info: Any) -> Any:
        return ",".join(_digits(part, info.field_name) for part in _parts(value)) or None

    @field_validator("telegram_chat_id", mode="before")
    @classmethod
    def _chats(cls, value: Any) -> Any:
        parts = _parts(value)
        wrong = next((part for part in parts if not _CHAT.fullmatch(part)), None)
        if wrong is not None:
            raise ValueError(
                f'TELEGRAM_CHAT_ID holds "{wrong[:40]}"; '
                "it must be a whole number such as 123456789, negative for a group."
            )
        return ",".join(parts) or None

    @field_validator("telegram_api_base_url", "discord_api_base_url")
    @classmethod
    def _http(cls, value: str | None, info: Any) -> str | None:
        url = _url(value, info.field_name, ("http", "https"))
        return url.rstrip("/") if url else None

    @field_validator("discord_gateway_url")
    @classmethod
    def _websocket(cls, value: str | None, info: Any) -> str | None:
        return _url(value, info.field_name, ("ws", "wss"))

    @field_validator("notice_routes", mode="before")
    @classmethod
    def _routes(cls, value: Any) -> Any:
        routes = tuple(_parts(value))
        wrong = next((route for route in routes if not _ROUTE.fullmatch(route)), None)
        if wrong is not None:
            raise ValueError(f'NOTICE_ROUTES holds "{wrong[:40]}"; write {_ROUTE_WORDS}.')
        return routes

    @field_validator("dashboard_port", mode="before")
    @classmethod
    def _port(cls, value: Any) -> Any:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
            raise ValueError(f'DASHBOARD_PORT is "{text[:20]}"; it must be a whole number from 0 to 65535.')
        return int(text)


def _parts(value: Any) -> list[str]:
    """What stands between the commas; a number or a list of them is fine too."""
    listed = value if isinstance(value, (list, tuple)) else ("" if value is None else str(value)).split(",")
    return [str(part).strip() for part in listed if str(part).strip()]


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.split(","))) if value else ()


def _granted(text: str, field: str) -> str:
    if not _GRANTED.fullmatch(text):
        raise ValueError(f'{field.upper()} holds "{text[:40]}"; write {_GRANT}.')
    return text


def _grants(entries: tuple[str, ...]) -> dict[str, str]:
    """Ids to roles; an id without a role is an owner's."""
    return {entry.partition(":")[0]: entry.partition(":")[2] or "owner" for entry in entries}


def _digits(text: str, field: str) -> str:
    text = text.strip()
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f'{field.upper()} holds "{text[:40]}"; ids are whole numbers such as 123456789.')
    return text


def _url(value: str | None, field: str, schemes: tuple[str, str]) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.netloc:
        # Not repeated: an address may carry a password.
        raise ValueError(f"{field.upper()} must be an address that begins with {schemes[0]}:// or {schemes[1]}://.")
    return value
