"""After a price path: whether the exit of the BTC position fired once and whole, or a person was told."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tests.faults.lab.campaign import Judge, nothing_else
from tests.faults.lab.records import INSTRUMENTS
from tests.faults.lab.trial import Outcome
from trading.domain.event import DiscrepancyFound, ExitFailed
from trading.domain.money import ZERO

BTC = INSTRUMENTS["BTC/USD"]
HELD = Decimal(2)
STOP, TARGET = Decimal(90), Decimal(120)
"""Where the opening's rules put the levels: 10 % below and 20 % above an entry of 100."""


def judge_of(scenario: str) -> Judge:
    """What has to be judged in runs of `scenario` besides the usual audit."""
    return exit_violations if scenario in ("path", "dip") else nothing_else


def exit_violations(outcome: Outcome) -> Iterator[str]:
    """What is wrong about the exit, in words."""
    sold, price = _sold(outcome), outcome.exchange.prices[BTC.symbol]
    low, high = outcome.exchange.extremes[BTC.symbol]
    # What was too small to sell at the price of its moment may be large enough again at the last.
    is_out = HELD - sold < BTC.min_quantity or (HELD - sold) * low < BTC.min_notional
    if sold > HELD:
        yield f"{sold} BTC were sold of {HELD}"
    if sold and low > STOP and high < TARGET:
        yield f"an exit fired between {low} and {high}"
    beyond = price <= STOP or price >= TARGET
    if (beyond or sold) and not is_out and not _told(outcome):
        yield f"{HELD - sold} BTC are left at {price} and nobody was told"


def _sold(outcome: Outcome) -> Decimal:
    """What protective orders really sold."""
    protective = {name for name, order in outcome.tables.orders.items() if order.intent.protective}
    return sum((t.filled for t in outcome.exchange.tickets if t.client_id in protective), ZERO)


def _told(outcome: Outcome) -> bool:
    return any(isinstance(entry.event, ExitFailed | DiscrepancyFound) for entry in outcome.tables.journal)
