"""What a snapshot keeps: every fact that a decision rests on, exact, in the shape in which it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from trading.brain.facts_table import FactTable
from trading.decision.snapshots.canonical import canonical
from trading.domain.market import Instrument, Quote
from trading.risk.guards import GuardHistory, Guards
from trading.risk.limits import Limits

VERSION = 2
"""Of the shape below. Snapshots without a version were written by the first."""


@dataclass(frozen=True, slots=True)
class Held:
    """One holding: `quantity` in base, `price` the quote per base that it is valued at, the rest as its position says.

    `stop` and `target` are the exit levels in force, in quote per base.
    """

    symbol: str
    quantity: Decimal
    price: Decimal
    cost: Decimal
    entry_value: Decimal
    opened_at: datetime | None
    stop: Decimal | None
    target: Decimal | None

    @property
    def value(self) -> Decimal:
        """In quote."""
        return self.quantity * self.price


@dataclass(frozen=True, slots=True)
class Record:
    """`cash` is all of it and `free_cash` what no order has reserved, in quote; `fees` are the taker's, fractions.

    `held` is in the order in which it was bought, `instruments` in that of the settings. `daily_closes` are oldest
    first. `tables` are the figures as a model is shown them; `thesis` and `quoted` are
    words that nobody vouches for.
    """

    version: int
    at: datetime
    cycle_id: str
    quote: str
    cash: Decimal
    free_cash: Decimal
    held: tuple[Held, ...]
    quotes: Mapping[str, Quote]
    instruments: tuple[Instrument, ...]
    fees: Mapping[str, Decimal]
    limits: Limits
    take_profit: Decimal | None
    guards: Guards
    history: GuardHistory
    daily_closes: Mapping[str, tuple[float, ...]]
    tables: tuple[FactTable, ...]
    thesis: str = ""
    quoted: Mapping[str, str] = field(default_factory=dict)

    @property
    def equity(self) -> Decimal:
        """Cash and holdings, in quote."""
        return self.cash + sum((held.value for held in self.held), Decimal(0))

    def write(self) -> str:
        """The canonical text."""
        return canonical(_RECORDS.dump_python(self))


_RECORDS: TypeAdapter[Record] = TypeAdapter(Record)


def read_record(text: str) -> Record:
    """The record that was written as `text`. Raises ValueError with one sentence."""
    try:
        record = _RECORDS.validate_json(text)
    except ValidationError as error:
        raise ValueError(
            "this snapshot was written by another version of the program; it can be looked at but not decided from"
        ) from error
    if record.version != VERSION:
        raise ValueError(f"this snapshot has version {record.version}; this program decides from version {VERSION}")
    return record
