"""What a key may do at its exchange. A key that can withdraw, or whose powers cannot be read, is refused for LIVE."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyPermissions:
    """What the venue says about a key; `names` are its own words."""

    can_withdraw: bool
    can_trade: bool
    can_query: bool
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """The venue does not tell. `reason` is one sentence."""

    reason: str


# "Withdraw" in any form takes money away, and so does a transfer to someone else's account.
_TAKES_MONEY_AWAY = ("withdraw", "transfer")
# Whoever may place orders may also cancel them.
_TRADES = frozenset({"modify-trades"})
_READS = frozenset({"query-funds", "query-open-trades", "query-closed-trades", "query-ledger"})


def from_kraken(names: frozenset[str]) -> KeyPermissions:
    """Permissions out of the names in `GetApiKeyInfo`."""
    words = frozenset(name.strip().lower().replace("_", "-") for name in names)
    return KeyPermissions(
        can_withdraw=any(part in word for word in words for part in _TAKES_MONEY_AWAY),
        can_trade=words >= _TRADES,
        can_query=words >= _READS,
        names=words,
    )


def reason_against_live(found: KeyPermissions | Unverifiable) -> str | None:
    """Why LIVE must not start with this key, as one sentence; None when nothing speaks against it."""
    if isinstance(found, Unverifiable):
        return found.reason
    if found.can_withdraw:
        return "The key can withdraw funds; make one at the exchange that can only query and trade."
    missing = sorted((_TRADES | _READS) - found.names) if found.names else []
    if not (found.can_trade and found.can_query):
        return f"The key lacks permissions; allow it {', '.join(missing) or 'to query and to trade'} at the exchange."
    return None
