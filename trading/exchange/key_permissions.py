"""What a key may do at its exchange. A key that can withdraw, or whose powers cannot be read, is refused for LIVE."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What the venue says about a key.

    `names` are the venue's own words for what it may do, `missing` for what it would have to be allowed, and
    `strange` those of `names` that this program has never heard of: nobody can say what they allow.
    """

    can_withdraw: bool
    can_trade: bool
    can_query: bool
    names: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    strange: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """The venue does not tell. `reason` is one sentence."""

    reason: str


# "Withdraw" in any form takes money away, and so does a transfer to someone else's account.
_TAKES_MONEY_AWAY = ("withdraw", "transfer")
# Whoever may place orders may also cancel them.
_TRADES = frozenset({"modify-trades"})
_READS = frozenset({"query-funds", "query-open-trades", "query-closed-trades", "query-ledger"})
# Of no use here and no harm: deposit addresses, staking inside the account, exports, and the private stream.
_HARMLESS = frozenset(
    {"close-trades", "add-funds", "earn-funds", "export-data", "create-ws-token", "access-websockets"}
)


def takes_money_away(word: str) -> bool:
    """Whether a permission of this name lets money leave the account."""
    return any(part in word.lower() for part in _TAKES_MONEY_AWAY)


def from_kraken(names: AbstractSet[str]) -> KeyPermissions:
    """Permissions out of the names in `GetApiKeyInfo`."""
    words = frozenset(name.strip().lower().replace("_", "-") for name in names)
    return KeyPermissions(
        can_withdraw=any(takes_money_away(word) for word in words),
        can_trade=words >= _TRADES,
        can_query=words >= _READS,
        names=words,
        missing=(_TRADES | _READS) - words,
        strange=words - _TRADES - _READS - _HARMLESS,
    )


def reason_against_live(found: KeyPermissions | Unverifiable) -> str | None:
    """Why LIVE must not start with this key, as one sentence; None when nothing speaks against it."""
    if isinstance(found, Unverifiable):
        return found.reason
    if found.can_withdraw:
        return "The key can withdraw funds; make one at the exchange that can only query and trade."
    if not (found.can_trade and found.can_query):
        wanted = ", ".join(sorted(found.missing)) or "to query and to trade"
        return f"The key lacks permissions; allow it {wanted} at the exchange."
    if found.strange:
        return (
            f"The key may also {', '.join(sorted(found.strange))}, which this program does not know; make one at the "
            "exchange that can only query and trade."
        )
    return None
