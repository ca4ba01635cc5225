"""The risk map as a picture: drawn for any number of coins, legible, with a finding that is true."""

from __future__ import annotations

import struct
from dataclasses import replace
from decimal import Decimal as D

import pytest

from chatbot.present.charts import Charts, risk_map_chart
from chatbot.present.pictures.risk_map import MOST, finding
from tests.unit.chatbot import book_facts, facts
from trading.contract.books import RiskMap, RiskMapLine


def of(*weights: str, alike: float | None = 0.5) -> RiskMap:
    lines = tuple(RiskMapLine(f"C{i}/USD", f"C{i}", D(weight)) for i, weight in enumerate(weights))
    size = range(len(lines))
    matrix = tuple(tuple(1.0 if one == other else alike for other in size) for one in size)
    return RiskMap(facts.status(), lines, matrix, None, 90)


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("alike", [None, -1.0, -0.004, 0.0, 0.37, 1.0])
def test_it_is_as_wide_as_the_others_whatever_the_figures(alike: float | None, dark: bool) -> None:
    assert size(risk_map_chart(of("0.3", "0.2", "0", alike=alike), dark=dark))[0] == 1080


def test_more_coins_than_can_be_read_are_left_out() -> None:
    many = of(*(["0.05"] * 19))
    assert size(risk_map_chart(many)) == size(risk_map_chart(of(*(["0.05"] * MOST))))


def test_one_coin_alone_has_no_map() -> None:
    with pytest.raises(ValueError, match="two coins"):
        risk_map_chart(of("0.5"))


def test_the_finding_names_the_held_pair_that_moves_most_alike() -> None:
    found = of("0.3", "0.2", "0")
    rows = [list(row) for row in found.correlations]
    rows[0][2] = rows[2][0] = 0.99
    rows[0][1] = rows[1][0] = -0.2
    assert finding(replace(found, correlations=tuple(map(tuple, rows)))) == "C0 and C1 move most alike: \u22120.20"


def test_with_one_coin_held_the_finding_is_of_all() -> None:
    assert finding(of("0.3", "0", alike=0.914)) == "C0 and C1 move most alike: 0.91"


def test_what_is_not_known_is_said_to_be_unknown() -> None:
    assert finding(of("0.3", "0.2", alike=None)) == "How alike they move is not known"


async def test_it_is_drawn_off_the_loop_as_the_others_are() -> None:
    charts = Charts()
    assert await charts.risk_map(book_facts.risk_map()) == risk_map_chart(book_facts.risk_map())
    charts.close()
