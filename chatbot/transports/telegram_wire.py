"""The Bot API calls behind a reply, each with its fallback. They raise telegram.error.TelegramError as it comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from telegram import (
    Bot,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from chatbot.message import Button, Picture
from chatbot.transports.telegram_address import Address
from chatbot.transports.telegram_buttons import keyboard
from chatbot.transports.telegram_composition import Outgoing
from chatbot.transports.telegram_errors import is_markup_error, is_media_refused, is_picture_error, is_unchanged
from chatbot.transports.telegram_text import Block, Text, render

T = TypeVar("T")

PHOTO_BYTES = 10_000_000

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Posting:
    """Where and how a message is posted: as an answer to message `answering`, and without a sound."""

    to: Address
    answering: int | None = None
    silent: bool = False

    def parameters(self) -> dict[str, Any]:
        """What every method that posts is told of it."""
        answer = None
        if self.answering is not None:
            answer = ReplyParameters(self.answering, allow_sending_without_reply=True)
        return {
            "chat_id": self.to.chat,
            "message_thread_id": self.to.topic,
            "reply_parameters": answer,
            "disable_notification": self.silent or None,
        }


class Wire:
    """Posts and replaces single messages. Markup that Telegram cannot parse goes plain, a refused photo as a file."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def post(self, posting: Posting, message: Outgoing) -> Message:
        """Post `message`; where the chat takes no pictures or files, its caption and that it is missing."""
        try:
            if message.picture is not None:
                return await self._post_picture(posting, message, message.picture)
            if message.file is not None:
                return await self._post_document(posting, message, message.file.data, message.file.name)
        except BadRequest as error:
            if not is_media_refused(error):
                raise
            message = without_media(message)
        return await self._post_text(posting, message)

    async def _post_text(self, posting: Posting, message: Outgoing) -> Message:
        return await in_markup_or_plain(
            message.text,
            lambda text, mode: self._bot.send_message(
                text=text,
                parse_mode=mode,
                reply_markup=keyboard(message.buttons),
                link_preview_options=NO_PREVIEW,
                **posting.parameters(),
            ),
        )

    async def _post_picture(self, posting: Posting, message: Outgoing, picture: Picture) -> Message:
        if len(picture.png) <= PHOTO_BYTES:
            try:
                return await self._post_photo(posting, message, picture)
            except BadRequest as error:
                if not is_picture_error(error):
                    raise
        return await self._post_document(posting, message, picture.png, picture.name)

    async def _post_photo(self, posting: Posting, message: Outgoing, picture: Picture) -> Message:
        return await in_markup_or_plain(
            message.text,
            lambda text, mode: self._bot.send_photo(
                photo=InputFile(picture.png, filename=picture.name),
                caption=text or None,
                parse_mode=mode,
                reply_markup=keyboard(message.buttons),
                **posting.parameters(),
            ),
        )

    async def _post_document(self, posting: Posting, message: Outgoing, data: bytes, name: str) -> Message:
        return await in_markup_or_plain(
            message.text,
            lambda text, mode: self._bot.send_document(
                document=InputFile(data, filename=name),
                caption=text or None,
                parse_mode=mode,
                reply_markup=keyboard(message.buttons),
                **posting.parameters(),
            ),
        )

    async def replace_text(self, chat: str, number: int, text: Text, buttons: tuple[Button, ...]) -> None:
        await unless_unchanged(
            in_markup_or_plain(
                text,
                lambda words, mode: self._bot.edit_message_text(
                    words,
                    chat,
                    number,
                    parse_mode=mode,
                    reply_markup=keyboard(buttons),
                    link_preview_options=NO_PREVIEW,
                ),
            )
        )

    async def replace_caption(self, chat: str, number: int, text: Text, buttons: tuple[Button, ...]) -> None:
        await unless_unchanged(
            in_markup_or_plain(
                text,
                lambda words, mode: self._bot.edit_message_caption(
                    chat, number, caption=words, parse_mode=mode, reply_markup=keyboard(buttons)
                ),
            )
        )

    async def replace_picture(
        self, chat: str, number: int, text: Text, picture: Picture, buttons: tuple[Button, ...]
    ) -> None:
        await unless_unchanged(
            in_markup_or_plain(
                text,
                lambda words, mode: self._bot.edit_message_media(
                    InputMediaPhoto(picture.png, caption=words, parse_mode=mode, filename=picture.name),
                    chat,
                    number,
                    reply_markup=keyboard(buttons),
                ),
            )
        )

    async def remove(self, chat: str, number: int) -> None:
        await self._bot.delete_message(chat, number)


def without_media(message: Outgoing) -> Outgoing:
    """The caption of `message`, and that its picture or file is missing."""
    missing = "picture" if message.picture is not None else "file"
    note = render([Block(f"(The {missing} is missing: this chat does not let the bot post any.)", fixed=False)])
    text = message.text
    joined = Text(f"{text.html}\n{note.html}", f"{text.plain}\n{note.plain}") if text.plain.strip() else note
    return Outgoing(joined, buttons=message.buttons)


async def in_markup_or_plain(text: Text, send: Callable[[str, str | None], Awaitable[T]]) -> T:
    """`send` with markup; where Telegram cannot parse that, without: plain text is better than none."""
    try:
        return await send(text.html, ParseMode.HTML)
    except BadRequest as error:
        if not is_markup_error(error):
            raise
    return await send(text.plain, None)


async def unless_unchanged(edit: Awaitable[object]) -> None:
    """Await `edit`; that the message already looks so is a success."""
    try:
        await edit
    except BadRequest as error:
        if not is_unchanged(error):
            raise
