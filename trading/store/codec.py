"""Facts as JSON text and back, exact: Decimals travel as strings, times with their offset."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, TypeAdapter

from trading.domain.discrepancy import Discrepancy
from trading.domain.event import Event
from trading.domain.market import Instrument
from trading.domain.plan import Cycle, Prediction
from trading.domain.risk import Consent, Estimate, NeedsApproval

T = TypeVar("T")


class JsonCodec(Generic[T]):
    """One type's way into a text column. `load(dump(x)) == x`; malformed text raises pydantic's ValidationError."""

    def __init__(self, type_: Any) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(type_)

    def dump(self, value: T) -> str:
        """`value` as compact ASCII JSON; keys keep their order."""
        # Python's json rather than pydantic's: it keeps infinities, and an ASCII text survives any database.
        return json.dumps(self._adapter.dump_python(value, mode="json"), separators=(",", ":"))

    def load(self, text: str) -> T:
        return self._adapter.validate_python(json.loads(text))


EVENTS: JsonCodec[Event] = JsonCodec(Annotated[Event, Field(discriminator="kind")])
CYCLES: JsonCodec[Cycle] = JsonCodec(Cycle)
PREDICTIONS: JsonCodec[Prediction] = JsonCodec(Prediction)
INSTRUMENTS: JsonCodec[Instrument] = JsonCodec(Instrument)
NOTES: JsonCodec[tuple[str, ...]] = JsonCodec(tuple[str, ...])
FIGURES: JsonCodec[Mapping[str, Decimal]] = JsonCodec(Mapping[str, Decimal])
NAMES: JsonCodec[Mapping[str, str]] = JsonCodec(Mapping[str, str])
ESTIMATES: JsonCodec[Mapping[str, Estimate]] = JsonCodec(Mapping[str, Estimate])
NEEDED: JsonCodec[NeedsApproval] = JsonCodec(NeedsApproval)
CONSENT: JsonCodec[Consent] = JsonCodec(Consent)
DISCREPANCIES: JsonCodec[tuple[Discrepancy, ...]] = JsonCodec(tuple[Discrepancy, ...])
