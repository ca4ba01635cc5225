"""The same facts are the same text, however they were come by."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from trading.decision.snapshots.canonical import canonical, digest


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert canonical({"b": [1, None], "a": {"d": True, "c": "é"}}) == '{"a":{"c":"\\u00e9","d":true},"b":[1,null]}'


def test_an_amount_has_one_spelling() -> None:
    assert canonical({"x": Decimal("1.50")}) == canonical({"x": Decimal("150E-2")}) == '{"x":"1.5"}'


def test_times_carry_their_offset_and_spans_are_seconds() -> None:
    at = datetime(2025, 3, 3, 12, tzinfo=UTC)
    assert canonical({"at": at, "for": timedelta(minutes=2)}) == '{"at":"2025-03-03T12:00:00+00:00","for":120.0}'


@pytest.mark.parametrize("closes", [[math.nan], [1.0, math.inf]])
def test_a_number_that_is_none_is_refused(closes: list[float]) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"closes": closes})


def test_the_digest_is_sha_256() -> None:
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
