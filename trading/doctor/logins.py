"""Whether the tokens for chats and for the model open the doors that they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from trading.doctor.findings import Finding, fail, note, ok

TELEGRAM = "https://api.telegram.org"
DISCORD = "https://discord.com"
MODEL = "https://api.openai.com/v1"
_PAIRING = "its chat is the one where the code that the bot prints at its start is sent."
_PATIENCE_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Telegram:
    """A bot's token, the chat it serves, and another Bot API server where one is used."""

    token: str
    chat_id: str | None
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Discord:
    """A bot's token, the channel it serves, and another address of the REST API where one is used."""

    token: str
    channel_id: str | None
    base_url: str | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A model server's key, the model that is wanted, and the server's address where it is not OpenAI's."""

    key: str
    name: str
    base_url: str | None = None


async def check_telegram(login: Telegram | None) -> Finding:
    """getMe with the token; None stands for a chat that is not configured."""
    if login is None:
        return note("Telegram", "not configured.")
    answer = await _get(f"{login.base_url or TELEGRAM}/bot{login.token}/getMe", {})
    if isinstance(answer, str):
        return fail("Telegram", f"{answer} Check TELEGRAM_BOT_TOKEN and TELEGRAM_API_BASE_URL.")
    if not login.chat_id:
        return note("Telegram", f"TELEGRAM_CHAT_ID is not set: {_PAIRING}")
    return ok("Telegram", f"signed in as @{_inside(answer, 'result', 'username')}.")


async def check_discord(login: Discord | None) -> Finding:
    """GET users/@me with the token; None stands for a chat that is not configured."""
    if login is None:
        return note("Discord", "not configured.")
    base = (login.base_url or DISCORD).rstrip("/").removesuffix("/api/v10")
    answer = await _get(f"{base}/api/v10/users/@me", {"Authorization": f"Bot {login.token}"})
    if isinstance(answer, str):
        return fail("Discord", f"{answer} Check DISCORD_BOT_TOKEN and DISCORD_API_BASE_URL.")
    if not login.channel_id:
        return note("Discord", f"DISCORD_CHANNEL_ID is not set: {_PAIRING}")
    return ok("Discord", f"signed in as {_inside(answer, 'username')}.")


async def check_model(login: Model | None) -> Finding:
    """The list of models with the key, which costs nothing; None stands for a model that is not configured."""
    if login is None:
        return note("Model", "not configured; the built-in allocator decides.")
    answer = await _get(f"{login.base_url or MODEL}/models", {"Authorization": f"Bearer {login.key}"})
    if isinstance(answer, str):
        return fail("Model", f"{answer} Check OPENAI_API_KEY and OPENAI_BASE_URL.")
    listed = [str(model.get("id")) for model in answer.get("data", []) if isinstance(model, Mapping)]
    if listed and login.name not in listed:
        return note("Model", f"the key works, but {login.name} is not among {len(listed)} models; check OPENAI_MODEL.")
    return ok("Model", f"the key works; {login.name} is asked.")


async def _get(url: str, headers: Mapping[str, str]) -> Mapping[str, Any] | str:
    """The JSON at `url`, or why there is none. The address is not repeated: it may hold the token."""
    try:
        async with httpx2.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
            answer = await client.get(url, headers=dict(headers))
            if answer.status_code in (401, 403, 404):
                return "the token is refused."
            if answer.status_code != 200:
                return f"it answered {answer.status_code}."
            body = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return "it cannot be reached."
    except ValueError:
        return "it gave an answer that cannot be read."
    return body if isinstance(body, dict) else "it gave an answer that cannot be read."


def _inside(answer: Mapping[str, Any], *path: str) -> str:
    value: Any = answer
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return str(value or "unknown")[:40]
