"""The chat's settings. Names are the environment's, in lower case; an empty value is an unset one."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


def _setting(default: Any, about: str, allowed: str) -> Any:
    return Field(default, description=about, json_schema_extra={"allowed": allowed})


class ChatSettings(BaseModel):
    """Tokens, the people and channels that are let in, and where the page is served."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    telegram_bot_token: SecretStr | None = _setting(None, "Turns Telegram on", "the token that @BotFather gave")
    telegram_chat_id: str | None = _setting(
        None, "The chat that is served and gets the notices", "a whole number such as 123456789, negative for a group"
    )
    telegram_user_ids: tuple[str, ...] = _setting(
        (),
        "Who may trade in a group, whose other members only look on; a private chat belongs to its person",
        "user ids, comma separated",
    )
    telegram_api_base_url: str | None = _setting(None, "Another Bot API server", "an address like http://host:8081")
    discord_bot_token: SecretStr | None = _setting(
        None, "Turns Discord on", "the bot's token from the developer portal"
    )
    discord_channel_id: str | None = _setting(
        None, "The channel that is served and gets the notices", "a whole number such as 123456789"
    )
    discord_guild_id: str | None = _setting(
        None, "The server that the channel belongs to", "a whole number such as 123456789"
    )
    discord_user_ids: tuple[str, ...] = _setting(
        (), "Who may trade; when empty, everyone who can write in the channel may", "user ids, comma separated"
    )
    discord_api_base_url: str | None = _setting(
        None, "Another address of the REST API", "an address like http://host:port"
    )
    discord_gateway_url: str | None = _setting(None, "Another address of the gateway", "an address like ws://host:port")
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

    @field_validator("telegram_user_ids", "discord_user_ids", mode="before")
    @classmethod
    def _ids(cls, value: Any, info: Any) -> Any:
        """Ids separated by commas."""
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(_digits(str(part), info.field_name) for part in parts if str(part).strip())

    @field_validator("discord_channel_id", "discord_guild_id", mode="before")
    @classmethod
    def _id(cls, value: Any, info: Any) -> Any:
        return None if value is None else _digits(str(value), info.field_name)

    @field_validator("telegram_chat_id", mode="before")
    @classmethod
    def _chat_id(cls, value: Any) -> Any:
        if value is None:
            return None
        text = str(value)
        if not text.removeprefix("-").isdecimal() or not text.isascii():
            raise ValueError(
                f'TELEGRAM_CHAT_ID is "{text[:40]}"; it must be a whole number such as 123456789, negative for a group.'
            )
        return text

    @field_validator("telegram_api_base_url", "discord_api_base_url")
    @classmethod
    def _http(cls, value: str | None, info: Any) -> str | None:
        url = _url(value, info.field_name, ("http", "https"))
        return url.rstrip("/") if url else None

    @field_validator("discord_gateway_url")
    @classmethod
    def _websocket(cls, value: str | None, info: Any) -> str | None:
        return _url(value, info.field_name, ("ws", "wss"))

    @field_validator("dashboard_port", mode="before")
    @classmethod
    def _port(cls, value: Any) -> Any:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and int(text) <= 65535):
            raise ValueError(f'DASHBOARD_PORT is "{text[:20]}"; it must be a whole number from 0 to 65535.')
        return int(text)


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
