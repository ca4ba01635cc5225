"""What a simulated market is like: a file of parameters, checked when it is read.

Volatilities, drifts and jump sizes are per day and as fractions of the price; a state (a mood or a
trend) lasts `days` on average and then gives way to another of its list.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from trading.errors import SettingsError

DEMO = Path(__file__).resolve().parents[2] / "data" / "scenarios" / "demo.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mood(_Part):
    """How wild the whole market is."""

    name: str
    volatility: float = Field(gt=0, lt=1)
    days: float = Field(ge=1)


class Trend(_Part):
    """Where prices drift."""

    drift: float = Field(gt=-0.5, lt=0.5)
    days: float = Field(ge=1)


class Jumps(_Part):
    """Sudden moves between two candles: how often, and how large (normally distributed)."""

    per_day: float = Field(ge=0, lt=1)
    mean: float = Field(gt=-0.5, lt=0.5)
    deviation: float = Field(ge=0, lt=0.5)


class Asset(_Part):
    """One asset: its price at the start, its share of the market's moves (`beta`), and its own moves."""

    price: float = Field(gt=0)
    tick: Decimal = Field(gt=0)
    beta: float
    own_volatility: float = Field(gt=0, lt=1)
    daily_volume: float = Field(gt=0)

    @field_validator("tick")
    @classmethod
    def _is_a_power_of_ten(cls, tick: Decimal) -> Decimal:
        if tick.normalize().as_tuple().digits != (1,):
            raise ValueError("a tick is a power of ten, like 0.01")
        return tick

    @property
    def decimals(self) -> int:
        """Decimals of a price: 2 for a tick of 0.01."""
        return -self.tick.adjusted()


class Scenario(_Part):
    """A whole simulated market. `other_asset` stands for every asset that `assets` does not name."""

    about: tuple[str, ...] = ()
    moods: tuple[Mood, ...] = Field(min_length=1)
    market_trends: tuple[Trend, ...] = Field(min_length=1)
    own_trends: tuple[Trend, ...] = Field(min_length=1)
    market_jumps: Jumps
    own_jumps: Jumps
    assets: Mapping[str, Asset]
    other_asset: Asset

    def asset(self, base: str) -> Asset:
        return self.assets.get(base, self.other_asset)


def read_scenario(path: Path = DEMO) -> Scenario:
    """The scenario in the JSON file `path`. Raises SettingsError with one sentence that says what is wrong in it."""
    try:
        return Scenario.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"The scenario {path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SettingsError(f"The scenario {path.name} is malformed at {place}: {first['msg']}.") from error
