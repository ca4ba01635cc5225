"""Growth that remembers is growth walked from the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from trading.domain.money import ZERO
from trading.domain.portfolio import EquityPoint
from trading.portfolio.growth import Growth

START = datetime(2025, 3, 3, tzinfo=UTC)

STEPS = st.tuples(
    st.sampled_from([Decimal(0), Decimal(850), Decimal(1000), Decimal("1234.56")]),
    st.sampled_from([Decimal(0), Decimal(0), Decimal(100), Decimal(-50)]),
    st.booleans(),
)


def point(hour: int, equity: Decimal, flows: Decimal = ZERO) -> EquityPoint:
    return EquityPoint(START + timedelta(hours=hour), equity, equity, flows, ZERO, {})


def growth_of(*steps: tuple[int, int]) -> Decimal:
    """Growth over points of (equity, flows)."""
    return Growth().of([point(n, Decimal(equity), Decimal(flows)) for n, (equity, flows) in enumerate(steps)])


def test_growth_by_hand() -> None:
    assert growth_of((1000, 0)) == 1
    assert growth_of((1000, 0), (1100, 0), (990, 0)) == Decimal("0.99")
    assert growth_of((1000, 0), (1200, 100)) == Decimal("1.1")
    assert growth_of((1000, 0), (1200, 100), (600, 0)) == Decimal("0.55")


def test_over_a_step_that_begins_with_nothing_there_is_no_return() -> None:
    assert growth_of((0, 0), (500, 500), (550, 0)) == Decimal("1.1")


@given(st.lists(STEPS, min_size=1, max_size=20))
def test_what_is_remembered_is_what_one_walk_finds(steps: list[tuple[Decimal, Decimal, bool]]) -> None:
    growth, curve = Growth(), list[EquityPoint]()
    for hour, (equity, flows, replaces) in enumerate(steps):
        if curve and replaces:
            curve[-1] = replace(curve[-1], equity=curve[-1].equity + 1)
        curve.append(point(hour, equity, flows))
        passing = point(hour, equity * 2 + 1)
        for points in (curve, [*curve[:-1], passing], [*curve, passing], curve[:1]):
            assert growth.of(points) == Growth().of(points)
