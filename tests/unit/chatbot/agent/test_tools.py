"""The queries as tools: made from the query classes, read strictly."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from chatbot.agent import queries as q
from chatbot.agent.tools import Misused, read_call, specs
from trading.contract import ToolCall
from trading.domain.order import Side

TRADED = {"BTC", "ETH", "SOL"}


@pytest.mark.parametrize(
    ("name", "arguments", "query"),
    [
        ("holdings", '{"symbol": "bitcoin"}', q.Holdings("BTC")),
        ("price", '{"symbol": "eth/usd"}', q.PriceAsked("ETH")),
        ("price", '{"symbol": ""}', q.PriceAsked()),
        ("price", '{"symbol": null}', q.PriceAsked()),
        ("profit", '{"window": "this week"}', q.Profit("this week")),
        ("trades", '{"side": "buy", "symbol": "SOL"}', q.TradesAsked(symbol="SOL", side=Side.BUY)),
        ("compare", "", q.Compare()),
        ("compare", '{"benchmark": "ETH"}', q.Compare(q.Benchmark.ETH)),
    ],
)
def test_a_call_is_the_query_it_asks(name: str, arguments: str, query: q.Query) -> None:
    assert read_call(ToolCall("c", name, arguments), TRADED) == query


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("place_order", "{}"),
        ("decline", "{}"),
        ("wish_to_act", '{"command": "/buy 50 BTC"}'),
        ("look_up", '{"command": "/flatten"}'),
        ("holdings", '{"symbol": "AAPL"}'),
        ("holdings", '{"symbol": 7}'),
        ("holdings", '{"quantity": 7}'),
        ("trades", '{"side": "sideways"}'),
        ("profit", json.dumps({"window": "x" * 500})),
        ("profit", "window=all"),
        ("profit", "[1]"),
        ("profit", "[" * 5_000),
    ],
)
def test_whatever_is_not_one_of_ours_is_said_to_the_model(name: str, arguments: str) -> None:
    with pytest.raises(Misused) as misused:
        read_call(ToolCall("c", name, arguments), TRADED)
    assert 0 < len(str(misused.value)) < 600


def test_every_query_is_a_tool_or_what_code_alone_says() -> None:
    said_by_code = {
        q.Several,
        q.Decline,
        q.Advice,
        q.WishToAct,
        q.SetStops,
        q.Unclear,
        q.Help,
        q.HowTo,
        q.LookUp,
        q.Explain,
    }
    assert len(specs()) == len(set(get_args(q.Query)) - said_by_code)
    assert all(spec.description and spec.parameters["additionalProperties"] is False for spec in specs())
