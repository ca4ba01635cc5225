"""What a request to a model is for. It is set where the purpose is known, and read where the request is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from trading.domain.usage import Purpose


@dataclass(slots=True)
class Charge:
    """One errand: its purpose, its cycle (empty for a question), and what has become of its requests so far.

    `requests` counts those that were sent; `given_up` are the models that have failed it and are not asked again on
    this errand.
    """

    purpose: Purpose = Purpose.QUESTION
    cycle_id: str = ""
    requests: int = 0
    given_up: set[str] = field(default_factory=set)


# Not an argument: between the two places lie everybody's planners and models, which have no use for it.
_CURRENT: ContextVar[Charge | None] = ContextVar("charge", default=None)


def current_charge() -> Charge:
    """The errand of the running task; a question of its own where nothing else was said."""
    return _CURRENT.get() or Charge()


@contextmanager
def charged(purpose: Purpose, cycle_id: str) -> Iterator[Charge]:
    """Everything asked inside, also by tasks started inside, is for this."""
    charge = Charge(purpose, cycle_id)
    token = _CURRENT.set(charge)
    try:
        yield charge
    finally:
        _CURRENT.reset(token)
