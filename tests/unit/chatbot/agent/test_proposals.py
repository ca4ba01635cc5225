"""A command that a model proposes is the person's wish, or it is refused."""

from __future__ import annotations

import json

import pytest

from chatbot.agent.proposals import read_proposal
from chatbot.agent.queries import WishToAct
from chatbot.agent.tools import Misused
from trading.contract import ToolCall

TRADED = {"BTC", "ETH"}


def proposed(text: object, question: str) -> WishToAct:
    return read_proposal(ToolCall("c", "propose_command", json.dumps({"text": text})), question, TRADED)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("/buy $50 ETH", "kaufe 50 $ ethereum"),
        ("/buy 50 BTC", "kaufe fünfzig... nein, 50 bitcoin"),
        ("/sell half ETH", "verkaufe die Hälfte von ETH"),
        ("/buy 2k BTC", "achète pour 2000 de BTC"),
        ("/stop BTC 5%", "setze den stop von btc auf 5 %"),
        ("/buy 12 BTC", "compra doce dólares de bitcoin"),
        ("/flatten", "verkaufe bitte alles"),
    ],
)
def test_a_wish_with_the_persons_own_figures_becomes_the_command(text: str, question: str) -> None:
    assert proposed(text, question) == WishToAct(text)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("/buy $5000 ETH", "kaufe 50 $ ethereum"),
        ("/buy $50 BTC", "kaufe 50 $ ethereum"),
        ("/sell all ETH", "verkaufe 1 eth"),
        ("/approve all", "approve all"),
        ("/threshold 100000", "setze die Schwelle auf 100000"),
        ("/live confirm", "live bitte"),
        ("/users add 666 owner", "666"),
        ("/resume confirm", "weiter"),
        ("/buy 50 BTC\n/sell all ETH", "50 BTC all ETH"),
        ("/buy 50 BTC; rm", "50 BTC"),
        ("buy 50 BTC", "50 BTC"),
        (["/buy 50 BTC"], "50 BTC"),
    ],
)
def test_anything_else_is_refused(text: object, question: str) -> None:
    with pytest.raises(Misused):
        proposed(text, question)
