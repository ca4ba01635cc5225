"""Messages and interactions on the loopback Discord's REST side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aiohttp import web

from tests.chat.discord_gateway import Gateway
from tests.chat.discord_http import Handler, Refusal, answer, read_body, refuse_faults
from tests.chat.discord_rules import Json, message_faults
from tests.chat.discord_world import (
    ACKNOWLEDGE_SECONDS,
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    EPHEMERAL,
    LOADING,
    NONCE_SECONDS,
    TOKEN_SECONDS,
    Interaction,
    Message,
    World,
    snowflake,
)

MESSAGE, THINK, UPDATE_LATER, CHOICES = 4, 5, 6, 8
ALLOWED_CALLBACKS = {COMMAND: {MESSAGE, THINK}, COMPONENT: {MESSAGE, THINK, UPDATE_LATER}, AUTOCOMPLETE: {CHOICES}}


class Posts:
    """What is written by the bot, with its own token or with an interaction's."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        yield "GET", "/channels/{channel}", self._channel
        yield "POST", "/channels/{channel}/typing", self._typing
        yield "POST", "/channels/{channel}/messages", self._post
        yield "POST", "/interactions/{interaction}/{token}/callback", self._callback
        yield "POST", "/webhooks/{application}/{token}", self._follow
        for path in ("/channels/{channel}/messages/{message}", "/webhooks/{application}/{token}/messages/{message}"):
            yield "GET", path, self._read
            yield "PATCH", path, self._patch
            yield "DELETE", path, self._delete

    async def _channel(self, request: web.Request) -> web.Response:
        return answer(self.gateway.channel(self._known_channel(request)))

    async def _typing(self, request: web.Request) -> web.Response:
        self._known_channel(request)
        return answer(None)

    def _known_channel(self, request: web.Request) -> str:
        channel: str = request.match_info["channel"]
        if channel in self.world.closed_channels:
            raise Refusal(403, 50001, "Missing Access")
        if channel not in self.world.channels:
            raise Refusal(404, 10003, "Unknown Channel")
        return channel

    def _writable_channel(self, request: web.Request) -> str:
        channel = self._known_channel(request)
        if channel in self.world.muted_channels:
            raise Refusal(403, 50013, "Missing Permissions")
        return channel

    async def _post(self, request: web.Request) -> web.Response:
        channel = self._writable_channel(request)
        payload, files = await read_body(request)
        refuse_faults(self.world, request, message_faults(payload, files))
        known = self._by_nonce(channel, payload)
        return answer((known or self._say(channel, payload, files, payload.get("flags") or 0)).json())

    def _by_nonce(self, channel: str, payload: Json) -> Message | None:
        """With enforce_nonce, a recent message with this nonce is given back instead of a new one."""
        nonce = payload.get("nonce")
        if not nonce or not payload.get("enforce_nonce"):
            return None
        message_id, at = self.world.nonces.get((channel, nonce), ("", float("-inf")))
        return self.world.messages.get(message_id) if self.world.now() - at <= NONCE_SECONDS else None

    def _say(self, channel: str, payload: Json, files: Mapping[str, bytes], flags: int = 0) -> Message:
        message = Message(snowflake(), channel, self.world.bot, nonce=payload.get("nonce"), flags=flags)
        answered = (payload.get("message_reference") or {}).get("message_id")
        message.answers = str(answered) if answered else None
        _write(message, payload, files)
        if flags & EPHEMERAL:
            self.world.whispers.append(message)
        self.world.messages[message.id] = message
        if message.nonce:
            self.world.nonces[channel, message.nonce] = (message.id, self.world.now())
        return message

    async def _read(self, request: web.Request) -> web.Response:
        return answer(self._message(request).json())

    async def _patch(self, request: web.Request) -> web.Response:
        message = self._message(request)
        if message.author.id != self.world.bot.id:
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        payload, files = await read_body(request)
        kept = [item["filename"] for item in payload.get("attachments", message.attachments) if "size" in item]
        standing = {"content": message.content, "embeds": message.embeds, "components": message.components} | payload
        refuse_faults(self.world, request, message_faults(standing, files, kept))
        _write(message, payload, files)
        message.flags &= ~LOADING
        message.edits += 1
        return answer(message.json())

    async def _delete(self, request: web.Request) -> web.Response:
        del self.world.messages[self._message(request).id]
        return answer(None)

    def _message(self, request: web.Request) -> Message:
        message_id: str | None = request.match_info["message"]
        if "token" in request.match_info:
            interaction = self._open_interaction(request)
            message_id = interaction.original if message_id == "@original" else message_id
        else:
            self._known_channel(request)
        message = self.world.messages.get(message_id or "")
        if message is None:
            raise Refusal(404, 10008, "Unknown Message")
        return message

    def _open_interaction(self, request: web.Request) -> Interaction:
        interaction = self.world.interaction_by_token(request.match_info["token"])
        if interaction is None or interaction.callback is None:
            raise Refusal(404, 10015, "Unknown Webhook")
        if self.world.now() - interaction.born > TOKEN_SECONDS:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return interaction

    async def _callback(self, request: web.Request) -> web.Response:
        interaction = self.world.interactions.get(request.match_info["interaction"])
        if interaction is None or interaction.token != request.match_info["token"]:
            raise Refusal(404, 10062, "Unknown interaction")
        if interaction.callback is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        if self.world.now() - interaction.born > ACKNOWLEDGE_SECONDS:
            raise Refusal(404, 10062, "Unknown interaction")
        payload, files = await read_body(request)
        if payload.get("type") not in ALLOWED_CALLBACKS[interaction.kind]:
            refuse_faults(
                self.world, request, iter([("type", f"{payload.get('type')} does not answer this interaction")])
            )
        return self._acknowledged(request, interaction, payload, files)

    def _acknowledged(
        self, request: web.Request, interaction: Interaction, payload: Json, files: Mapping[str, bytes]
    ) -> web.Response:
        data = payload.get("data") or {}
        if payload["type"] == MESSAGE:
            refuse_faults(self.world, request, message_faults(data, files))
            interaction.original = self._say(interaction.channel_id, data, files, data.get("flags", 0)).id
        elif payload["type"] == THINK:
            flags = LOADING | data.get("flags", 0)
            interaction.original = self._say(interaction.channel_id, {}, {}, flags).id
        elif payload["type"] == UPDATE_LATER:
            interaction.original = interaction.message_id
        else:
            interaction.choices = data.get("choices", [])
        interaction.callback = payload
        return answer(self._callback_answer(interaction) if request.query.get("with_response") else None)

    def _callback_answer(self, interaction: Interaction) -> Json:
        about: Json = {"id": interaction.id, "type": interaction.kind}
        original = self.world.messages.get(interaction.original or "")
        if original is None:
            return {"interaction": about}
        about |= {"response_message_id": original.id, "response_message_loading": original.thinking}
        kind = (interaction.callback or {}).get("type")
        return {"interaction": about, "resource": {"type": kind, "message": original.json()}}

    async def _follow(self, request: web.Request) -> web.Response:
        interaction = self._open_interaction(request)
        payload, files = await read_body(request)
        refuse_faults(self.world, request, message_faults(payload, files))
        original = self.world.messages.get(interaction.original or "")
        if original is None or not original.thinking:
            return answer(self._say(interaction.channel_id, payload, files, payload.get("flags", 0)).json())
        # The first follow-up of a deferred answer takes the place of "thinking".
        _write(original, payload, files)
        original.flags &= ~LOADING
        return answer(original.json())


def _write(message: Message, payload: Json, files: Mapping[str, bytes]) -> None:
    """Put what is given into the message; what is not mentioned stays."""
    message.content = payload.get("content", message.content) or ""
    message.embeds = payload.get("embeds", message.embeds) or []
    message.components = payload.get("components", message.components) or []
    if "attachments" in payload or files:
        kept = [item for item in payload.get("attachments", []) if "size" in item]
        message.files = {item["filename"]: message.files[item["filename"]] for item in kept} | dict(files)
        message.attachments = [_attachment(name, data) for name, data in message.files.items()]


def _attachment(name: str, data: bytes) -> Json:
    url = f"http://127.0.0.1/attachments/{name}"
    return {
        "id": snowflake(),
        "filename": name,
        "size": len(data),
        "url": url,
        "proxy_url": url,
        "content_type": "image/png" if name.endswith(".png") else "application/octet-stream",
    }
