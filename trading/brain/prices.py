"""What models cost, and up to when they know the world: a table that is shipped, and one that the user may add."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from trading.errors import SettingsError

_MILLION = Decimal(1_000_000)
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")
"""The end of a name that fixes a model to a date; it costs what the model costs."""


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('an amount is written as text, such as "2.50"')
    return value


_Price = Annotated[Decimal, BeforeValidator(_text), Field(ge=0, allow_inf_nan=False)]


class ModelPrice(BaseModel):
    """US dollars for a million tokens, in and out; `knowledge_cutoff` is the date that its maker states."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: _Price
    output: _Price
    knowledge_cutoff: date | None = None


class _PriceFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date
    about: str = ""
    models: dict[str, ModelPrice]


class PriceTable:
    """Prices by model; the latest date on which they were looked up is `as_of`."""

    def __init__(self, prices: Mapping[str, ModelPrice], as_of: date) -> None:
        self._prices = {name.lower(): price for name, price in prices.items()}
        self.as_of = as_of

    @classmethod
    def load(cls, *files: Path) -> PriceTable:
        """The entries of `files`, later ones over earlier ones. Raises SettingsError with one sentence."""
        read = [_read(path) for path in files]
        together = {name.lower(): price for file in read for name, price in file.models.items()}
        return cls(together, max(file.as_of for file in read))

    def estimate(self, model: str, input_tokens: int, output_tokens: int) -> Decimal | None:
        """US dollars for so many tokens; None where the model has no known price."""
        price = self._of(model)
        return None if price is None else (price.input * input_tokens + price.output * output_tokens) / _MILLION

    def cutoff(self, model: str) -> date | None:
        """Up to when `model` knows the world, as its maker states; None where that is not known."""
        price = self._of(model)
        return None if price is None else price.knowledge_cutoff

    def _of(self, model: str) -> ModelPrice | None:
        name = model.lower()
        return self._prices.get(name) or self._prices.get(_SNAPSHOT.sub("", name))


def _read(path: Path) -> _PriceFile:
    try:
        return _PriceFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"MODEL_PRICES is {path}, which cannot be read ({error.strerror}).") from None
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the whole"
        raise SettingsError(
            f"MODEL_PRICES is {path}, where {place} is wrong; it is written like data/model_prices.json."
        ) from None
