"""What Discord accepts: every limit and field name that our client could get wrong, as lists of faults."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


MESSAGE_FIELDS = _names(
    "content nonce tts embeds allowed_mentions message_reference components sticker_ids attachments flags "
    "enforce_nonce poll payload_json username avatar_url thread_name applied_tags"
)
EMBED_FIELDS = _names(
    "title type description url timestamp color footer image thumbnail video provider author fields flags"
)
BUTTON_FIELDS = _names("type id style label emoji custom_id sku_id url disabled")
COMMAND_FIELDS = _names(
    "id type name name_localizations description description_localizations options default_member_permissions "
    "dm_permission default_permission integration_types contexts nsfw"
)
GLOBAL_ONLY_FIELDS = frozenset(["contexts", "integration_types"])
OPTION_FIELDS = _names(
    "type name name_localizations description description_localizations required choices options channel_types "
    "min_value max_value min_length max_length autocomplete"
)
STRING_OPTION = 3
KNOWN_FLAGS = 1 << 6 | 1 << 12
"""Only for one person; without a sound."""
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def message_faults(message: Json, files: Mapping[str, bytes], kept: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """(field, fault) pairs of a message as it would stand; `kept` names attachments that stay from before."""
    yield from (("message", f"unknown field {name}") for name in message.keys() - MESSAGE_FIELDS)
    if units(message.get("content") or "") > 2000:
        yield "content", "must be 2000 or fewer in length"
    if not ((message.get("content") or "").strip() or message.get("embeds") or files or kept):
        yield "content", "cannot send an empty message"
    if (message.get("flags") or 0) & ~KNOWN_FLAGS:
        yield "flags", f"{message['flags']} cannot be set by a bot like ours"
    if len(str(message.get("nonce") or "")) > 25:
        yield "nonce", "must be 25 or fewer in length"
    yield from _embed_faults(message.get("embeds") or [], {*files, *kept})
    yield from _component_faults(message.get("components") or [])
    yield from _attachment_faults(message.get("attachments") or [], files)
    if (message.get("allowed_mentions") or {}).get("parse") != []:
        yield "allowed_mentions", "our bot must never ping anyone by accident"


def _embed_faults(embeds: Sequence[Json], names: set[str]) -> Iterator[tuple[str, str]]:
    if len(embeds) > 10:
        yield "embeds", "must be 10 or fewer in length"
    if sum(map(_embed_length, embeds)) > 6000:
        yield "embeds", "embed size exceeds maximum size of 6000"
    for embed in embeds:
        yield from (("embeds", f"unknown field {name}") for name in embed.keys() - EMBED_FIELDS)
        if units(embed.get("title") or "") > 256:
            yield "embeds.title", "must be 256 or fewer in length"
        if units(embed.get("description") or "") > 4096:
            yield "embeds.description", "must be 4096 or fewer in length"
        yield from _embed_field_faults(embed.get("fields") or [])
        url = (embed.get("image") or {}).get("url", "")
        if url.startswith("attachment://") and url.removeprefix("attachment://") not in names:
            yield "embeds.image", f"{url} is not attached"


def _embed_field_faults(fields: Sequence[Json]) -> Iterator[tuple[str, str]]:
    if len(fields) > 25:
        yield "embeds.fields", "must be 25 or fewer in length"
    for item in fields:
        if not 0 < units(item["name"]) <= 256 or not 0 < units(item["value"]) <= 1024:
            yield "embeds.fields", "name must have 1 to 256 and value 1 to 1024 characters"


def _embed_length(embed: Json) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [(embed.get("author") or {}).get("name")]
    texts += [text for item in embed.get("fields") or [] for text in (item["name"], item["value"])]
    return sum(units(text or "") for text in texts)


def _component_faults(rows: Sequence[Json]) -> Iterator[tuple[str, str]]:
    if len(rows) > 5:
        yield "components", "must be 5 or fewer in length"
    if any(row.get("type") != 1 or not 1 <= len(row.get("components", [])) <= 5 for row in rows):
        yield "components", "each row is an action row of 1 to 5 components"
    buttons = [button for row in rows for button in row.get("components", [])]
    ids = [button.get("custom_id") for button in buttons]
    if len(set(ids)) != len(ids):
        yield "components.custom_id", "component custom id cannot be duplicated"
    for button in buttons:
        yield from (("components", f"unknown field {name}") for name in button.keys() - BUTTON_FIELDS)
        if button.get("type") != 2 or button.get("style") not in (1, 2, 3, 4):
            yield "components.style", "only buttons of style 1 to 4 are known here"
        if not 1 <= len(button.get("custom_id") or "") <= 100:
            yield "components.custom_id", "must be between 1 and 100 in length"
        if not 1 <= units(button.get("label") or "") <= 80:
            yield "components.label", "must be between 1 and 80 in length"


def _attachment_faults(described: Sequence[Json], files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    if len(files) > 10:
        yield "attachments", "must be 10 or fewer in length"
    new = [item for item in described if "filename" in item and int(item["id"]) < 10]
    if files and sorted(item["filename"] for item in new) != sorted(files):
        yield "attachments", "the files sent are not the files described"
    if any(len(item.get("description") or "") > 1024 for item in described):
        yield "attachments.description", "must be 1024 or fewer in length"
    if sum(map(len, files.values())) > 25 * 1000 * 1000:
        yield "attachments", "Request entity too large"
    for name, data in files.items():
        if name.endswith(".png") and not is_png(data):
            yield "attachments", f"{name} is not a PNG"
        if len(data) > 10 * 1024 * 1024:
            yield "attachments", f"{name} is larger than 10 MiB"


def is_png(data: bytes) -> bool:
    """Signature, and chunks with right checksums up to IEND."""
    if not data.startswith(_PNG_SIGNATURE):
        return False
    at, kind = len(_PNG_SIGNATURE), b""
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 4 : at + 8 + length]
        if data[at + 8 + length : at + 12 + length] != struct.pack(">I", zlib.crc32(body)):
            return False
        at += 12 + length
    return kind == b"IEND" and at == len(data)


def commands_faults(commands: Sequence[Json], in_guild: bool) -> Iterator[tuple[str, str]]:
    """Faults of a bulk registration."""
    if len(commands) > 100:
        yield "commands", "maximum number of application commands reached (100)"
    names = [command.get("name") for command in commands]
    if len(set(names)) != len(names):
        yield "name", "application command names must be unique"
    for command in commands:
        yield from _command_faults(command, in_guild)


def _command_faults(command: Json, in_guild: bool) -> Iterator[tuple[str, str]]:
    yield from (("command", f"unknown field {name}") for name in command.keys() - COMMAND_FIELDS)
    if in_guild:
        misplaced = {name for name in command.keys() & GLOBAL_ONLY_FIELDS if command[name] is not None}
        yield from (("command", f"{name} is for global commands only") for name in misplaced)
    yield from _name_faults(command)
    options = command.get("options") or []
    required = [option.get("required", False) for option in options]
    if required != sorted(required, reverse=True):
        yield "options", "required options must be placed before non-required options"
    if len(options) > 25:
        yield "options", "must be 25 or fewer in length"
    for option in options:
        yield from _option_faults(option)


def _option_faults(option: Json) -> Iterator[tuple[str, str]]:
    yield from (("option", f"unknown field {name}") for name in option.keys() - OPTION_FIELDS)
    yield from _name_faults(option)
    if option.get("type") != STRING_OPTION:
        yield "option.type", "our options are all strings"
    choices = option.get("choices") or []
    if len(choices) > 25 or any(not 1 <= len(str(choice["name"])) <= 100 for choice in choices):
        yield "option.choices", "25 at most, names of 1 to 100 characters"
    if choices and option.get("autocomplete"):
        yield "option.autocomplete", "cannot be set where choices are present"


def _name_faults(named: Json) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"[-_a-z0-9]{1,32}", named.get("name") or ""):
        yield "name", f"{named.get('name')!r} does not match ^[-_a-z0-9]{{1,32}}$"
    if not 1 <= len(named.get("description") or "") <= 100:
        yield "description", "must be between 1 and 100 in length"
