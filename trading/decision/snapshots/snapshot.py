"""What a decision is made from: the world at one instant, as one text and as everything that this text says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from trading.brain.facts_table import FactTable, figures_of, rendered
from trading.decision.snapshots.canonical import digest
from trading.decision.snapshots.record import Record, read_record
from trading.domain.market import Instrument, Quote
from trading.risk.guards import GuardHistory, Guards
from trading.risk.limits import Limits

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything here is read out of `text` (canonical JSON; `hash` is its SHA-256): equal texts, equal snapshots.

    `equity` and `cash` (what is free of it) are in quote, `held` in base by symbol, `weights` shares of equity by
    symbol held, `fees` the taker's as fractions, `daily_closes` oldest first. `figures` maps each reference
    ("BTC/USD.1d.rsi14") to the text that the prompt shows for it, and `facts` is all of that text. `thesis` and
    `quoted` (by what it is) are words from outside or from a model.
    """

    text: str
    hash: str
    at: datetime = field(compare=False)
    cycle_id: str = field(compare=False)
    quote: str = field(compare=False)
    equity: Decimal = field(compare=False)
    cash: Decimal = field(compare=False)
    held: Mapping[str, Decimal] = field(compare=False)
    weights: Mapping[str, Decimal] = field(compare=False)
    quotes: Mapping[str, Quote] = field(compare=False)
    instruments: Mapping[str, Instrument] = field(compare=False)
    fees: Mapping[str, Decimal] = field(compare=False)
    limits: Limits = field(compare=False)
    take_profit: Decimal | None = field(compare=False)
    guards: Guards = field(compare=False)
    history: GuardHistory = field(compare=False)
    daily_closes: Mapping[str, npt.NDArray[np.float64]] = field(compare=False)
    tables: tuple[FactTable, ...] = field(compare=False)
    thesis: str = field(compare=False)
    quoted: Mapping[str, str] = field(compare=False)

    @classmethod
    def read(cls, text: str) -> Snapshot:
        """The snapshot that `text` says. Raises ValueError with one sentence for what is none."""
        return _opened(read_record(text), text)

    @property
    def figures(self) -> Mapping[str, str]:
        """Every figure that is known, by its reference."""
        return figures_of(self.tables)

    @property
    def facts(self) -> str:
        """The figures as a model is shown them."""
        return rendered(self.tables)


def _opened(record: Record, text: str) -> Snapshot:
    equity, instruments = record.equity, {instrument.symbol: instrument for instrument in record.instruments}
    return Snapshot(
        text=text,
        hash=digest(text),
        at=record.at,
        cycle_id=record.cycle_id,
        quote=record.quote,
        equity=equity,
        cash=record.free_cash,
        held={held.symbol: held.quantity for held in record.held},
        weights={held.symbol: held.value / equity for held in record.held} if equity else {},
        quotes=_in_order(record.quotes, instruments),
        instruments=instruments,
        fees=_in_order(record.fees, instruments),
        limits=record.limits,
        take_profit=record.take_profit,
        guards=record.guards,
        history=record.history,
        daily_closes=_arrays(_in_order(record.daily_closes, instruments)),
        tables=record.tables,
        thesis=record.thesis,
        quoted=record.quoted,
    )


def _in_order(by_symbol: Mapping[str, Value], symbols: Iterable[str]) -> dict[str, Value]:
    """As the settings name them: the text sorts its keys."""
    return {symbol: by_symbol[symbol] for symbol in symbols if symbol in by_symbol}


def _arrays(closes: Mapping[str, tuple[float, ...]]) -> dict[str, npt.NDArray[np.float64]]:
    return {symbol: np.array(column, dtype=np.float64) for symbol, column in closes.items()}
