"""One spelling for one number: no exponent, no zeros that say nothing, and nothing for what is unknown."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.decision.snapshots.numbers import plain, rounded, significant

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("value", "text"),
    [("1.10", "1.1"), ("5E+2", "500"), ("0E-8", "0"), ("-0", "0"), ("1E-9", "0.000000001"), ("100", "100")],
)
def test_an_amount_is_spelled_plainly(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


@given(AMOUNTS)
def test_a_plain_spelling_loses_nothing(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text
    assert plain(Decimal(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(61.23456789, "61.2346"), (1_234_567.0, "1234570"), (0.000012345678, "0.0000123457"), (-0.5, "-0.5"), (0.0, "0")],
)
def test_six_digits_count(value: float, text: str) -> None:
    assert significant(value) == text


@pytest.mark.parametrize("value", [None, math.nan, math.inf, Decimal("NaN")])
def test_what_is_no_number_is_unknown(value: Decimal | float | None) -> None:
    assert significant(value) is None
    assert rounded(value, 2) is None


def test_a_rounded_nothing_has_no_sign() -> None:
    assert rounded(-0.00001, 4) == "0"
