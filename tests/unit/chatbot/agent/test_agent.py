"""The agent: grammar first, then a model's choice among the same queries, then what can be asked."""

from collections.abc import Sequence

import pytest

from chatbot.agent.agent import Agent
from chatbot.agent.queries import Compare, Decline, Holdings, PriceAsked, Profit, Query, Topic, TradesAsked
from chatbot.agent.tools import read_choice, specs
from tests.unit.chatbot.agent.conftest import CountingCharts, FactsReader
from trading.contract import ToolChoice, ToolSpec
from trading.domain.order import Side

TRADED = {"BTC", "ETH", "SOL"}


class ChoosingModel:
    """Chooses what it was told to, and remembers what it was asked."""

    name = "fake-model"

    def __init__(self, choice: ToolChoice | None) -> None:
        self._choice = choice
        self.questions: list[str] = []

    async def choose(self, question: str, tools: Sequence[ToolSpec]) -> ToolChoice | None:
        assert {tool.name for tool in tools} == {tool.name for tool in specs()}
        self.questions.append(question)
        return self._choice


async def test_a_known_wording_needs_no_model(reader: FactsReader, charts: CountingCharts) -> None:
    model = ChoosingModel(None)
    reply = await Agent(reader, charts, model).answer("web:1", "are we beating bitcoin?")
    assert reply.text.startswith("💬 Ahead of BTC by 1.9 points.")
    assert model.questions == []


async def test_a_model_picks_the_query_and_the_books_give_the_figures(
    reader: FactsReader, charts: CountingCharts
) -> None:
    model = ChoosingModel(ToolChoice("trades", {"window": "yesterday", "side": "sell"}))
    reply = await Agent(reader, charts, model).answer("web:1", "any dumping going down the day before this one?")
    assert reply.text.startswith("💬 2 sales yesterday.")
    assert len(model.questions) == 1


@pytest.mark.parametrize("choice", [None, ToolChoice("rm_rf", {}), ToolChoice("trades", {"side": "sideways"})])
async def test_no_choice_or_a_junk_one_is_declined(
    reader: FactsReader, charts: CountingCharts, choice: ToolChoice | None
) -> None:
    reply = await Agent(reader, charts, ChoosingModel(choice)).answer("web:1", "sing me the song of the sea")
    assert not reply.ok
    assert "I answer questions about this portfolio" in reply.text


async def test_without_a_model_one_sentence_says_what_can_be_asked(reader: FactsReader, charts: CountingCharts) -> None:
    reply = await Agent(reader, charts, None).answer("web:1", "Tell me a joke")
    assert "\n" not in reply.text
    assert "How did we do vs BTC?" in reply.text


async def test_follow_ups_keep_their_subject(reader: FactsReader, charts: CountingCharts) -> None:
    agent = Agent(reader, charts)
    await agent.answer("web:1", "how did we do vs BTC in the last 7 days?")
    reply = await agent.answer("web:1", "and against ETH?")
    assert "ETH" in reply.text.splitlines()[0]
    assert "In the last 7 days" in reply.text
    assert "This month" in (await agent.answer("web:1", "and this month?")).text


async def test_a_follow_up_of_trades_keeps_the_side(reader: FactsReader, charts: CountingCharts) -> None:
    agent = Agent(reader, charts)
    await agent.answer("web:1", "what did we sell yesterday?")
    assert (await agent.answer("web:1", "and today?")).text.startswith("💬 No sales today.")
    assert (await agent.answer("web:1", "and last month?")).text.startswith("💬 No sales last month.")


async def test_subjects_of_channels_do_not_mix(reader: FactsReader, charts: CountingCharts) -> None:
    agent = Agent(reader, charts)
    await agent.answer("telegram:1", "what did we trade yesterday?")
    reply = await agent.answer("discord:2", "and today?")
    assert "trade" not in reply.text.splitlines()[0] or not reply.ok


async def test_a_coin_alone_asks_for_its_price_whatever_was_asked_before(
    reader: FactsReader, charts: CountingCharts
) -> None:
    agent = Agent(reader, charts)
    await agent.answer("web:1", "why did we sell eth?")
    assert (await agent.answer("web:1", "BTC?")).text.startswith("💬 BTC/USD 106,020.1")


async def test_a_wish_to_trade_only_suggests(reader: FactsReader, charts: CountingCharts) -> None:
    reply = await Agent(reader, charts).answer("web:1", "please buy 50 of bitcoin")
    assert [button.id for button in reply.buttons] == ["do:/buy 50 BTC"]


async def test_a_very_long_text_is_cut(reader: FactsReader, charts: CountingCharts) -> None:
    model = ChoosingModel(None)
    await Agent(reader, charts, model).answer("web:1", "lorem ipsum " * 10_000)
    assert len(model.questions[0]) <= 600


@pytest.mark.parametrize(
    ("choice", "query"),
    [
        (ToolChoice("holdings", {"symbol": "bitcoin"}), Holdings("BTC")),
        (ToolChoice("price", {"symbol": "eth/usd"}), PriceAsked("ETH")),
        (ToolChoice("price", {"symbol": ""}), PriceAsked()),
        (ToolChoice("profit", {"window": "this week"}), Profit("this week")),
        (ToolChoice("trades", {"side": "buy", "symbol": "SOL"}), TradesAsked(symbol="SOL", side=Side.BUY)),
        (ToolChoice("compare_to_benchmark"), Compare()),
        (ToolChoice("holdings", {"symbol": "AAPL"}), Decline(Topic.NOT_TRADED, "AAPL")),
        (ToolChoice("holdings", {"symbol": 7}), Decline(Topic.OFF_TOPIC)),
        (ToolChoice("holdings", {"quantity": 7}), Decline(Topic.OFF_TOPIC)),
        (ToolChoice("profit", {"window": "x" * 500}), Decline(Topic.OFF_TOPIC)),
        (ToolChoice("decline"), Decline(Topic.OFF_TOPIC)),
    ],
)
def test_a_models_choice_is_checked(choice: ToolChoice, query: Query) -> None:
    assert read_choice(choice, TRADED) == query


def test_every_tool_has_a_schema_without_free_dictionaries() -> None:
    for spec in specs():
        assert spec.parameters["type"] == "object"
        assert spec.parameters["additionalProperties"] is False
        assert spec.description
