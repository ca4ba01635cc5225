"""Strict JSON: exact numbers, one object, and a refusal for what a lenient reader would let through."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trading.brain.strict_json import load_object


def test_numbers_are_exact() -> None:
    assert load_object('{"a": 0.1, "b": 3}') == {"a": Decimal("0.1"), "b": Decimal(3)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"a": NaN}', "NaN is not a number that can be used"),
        ('{"a": -Infinity}', "-Infinity is not a number that can be used"),
        ('{"a": 1e31}', "a number is too large to be read"),
        ('{"a": {"b": 1, "b": 1}}', "the key 'b' is there twice in one object"),
        ('{"a": 1} {"a": 1}', "the answer is not one JSON object alone: Extra data at character 9"),
        ("[1]", "the answer is a JSON list, not an object"),
        ("true", "the answer is a JSON boolean, not an object"),
        ("1", "the answer is a JSON number, not an object"),
        ("null", "the answer is a JSON null, not an object"),
        ('"a"', "the answer is a JSON string, not an object"),
        ("[" * 99_999, "the answer is nested too deeply"),
        ("x" * 100_001, "the answer has 100001 characters; at most 100000 are read"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        load_object(text)
    assert str(refused.value) == sentence
