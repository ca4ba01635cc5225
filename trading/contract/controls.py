"""What people set while the program runs: exit levels, price alerts, the threshold, the schedule, the time zone.

Amounts are Decimals in quote currency, changes are fractions (0.05 is 5 %), times aware UTC; None means off or
unknown, as each field says. Access is checked by the caller; `by` is who asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from trading.contract.read_models import StateView
from trading.domain.market import Instrument
from trading.domain.order import Order
from trading.domain.risk import Refused

LevelKind = Literal["stop", "target"]


class LevelUnit(StrEnum):
    PRICE = "price"
    DISTANCE = "distance"
    """A fraction of the entry price to the side that a stop or a target is usually on."""
    MOVE = "move"
    """A signed fraction of the entry price."""
    OFF = "off"
    DEFAULT = "default"
    """Back to what the settings say."""


@dataclass(frozen=True, slots=True)
class Level:
    """Where a stop or a target shall be; `value` is None for OFF and DEFAULT."""

    unit: LevelUnit
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LevelView:
    """A position's stop or target as it was and as it is now."""

    kind: LevelKind
    instrument: Instrument
    old: Decimal | None
    new: Decimal | None
    entry: Decimal
    """Average price paid, fees left out."""
    quantity: Decimal
    price: Decimal | None
    """The last trade; None where it is not known."""
    result: Decimal | None
    """Profit (negative: loss) on the whole position if `new` fires, fees in; None where it is off."""
    by_hand: bool
    """Set by a person, so that a purchase does not move it."""

    @property
    def distance(self) -> Decimal | None:
        """How far (signed fraction) the price has to move to reach `new`; None where either is not known."""
        return None if self.new is None or not self.price else self.new / self.price - 1


@dataclass(frozen=True, slots=True)
class Condition:
    """What a price shall do: reach `value` from below (`rises`) or from above; None for whichever way it lies now.

    A `move` is a signed fraction of the price at the time it is set, or, with a `span`, of the price so long ago, else
    `value` is a price. A condition that `repeats` is watched on after it was told.
    """

    rises: bool | None
    value: Decimal
    move: bool = False
    repeats: bool = False
    span: timedelta | None = None


@dataclass(frozen=True, slots=True)
class AlertView:
    """A price that is watched. `level` is the price at which it is told, `price` the last trade (None: unknown).

    A change over a `span` moves its level with the price of so long ago; zero while that is not known.
    """

    id: str
    instrument: Instrument
    rises: bool
    level: Decimal
    words: str
    """The condition: "above 70,000", "-5 % from 100,000"."""
    by: str
    set_at: datetime
    repeats: bool
    price: Decimal | None = None
    span: timedelta | None = None

    @property
    def distance(self) -> Decimal | None:
        """How far (signed fraction) the price has to move; None while no price is known."""
        return None if not self.price or not self.level else self.level / self.price - 1


@dataclass(frozen=True, slots=True)
class ThresholdView:
    """Above what a batch waits for a press, in quote; None is off. `old` is what held before a change."""

    old: Decimal | None
    now: Decimal | None
    configured: Decimal | None
    """What the settings say."""
    by: str = ""
    """Who set it while the program ran; empty where the settings hold."""
    daily_sum: Decimal | None = None
    """Above what the sum that one source traded in 24 hours without a press waits for one."""
    daily_sum_fixed: bool = True
    """Whether the settings name that sum; otherwise it grows and shrinks with the threshold."""
    second_person: Decimal | None = None
    """Above what two people must press."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that runs by itself. `at` is None where it is due all the time; `note` is one short sentence."""

    name: str
    at: datetime | None
    note: str = ""
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleView:
    now: datetime
    planned: tuple[Planned, ...]
    """Soonest first, what is due all the time last."""


@dataclass(frozen=True, slots=True)
class SkipView:
    """Whether the next rebalance, due at `due`, is left out; `by` is who asked. `changed`: it was not so before."""

    due: datetime
    skipped: bool
    changed: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class ZoneView:
    """The time zone for what is shown and understood and for the daily schedule."""

    old: ZoneInfo
    now: ZoneInfo
    next_rebalance: datetime
    next_report: datetime


class Cancelled(StrEnum):
    """What became of an order that was to be cancelled."""

    NOT_SENT = "not_sent"
    """It had not been sent and never will be."""
    CANCELED = "canceled"
    DONE = "done"
    """It had ended before."""
    IN_DOUBT = "in_doubt"
    """Its outcome is not known; the venue is being asked."""
    EXIT = "exit"
    """An exit that a stop or a target has fired: it goes on."""
    FAILED = "failed"
    """The venue did not take the cancellation; the order may still be open."""


@dataclass(frozen=True, slots=True)
class CancelView:
    """One order as it is after the attempt; `detail` is a sentence where there is more to say."""

    order: Order
    outcome: Cancelled
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PanicView:
    """Trading is halted, and what came of cancelling our open orders."""

    state: StateView
    cancelled: tuple[CancelView, ...]


class Controls(Protocol):
    """What may be read and set while the program runs. A Refused changes nothing."""

    def level(self, kind: LevelKind, symbol: str) -> LevelView | Refused:
        """A position's level as it is. Refused with NOTHING_TO_SELL where nothing is held."""
        ...

    async def set_level(self, kind: LevelKind, symbol: str, level: Level, by: str) -> LevelView | Refused:
        """Set a position's stop or target. Refused with WRONG_SIDE where it would fire at once, with STALE_PRICE,
        NO_PRICE, NOTHING_TO_SELL and INVALID_AMOUNT."""
        ...

    def threshold(self) -> ThresholdView: ...

    async def set_threshold(self, amount: Decimal | None, by: str) -> ThresholdView | Refused:
        """Change it for good; None goes back to the settings. Refused with INVALID_AMOUNT, and with NOTHING_TO_DO
        where nothing asks for approval."""
        ...

    async def schedule(self) -> ScheduleView: ...

    async def skip(self, skip: bool, by: str) -> SkipView:
        """Leave the next rebalance out, once, or do not."""
        ...

    def alerts(self) -> Sequence[AlertView]:
        """The prices that are watched, oldest first."""
        ...

    async def add_alert(self, symbol: str, condition: Condition, by: str) -> AlertView | Refused:
        """Watch a price. Refused where it holds already, where there are too many, and without a fresh price."""
        ...

    async def remove_alert(self, alert_id: str, by: str) -> AlertView | Refused:
        """Watch it no longer. Refused with UNKNOWN_CARD where it is not watched (any more)."""
        ...

    async def set_zone(self, zone: ZoneInfo, by: str) -> ZoneView:
        """Change the time zone at once; each local date keeps its one run."""
        ...

    async def open_orders(self) -> Sequence[Order]:
        """Our own orders that are not final, oldest first; cards that wait and other people's orders left out."""
        ...

    async def cancel(self, wanted: str, by: str) -> Sequence[CancelView] | Refused:
        """Cancel the order whose id begins with `wanted`, or all of ours ("all"). Refused with UNKNOWN_CARD,
        INVALID_AMOUNT (several begin so) or NOTHING_TO_DO."""
        ...

    async def panic(self, by: str) -> PanicView:
        """Halt at once, then cancel all our open orders. Positions stay: flattening them is a card of its own."""
        ...
