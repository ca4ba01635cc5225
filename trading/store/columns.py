"""Column types that lose nothing, on every database: exact Decimals, UTC instants, closed vocabularies, JSON facts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from trading.store.codec import JsonCodec

T = TypeVar("T")
Reading = Callable[[str | None], T | None]
"""How a cell is read. Given as it is, and not through `process_result_value`: a look back reads many thousands."""


class Exact(TypeDecorator[Decimal]):
    """A Decimal as text, digit for digit: SQLite's own numerics are floats. Compare them in Python only."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"an amount must be a finite number, not {value}; check it before storing it")
        return str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Reading[Decimal]:
        return lambda value: None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """An aware time as ISO text in UTC, always of one width: the order of the texts is the order of the times."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone; pass an aware time")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def result_processor(self, dialect: Dialect, coltype: object) -> Reading[datetime]:
        return lambda value: None if value is None else datetime.fromisoformat(value)


class Word(TypeDecorator[StrEnum]):
    """A member of one closed vocabulary, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, vocabulary: type[StrEnum]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Reading[StrEnum]:
        known = {word.value: word for word in self.vocabulary}
        # A word that is none raises, as the vocabulary itself does.
        return lambda value: None if value is None else known.get(value) or self.vocabulary(value)


class JsonFact(TypeDecorator[Any]):
    """A fact as JSON text, through its codec."""

    impl = Text
    cache_ok = True

    def __init__(self, codec: JsonCodec[Any]) -> None:
        super().__init__()
        self.codec = codec

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self.codec.dump(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self.codec.load(value)
