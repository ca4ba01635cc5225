"""Repeat one run: `python -m tests.faults.lab --seed N --boundary K --scenario S` shows what it broke."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.faults.lab.exits import judge_of
from tests.faults.lab.scenarios import SCENARIOS
from tests.faults.lab.trial import Outcome, run, seedbed


async def _repeat(seed: int, boundary: int, scenario: str) -> Outcome:
    return await run(await seedbed(), seed, boundary, scenario)


def _show(outcome: Outcome, boundary: int) -> None:
    where = outcome.boundaries[boundary - 1] if 0 < boundary <= len(outcome.boundaries) else "nowhere"
    print(f"killed {where}; {outcome.lives} lives")
    for order in outcome.tables.orders.values():
        what = f"{order.side} {order.intent.quantity} {order.symbol}"
        print(f"  {order.updated_at:%H:%M:%S} {what}: {order.status}, filled {order.filled_quantity} {order.detail}")
    for ticket in outcome.exchange.tickets:
        whose = ticket.client_id or "by hand"
        print(f"  at the venue {ticket.opened_at:%H:%M:%S} {whose}: {ticket.status}, filled {ticket.filled}")


def main() -> int:
    """1 when the run breaks a promise."""
    parser = argparse.ArgumentParser(description="Repeat one run of the lab.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--boundary", type=int, default=0, help="0: not killed")
    parser.add_argument("--scenario", choices=SCENARIOS, required=True)
    wish = parser.parse_args()
    outcome = asyncio.run(_repeat(wish.seed, wish.boundary, wish.scenario))
    found = [*outcome.violations, *judge_of(wish.scenario)(outcome)]
    _show(outcome, wish.boundary)
    print("\n".join(found) or "nothing was broken")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
