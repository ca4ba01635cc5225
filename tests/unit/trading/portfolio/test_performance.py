"""Performance: ours beside the benchmarks over the same instants, flows taken out, daily closes in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.contract import Line, Performance, Window, World
from trading.domain.portfolio import EquityPoint
from trading.portfolio.performance import daily_closes, drawdown_now, measure, time_weighted, total_returns

WORLD = World("PAPER", "simulated market", True, "USD", ZoneInfo("America/Denver"))
MIDNIGHT = datetime(2026, 7, 30, tzinfo=UTC)


def point(
    hours: float,
    equity: float,
    btc: float | None = 100_000,
    eth: float | None = 3_000,
    *,
    flows: float = 0,
    exposure: float = 0,
) -> EquityPoint:
    prices = {name: Decimal(str(price)) for name, price in (("BTC", btc), ("ETH", eth)) if price is not None}
    return EquityPoint(
        at=MIDNIGHT + timedelta(hours=hours),
        equity=Decimal(str(equity)),
        cash=Decimal(0),
        flows=Decimal(str(flows)),
        exposure=Decimal(str(exposure)),
        benchmarks=prices,
    )


def measured(points: list[EquityPoint], start: float = 0, end: float = 10_000) -> Performance:
    window = Window(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end), "since 30 Jul")
    performance = measure(points, WORLD, window, Decimal("1.50"), 3)
    assert performance is not None
    return performance


def line(performance: Performance, name: str) -> Line:
    found = performance.line(name)
    assert found is not None, name
    return found


def test_the_lines_stand_in_their_order_over_the_same_instants() -> None:
    performance = measured([point(0, 100), point(1, 110, 110_000, 2_700)])
    assert [line.name for line in performance.lines] == [
        "Portfolio", "BTC", "ETH", "50/50", "Cash", "BTC at our exposure",
    ]  # fmt: skip
    assert all(len(line.values) == len(performance.times) == 2 for line in performance.lines)
    assert all(line.values[0] == 1.0 for line in performance.lines)
    assert [line.total_return for line in performance.lines[:5]] == [
        Decimal("0.1"), Decimal("0.1"), Decimal("-0.1"), Decimal("0.0"), Decimal("0.0"),
    ]  # fmt: skip
    assert (performance.fees, performance.trades) == (Decimal("1.50"), 3)


def test_fewer_than_two_points_measure_nothing() -> None:
    window = Window(MIDNIGHT, MIDNIGHT + timedelta(days=1), "today")
    assert measure([], WORLD, window, Decimal(0), 0) is None
    assert measure([point(0, 100)], WORLD, window, Decimal(0), 0) is None


def test_a_deposit_is_no_return() -> None:
    growth = time_weighted([point(0, 100), point(1, 110), point(2, 1_110, flows=1_000), point(3, 1_221)])
    assert growth == pytest.approx([1.0, 1.1, 1.1, 1.21])


def test_a_withdrawal_is_no_loss() -> None:
    assert time_weighted([point(0, 100), point(1, 60, flows=-50)]) == pytest.approx([1.0, 1.1])


def test_a_step_that_begins_with_nothing_has_no_return() -> None:
    assert time_weighted([point(0, 0), point(1, 100, flows=100), point(2, 150)]) == pytest.approx([1.0, 1.0, 1.5])


@given(
    st.lists(st.tuples(st.floats(0.5, 2.0), st.floats(0, 1_000)), min_size=1, max_size=30),
)
def test_growth_is_the_product_of_the_market_steps_whatever_flows_come_in(steps: list[tuple[float, float]]) -> None:
    equity, points = 1_000.0, [point(0, 1_000)]
    for hour, (factor, flow) in enumerate(steps, start=1):
        equity = equity * factor + flow
        points.append(point(hour, round(equity, 8), flows=round(flow, 8)))
    expected = np.prod([factor for factor, _ in steps])
    assert time_weighted(points)[-1] == pytest.approx(expected, rel=1e-5)


def seconds(hours: list[float]) -> np.ndarray:
    return np.array([(MIDNIGHT + timedelta(hours=hour)).timestamp() for hour in hours])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 850.0, 1000.0, 1234.5]),
            st.sampled_from([0.0, 0.0, 0.0, 100.0, -50.0]),
            st.sampled_from([None, 90_000.0, 101_000.0]),
        ),
        max_size=12,
    )
)
def test_total_returns_are_those_of_the_whole_measurement(steps: list[tuple[float, float, float | None]]) -> None:
    points = [point(0, 1000), *(point(n + 1, e, b, flows=f) for n, (e, f, b) in enumerate(steps))]
    window = Window(MIDNIGHT, MIDNIGHT + timedelta(days=2), "all")
    measured = measure(points, WORLD, window, Decimal(0), 0)
    quick = total_returns(points, window)
    lines = {line.name: line.total_return for line in measured.lines} if measured else {}
    assert set(quick) == {name for name in ("Portfolio", "BTC", "ETH") if name in lines}
    for name, theirs in quick.items():
        assert abs(theirs - lines[name]) <= Decimal("1e-9")


def test_a_daily_close_is_the_point_at_midnight_utc_or_the_last_before_it() -> None:
    assert daily_closes(seconds([1, 23, 24, 25, 47, 49])).tolist() == [2, 4]


def test_a_newest_point_exactly_at_midnight_is_a_close() -> None:
    assert daily_closes(seconds([1, 24, 48])).tolist() == [1, 2]


def test_days_without_any_point_have_no_close() -> None:
    assert daily_closes(seconds([1, 24, 25, 97])).tolist() == [1, 2]


def test_sharpe_and_volatility_come_from_daily_closes_only() -> None:
    wild = [
        point(0, 100),
        point(12, 500),
        point(24, 101),
        point(36, 10),
        point(48, 103),
        point(60, 900),
        point(72, 102),
    ]
    calm = [point(0, 100), point(24, 101), point(48, 103), point(72, 102)]
    ours = measured(wild).lines[0]
    returns = np.array([0.01, 103 / 101 - 1, 102 / 103 - 1])
    assert ours.sharpe == pytest.approx(returns.mean() / returns.std(ddof=1) * np.sqrt(365))
    assert ours.volatility == pytest.approx(returns.std(ddof=1) * np.sqrt(365))
    assert ours.sharpe == measured(calm).lines[0].sharpe
    assert measured(wild).daily_returns == 3


def test_below_two_daily_returns_there_is_no_sharpe() -> None:
    performance = measured([point(0, 100), point(24, 101), point(30, 103)])
    assert performance.daily_returns == 1
    assert performance.lines[0].sharpe is None and performance.lines[0].volatility is None


def test_cash_never_moves_and_has_no_sharpe() -> None:
    cash = line(measured([point(24 * day, 100 + day) for day in range(5)]), "Cash")
    assert (cash.total_return, cash.max_drawdown, cash.sharpe) == (Decimal("0.0"), Decimal("0.0"), None)


def test_half_and_half_is_bought_once_and_not_rebalanced() -> None:
    points = [point(0, 100, 100, 100), point(24, 100, 200, 100), point(48, 100, 400, 50)]
    assert line(measured(points), "50/50").values == pytest.approx((1.0, 1.5, 2.25))


def test_btc_at_our_exposure_follows_btc_by_the_share_we_held_at_the_previous_close() -> None:
    points = [
        point(0, 100, 100, exposure=0.5),
        point(12, 100, 110, exposure=1),
        point(24, 100, 120, exposure=0.25),
        point(48, 100, 60, exposure=0),
        point(72, 100, 600, exposure=1),
    ]
    matched = line(measured(points), "BTC at our exposure")
    assert matched.values == pytest.approx((1.0, 1.05, 1.10, 1.10 * 0.875, 1.10 * 0.875))


@given(st.lists(st.floats(10, 1_000), min_size=2, max_size=80))
def test_fully_invested_btc_at_our_exposure_is_btc_and_without_exposure_it_is_cash(prices: list[float]) -> None:
    full = measured([point(7 * i, 100, round(price, 4), exposure=1) for i, price in enumerate(prices)])
    none = measured([point(7 * i, 100, round(price, 4), exposure=0) for i, price in enumerate(prices)])
    assert line(full, "BTC at our exposure").values == pytest.approx(line(full, "BTC").values)
    assert line(none, "BTC at our exposure").values == pytest.approx(line(none, "Cash").values)


def names(prices: list[Mapping[str, float | None]]) -> list[str]:
    points = [point(i, 100, price.get("btc", 1), price.get("eth", 1)) for i, price in enumerate(prices)]
    return [line.name for line in measured(points).lines]


def test_a_benchmark_without_a_price_at_the_start_is_left_out() -> None:
    assert names([{"eth": None}, {}]) == ["Portfolio", "BTC", "Cash", "BTC at our exposure"]
    assert names([{"btc": None}, {}]) == ["Portfolio", "ETH", "Cash"]


def test_a_price_missing_later_repeats_the_one_before() -> None:
    points = [point(0, 100, 100), point(1, 100, 120), point(2, 100, None), point(3, 100, 150)]
    assert line(measured(points), "BTC").values == pytest.approx((1.0, 1.2, 1.2, 1.5))


def test_the_window_starts_at_the_last_point_before_it_and_leaves_later_points_out() -> None:
    performance = measured([point(hour, 100 + hour) for hour in range(10)], start=3.5, end=7)
    assert [at.hour for at in performance.times] == [3, 4, 5, 6, 7]
    assert performance.lines[0].values[-1] == pytest.approx(107 / 103)


def test_the_drawdown_is_the_portfolios_from_its_highest_so_far() -> None:
    performance = measured([point(0, 100), point(1, 90), point(2, 120), point(3, 60)])
    assert performance.drawdown == pytest.approx((0.0, -0.1, 0.0, -0.5))
    assert performance.lines[0].max_drawdown == Decimal("-0.5")


def test_the_drawdown_of_now_is_from_the_peak_with_deposits_taken_out() -> None:
    assert drawdown_now([point(0, 100)]) is None
    assert drawdown_now([point(0, 100), point(1, 120), point(2, 90)]) == Decimal("-0.25")
    assert drawdown_now([point(0, 100), point(1, 90), point(2, 190, flows=100)]) == Decimal("-0.1")
    assert drawdown_now([point(0, 100), point(1, 110)]) == 0


def test_days_are_calendar_days_rounded_down() -> None:
    assert measured([point(0, 100), point(47, 100)]).days == 1


def test_average_exposure_weighs_by_time() -> None:
    performance = measured([point(0, 100, exposure=0.8), point(3, 100, exposure=0.4), point(4, 100, exposure=1)])
    assert performance.exposure == Decimal("0.7")


def test_a_portfolio_that_lost_everything_is_measured_to_the_end() -> None:
    performance = measured([point(24 * day, equity) for day, equity in enumerate((100, 50, 60, 0, 0))])
    assert performance.lines[0].total_return == Decimal("-1.0")
    assert performance.lines[0].max_drawdown == Decimal("-1.0")
