"""How exchanges other than Kraken tell what a key may do: one question and one reading for each that has a way.

An exchange that is not listed here cannot be asked, so it is not traded live. Each reading raises LookupError or
TypeError for an answer of another shape, and takes what an answer leaves out for the worse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trading.exchange.key_permissions import KeyPermissions, takes_money_away

Reading = Callable[[Any, str], KeyPermissions]
"""From the answer and the key that asked."""


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """ccxt's `method` asks, `read` reads the answer."""

    method: str
    read: Reading


def read_binance(answer: Any, key: str) -> KeyPermissions:
    """GET /sapi/v1/account/apiRestrictions: flags by name. Internal and universal transfers reach other accounts."""
    flags = {name: value is True for name, value in answer.items()}
    # A flag that is not told counts as set.
    away = ("enableWithdrawals", "enableInternalTransfer", "permitsUniversalTransfer")
    missing = {name for name in ("enableReading", "enableSpotAndMarginTrading") if not flags[name]}
    return KeyPermissions(
        can_withdraw=any(answer.get(name) is not False for name in away) or _any_away(_set(flags), known=away),
        can_trade=flags["enableSpotAndMarginTrading"],
        can_query=flags["enableReading"],
        names=_set(flags),
        missing=frozenset(missing),
    )


def read_bybit(answer: Any, key: str) -> KeyPermissions:
    """GET /v5/user/query-api: `permissions` by area, and `readOnly`."""
    result = answer["result"]
    names = frozenset(word for words in result["permissions"].values() for word in words)
    can_trade = "SpotTrade" in result["permissions"]["Spot"] and int(result["readOnly"]) == 0
    # Moving between one's own pockets is no way out.
    away = _any_away(names, known=("AccountTransfer",))
    return _permissions(names, away, can_trade, True, "SpotTrade")


def read_okx(answer: Any, key: str) -> KeyPermissions:
    """GET /api/v5/account/config: `perm` is a list with commas."""
    (account,) = answer["data"]
    names = _listed(account["perm"])
    return _permissions(names, _any_away(names), "trade" in names, "read_only" in names or "trade" in names, "trade")


def read_kucoin(answer: Any, key: str) -> KeyPermissions:
    """GET /api/v1/user/api-key: `permission` is a list with commas; "InnerTransfer" stays inside the account."""
    names = _listed(answer["data"]["permission"])
    away = _any_away(names, known=("InnerTransfer",))
    return _permissions(names, away, "Spot" in names or "Trade" in names, "General" in names, "Spot")


def read_gate(answer: Any, key: str) -> KeyPermissions:
    """GET /account/main_keys: every key of the account with `perms`; ours is the one with our name."""
    (ours,) = (each for each in answer if each["key"] == key)
    writes = {each["name"] for each in ours["perms"] if each["read_only"] is not True}
    names = frozenset(each["name"] for each in ours["perms"])
    # Whoever may write in the wallet may move funds to sub-accounts.
    away = "wallet" in writes or _any_away(writes)
    return _permissions(names, away, "spot" in writes, "spot" in names, "spot")


def read_coinbase(answer: Any, key: str) -> KeyPermissions:
    """GET /api/v3/brokerage/key_permissions: three flags, "transfer" being withdrawals."""
    names = frozenset(name for name in ("can_view", "can_trade", "can_transfer") if answer[name] is True)
    return _permissions(
        names, answer["can_transfer"] is not False, "can_trade" in names, "can_view" in names, "can_trade"
    )


def read_bitfinex(answer: Any, key: str) -> KeyPermissions:
    """POST /v2/auth/r/permissions: rows of scope, read, write."""
    reads = {str(row[0]) for row in answer if row[1] != 0}
    writes = {str(row[0]) for row in answer if row[2] != 0}
    can_query = {"orders", "wallets", "history"} <= reads | writes
    return _permissions(frozenset(reads | writes), _any_away(writes), "orders" in writes, can_query, "orders")


def read_gemini(answer: Any, key: str) -> KeyPermissions:
    """POST /v1/roles: fund managers withdraw, traders trade, and both can look; administrators can do all."""
    names = frozenset(name for name, value in answer.items() if name.startswith("is") and value is True)
    away = answer["isFundManager"] is not False or answer.get("isAccountAdmin", False) is not False
    return _permissions(names, away, "isTrader" in names, bool(names & {"isTrader", "isAuditor"}), "isTrader")


_BINANCE = KeyCheck("sapi_get_account_apirestrictions", read_binance)
_BYBIT = KeyCheck("private_get_v5_user_query_api", read_bybit)
_OKX = KeyCheck("private_get_account_config", read_okx)

KEY_CHECKS: Mapping[str, KeyCheck] = {
    "binance": _BINANCE,
    "binanceus": _BINANCE,
    "bitfinex": KeyCheck("private_post_auth_r_permissions", read_bitfinex),
    "bybit": _BYBIT,
    "bybiteu": _BYBIT,
    "coinbase": KeyCheck("v3_private_get_brokerage_key_permissions", read_coinbase),
    "gate": KeyCheck("private_account_get_main_keys", read_gate),
    "gemini": KeyCheck("private_post_v1_roles", read_gemini),
    "kucoin": KeyCheck("private_get_user_api_key", read_kucoin),
    "myokx": _OKX,
    "okx": _OKX,
    "okxus": _OKX,
}
"""By ccxt's name of the exchange."""


def _permissions(
    names: frozenset[str], can_withdraw: bool, can_trade: bool, can_query: bool, trading: str
) -> KeyPermissions:
    missing = frozenset() if can_trade else frozenset({trading})
    return KeyPermissions(can_withdraw, can_trade, can_query, names, missing)


def _any_away(names: Iterable[str], known: Iterable[str] = ()) -> bool:
    return any(takes_money_away(name) for name in names if name not in known)


def _set(flags: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, is_set in flags.items() if is_set)


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())
