"""Text without secrets, however they are spelled in it: plain, cut short, or as URLs, JSON, HTML and code have them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

HIDDEN = "•••"
SHORTEST = 6
"""Shorter secrets would blot out ordinary words."""
_CUT = 12
"""Texts are cut: so many signs of a secret's beginning count as the secret."""
_TAIL = 20
"""What follows the last colon of a secret is one by itself where it is that long: a bot's token after its id."""

_PASSWORD = re.compile(r"://[^:/?#]*:(.*)@")
_PARAMETER = re.compile(r"[?&;][^=&;]*(?:pass|pwd|key|token|secret|auth|sig)[^=&;]*=([^&;#]+)", re.IGNORECASE)
_OF_TOKENS = re.compile(r"(?=[\w+=/-]*[0-9])(?=[\w+=/-]*[A-Za-z])[\w+=-][\w+=/-]{19,}")


class Redaction:
    """Hides the secrets it was told of: call it with a text."""

    def __init__(self, *secrets: str) -> None:
        self._spellings: dict[str, _Spelling] = {}
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Hide these too from now on."""
        for secret in secrets:
            for form in _forms(secret):
                self._spellings.setdefault(form, _Spelling(form))
        # The longest first: what is a part of another secret must not leave the rest of it.
        self._spellings = dict(sorted(self._spellings.items(), key=lambda each: -len(each[0])))

    def __call__(self, text: str) -> str:
        spellings = self._spellings.values()
        for spelling in spellings:
            text = spelling.whole.sub(HIDDEN, text)
        # Only then: two spellings may begin alike.
        for spelling in spellings:
            text = spelling.hidden_where_cut(text)
        return text


def secrets_in(address: str) -> Iterator[str]:
    """The passwords and keys in a URL, as written and as meant."""
    written = [*_PASSWORD.findall(address), *_PARAMETER.findall(address)]
    yield from (form for secret in written for form in (secret, unquote(secret)))


def without_tokens(text: str) -> str:
    """`text` without what looks like somebody's token or key; for what was given in a place that takes no secret."""
    return _OF_TOKENS.sub(HIDDEN, text)


class _Spelling:
    """One form of a secret, each sign of it as it is or escaped in any usual way."""

    def __init__(self, form: str) -> None:
        signs = [_sign(sign) for sign in form]
        self.whole = re.compile("".join(signs))
        self._start = re.compile("".join(signs[:_CUT]))
        self._rest = [re.compile(sign) for sign in signs[_CUT:]]

    def hidden_where_cut(self, text: str) -> str:
        """`text` without what is left of the secret where its end is missing."""
        pieces, done = [], 0
        while (found := self._start.search(text, done)) is not None:
            pieces += [text[done : found.start()], HIDDEN]
            done = self._end(text, found.end())
        return "".join([*pieces, text[done:]]) if pieces else text

    def _end(self, text: str, position: int) -> int:
        """How far the secret that has begun goes on."""
        for sign in self._rest:
            found = sign.match(text, position)
            if found is None:
                break
            position = found.end()
        return position


def _forms(secret: str) -> Iterator[str]:
    tail = secret.rpartition(":")[2]
    for text in dict.fromkeys((secret, tail if len(tail) >= _TAIL else secret)):
        if len(text) >= SHORTEST:
            encoded = text.encode("utf-8", "replace")
            yield from (text, encoded.hex(), encoded.hex().upper(), *_in_base64(encoded))


def _in_base64(secret: bytes) -> Iterator[str]:
    """The part that stays the same whatever stands before and after it: a login is encoded together with its name."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + secret)
        first, last = -(-before * 8 // 6), (before + len(secret)) * 8 // 6
        stable = whole[first:last].decode()
        yield from (stable, stable.replace("+", "-").replace("/", "_"))


def _sign(sign: str) -> str:
    """A pattern for one sign of a secret."""
    if sign.isascii() and sign.isalnum():
        return sign
    plain = rf"\\*{re.escape(sign)}"
    if sign in "-_.~":
        return plain
    blank = [r"\+"] if sign == " " else []
    return f"(?:{'|'.join([*_in_html(sign), _in_bytes(sign), *_in_code(sign), *blank, plain])})"


def _in_bytes(sign: str) -> str:
    """As addresses write it, and Python's bytes."""
    # Encoded again and again, the per cent sign becomes %25.
    return "".join(rf"(?:%(?:25)*|\\+x)(?i:{byte:02x})" for byte in sign.encode("utf-8", "replace"))


def _in_code(sign: str) -> Sequence[str]:
    """As JSON and Python write it, with more backslashes where that was quoted once more."""
    names = (json.dumps(sign)[1:-1], f"\\u{ord(sign):04x}", f"\\x{ord(sign):02x}", f"\\U{ord(sign):08x}")
    return [rf"\\*(?i:{re.escape(name[1:])})" for name in dict.fromkeys(names) if name.startswith("\\")]


def _in_html(sign: str) -> Sequence[str]:
    return (re.escape(html.escape(sign)), f"&#0*{ord(sign)};", f"(?i:&#x0*{ord(sign):x};)")
