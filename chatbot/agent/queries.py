"""The questions we can answer, as data. Windows stay in people's words until the reader resolves them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from trading.domain.order import Side


class Benchmark(StrEnum):
    BTC = "BTC"
    ETH = "ETH"
    BOTH = "both"


class Only(StrEnum):
    """Which sales: those that made money, or those that did not."""

    WINS = "wins"
    LOSSES = "losses"


class Pick(StrEnum):
    """Which holding stands in the first line."""

    LARGEST = "largest"
    SMALLEST = "smallest"
    BEST = "best"
    WORST = "worst"


class Ratio(StrEnum):
    """A figure about sales that is asked for by name."""

    WIN_RATE = "win rate"
    PROFIT_FACTOR = "profit factor"


class Topic(StrEnum):
    """What is declined, each in a sentence of its own."""

    NOT_TRADED = "not traded"
    ELSEWHERE = "elsewhere"
    ADVICE = "advice"
    FORECAST = "forecast"
    INDICATOR = "indicator"
    DEPTH = "depth"
    ALERT = "alert"
    EXITS = "exits"
    CANCEL = "cancel"
    LIMITS = "limits"
    LOGS = "logs"
    REFUSALS = "refusals"
    OFF_TOPIC = "off topic"


@dataclass(frozen=True, slots=True)
class Compare:
    """How we did against buying and holding."""

    benchmark: Benchmark = Benchmark.BOTH
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is held; `symbol` is a base."""

    symbol: str | None = None
    pick: Pick | None = None


@dataclass(frozen=True, slots=True)
class TradesAsked:
    window: str | None = None
    symbol: str | None = None
    side: Side | None = None
    only: Only | None = None
    count: int | None = None
    """How many to show; None for the usual number."""


@dataclass(frozen=True, slots=True)
class Profit:
    window: str | None = None
    symbol: str | None = None
    ratio: Ratio | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why the newest matching trade happened."""

    symbol: str | None = None
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits for a person."""


@dataclass(frozen=True, slots=True)
class Fees:
    window: str | None = None


@dataclass(frozen=True, slots=True)
class PriceAsked:
    """The price of one base, or of everything we trade, or of what is held."""

    symbol: str | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class StatusAsked:
    """How we stand."""


@dataclass(frozen=True, slots=True)
class ScheduleAsked:
    """Whether it trades, when it decides next, and what it decided last."""


@dataclass(frozen=True, slots=True)
class ThesisAsked:
    """What the decider thinks of the market."""


@dataclass(frozen=True, slots=True)
class DrawdownRisk:
    """`beyond` names what was asked besides and is not kept: "beta", "the cause of a fall"."""

    window: str | None = None
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Explain:
    """What a word means."""

    term: str


@dataclass(frozen=True, slots=True)
class Decline:
    """Not ours to answer; `name` is what was asked about, as it was written."""

    topic: Topic
    name: str = ""


@dataclass(frozen=True, slots=True)
class WishToAct:
    """A wish to trade or to switch: the command that would preview it, or empty when something is missing."""

    command: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """What can be asked."""


Query = (
    Compare
    | Holdings
    | TradesAsked
    | Profit
    | Why
    | Pending
    | Fees
    | PriceAsked
    | StatusAsked
    | ScheduleAsked
    | ThesisAsked
    | DrawdownRisk
    | Explain
    | Decline
    | WishToAct
    | Help
)
