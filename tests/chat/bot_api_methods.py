"""The Bot API's methods, written from its manual and at least as hard to please.

Each takes the parameters as strings and the uploaded files, and returns the result or raises ApiError.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.chat.bot_api_checks import (
    ApiError,
    Files,
    Parameters,
    bad,
    checked_document,
    checked_keyboard,
    checked_photo,
    decoded,
    upload,
)
from tests.chat.bot_api_flood import Flood
from tests.chat.bot_api_markup import MarkupError, Parsed, parse_html, units
from tests.chat.bot_api_world import Chat, Sent, User

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
TARGET = {"business_connection_id", "chat_id", "message_id", "inline_message_id"}
SENDING = {
    "business_connection_id", "chat_id", "message_thread_id", "direct_messages_topic_id", "disable_notification",
    "protect_content", "allow_paid_broadcast", "message_effect_id", "suggested_post_parameters", "reply_parameters",
    "reply_markup",
}  # fmt: skip
CAPTION = {"caption", "parse_mode", "caption_entities", "show_caption_above_media"}
TEXT = {"text", "parse_mode", "entities", "link_preview_options"}
PARAMETERS: dict[str, set[str]] = {
    "getme": set(),
    "getupdates": {"offset", "limit", "timeout", "allowed_updates"},
    "deletewebhook": {"drop_pending_updates"},
    "getmycommands": {"scope", "language_code"},
    "setmycommands": {"commands", "scope", "language_code"},
    "getchat": {"chat_id"},
    "sendchataction": {"business_connection_id", "chat_id", "message_thread_id", "action"},
    "sendmessage": SENDING | TEXT,
    "sendphoto": SENDING | CAPTION | {"photo", "has_spoiler"},
    "senddocument": SENDING | CAPTION | {"document", "thumbnail", "disable_content_type_detection"},
    "deletemessage": {"chat_id", "message_id"},
    "editmessagetext": TARGET | TEXT | {"reply_markup"},
    "editmessagecaption": TARGET | CAPTION | {"reply_markup"},
    "editmessagemedia": TARGET | {"media", "reply_markup"},
    "editmessagereplymarkup": TARGET | {"reply_markup"},
    "answercallbackquery": {"callback_query_id", "text", "show_alert", "url", "cache_time"},
}
ACTIONS = {"typing", "upload_photo", "upload_document"}
COUNTED = ("sendmessage", "sendphoto", "senddocument", "editmessage")
"""How the methods begin that count among the messages of a chat."""


class Methods:
    """Everything but getUpdates, over the chats and messages it is given."""

    def __init__(self, bot: User, now: Callable[[], int], number: Callable[[], int]) -> None:
        self.bot = bot
        self.chats: dict[int, Chat] = {}
        self.sent: dict[int, Sent] = {}
        self.said: dict[int, int] = {}
        """The chat of every message that people wrote, by its id."""
        self.commands: list[dict[str, str]] = []
        self.queries: set[str] = set()
        """Presses that may still be answered."""
        self.answers: dict[str, str] = {}
        self.actions: list[tuple[int, str]] = []
        self.violations: list[str] = []
        self.flood: Flood | None = None
        """Counts, where the test has a clock for it."""
        self._now = now
        self._number = number

    def call(self, method: str, parameters: Parameters, files: Files) -> Any:
        known = PARAMETERS.get(method)
        if known is None:
            raise ApiError(404, "Not Found: method not found")
        for name in set(parameters) - known:
            self.violations.append(f"{method}: unknown parameter {name!r}")
        if self.flood is not None and method.startswith(COUNTED):
            self.flood.count(self._chat(parameters).id)
        return getattr(self, f"_{method}")(parameters, files)

    def _getme(self, _parameters: Parameters, _files: Files) -> Any:
        rights = {"can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False}
        return self.bot.json() | rights

    def _deletewebhook(self, _parameters: Parameters, _files: Files) -> bool:
        return True

    def _getmycommands(self, _parameters: Parameters, _files: Files) -> Any:
        return self.commands

    def _setmycommands(self, parameters: Parameters, _files: Files) -> bool:
        commands = decoded(parameters, "commands")
        if not isinstance(commands, list) or len(commands) > 100:
            raise bad("expected an Array of at most 100 BotCommand")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        self.commands = commands
        return True

    def _getchat(self, parameters: Parameters, _files: Files) -> Any:
        return self._chat(parameters).json() | {"accent_color_id": 0, "max_reaction_count": 0}

    def _sendchataction(self, parameters: Parameters, _files: Files) -> bool:
        chat = self._chat(parameters)
        self._topic(parameters, chat)
        if parameters.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        self.actions.append((chat.id, parameters["action"]))
        return True

    def _sendmessage(self, parameters: Parameters, _files: Files) -> Any:
        message = self._new(parameters)
        self._write(message, parameters, "text", TEXT_LIMIT)
        return self._post(message)

    def _sendphoto(self, parameters: Parameters, files: Files) -> Any:
        message = self._new(parameters)
        message.photo = checked_photo(upload(parameters.get("photo", "attach://photo"), files))
        self._write(message, parameters, "caption", CAPTION_LIMIT)
        return self._post(message)

    def _senddocument(self, parameters: Parameters, files: Files) -> Any:
        message = self._new(parameters)
        file = checked_document(upload(parameters.get("document", "attach://document"), files))
        message.document, message.file_name = bytes(file), file.name
        self._write(message, parameters, "caption", CAPTION_LIMIT)
        return self._post(message)

    def _deletemessage(self, parameters: Parameters, _files: Files) -> bool:
        chat, number = self._chat(parameters), int(parameters.get("message_id", "0"))
        message = self.sent.get(number)
        if message is None or message.chat is not chat:
            raise bad("message to delete not found")
        if message.inaccessible:
            raise bad("message can't be deleted for everyone")
        del self.sent[number]
        return True

    def _editmessagetext(self, parameters: Parameters, _files: Files) -> Any:
        message = self._editable(parameters)
        if message.has_media:
            raise bad("there is no text in the message to edit")
        return self._edited(message, lambda: self._write(message, parameters, "text", TEXT_LIMIT), parameters)

    def _editmessagecaption(self, parameters: Parameters, _files: Files) -> Any:
        message = self._editable(parameters)
        if not message.has_media:
            raise bad("there is no caption in the message to edit")
        return self._edited(message, lambda: self._write(message, parameters, "caption", CAPTION_LIMIT), parameters)

    def _editmessagemedia(self, parameters: Parameters, files: Files) -> Any:
        message, media = self._editable(parameters), decoded(parameters, "media")
        if media.get("type") != "photo":
            raise bad("unsupported media type in these tests")

        def replace() -> None:
            message.photo, message.document = checked_photo(upload(media["media"], files)), None
            self._write(message, media, "caption", CAPTION_LIMIT)

        return self._edited(message, replace, parameters)

    def _editmessagereplymarkup(self, parameters: Parameters, _files: Files) -> Any:
        return self._edited(self._editable(parameters), lambda: None, parameters)

    def _answercallbackquery(self, parameters: Parameters, _files: Files) -> bool:
        query, text = parameters.get("callback_query_id", ""), parameters.get("text", "")
        if query not in self.queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(text) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.queries.discard(query)
        self.answers[query] = text
        return True

    def _chat(self, parameters: Parameters) -> Chat:
        wanted = parameters.get("chat_id", "")
        if not wanted:
            raise bad("chat_id is empty")
        for chat in self.chats.values():
            if wanted in (str(chat.id), f"@{chat.username}"):
                if chat.moved_to is not None:
                    words = "Bad Request: group chat was upgraded to a supergroup chat"
                    raise ApiError(400, words, {"migrate_to_chat_id": chat.moved_to})
                if chat.refusal is not None:
                    raise ApiError(*chat.refusal)
                return chat
        raise bad("chat not found")

    def _new(self, parameters: Parameters) -> Sent:
        chat = self._chat(parameters)
        keyboard = checked_keyboard(parameters)
        answers = self._answered(parameters, chat)
        silent = parameters.get("disable_notification") == "true"
        topic = self._topic(parameters, chat)
        return Sent(0, chat, self._now(), keyboard=keyboard, answers=answers, topic=topic, silent=silent)

    def _topic(self, parameters: Parameters, chat: Chat) -> int | None:
        if "message_thread_id" not in parameters:
            return None
        topic = int(parameters["message_thread_id"])
        if topic not in chat.topics:
            raise bad("message thread not found")
        return topic

    def _answered(self, parameters: Parameters, chat: Chat) -> int | None:
        if "reply_parameters" not in parameters:
            return None
        reply = decoded(parameters, "reply_parameters")
        number = int(reply["message_id"])
        if self.said.get(number) == chat.id or (number in self.sent and self.sent[number].chat is chat):
            return number
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    def _post(self, message: Sent) -> Any:
        message.id = self._number()
        self.sent[message.id] = message
        return message.json(self.bot)

    def _editable(self, parameters: Parameters) -> Sent:
        chat = self._chat(parameters)
        number = int(parameters.get("message_id", "0"))
        if self.said.get(number) == chat.id:
            raise bad("message can't be edited")
        message = self.sent.get(number)
        if message is None or message.chat is not chat:
            raise bad("message to edit not found")
        if message.inaccessible:
            raise bad("message can't be edited")
        return message

    def _edited(self, message: Sent, change: Callable[[], None], parameters: Parameters) -> Any:
        """Make the change, and take it back where it is refused or changes nothing."""
        before = dict(vars(message))
        keyboard = checked_keyboard(parameters)
        try:
            look = message.look()
            change()
            message.keyboard = keyboard
            if message.look() == look:
                raise bad(
                    "message is not modified: specified new message content and reply markup are exactly the same as "
                    "a current content and reply markup of the message"
                )
        except ApiError:
            vars(message).update(before)
            raise
        message.edits += 1
        return message.json(self.bot) | {"edit_date": self._now()}

    def _write(self, message: Sent, parameters: Parameters, name: str, limit: int) -> None:
        parsed = self._parsed(parameters.get(name, ""), parameters.get("parse_mode"))
        if name == "text" and not parsed.text:
            raise bad("message text is empty")
        if units(parsed.text) > limit:
            raise bad("message is too long" if name == "text" else "message caption is too long")
        message.text, message.entities = parsed.text, parsed.entities

    def _parsed(self, text: str, mode: str | None) -> Parsed:
        if mode is None:
            return Parsed(text.strip())
        if mode.upper() != "HTML":
            raise bad("unsupported parse_mode")
        try:
            parsed = parse_html(text)
        except MarkupError as error:
            raise bad(f"can't parse entities: {error}") from None
        self.violations += [f"HTML with {fault}" for fault in parsed.sloppy]
        return parsed
