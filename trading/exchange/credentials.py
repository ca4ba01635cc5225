"""The key of an exchange account."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from trading.errors import SettingsError

NONCE_MARK = "nonce_mark"
"""The name under which the store keeps the number that no nonce of the key has passed."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and its secret as the exchange shows them, and the passphrase where it has one. The text shows none."""

    key: str
    secret: str
    password: str = ""

    def __repr__(self) -> str:
        return "Credentials(...)"


def require_usable(credentials: Credentials, exchange_id: str, *, needs_password: bool = False) -> None:
    """Raise SettingsError for a key, secret or passphrase that cannot be one of that exchange's."""
    if not credentials.key.strip() or not credentials.secret.strip():
        raise SettingsError("EXCHANGE_API_KEY and EXCHANGE_API_SECRET are needed to trade live; set both.")
    if needs_password and not credentials.password.strip():
        raise SettingsError("EXCHANGE_API_PASSWORD is needed by this exchange; it is the key's own passphrase.")
    if exchange_id != "kraken":
        return
    try:
        base64.b64decode(credentials.secret, validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError("EXCHANGE_API_SECRET is not a secret of Kraken's; copy it whole, once more.") from None
