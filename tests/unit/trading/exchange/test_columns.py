from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.exchange.columns import Columns, from_ms, to_ms

MIDNIGHT = datetime(2025, 3, 1, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def five_minute_candles(*offsets: int) -> Columns:
    """Candles at MIDNIGHT + offset x 5 min whose open is 100 + offset; high and low 2 beyond; close one up."""
    steps = np.array(offsets, dtype=np.int64)
    opens = (100 + steps).astype(np.float64)
    return Columns(to_ms(MIDNIGHT) + steps * 300_000, opens, opens + 2.0, opens - 2.0, opens + 1.0, np.ones(len(steps)))


def test_milliseconds_and_instants_are_the_same_thing() -> None:
    instant = datetime(2025, 3, 1, 12, 34, 56, 789_000, tzinfo=UTC)
    assert from_ms(to_ms(instant)) == instant


def test_an_hour_has_the_first_open_the_last_close_the_extremes_and_the_sum() -> None:
    hour = five_minute_candles(*range(12)).resample("5m", "1h").to_candles("1h")
    assert len(hour) == 1
    only = hour[0]
    assert (only.opened_at, only.open, only.high, only.low, only.close) == (MIDNIGHT, 100.0, 113.0, 98.0, 112.0)
    assert only.volume == 12.0


def test_the_last_bucket_is_dropped_while_it_may_still_change() -> None:
    assert len(five_minute_candles(*range(23)).resample("5m", "1h")) == 1
    assert len(five_minute_candles(*range(24)).resample("5m", "1h")) == 2


def test_a_bucket_with_missing_candles_is_built_from_those_that_exist() -> None:
    hour = five_minute_candles(0, 3, 7, 11, 12, 23).resample("5m", "1h")
    assert hour.open.tolist() == [100.0, 112.0]
    assert hour.volume.tolist() == [4.0, 2.0]


def test_an_empty_bucket_is_left_out() -> None:
    hours = five_minute_candles(0, 11, 24, 35).resample("5m", "1h")
    assert [from_ms(int(at)).hour for at in hours.opened_at] == [0, 2]


def test_buckets_are_aligned_to_utc_and_not_to_the_first_candle() -> None:
    hours = five_minute_candles(*range(7, 24)).resample("5m", "1h")
    assert [from_ms(int(at)) for at in hours.opened_at] == [MIDNIGHT, MIDNIGHT + timedelta(hours=1)]


def test_longer_candles_cannot_be_cut_into_shorter_ones() -> None:
    with pytest.raises(ValueError, match="5m candles cannot be made from 1h candles"):
        five_minute_candles(0).resample("1h", "5m")


def test_nothing_resamples_to_nothing() -> None:
    assert len(Columns.empty().resample("5m", "1d")) == 0


def test_a_candle_counts_as_closed_at_its_last_instant_and_not_before() -> None:
    columns = five_minute_candles(0, 1, 2)
    assert columns.closed_by(MIDNIGHT + FIVE - timedelta(milliseconds=1), "5m") == 0
    assert columns.closed_by(MIDNIGHT + FIVE, "5m") == 1
    assert columns.closed_by(MIDNIGHT + timedelta(days=1), "5m") == 3


def test_a_candle_is_found_by_its_opening_alone() -> None:
    columns = five_minute_candles(0, 2)
    assert columns.find(MIDNIGHT + 2 * FIVE) == 1
    assert columns.find(MIDNIGHT + FIVE) is None
    assert columns.find(MIDNIGHT + 9 * FIVE) is None


def test_between_takes_the_start_and_leaves_the_end() -> None:
    part = five_minute_candles(0, 1, 2, 3).between(MIDNIGHT + FIVE, MIDNIGHT + 3 * FIVE)
    assert part.open.tolist() == [101.0, 102.0]


def test_joined_candles_are_ours_where_both_have_one() -> None:
    ours = five_minute_candles(1, 2)
    theirs = five_minute_candles(0, 1, 3)
    theirs.close[:] = 7.0
    joined = ours.join(theirs)
    assert joined.open.tolist() == [100.0, 101.0, 102.0, 103.0]
    assert joined.close.tolist() == [7.0, 102.0, 103.0, 7.0]


@given(st.sets(st.integers(0, 2000), min_size=1, max_size=200))
def test_resampling_keeps_volume_and_extremes_of_every_bucket_it_keeps(offsets: set[int]) -> None:
    fine = five_minute_candles(*sorted(offsets))
    coarse = fine.resample("5m", "4h")
    for candle in coarse.to_candles("4h"):
        inside = fine.between(candle.opened_at, candle.closed_at)
        assert candle.volume == inside.volume.sum()
        assert (candle.high, candle.low) == (inside.high.max(), inside.low.min())
        assert (candle.open, candle.close) == (inside.open[0], inside.close[-1])


@given(st.sets(st.integers(0, 2000), min_size=1, max_size=200))
def test_resampling_in_two_steps_never_disagrees_with_resampling_in_one(offsets: set[int]) -> None:
    fine = five_minute_candles(*sorted(offsets))
    twice = fine.resample("5m", "1h").resample("1h", "4h")
    once = fine.resample("5m", "4h").slice(0, len(twice))
    assert once.to_candles("4h") == twice.to_candles("4h")
