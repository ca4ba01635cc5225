"""Numbers as they are written: what they say, and which figures they are roundings of."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.agent.grounding.amounts import ascii_digits, has_odd_numerals, read_number, read_words


@pytest.mark.parametrize(
    ("digits", "multiple", "comma", "size"),
    [
        ("10,482.15", "", False, "10482.15"),
        ("1,234", "", False, "1234"),
        ("1.234", "", True, "1234"),
        ("3,4", "", False, "3.4"),
        ("3,21", "", True, "3.21"),
        ("1.2", "k", False, "1200"),
        ("2", "million", False, "2000000"),
    ],
)
def test_a_number_is_read(digits: str, multiple: str, comma: bool, size: str) -> None:
    written = read_number(digits, multiple, comma)
    assert written is not None and written.size == Decimal(size)


@pytest.mark.parametrize("digits", ["1,2,3", "1.2.3", "12,34.5", "1" * 40])
def test_what_is_grouped_like_no_number_is_none(digits: str) -> None:
    assert read_number(digits) is None


@pytest.mark.parametrize(
    ("words", "size"),
    [("twelve", 12), ("two thousand five hundred", 2500), ("twenty five", 25), ("four point eight two", "4.82")],
)
def test_words_are_read(words: str, size: str) -> None:
    written = read_words(words.split())
    assert written is not None and written.size == Decimal(size)


@pytest.mark.parametrize("words", ["five five", "point", "four point twelve", "twenty eleven", ""])
def test_words_that_are_no_number_are_none(words: str) -> None:
    assert read_words(words.split()) is None


@given(st.decimals("-1e9", "1e9", places=6, allow_nan=False), st.integers(0, 5))
def test_a_figure_rounded_to_the_digits_shown_is_true(value: Decimal, places: int) -> None:
    rounded = abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    written = read_number(f"{rounded:f}")
    assert written is not None
    assert written.is_rounding_of(value) is (rounded != 0 or value == 0)


@given(st.decimals("1", "1e6", places=4, allow_nan=False), st.integers(0, 3))
def test_one_more_in_the_last_digit_is_not(value: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    written = read_number(f"{value.quantize(step, ROUND_HALF_UP) + step:f}")
    assert written is not None and not written.is_rounding_of(value)


def test_trailing_zeros_count_unless_it_is_said_to_be_rough() -> None:
    written = read_number("10,500")
    assert written is not None
    assert not written.is_rounding_of(Decimal("10482.15"))
    assert written.is_rounding_of(Decimal("10482.15"), roughly=True)
    assert not written.is_rounding_of(Decimal("10382.15"), roughly=True)


def test_digits_of_any_script_are_digits_and_other_numerals_are_odd() -> None:
    assert ascii_digits("٤.٨٢ and ４") == "4.82 and 4"
    assert all(has_odd_numerals(text) for text in ("½", "Ⅻ", "4²", "①"))
    assert not has_odd_numerals("٤ and 4")
