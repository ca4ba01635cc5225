"""Each guard fires, says what it changed from what to what, and only ever takes weight away into cash."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trading.risk.guarded import AT, plan, standing, target
from trading.domain.market import Quote
from trading.domain.plan import Clamp, TargetPlan
from trading.risk.clamping import Clamped, clamp
from trading.risk.guards import GuardHistory
from trading.risk.standing import SMALLEST_CHANGE
from trading.risk.sum_guards import STEP

HOUR = timedelta(hours=1)


def told(clamped: Clamped) -> list[tuple[str, str, D, D]]:
    return [(made.guard, made.symbol, made.before, made.after) for made in clamped.clamps]


def only(clamped: Clamped) -> Clamp:
    (made,) = clamped.clamps
    return made


def weights(clamped: Clamped) -> dict[str, D]:
    return {want.symbol.split("/")[0]: want.weight for want in clamped.plan.weights}


def test_a_plan_within_every_guard_stays_as_it_is() -> None:
    clamped = clamp(plan(BTC="0.5", ETH="0.3"), standing({"BTC": "0.2"}))
    assert clamped.clamps == ()
    assert (weights(clamped), clamped.plan.cash_weight) == ({"BTC": D("0.5"), "ETH": D("0.3")}, D("0.2"))


def test_the_largest_position_frees_the_rest_to_cash() -> None:
    clamped = clamp(plan(BTC="0.8", ETH="0.2"), standing(max_weight=D("0.3")))
    made = only(clamped)
    assert (made.guard, made.symbol, made.before, made.after) == ("largest position", "BTC/USD", D("0.8"), D("0.3"))
    assert (made.unit, made.limit) == ("weight", D("0.3"))
    assert made.detail == "BTC is kept to 30.0% of equity at most."
    assert clamped.plan.cash_weight == D("0.5")


def test_the_largest_position_sells_what_is_held_above_it() -> None:
    clamped = clamp(plan(target("BTC", "0.5", action="hold")), standing({"BTC": "0.5"}, max_weight=D("0.3")))
    assert weights(clamped) == {"BTC": D("0.3")}


def test_in_a_drawdown_nothing_is_bought_and_everything_may_be_sold() -> None:
    deep = GuardHistory(drawdown=D("-0.21"))
    clamped = clamp(plan(BTC="0.5", ETH="0.1"), standing({"BTC": "0.2", "ETH": "0.3"}, deep, max_drawdown=D("0.2")))
    assert told(clamped) == [("drawdown stop", "BTC/USD", D("0.5"), D("0.2"))]
    assert weights(clamped) == {"BTC": D("0.2"), "ETH": D("0.1")}
    assert only(clamped).detail == (
        "BTC is not bought: the portfolio is 21.0% below its peak, and from 20.0% on it only sells."
    )


@pytest.mark.parametrize("drawdown", [None, D(0), D("-0.199")])
def test_above_the_drawdown_stop_buys_go_through(drawdown: D | None) -> None:
    shallow = GuardHistory(drawdown=drawdown)
    assert clamp(plan(BTC="0.5"), standing({}, shallow, max_drawdown=D("0.2"))).clamps == ()


def test_what_was_sold_whole_is_not_bought_again_for_a_while() -> None:
    sold = GuardHistory(sold={"BTC/USD": AT - 23 * HOUR})
    clamped = clamp(plan(BTC="0.5", ETH="0.5"), standing({}, sold, reentry_pause=24 * HOUR))
    assert told(clamped) == [("re-entry pause", "BTC/USD", D("0.5"), D(0))]
    assert only(clamped).detail == "BTC was sold less than 24 h ago and is not bought again yet."


def test_and_then_it_is() -> None:
    sold = GuardHistory(sold={"BTC/USD": AT - 24 * HOUR})
    assert clamp(plan(BTC="0.5"), standing({}, sold, reentry_pause=24 * HOUR)).clamps == ()


def test_a_floor_ends_a_sale_and_buys_nothing() -> None:
    floors = {"BTC": D("0.3"), "ETH": D("0.2")}
    clamped = clamp(plan(ETH="0"), standing({"BTC": "0.5", "ETH": "0.1"}, floors=floors))
    assert told(clamped) == [("ETH floor", "ETH/USD", D(0), D("0.1")), ("BTC floor", "BTC/USD", D(0), D("0.3"))]
    assert clamp(plan(), standing({}, floors=floors)).clamps == ()


def test_what_was_just_bought_is_not_sold() -> None:
    bought = GuardHistory(bought={"BTC/USD": AT - 5 * HOUR, "ETH/USD": AT - 6 * HOUR})
    clamped = clamp(plan(), standing({"BTC": "0.5", "ETH": "0.3"}, bought, min_holding=6 * HOUR))
    assert told(clamped) == [("minimum holding", "BTC/USD", D(0), D("0.5"))]
    assert only(clamped).detail == "BTC was bought less than 6 h ago and is not sold yet."
    assert clamped.untouched == {"BTC/USD"}


def test_but_the_largest_position_is_never_kept_above_its_limit() -> None:
    bought = GuardHistory(bought={"BTC/USD": AT})
    clamped = clamp(plan(), standing({"BTC": "0.5"}, bought, min_holding=6 * HOUR, max_weight=D("0.4")))
    assert weights(clamped) == {"BTC": D("0.4")}


@pytest.mark.parametrize(
    ("bounds", "sentence"),
    [
        ({"lowest": D(101)}, "BTC is at 100, below the 101 decided on."),
        ({"highest": D(99)}, "BTC is at 100, above the 99 decided on."),
    ],
)
def test_outside_its_price_bounds_a_coin_is_left_alone(bounds: dict[str, D], sentence: str) -> None:
    for held, wanted in (("0.1", "0.5"), ("0.5", "0.1")):
        clamped = clamp(plan(target("BTC", wanted, **bounds)), standing({"BTC": held}))
        assert told(clamped) == [("price bounds", "BTC/USD", D(wanted), D(held))]
        assert only(clamped).detail == sentence
        assert clamped.untouched == {"BTC/USD"}


def test_a_buy_is_judged_at_the_ask_and_a_sale_at_the_bid() -> None:
    wide = {"BTC/USD": Quote(D(90), D(110), D(100), AT)}
    buys, sells = replace(standing(), quotes=wide), replace(standing({"BTC": "0.5"}), quotes=wide)
    assert clamp(plan(target("BTC", "0.5", highest=D(105))), buys).clamps
    assert clamp(plan(target("BTC", "0.1", lowest=D(95))), sells).clamps
    assert not clamp(plan(target("BTC", "0.1", highest=D(105), lowest=D(90))), sells).clamps


def test_a_trade_that_is_worth_too_little_after_fees_is_left_out() -> None:
    clamped = clamp(plan(BTC="0.05", ETH="0.06"), standing(min_trade=D(50)))
    assert told(clamped) == [("smallest trade", "BTC/USD", D("0.05"), D(0))]
    assert only(clamped).detail == "BTC is left alone: 49.60 USD after fees is below the 50.00 of MIN_TRADE."


def test_selling_all_of_a_coin_is_never_too_small() -> None:
    clamped = clamp(plan(ETH="0.02"), standing({"BTC": "0.01", "ETH": "0.04"}, min_trade=D(50)))
    assert told(clamped) == [("smallest trade", "ETH/USD", D("0.02"), D("0.04"))]


def test_buys_leave_the_minimum_in_cash_each_cut_by_the_same_share() -> None:
    clamped = clamp(plan(BTC="0.6", ETH="0.3"), standing({"ETH": "0.1"}, min_cash=D("0.3")))
    assert told(clamped) == [
        ("minimum cash", "BTC/USD", D("0.6"), D("0.45")),
        ("minimum cash", "ETH/USD", D("0.3"), D("0.25")),
    ]
    assert clamped.plan.cash_weight == D("0.3")


def test_nothing_is_sold_for_the_minimum_in_cash() -> None:
    held = plan(target("BTC", "0.9", action="hold"))
    assert clamp(held, standing({"BTC": "0.9"}, min_cash=D("0.3"))).clamps == ()


def test_buys_planned_on_a_sale_that_does_not_happen_are_cut_to_the_cash() -> None:
    bought = GuardHistory(bought={"BTC/USD": AT})
    clamped = clamp(plan(ETH="0.8"), standing({"BTC": "0.9"}, bought, min_holding=HOUR))
    assert told(clamped) == [
        ("minimum holding", "BTC/USD", D(0), D("0.9")),
        ("cash", "ETH/USD", D("0.8"), D("0.1")),
    ]


def test_the_turnover_of_a_day_is_taken_from_buys_first() -> None:
    earlier = GuardHistory(turnover=D(100))
    clamped = clamp(plan(ETH="0.4"), standing({"BTC": "0.3"}, earlier, max_turnover=D("0.5")))
    made = only(clamped)
    assert (made.guard, made.symbol, made.before, made.after) == ("turnover per day", "ETH/USD", D("0.4"), D("0.1"))
    assert made.detail == "ETH is traded less: a day's rebalances, waiting ones too, turn over 50.0% of equity at most."


def test_then_from_sales_of_a_part_and_whole_exits_last() -> None:
    clamped = clamp(plan(ETH="0.1", SOL="0.2"), standing({"BTC": "0.4", "ETH": "0.3"}, max_turnover=D("0.3")))
    assert weights(clamped) == {"ETH": D("0.3"), "SOL": D(0), "BTC": D("0.1")}


def test_the_orders_of_a_day_leave_out_the_smallest_buy_first_and_exits_last() -> None:
    held = {"BTC": "0.1", "ETH": "0.3"}
    wanted = plan(ETH="0.2", SOL="0.4")
    left = [clamp(wanted, standing(held, GuardHistory(orders=sent), max_orders=3)) for sent in range(5)]
    assert [[made.symbol[:3] for made in clamped.clamps] for clamped in left] == [
        [],
        ["SOL"],
        ["SOL", "ETH"],
        ["SOL", "ETH", "BTC"],
        ["SOL", "ETH", "BTC"],
    ]
    assert left[1].clamps[0].detail == "SOL is left alone: a day's rebalances, waiting ones too, send 3 orders at most."
    two_buys = clamp(plan(BTC="0.5", ETH="0.2"), standing(max_orders=1))
    assert told(two_buys) == [("orders per day", "ETH/USD", D("0.2"), D(0))]


def test_a_sale_that_the_largest_position_forces_takes_the_place_of_a_buy() -> None:
    clamped = clamp(plan(BTC="0.6", ETH="0.2"), standing({"BTC": "0.6"}, max_weight=D("0.4"), max_orders=1))
    assert weights(clamped) == {"BTC": D("0.4"), "ETH": D(0)}


def test_what_the_sums_leave_of_a_buy_must_still_be_worth_it() -> None:
    clamped = clamp(plan(BTC="0.5"), standing(max_turnover=D("0.02"), min_trade=D(50)))
    assert [made.guard for made in clamped.clamps] == ["turnover per day", "smallest trade"]
    assert weights(clamped) == {"BTC": D(0)}


def test_a_hold_stays_at_exactly_what_is_held() -> None:
    clamped = clamp(plan(target("BTC", "0.304", action="hold")), standing({"BTC": "0.3"}))
    assert weights(clamped) == {"BTC": D("0.3")}
    assert clamped.untouched == {"BTC/USD"}


bases = ("BTC", "ETH", "SOL")
shares = st.lists(st.integers(0, 1000), min_size=3, max_size=3).filter(lambda parts: sum(parts) <= 1000)
fractions = st.sampled_from(["0", "0.1", "0.35", "1"]).map(D)
ages = st.dictionaries(
    st.sampled_from([f"{base}/USD" for base in bases]), st.integers(0, 20).map(lambda h: AT - h * HOUR)
)
histories = st.builds(
    GuardHistory,
    bought=ages,
    sold=ages,
    turnover=st.integers(0, 500).map(D),
    orders=st.integers(0, 3),
    drawdown=st.none() | st.sampled_from([D(0), D("-0.1"), D("-0.5")]),
)
guards = st.fixed_dictionaries(
    {},
    optional={
        "max_weight": st.sampled_from([D("0.2"), D("0.5"), D(1)]),
        "min_cash": fractions,
        "max_turnover": st.none() | fractions,
        "max_orders": st.none() | st.integers(0, 3),
        "min_holding": st.sampled_from([0 * HOUR, 10 * HOUR]),
        "reentry_pause": st.sampled_from([0 * HOUR, 10 * HOUR]),
        "min_trade": st.sampled_from([D(0), D(20), D(120)]),
        "floors": st.sampled_from([{}, {"BTC": D("0.2")}, {"BTC": D("0.1"), "ETH": D("0.3")}]),
        "max_drawdown": st.none() | st.just(D("0.2")),
    },
)


def portfolio(parts: list[int]) -> dict[str, str]:
    return {base: str(D(part) / 1000) for base, part in zip(bases, parts, strict=True)}


def bounded(wanted: list[int], bounds: list[str]) -> TargetPlan:
    prices: dict[str, dict[str, Any]] = {"": {}, "above": {"lowest": D(1000)}, "below": {"highest": D("0.5")}}
    targets = zip(bases, wanted, bounds, strict=True)
    return plan(*(target(base, str(D(share) / 1000), **prices[bound]) for base, share, bound in targets))


@given(shares, shares, st.lists(st.sampled_from(["", "", "above", "below"]), min_size=3, max_size=3), histories, guards)
def test_whatever_is_wanted_guards_only_take_away(
    held: list[int], wanted: list[int], bounds: list[str], history: GuardHistory, told: dict[str, Any]
) -> None:
    around = standing(portfolio(held), history, **told)
    asked = bounded(wanted, bounds)
    clamped = clamp(asked, around)
    guarded = clamped.plan
    assert sum((want.weight for want in guarded.weights), guarded.cash_weight) == 1
    assert guarded.cash_weight >= -STEP
    for want in guarded.weights:
        now, before = around.now(want.symbol), asked.weight_of(want.symbol)
        forced = now > around.guards.max_weight
        assert 0 <= want.weight <= max(now, before)
        assert want.weight <= around.guards.max_weight
        assert want.weight <= now or before > now, "a buy that nobody wanted"
        assert want.weight >= now or before < now or forced, "a sale that nobody wanted"
        assert abs(want.weight - now) <= abs(before - now) or forced
    assert {(made.symbol, made.after) for made in clamped.clamps} >= {
        (want.symbol, want.weight) for want in guarded.weights if want.weight != asked.weight_of(want.symbol)
    }
    assert clamp(guarded, around).clamps == ()


@given(shares, shares, histories, guards)
def test_the_sums_hold_except_for_what_the_largest_position_forces(
    held: list[int], wanted: list[int], history: GuardHistory, told: dict[str, Any]
) -> None:
    around = standing(portfolio(held), history, **told)
    guarded = clamp(bounded(wanted, [""] * 3), around).plan
    forced = [w for w in guarded.weights if around.now(w.symbol) > around.guards.max_weight]
    moves = [w for w in guarded.weights if w not in forced and around.change(w)]
    buys = [w for w in moves if around.change(w) > 0]
    if buys:
        assert guarded.cash_weight >= around.guards.min_cash - STEP - SMALLEST_CHANGE * len(bases)
    if around.guards.max_orders is not None and moves:
        assert len(moves) + history.orders <= around.guards.max_orders
    if around.guards.max_turnover is not None and moves:
        spent = sum((abs(around.change(w)) for w in moves), D(0)) + history.turnover / around.equity
        assert spent <= around.guards.max_turnover + STEP
