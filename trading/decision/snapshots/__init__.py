"""Snapshots: the world at one instant, written down whole, and read back as it was."""

from trading.decision.snapshots.in_force import InForce
from trading.decision.snapshots.snapshot import Snapshot
from trading.decision.snapshots.taking import Snapshots, Surroundings

__all__ = ["InForce", "Snapshot", "Snapshots", "Surroundings"]
