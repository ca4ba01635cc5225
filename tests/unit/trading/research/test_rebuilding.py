"""A decision made again from its record alone: the same to the byte, and whatever was changed in the record shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.trading.research.deciding import PROSE, Told, allocated, decided
from tests.world import HISTORY_DAYS, START, HandMade, columns_of, limits, rules
from trading.decision.snapshots.canonical import digest
from trading.domain.plan import Cycle, CycleOutcome
from trading.errors import Fatal, SettingsError
from trading.research import cycle_command
from trading.research.comparison import ORDERS, differences
from trading.research.cycle_command import Answer
from trading.research.other_guards import with_guards
from trading.research.rebuilding import rebuilt, verified
from trading.risk.guards import Guards


def rising() -> HandMade:
    """Hourly candles of three pairs, each on its way up."""
    first, count = START - timedelta(days=HISTORY_DAYS), 24 * (HISTORY_DAYS + 1)
    levels = ([price * (1 + step / 4000) for step in range(count)] for price in (100.0, 10.0, 1.0))
    rows = ([(level, level * 1.001, level * 0.999, level) for level in path] for path in levels)
    return HandMade(
        {s: columns_of(first, "1h", list(r)) for s, r in zip(("BTC/USD", "ETH/USD", "SOL/USD"), rows, strict=True)},
        "1h",
    )


def made_again(cycle: Cycle) -> Answer:
    return cycle_command.made_again(cycle, "PAPER")


def made_with(cycle: Cycle, words: Sequence[str]) -> Answer:
    return cycle_command.made_with(cycle, "PAPER", words)


@pytest.fixture
async def cycle() -> Cycle:
    """Three buys by a model."""
    cycle = await decided(Told())
    assert len(cycle.intents) == 3
    return cycle


def rewritten(cycle: Cycle, old: str, new: str) -> Cycle:
    """The record with its snapshot changed, and the hash with it."""
    assert old in cycle.snapshot
    text = cycle.snapshot.replace(old, new, 1)
    return replace(cycle, snapshot=text, snapshot_hash=digest(text))


async def test_a_models_decision_is_made_again_to_the_byte(cycle: Cycle) -> None:
    again = rebuilt(cycle, verified(cycle))
    assert ORDERS.dump(again.decision.intents) == ORDERS.dump(cycle.intents)
    assert made_again(cycle).holds
    assert "same: 3 orders" in made_again(cycle).text


async def test_a_repaired_answer_counts_and_not_the_first() -> None:
    cycle = await decided(Told(PROSE))
    assert len(cycle.raw) == 2 and cycle.intents
    assert made_again(cycle).holds


async def test_a_vote_is_counted_again(cycle: Cycle) -> None:
    voted = await decided(Told(), Told(shift=0.02), Told(PROSE, PROSE))
    assert voted.quorum is not None and voted.quorum.asked == 3 and len(voted.raw) == 4 and voted.intents
    assert ORDERS.dump(voted.intents) != ORDERS.dump(cycle.intents)
    again = made_again(voted)
    assert again.holds, again.text


async def test_what_was_not_agreed_on_is_cut_again() -> None:
    voted = await decided(Told(), Told(skipped=1), Told(PROSE, PROSE))
    assert [clamp.guard for clamp in voted.clamps] == ["agreement"] and len(voted.intents) == 2
    again = made_again(voted)
    assert again.holds and "same: 2 orders, 1 clamp" in again.text


async def test_the_allocators_decision_is_made_again_from_the_closes() -> None:
    cycle = await allocated(history=rising())
    assert cycle.intents
    assert made_again(cycle).holds
    assert "the daily closes" in made_again(cycle).text


async def test_a_clamp_is_made_again() -> None:
    cycle = await decided(Told(), told=rules(guards=Guards(max_weight=Decimal("0.06"))))
    assert cycle.clamps
    again = made_again(cycle)
    assert again.holds and "clamp" in again.text


async def test_a_forced_hold_comes_to_no_order_again() -> None:
    cycle = await decided(Told(PROSE, PROSE))
    assert cycle.outcome is CycleOutcome.FAILED
    assert made_again(cycle).holds and "same: 0 orders" in made_again(cycle).text


async def test_a_changed_snapshot_is_refused_before_anything_is_made_of_it(cycle: Cycle) -> None:
    changed = replace(cycle, snapshot=cycle.snapshot.replace("1000", "9000", 1))
    assert changed.snapshot != cycle.snapshot
    with pytest.raises(Fatal, match="The stored snapshot was changed: its SHA-256 is"):
        made_again(changed)


async def test_a_snapshot_of_another_decision_is_refused(cycle: Cycle) -> None:
    other = rewritten(cycle, cycle.id, "f" * 32)
    with pytest.raises(Fatal, match="belongs to another decision"):
        made_again(other)


async def test_a_record_without_a_snapshot_says_why(cycle: Cycle) -> None:
    with pytest.raises(Fatal, match="has no snapshot to be made again from: held because"):
        made_again(replace(cycle, snapshot="{}", snapshot_hash="", reason="held because the market was away"))


async def test_a_changed_order_shows_with_both_sides(cycle: Cycle) -> None:
    first = cycle.intents[0]
    changed = replace(cycle, intents=(replace(first, quantity=first.quantity * 2), *cycle.intents[1:]))
    told = made_again(changed)
    assert not told.holds
    assert f"buy {first.quantity.normalize() * 2:f}" in told.text and f"buy {first.quantity.normalize():f}" in told.text


@pytest.mark.parametrize("quantity", ["exponent", "zeros"])
async def test_equal_is_not_enough_it_must_be_the_same_text(cycle: Cycle, quantity: str) -> None:
    first = cycle.intents[0]
    spelled = first.quantity.normalize() * 1 if quantity == "exponent" else first.quantity * Decimal("1.000")
    changed = replace(cycle, intents=(replace(first, quantity=spelled), *cycle.intents[1:]))
    same_text = str(spelled) == str(first.quantity)
    assert made_again(changed).holds is same_text


async def test_a_missing_order_a_changed_plan_and_a_changed_clamp_show(cycle: Cycle) -> None:
    assert cycle.plan is not None
    again = rebuilt(cycle, verified(cycle))
    missing = differences(replace(cycle, intents=cycle.intents[:-1]), again)
    assert [(each.what, bool(each.recorded), bool(each.rebuilt)) for each in missing] == [("order", False, True)]
    turned = differences(replace(cycle, intents=cycle.intents[::-1]), again)
    assert [each.what for each in turned] == ["sequence"]
    other_plan = replace(cycle, plan=replace(cycle.plan, cash_weight=cycle.plan.cash_weight / 2))
    assert [each.what for each in differences(other_plan, again)] == ["plan"]


async def test_a_changed_answer_shows(cycle: Cycle) -> None:
    answer = json.loads(cycle.raw[0])
    answer["decisions"][0]["target_weight"] = round(answer["decisions"][0]["target_weight"] + 0.01, 4)
    answer["cash_weight"] = round(answer["cash_weight"] - 0.01, 4)
    told = made_again(replace(cycle, raw=(json.dumps(answer),)))
    assert not told.holds and "plan" in told.text and "order" in told.text


async def test_an_answer_that_is_no_plan_any_more_is_told(cycle: Cycle) -> None:
    with pytest.raises(Fatal, match="The recorded answer is no valid plan any more"):
        made_again(replace(cycle, raw=(PROSE,)))


async def test_other_guards_show_what_they_would_have_done(cycle: Cycle) -> None:
    told = made_with(cycle, ["max_weight=0.06", "max_orders=2"])
    assert told.holds
    assert "with max_weight=0.06, max_orders=2" in told.text and "3 orders → 2 orders" in told.text
    for line in told.text.splitlines():
        assert len(line) <= 80


async def test_a_limit_of_one_order_can_be_another_too(cycle: Cycle) -> None:
    snapshot = with_guards(verified(cycle), ["max_order_size=10", "max_position=0.5"])
    assert (snapshot.limits.max_order_size, snapshot.limits.max_position) == (Decimal(10), Decimal("0.5"))
    for intent in rebuilt(cycle, snapshot).decision.intents:
        assert intent.quantity * snapshot.quotes[intent.symbol].ask <= 10


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("max_weight=0.2", Decimal("0.2")),
        ("min_cash=0.5", Decimal("0.5")),
        ("max_turnover=0.3", Decimal("0.3")),
        ("max_turnover=off", None),
        ("max_orders=4", 4),
        ("min_holding=24", timedelta(hours=24)),
        ("reentry_pause=1.5", timedelta(minutes=90)),
        ("min_trade=25", Decimal(25)),
        ("floors=btc:0.2,ETH:0.1", {"BTC": Decimal("0.2"), "ETH": Decimal("0.1")}),
        ("floors=off", {}),
        ("max_drawdown = 0.15", Decimal("0.15")),
        ("max_drawdown=OFF", None),
    ],
)
async def test_every_guard_can_be_another(cycle: Cycle, words: str, value: object) -> None:
    changed = with_guards(verified(cycle), [words])
    assert getattr(changed.guards, words.partition("=")[0].strip()) == value
    assert changed.text == cycle.snapshot


async def test_no_guard_is_forgotten(cycle: Cycle) -> None:
    with pytest.raises(SettingsError) as refused:
        with_guards(verified(cycle), ["everything=off"])
    for guard in [*(field.name for field in fields(Guards)), "max_position", "max_order_size"]:
        assert f"{guard}=" in str(refused.value)


@pytest.mark.parametrize(
    "words",
    [
        *("", "max_weight", "max_weight=", "max_wieght=0.2", "max_weight=1.2", "max_weight=-0.1", "max_weight=nan"),
        *("max_weight=lots", "min_cash=1e999", "max_orders=2.5", "max_orders=-1", "min_holding=-4", "floors=BTC"),
        *("floors=BTC:2", "max_order_size=inf", "max_price_age=1", "bought=x"),
    ],
)
async def test_words_that_are_no_guard_are_refused_with_those_that_are(cycle: Cycle, words: str) -> None:
    with pytest.raises(SettingsError, match=r'--with is ".*"; write one of max_weight=0\.2, min_cash=0\.1'):
        made_with(cycle, ["max_weight=0.3", words])


async def test_what_was_wanted_shows_also_where_the_limits_are_the_same(cycle: Cycle) -> None:
    assert limits().max_position == verified(cycle).limits.max_position
    assert made_with(cycle, ["max_orders=off"]).text.count("3 orders → 3 orders") == 1
