"""A running bot, reached from the command line over its own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from chatbot.message import Incoming, Press, PressReply, Reply
from chatbot.transports.wire import press_from_wire, reply_from_wire
from trading.errors import Retryable

PATIENCE_SECONDS = 120.0
"""A rebalance that asks a slow model takes a while."""


class RemoteBot:
    """Message and press handlers that ask the bot at `url`. Raises Retryable when it does not answer."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx2.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE_SECONDS, trust_env=False
        )

    async def on_message(self, message: Incoming) -> Reply | None:
        return reply_from_wire(await self._post("/api/ask", {"text": message.text}))

    async def on_press(self, press: Press) -> PressReply:
        return press_from_wire(await self._post("/api/press", {"id": press.button_id}))

    async def close(self) -> None:
        await self._client.aclose()

    async def _post(self, path: str, body: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            answer = await self._client.post(path, json=body)
            answer.raise_for_status()
            wire: Mapping[str, Any] = answer.json()
        except httpx2.HTTPStatusError as error:
            raise Retryable(f"The running bot did not take that. {_reason(error.response)}") from None
        except (httpx2.HTTPError, ValueError) as error:
            raise Retryable(f"The running bot did not answer ({type(error).__name__}); try again.") from None
        return wire


def _reason(answer: httpx2.Response) -> str:
    """What the bot says about a request that it refuses."""
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return f"It answered with status {answer.status_code}; its log says why."
