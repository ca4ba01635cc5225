"""Errors named after what the caller can do about them."""

from __future__ import annotations


class PurserError(Exception):
    """Base of everything this program raises on purpose."""


class Retryable(PurserError):
    """Nothing happened; the same call may work later (network down, venue busy)."""


class OutcomeUnknown(PurserError):
    """The request may or may not have taken effect; ask the venue before doing anything else."""


class NeedsOperator(PurserError):
    """A person has to look; the message says at what and why."""


class Fatal(PurserError):
    """The program cannot go on; the message is the one sentence shown to the user."""


class SettingsError(Fatal):
    """A setting is malformed: the sentence names it, what was given and what is allowed."""


class CurrencyMismatch(PurserError):
    """Two amounts in different currencies were combined; this is a defect in the caller."""


class StaleData(Retryable):
    """The newest price is older than the use at hand allows."""


class ConcurrentUpdate(PurserError):
    """The row is no longer in the state the caller expected; read it again."""
