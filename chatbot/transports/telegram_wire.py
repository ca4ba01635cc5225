"""The Bot API calls behind a reply, each with its fallback. They raise telegram.error.TelegramError as it comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from chatbot.message import Button, Picture, Reply
from chatbot.transports.telegram_errors import is_markup_error, is_picture_error, is_unchanged
from chatbot.transports.telegram_text import Outgoing, Text, rows

T = TypeVar("T")

PHOTO_BYTES = 10_000_000

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Wire:
    """Posts and replaces single messages. Markup that Telegram cannot parse goes plain, a refused photo as a file."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def post_text(self, chat_id: str, message: Outgoing, answering: int | None) -> Message:
        return await in_markup_or_plain(
            message.text,
            lambda text, mode: self._bot.send_message(
                chat_id,
                text,
                parse_mode=mode,
                reply_markup=keyboard(message.buttons),
                reply_parameters=answer_to(answering),
                link_preview_options=NO_PREVIEW,
            ),
        )

    async def post_picture(self, chat_id: str, message: Outgoing, picture: Picture, answering: int | None) -> Message:
        if len(picture.png) <= PHOTO_BYTES:
            try:
                return await self._post_photo(chat_id, message, picture, answering)
            except BadRequest as error:
                if not is_picture_error(error):
                    raise
        return await self._post_document(chat_id, message, picture, answering)

    async def _post_photo(self, chat_id: str, message: Outgoing, picture: Picture, answering: int | None) -> Message:
        return await in_markup_or_plain(
            message.text,
            lambda text, mode: self._bot.send_photo(
                chat_id,
                InputFile(picture.png, filename=picture.name),
                caption=text or None,
                parse_mode=mode,
                reply_markup=keyboard(message.buttons),
                reply_parameters=answer_to(answering),
            ),
        )

    async def _post_document(self, chat_id: str, message: Outgoing, picture: Picture, answering: int | None) -> Message:
        return await in_markup_or_plain(
            message.text,
            lambda text, mode: self._bot.send_document(
                chat_id,
                InputFile(picture.png, filename=picture.name),
                caption=text or None,
                parse_mode=mode,
                reply_markup=keyboard(message.buttons),
                reply_parameters=answer_to(answering),
            ),
        )

    async def replace_text(self, chat_id: str, number: int, text: Text, buttons: tuple[Button, ...]) -> None:
        await unless_unchanged(
            in_markup_or_plain(
                text,
                lambda words, mode: self._bot.edit_message_text(
                    words,
                    chat_id,
                    number,
                    parse_mode=mode,
                    reply_markup=keyboard(buttons),
                    link_preview_options=NO_PREVIEW,
                ),
            )
        )

    async def replace_caption(self, chat_id: str, number: int, text: Text, buttons: tuple[Button, ...]) -> None:
        await unless_unchanged(
            in_markup_or_plain(
                text,
                lambda words, mode: self._bot.edit_message_caption(
                    chat_id, number, caption=words, parse_mode=mode, reply_markup=keyboard(buttons)
                ),
            )
        )

    async def replace_picture(self, chat_id: str, number: int, text: Text, reply: Reply) -> None:
        picture = reply.pictures[0]
        await unless_unchanged(
            in_markup_or_plain(
                text,
                lambda words, mode: self._bot.edit_message_media(
                    InputMediaPhoto(picture.png, caption=words, parse_mode=mode, filename=picture.name),
                    chat_id,
                    number,
                    reply_markup=keyboard(reply.buttons),
                ),
            )
        )


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


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, callback_data=button.id) for button in row] for row in rows(buttons)]
    )


def answer_to(message_id: int | None) -> ReplyParameters | None:
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)
