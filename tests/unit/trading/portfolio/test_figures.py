"""Figures reproduce published values: empyrical's cases (252-day year) and Bacon's 24 months (12-month year).

Of empyrical's 166 cases those are mapped that have a counterpart here: maximum drawdown, annual return, volatility,
Calmar, Sharpe, Sortino, downside risk, alpha and beta, simple and cumulative returns. Where empyrical answers
infinity or NaN, ours is None. Of Bacon's, those that are made of our figures.
"""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.portfolio import figures

METRICS = Path(__file__).parents[5] / "shared" / "data" / "metrics"
needs_metrics = pytest.mark.skipif(not METRICS.exists(), reason="published metrics are not at ../shared/data/metrics")

MIXED = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1]
SERIES = {
    "empty_returns": [],
    "one_return": [0.01],
    "mixed_returns": MIXED,
    "weekly_returns": [0.0, *MIXED],
    "monthly_returns": [0.0, *MIXED],
    "positive_returns": [0.01, 0.02, *[0.01] * 7],
    "negative_returns": [0.0, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05],
    "all_negative_returns": [-0.02, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05],
    "udu_returns": [0.1, -0.1, 0.1],
    "simple_benchmark": [0.0, 0.01, 0.0, 0.01, 0.0, 0.01, 0.0, 0.01, 0.0],
    "flat_line_1": [0.01] * 1000,
    "flat_line_1_tz": [0.01] * 1000,
    "flat_line_yearly": [0.03] * 3,
}
PERIODS = {"daily": 252, "weekly": 52, "monthly": 12, "yearly": 1}


def cases(*tests: str) -> list[Any]:
    """Published cases of these tests over series whose values are known."""
    if not METRICS.exists():
        return []
    published = json.loads((METRICS / "empyrical" / "empyrical_cases.json").read_text())["cases"]
    return [
        pytest.param(case, id=f"{number}-{case['returns']}")
        for number, case in enumerate(published)
        if case["test"] in tests and case.get("returns") in SERIES
    ]


def returns_of(name: str) -> figures.FloatArray:
    return np.array(SERIES[name], dtype=np.float64)


def counted(name: str) -> int:
    """empyrical counts the leading NaN of its mixed series as a period."""
    return len(SERIES[name]) + (SERIES[name] is MIXED)


def same(ours: float | None, published: float | str | None) -> bool:
    if published is None or published == "inf":
        return ours is None
    return ours == pytest.approx(published, abs=1e-7)


@needs_metrics
@pytest.mark.parametrize("case", cases("test_max_drawdown"))
def test_max_drawdown_as_published(case: dict[str, Any]) -> None:
    returns = returns_of(case["returns"])
    curve = figures.growth_curve(returns) if len(returns) else returns
    assert same(figures.max_drawdown(curve), case["expected"])


@needs_metrics
@pytest.mark.parametrize("case", cases("test_annual_ret", "test_cagr"))
def test_annual_growth_as_published(case: dict[str, Any]) -> None:
    total = figures.total_return(figures.growth_curve(returns_of(case["returns"])))
    assert total is not None
    assert same(figures.cagr(total, counted(case["returns"]), PERIODS[case["period"]]), case["expected"])


@needs_metrics
@pytest.mark.parametrize("case", cases("test_annual_volatility"))
def test_volatility_as_published(case: dict[str, Any]) -> None:
    assert same(figures.volatility(returns_of(case["returns"]), PERIODS[case["period"]]), case["expected"])


@needs_metrics
@pytest.mark.parametrize("case", cases("test_calmar"))
def test_calmar_as_published(case: dict[str, Any]) -> None:
    curve = figures.growth_curve(returns_of(case["returns"]))
    total, deepest = figures.total_return(curve), figures.max_drawdown(curve)
    assert total is not None and deepest is not None
    annual = figures.cagr(total, counted(case["returns"]), PERIODS[case["period"]])
    assert same(None if annual is None else figures.calmar(annual, deepest), case["expected"])


@needs_metrics
@pytest.mark.parametrize("case", cases("test_sharpe_ratio"))
def test_sharpe_as_published(case: dict[str, Any]) -> None:
    returns, rate = returns_of(case["returns"]), case["risk_free"]
    if rate in SERIES:
        # The published series skip NaN pairs; ours have the first one removed.
        returns = returns - returns_of(rate)[-len(returns) :]
    assert same(figures.sharpe(returns, year=252), case["expected"])


@needs_metrics
@pytest.mark.parametrize("case", cases("test_sortino", "test_downside_risk"))
def test_sortino_and_downside_deviation_as_published(case: dict[str, Any]) -> None:
    returns, required, year = returns_of(case["returns"]), case["required_return"], PERIODS[case["period"]]
    shortfall_of = returns_of(required)[-len(returns) :] if required in SERIES else float(required)
    figure = figures.sortino if case["test"] == "test_sortino" else figures.downside_deviation
    assert same(figure(returns - shortfall_of, year=year), case["expected"])


@needs_metrics
@pytest.mark.parametrize("case", cases("test_alpha_beta", "test_alpha"))
def test_alpha_and_beta_as_published(case: dict[str, Any]) -> None:
    returns, name = returns_of(case["returns"]), case["benchmark"]
    sign = -1.0 if name.startswith("-") else 1.0
    against = (
        sign * returns_of(name.removeprefix("-").removesuffix("[1:]"))[-len(returns) :] if len(returns) else returns
    )
    slope, excess = figures.beta(returns, against), figures.alpha(returns, against, year=1)
    # Published alpha compounds the daily one; ours is arithmetic.
    compounded = None if excess is None else (1 + excess) ** 252 - 1
    published = case["expected"]
    if isinstance(published, list):
        assert same(slope, published[1])
        published = published[0]
    assert same(compounded, published)


@needs_metrics
def test_cumulative_returns_as_published() -> None:
    series = json.loads((METRICS / "empyrical" / "empyrical_cases.json").read_text())["series"]
    # The published frame misses the first value of one series and the last of the other.
    for name, missing in (("one", 0), ("two", -1)):
        returns = np.array(series[name])
        returns[missing] = 0.0
        curve = figures.growth_curve(returns)
        assert curve[1:] - 1 == pytest.approx(np.array(series[f"expected_0_{name}"]), abs=1e-6)
        assert 100 * curve[1:] == pytest.approx(np.array(series[f"expected_100_{name}"]), abs=1e-6)


@pytest.fixture(scope="module")
def bacon() -> tuple[figures.FloatArray, figures.FloatArray]:
    if not METRICS.exists():
        pytest.skip("published metrics are not at ../shared/data/metrics")
    with (METRICS / "performanceanalytics" / "portfolio_bacon.csv").open() as file:
        rows = list(csv.reader(file))[1:]
    return np.array([float(row[1]) for row in rows]), np.array([float(row[2]) for row in rows])


def annual(returns: figures.FloatArray) -> float:
    total = figures.total_return(figures.growth_curve(returns))
    assert total is not None
    growth = figures.cagr(total, len(returns), year=12)
    assert growth is not None
    return growth


def test_bacon_downside_deviation(bacon: tuple[figures.FloatArray, figures.FloatArray]) -> None:
    assert figures.downside_deviation(bacon[0] - 0.005, year=1) == pytest.approx(0.0255, abs=5e-5)


def test_bacon_jensens_alpha_from_beta(bacon: tuple[figures.FloatArray, figures.FloatArray]) -> None:
    ours, theirs = bacon
    slope = figures.beta(ours, theirs)
    assert slope is not None
    assert annual(ours) - slope * annual(theirs) == pytest.approx(-0.014, abs=5e-4)


def test_bacon_fama_beta_and_m_squared_from_volatilities(bacon: tuple[figures.FloatArray, figures.FloatArray]) -> None:
    ours, theirs = (figures.volatility(series, year=12, ddof=0) for series in bacon)
    assert ours is not None and theirs is not None
    assert ours / theirs == pytest.approx(1.03, abs=5e-3)
    assert annual(bacon[0]) * theirs / ours == pytest.approx(0.10062, abs=5e-5)


def test_bacon_modified_treynor_from_systematic_risk(bacon: tuple[figures.FloatArray, figures.FloatArray]) -> None:
    slope, risk = figures.beta(*bacon), figures.volatility(bacon[1], year=12, ddof=0)
    assert slope is not None and risk is not None
    assert annual(bacon[0]) / (slope * risk) == pytest.approx(0.7975, abs=5e-4)


def test_bacon_pain_index_and_martin_ratio_from_drawdowns(bacon: tuple[figures.FloatArray, figures.FloatArray]) -> None:
    falls = figures.drawdowns(figures.growth_curve(bacon[0]))[1:]
    assert -falls.mean() == pytest.approx(0.04, abs=5e-3)
    assert annual(bacon[0]) / math.sqrt(np.mean(falls**2)) == pytest.approx(1.70, abs=1e-2)


def test_bacon_specific_risk_is_the_volatility_that_beta_leaves(
    bacon: tuple[figures.FloatArray, figures.FloatArray],
) -> None:
    slope = figures.beta(*bacon)
    assert slope is not None
    assert figures.volatility(bacon[0] - slope * bacon[1], year=12, ddof=0) == pytest.approx(0.0329, abs=5e-5)


def test_a_risk_free_rate_is_turned_into_a_daily_one_geometrically() -> None:
    daily = 1.05 ** (1 / 365) - 1
    returns = np.array([0.01, -0.02, 0.015])
    assert figures.sharpe(returns, risk_free=0.05) == pytest.approx(figures.sharpe(returns - daily))


def test_a_fall_from_the_starting_value_counts() -> None:
    assert figures.max_drawdown(np.array([1.0, 0.9, 0.95])) == pytest.approx(-0.1)
    assert figures.max_drawdown(np.array([0.9, 0.95]), baseline=1.0) == pytest.approx(-0.1)
    assert figures.max_drawdown(np.array([0.9, 0.95])) == 0.0


def test_what_cannot_be_defined_is_none() -> None:
    nothing, flat = np.array([]), np.zeros(5)
    assert figures.total_return(nothing) is None
    assert figures.max_drawdown(nothing) is None
    assert figures.sharpe(flat) is None
    assert figures.sortino(flat) is None
    assert figures.volatility(np.array([0.1])) is None
    assert figures.beta(np.array([0.1, 0.2]), np.zeros(2)) is None
    assert figures.alpha(np.array([0.1]), np.array([0.1])) is None
    assert figures.calmar(0.5, 0.0) is None
    assert figures.cagr(0.1, 0) is None
    assert figures.cagr(1e6, 0.001) is None


@given(st.lists(st.floats(-0.5, 0.5), min_size=2, max_size=60))
def test_no_figure_is_ever_nan_or_infinite(values: list[float]) -> None:
    returns = np.array(values)
    found = [figures.sharpe(returns), figures.sortino(returns), figures.volatility(returns)]
    assert all(figure is None or math.isfinite(figure) for figure in found)
