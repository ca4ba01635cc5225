"""Half an answer is no answer."""

from __future__ import annotations

from typing import Any

import pytest

from trading.domain.order import OrderStatus
from trading.exchange.kraken_reading import order_status, result_of


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "",
        "<html></html>",
        [],
        {},
        {"error": []},
        {"error": [], "result": None},
        {"error": [], "result": []},
        {"error": [], "result": "ok"},
        {"error": ["EService:Timeout"], "result": {"open": {}}},
        {"error": None, "result": {"open": {}}},
        {"result": {"open": {}}},
    ],
)
def test_only_a_good_answer_has_a_result(answer: Any) -> None:
    with pytest.raises(TypeError):
        result_of(answer)


def test_the_result_of_a_good_answer_is_told_as_it_is() -> None:
    assert result_of({"error": [], "result": {"open": {}}}) == {"open": {}}


@pytest.mark.parametrize("word", ["", "OPEN", "filled", "rejected", "untriggered"])
def test_a_status_we_do_not_know_is_no_status(word: str) -> None:
    with pytest.raises(LookupError):
        order_status(word, False, False)


def test_an_order_that_closed_before_it_was_whole_was_cut_short() -> None:
    assert order_status("closed", False, True) is OrderStatus.CANCELED
    assert order_status("closed", True, True) is OrderStatus.FILLED
