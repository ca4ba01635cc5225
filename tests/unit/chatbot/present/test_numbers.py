"""Figures are signed, have their unit, and never lie by rounding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.present import numbers as n
from tests.unit.chatbot.facts import BTC, DENVER, ETH


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("10482.15", "USD", "$10,482.15"),
        ("10482.15", "USDT", "10,482.15 USDT"),
        ("-31.2", "USD", "−$31.20"),
        ("0", "USD", "$0.00"),
        ("0.009", "USD", "< $0.01"),
        ("-0.009", "USD", "> −$0.01"),
        ("0.005", "USDT", "< 0.01 USDT"),
        ("0.01234567", "BTC", "0.01234567 BTC"),
    ],
)
def test_money(amount: str, currency: str, text: str) -> None:
    assert n.money(D(amount), currency) == text


def test_signed_money_has_a_plus_and_zero_has_no_sign() -> None:
    assert n.signed_money(D("31.2"), "USD") == "+$31.20"
    assert n.signed_money(D(0), "USD") == "$0.00"
    assert n.whole_money(D("4361.49"), "USD") == "$4,361"
    assert n.whole_money(D("43.61"), "USD") == "$43.61"


def test_fractions_become_percentages_and_points() -> None:
    assert n.percent(D("0.0482")) == "+4.82 %"
    assert n.percent(-0.0612, 1) == "−6.1 %"
    assert n.percent(D("-0.000001")) == "0.00 %"
    assert n.share(D("0.416")) == "41.6 %"
    assert n.points(D("0.019")) == "+1.9 pts"
    assert n.figure(-0.3) == "−0.30"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_not_known_is_unknown_and_never_zero(value: float | None) -> None:
    assert n.percent(value) == n.points(value) == n.figure(value) == "unknown"


def test_missing_amounts_and_prices_are_unknown() -> None:
    assert n.money(None, "USD") == n.quantity(None, BTC) == n.price(None, BTC) == "unknown"


def test_quantities_follow_the_lot_step_and_prices_the_tick() -> None:
    assert n.quantity(D("0.8830"), ETH) == "0.8830"
    assert n.quantity(D("0.041234567"), BTC) == "0.04123456"
    assert n.quantity(D("0.000000001"), BTC) == "< 0.00000001"
    assert n.price(D("106020.14"), BTC) == "106,020.1"
    assert n.level(D("98200.0"), BTC) == "98,200"
    assert n.level(None, BTC) == "off"


def test_time_is_local_with_its_zone_and_relative_where_it_helps() -> None:
    at = datetime(2026, 7, 30, 13, 3, 10, tzinfo=UTC)
    assert n.local_time(at, DENVER) == "07:03 MDT"
    assert n.local_time(at.replace(month=1), DENVER) == "06:03 MST"
    assert n.local_seconds(at, DENVER) == "07:03:10"
    assert n.local_moment(at, ZoneInfo("UTC")) == "30 Jul 13:03"
    assert n.relative(timedelta(hours=16, minutes=58)) == "in 16 h 58 min"
    assert n.relative(timedelta(seconds=-125)) == "2 min 5 s ago"
    assert n.relative(timedelta()) == "now"
    assert n.duration(timedelta(days=1, minutes=5)) == "1 day"


@given(st.decimals(-(10**18), 10**18, places=4))
def test_money_reads_back_to_the_cent(amount: D) -> None:
    text = n.money(amount, "USD")
    if "<" in text or ">" in text:
        assert 0 < abs(amount) < D("0.01")
    else:
        value = D(text.replace("$", "").replace(",", "").replace("−", "-"))
        assert abs(value - amount) <= D("0.005")
        assert (value == 0) == (amount == 0)


@given(st.decimals(0, 10**12, places=10))
def test_a_quantity_is_never_shown_larger_than_it_is(value: D) -> None:
    text = n.quantity(value, BTC)
    if not text.startswith("<"):
        assert D(text.replace(",", "")) <= value
        assert D(n.short_quantity(value, BTC).replace(",", "")) <= value
