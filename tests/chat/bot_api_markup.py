"""Telegram's HTML, parsed as the Bot API documents it: few tags, four named entities, offsets in UTF-16 units."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "code": "code", "pre": "pre", "blockquote": "blockquote", "a": "text_link", "span": "spoiler",
}  # fmt: skip
ATTRIBUTES = {
    "a": r'\s+href="[^"]+"', "span": r'\s+class="tg-spoiler"', "code": r'(\s+class="language-[^"]+")?',
    "blockquote": r"(\s+expandable)?",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>[^<>]*)>")
REFERENCE = re.compile(r"&(?:(?P<name>[a-z]+)|#(?P<number>[0-9]+)|#x(?P<hex>[0-9a-fA-F]+));")


class MarkupError(Exception):
    """The text the Bot API would put after "can't parse entities: "."""


@dataclass
class Parsed:
    """What people see, and the spans that look different. `sloppy` lists what is accepted against the manual."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    sloppy: list[str] = field(default_factory=list)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def parse_html(source: str) -> Parsed:
    """Parse or raise MarkupError."""
    parsed, stack, at = Parsed(), list[tuple[str, int]](), 0
    while at < len(source):
        character = source[at]
        if character == "<":
            at = tag(source, at, parsed, stack)
        elif character == "&":
            at = reference(source, at, parsed)
        else:
            if character == ">":
                parsed.sloppy.append("a bare >")
            parsed.text += character
            at += 1
    if stack:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return trimmed(parsed)


def tag(source: str, at: int, parsed: Parsed, stack: list[tuple[str, int]]) -> int:
    found = TAG.match(source, at)
    if found is None:
        raise MarkupError(f"Unclosed start tag at byte offset {at}")
    name = found["name"].lower()
    if found["end"]:
        close(name, at, parsed, stack)
    elif name not in TAGS or not re.fullmatch(ATTRIBUTES.get(name, ""), found["attributes"]):
        raise MarkupError(f'Unsupported start tag "{name}" at byte offset {at}')
    else:
        stack.append((name, units(parsed.text)))
    return found.end()


def close(name: str, at: int, parsed: Parsed, stack: list[tuple[str, int]]) -> None:
    if not stack:
        raise MarkupError(f"Unexpected end tag at byte offset {at}")
    opened, offset = stack.pop()
    if opened != name:
        raise MarkupError(f'Unmatched end tag at byte offset {at}, expected "</{opened}>", found "</{name}>"')
    if (length := units(parsed.text) - offset) > 0:
        parsed.entities.append({"type": TAGS[name], "offset": offset, "length": length})


def reference(source: str, at: int, parsed: Parsed) -> int:
    found = REFERENCE.match(source, at)
    if found is None or (found["name"] and found["name"] not in NAMED):
        parsed.sloppy.append(f"a bare & before {source[at + 1 : at + 8]!r}")
        parsed.text += "&"
        return at + 1
    number = int(found["number"]) if found["number"] else int(found["hex"], 16) if found["hex"] else 0
    parsed.text += NAMED[found["name"]] if found["name"] else chr(number)
    return found.end()


def trimmed(parsed: Parsed) -> Parsed:
    """White space goes from the end, and from the start as far as the first entity."""
    parsed.text = parsed.text.rstrip()
    first = min((entity["offset"] for entity in parsed.entities), default=len(parsed.text))
    lead = min(len(parsed.text) - len(parsed.text.lstrip()), first)
    parsed.text = parsed.text[lead:]
    end = units(parsed.text)
    for entity in parsed.entities:
        entity["offset"] -= lead
        entity["length"] = min(entity["length"], end - entity["offset"])
    parsed.entities = sorted(
        (entity for entity in parsed.entities if entity["length"] > 0), key=lambda entity: entity["offset"]
    )
    return parsed


def typed_entities(text: str) -> list[dict[str, Any]]:
    """The entities that Telegram finds by itself in what a person types: commands and mentions."""
    found = []
    for match in re.finditer(r"(?<![\w/@])(?:/\w+(?:@\w+)?|@\w{4,})", text):
        kind = "bot_command" if match.group().startswith("/") else "mention"
        found.append({"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())})
    return found
