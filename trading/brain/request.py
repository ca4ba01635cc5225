"""What a model is asked to decide from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One question for a plan. `facts` is the snapshot as the prompt shows it; `figures` are its values by reference.

    `allowed` are the symbols that may be bought; `weights` are the shares of equity held now, by symbol, each of which
    needs a decision. `prices` are in the quote currency; what has none cannot be predicted. `thesis` is the running
    thesis, and `quoted` other untrusted text by what it is (news, messages); both are fenced in the prompt and change
    no rule.
    """

    cycle_id: str
    snapshot_hash: str
    facts: str
    figures: Mapping[str, str]
    allowed: Sequence[str]
    weights: Mapping[str, Decimal]
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    thesis: str = ""
    quoted: Mapping[str, str] | None = None
