"""The venue and a client for it."""

from tests.faults.kraken.rig import client, clock, kraken

__all__ = ["client", "clock", "kraken"]
