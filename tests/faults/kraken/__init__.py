"""A loopback Kraken spot venue that is as hard to please as the original and breaks on demand."""

from tests.faults.kraken.auth import TRADING, Key, Permission
from tests.faults.kraken.exchange import KrakenExchange
from tests.faults.kraken.faults import Fault
from tests.faults.kraken.limits import INTERMEDIATE, PRO, STARTER, UNLIMITED, Tier

__all__ = [
    "INTERMEDIATE",
    "PRO",
    "STARTER",
    "TRADING",
    "UNLIMITED",
    "Fault",
    "Key",
    "KrakenExchange",
    "Permission",
    "Tier",
]
