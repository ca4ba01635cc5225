"""Secrets that are nowhere else in the world, every way to write them down, and the search for them."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote, quote_plus

TELEGRAM = "7104412233:AAEc4n4ryTelegram_q7-Zk2vXw8YpLmR5sT"
DISCORD = "MTc0NjE5MjgzNzQ2NTAx.GcAnRy.Disc0rd_q7-Zk2vXw8YpLmR5sT1uB3nC6dF"
KEY = "c4n4ryKey/q7+Zk2vXw8YpLmR5sT1uB3nC6dFgH9jK0aQwErTyUiOpAsD"
SECRET = base64.b64encode(b"c4n4ry secret of an exchange: \xfb\xff\xbe 1234567890 abcdefghijklmnop qr").decode()
PASSPHRASE = "c4n4ry+Pass:phrase=9/8"
OPENAI = "sk-proj-c4n4ryOpenAI_q7-Zk2vXw8YpLmR5sT1uB3nC6dFgH9jK0"
DATABASE = "c4n4ryDataba$e&9%zK"
ALL = (TELEGRAM, DISCORD, KEY, SECRET, PASSPHRASE, OPENAI, DATABASE)
MAY_BE_CUT = 16
"""So much of a secret's beginning gives nothing away: a bot's id, a key's kind."""


def spellings(secret: str) -> Iterator[str]:
    """How a secret may stand in a text."""
    data = secret.encode()
    tail = secret.rpartition(":")[2]
    for text in dict.fromkeys((secret, tail if len(tail) > MAY_BE_CUT else secret)):
        yield from (text, quote(text), quote(text, safe=""), quote_plus(text), quote(quote(text, safe=""), safe=""))
        yield from (html.escape(text), json.dumps(text)[1:-1], json.dumps(json.dumps(text))[3:-3], repr(text)[1:-1])
        yield from (text.replace("_", r"\_"), text.replace("/", r"\/"))
    yield from (data.hex(), data.hex().upper())
    yield from (base64.b64encode(data).decode().rstrip("="), base64.urlsafe_b64encode(data).decode().rstrip("="))
    # Encoded with what stands before it, as a login is.
    yield from (base64.b64encode(b"u" * before + b":" + data).decode().rstrip("=") for before in range(1, 3))


@cache
def traces(secret: str) -> tuple[str, ...]:
    """What must not be found: the beginning of a spelling, none of which is the beginning of another."""
    begun = sorted({text[: max(MAY_BE_CUT, len(text) // 2)] for text in spellings(secret)})
    return tuple(text for text in begun if not any(text != other and text.startswith(other) for other in begun))


def found(text: str, secrets: Iterable[str] = ALL) -> list[str]:
    """Which traces of which secrets are in `text`."""
    return [trace for secret in secrets for trace in traces(secret) if trace in text]


def found_in_files(folder: Path, secrets: Iterable[str] = ALL) -> list[str]:
    """The same of every file under `folder`, whatever it holds; and in which file."""
    told = list(secrets)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [f"{path.name}: {trace}" for path in files for trace in found(path.read_bytes().decode("latin-1"), told)]
