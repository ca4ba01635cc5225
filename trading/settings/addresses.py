"""Addresses in settings, which may hold passwords."""

from __future__ import annotations

import re

from trading.redaction import secrets_in

_NO_PORT = re.compile(r"://[^/:]*:(?!\d*(/|$))")


def holds_secret(address: str) -> bool:
    """Whether a password or key is in it, or may be meant to be."""
    return "@" in address or bool(_NO_PORT.search(address)) or any(secrets_in(address))
