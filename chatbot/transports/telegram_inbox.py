"""Telegram updates as `Incoming` and `Press`.

An identity that several people can speak through, or text that the sender did not write, is marked
suspect; the router refuses it. What is not addressed to this bot becomes None.
"""

from __future__ import annotations

import re
from collections.abc import Container

from telegram import CallbackQuery, Chat, Message, MessageEntity, Update, User
from telegram.constants import ChatType

from chatbot.message import Actor, Channel, Incoming, MessageRef, Press
from chatbot.transports.telegram_address import PLATFORM, channel_of

ANONYMOUS_ADMIN = 1087968824
CHANNEL_IN_GROUP = 136817688
SERVICE = 777000

COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?P<rest>\s.*|$)", re.DOTALL)
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)


def read_message(update: Update, me: User, known: Container[str]) -> Incoming | None:
    """A new text that is meant for us. Edits, pictures, stickers and service messages are not.

    `known` are our commands' names: in a group another one may be another bot's, and counts only when addressed to us.
    """
    message = said(update)
    if message is None or not message.text:
        return None
    text = addressed_text(message, me, known)
    if text is None:
        return None
    return Incoming(
        actor=sender(message),
        channel=channel_of(message),
        text=text,
        update_id=str(update.update_id),
        sent_at=message.date,
    )


def said(update: Update) -> Message | None:
    """The new message in `update`. An edited one is none: who reads it again would act on it again."""
    return update.message or update.channel_post


def read_press(update: Update) -> Press | None:
    """A button pressed under one of our messages; None where Telegram no longer says which."""
    query = update.callback_query
    if query is None or query.message is None or query.data is None:
        return None
    channel = pressed_in(query)
    return Press(
        actor=person(query.from_user),
        channel=channel,
        button_id=query.data,
        update_id=str(update.update_id),
        message=MessageRef(channel, pressed_id(query)),
    )


def pressed_in(query: CallbackQuery) -> Channel:
    """Where the pressed message stands; of one too old to be accessible Telegram tells the chat and not the topic."""
    message = query.message
    assert message is not None
    return channel_of(message) if isinstance(message, Message) else Channel(PLATFORM, str(message.chat.id))


def pressed_id(query: CallbackQuery) -> str:
    """The id under which `MessageRef` knows the pressed message: a "p" before it says that it carries a picture."""
    message = query.message
    assert message is not None
    pictured = isinstance(message, Message) and bool(message.photo or message.document)
    return f"p{message.message_id}" if pictured else str(message.message_id)


def is_group(chat: Chat) -> bool:
    return chat.type in GROUPS


def addressed_text(message: Message, me: User, known: Container[str]) -> str | None:
    """The text with our own name taken out; None where it is for another bot, or for the people in the group."""
    text = (message.text or "").strip()
    to_us = not is_group(message.chat) or mentions(message, me) or answers(message, me)
    if command := COMMAND.fullmatch(text):
        to_us = names_us(command, me) if command["bot"] else to_us or command["name"].lower() in known
        return f"/{command['name']}{command['rest']}" if to_us else None
    return without_mention(text, me) if to_us else None


def names_us(command: re.Match[str], me: User) -> bool:
    return command["bot"].casefold() == (me.username or "").casefold()


def mentions(message: Message, me: User) -> bool:
    found = message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION])
    return any(names(entity, text, me) for entity, text in found.items())


def names(entity: MessageEntity, text: str, me: User) -> bool:
    return entity.user.id == me.id if entity.user is not None else text.casefold() == f"@{me.username}".casefold()


def answers(message: Message, me: User) -> bool:
    replied = message.reply_to_message
    # In a forum every message "replies" to the service message that opened the topic.
    if replied is None or replied.forum_topic_created is not None:
        return False
    return replied.from_user is not None and replied.from_user.id == me.id


def without_mention(text: str, me: User) -> str:
    if me.username is None:
        return text
    return re.sub(rf"\s*@{re.escape(me.username)}\b[,:]?\s*", " ", text, flags=re.IGNORECASE).strip()


def sender(message: Message) -> Actor:
    if message.from_user is None:
        chat = message.sender_chat or message.chat
        return Actor(PLATFORM, str(chat.id), chat.username or "", "channel post")
    return person(message.from_user, suspicion(message))


def person(user: User, suspect: str = "") -> Actor:
    # The display name is free text that anybody can set to anybody's; only the user name is unique.
    return Actor(PLATFORM, str(user.id), user.username or "", suspect or ("bot" if user.is_bot else ""))


def suspicion(message: Message) -> str:
    """Why the sender of `message` cannot be trusted to be one known person who wrote it; empty where they can."""
    if is_anonymous_admin(message):
        return "anonymous admin"
    if is_channel_post(message):
        return "channel post"
    if message.forward_origin is not None:
        return "forwarded"
    return "bot" if message.via_bot is not None or message.sender_business_bot is not None else ""


def is_anonymous_admin(message: Message) -> bool:
    by_group = message.sender_chat is not None and message.sender_chat.id == message.chat.id and is_group(message.chat)
    return by_group or (message.from_user is not None and message.from_user.id == ANONYMOUS_ADMIN)


def is_channel_post(message: Message) -> bool:
    by_service = message.from_user is not None and message.from_user.id in (SERVICE, CHANNEL_IN_GROUP)
    return by_service or message.sender_chat is not None or bool(message.is_automatic_forward)
