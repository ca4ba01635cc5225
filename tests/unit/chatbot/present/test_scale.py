"""Where things go in a picture: round ticks, labels apart, fewer points with the same extremes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatbot.present.pictures.scale import padded, round_ticks, spread, thinned, time_ticks

DENVER = ZoneInfo("America/Denver")


def test_ticks_are_round_and_within() -> None:
    assert round_ticks(-3.2, 9.1, 5) == [0.0, 5.0]
    assert round_ticks(-25, 21, 5) == [-20.0, -10.0, 0.0, 10.0, 20.0]


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9), st.integers(2, 6))
def test_there_are_never_more_ticks_than_asked(low: float, span: float, most: int) -> None:
    assume(span > abs(low) * 1e-9)  # Below that a float cannot tell the ticks apart.
    ticks = round_ticks(low, low + span, most)
    assert len(ticks) <= most
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)


@pytest.mark.parametrize(
    ("start", "days", "labels"),
    [
        ("2026-07-30T13:00", 114, ["Aug", "Sep", "Oct", "Nov"]),
        ("2026-11-18T16:00", 3, ["19 Nov", "20 Nov", "21 Nov"]),
        ("2024-05-01T16:00", 1000, ["2025", "2026", "2027"]),
    ],
)
def test_time_ticks_are_round_local_instants(start: str, days: int, labels: list[str]) -> None:
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert [label for _, label in time_ticks(first, first + timedelta(days=days), DENVER, 5)] == labels


@given(st.floats(0, 90_000), st.floats(0.05, 40_000))
def test_time_ticks_lie_within_and_are_few(after: float, hours: float) -> None:
    first = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=after)
    last = first + timedelta(hours=hours)
    ticks = time_ticks(first, last, DENVER, 5)
    assert len(ticks) <= 5
    assert all(first <= at <= last for at, _ in ticks)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=6))
def test_labels_are_apart_within_and_in_order(wanted: list[float]) -> None:
    places = spread(wanted, 40, 0, 400)
    ranked = sorted(places)
    assert all(second - first >= 40 - 1e-6 for first, second in pairwise(ranked))
    assert ranked[0] >= -1e-6 and ranked[-1] <= 400 + 1e-6
    assert [places[i] for i in np.argsort(wanted, kind="stable")] == ranked


def test_labels_that_fit_stay_where_they_are() -> None:
    assert spread([10, 300, 100], 40, 0, 400) == [10, 300, 100]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3_000), st.integers(20, 600))
def test_thinning_keeps_ends_and_extremes(values: list[float], most: int) -> None:
    series = np.array(values)
    kept = thinned(series, most)
    assert len(kept) <= most + 4
    assert kept[0] == 0 and kept[-1] == len(series) - 1
    assert series[kept].min() == series.min() and series[kept].max() == series.max()


def test_a_flat_range_gets_air() -> None:
    assert padded(5, 5, least=2) == (4, 6)
