"""Facts as the one text that they have, and the digest that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from trading.decision.snapshots.numbers import plain


def canonical(facts: Mapping[str, Any]) -> str:
    """`facts` as ASCII JSON: keys sorted, no spaces, Decimals as plain strings, times with their offset.

    Raises ValueError for a float that is not finite.
    """
    return json.dumps(_spelled(facts), sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of `text`, in hex."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _spelled(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        # A list of numbers is what is long here: it needs no second look at each.
        return value if value and isinstance(value[0], float) else [_spelled(inner) for inner in value]
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else value
