"""The agent: the grammar where it is sure, else a model that looks things up, else what can be asked."""

from collections.abc import Sequence

import pytest

from chatbot.agent.agent import Agent
from tests.unit.chatbot.agent.conftest import CountingCharts, FactsReader
from trading.contract import ModelTurn, ToolCall, ToolSpec, Utterance
from trading.errors import NeedsOperator, Retryable


class ScriptedModel:
    """Says its turns one after the other, and remembers what it was asked with which tools."""

    name = "fake-model"

    def __init__(self, *turns: ModelTurn | Exception) -> None:
        self._turns = list(turns)
        self.asked: list[tuple[Sequence[Utterance], Sequence[ToolSpec]]] = []

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        self.asked.append((tuple(said), tools))
        turn = self._turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return turn


def calls(name: str, arguments: str = "{}") -> ModelTurn:
    return ModelTurn("", (ToolCall("c1", name, arguments),))


STRANGE = "lorem ipsum dolor sit amet consectetur"
"""No rule knows it."""


async def test_a_known_wording_needs_no_model(reader: FactsReader, charts: CountingCharts) -> None:
    model = ScriptedModel()
    reply = await Agent(reader, charts, model).answer("web:1", "are we beating bitcoin?")
    assert reply.text.startswith("💬 Ahead of BTC by 1.9 points.")
    assert model.asked == []


async def test_a_model_looks_up_and_its_words_come_first_its_sources_last(
    reader: FactsReader, charts: CountingCharts
) -> None:
    model = ScriptedModel(calls("compare"), ModelTurn("You are up {f1} since 30 Jul. BTC is up 50 %."))
    reply = await Agent(reader, charts, model).answer("web:1", STRANGE)
    assert reply.text.splitlines() == [
        "💬 You are up +4.82 % since 30 Jul.",
        "1 sentence left out: not borne out by the books.",
        "Equity to 21 Nov 14:02, fees in · PAPER · 114 days",
    ]
    assert reply.pictures


async def test_when_nothing_holds_the_answer_of_code_is_sent_whole(reader: FactsReader, charts: CountingCharts) -> None:
    model = ScriptedModel(calls("trades", '{"window": "yesterday", "side": "sell"}'), ModelTurn("You made a fortune."))
    reply = await Agent(reader, charts, model).answer("web:1", STRANGE)
    assert reply.text.startswith("💬 2 sales yesterday.")
    assert reply.text.endswith("1 sentence left out: not borne out by the books.")


async def test_another_language_is_answered_in_it(reader: FactsReader, charts: CountingCharts) -> None:
    model = ScriptedModel(calls("compare"), ModelTurn("Sie haben seit 30. Juli 4,82 % gewonnen."))
    reply = await Agent(reader, charts, model).answer("web:1", "Wie steht mein Depot gegen bitcoin?")
    assert reply.text.startswith("💬 Sie haben seit 30 Juli 4,82 % gewonnen.")


@pytest.mark.parametrize(
    "failure", [Retryable("it is away"), NeedsOperator("the model's budget of the day is used"), ValueError("broken")]
)
async def test_without_a_models_answer_the_grammars_is_given_and_why(
    reader: FactsReader, charts: CountingCharts, failure: Exception
) -> None:
    reply = await Agent(reader, charts, ScriptedModel(failure)).answer("web:1", STRANGE)
    assert "I answer questions about this portfolio" in reply.text
    assert "The model gave no answer: " in reply.text


async def test_what_was_looked_up_is_told_where_the_model_is_lost_afterwards(
    reader: FactsReader, charts: CountingCharts
) -> None:
    model = ScriptedModel(calls("status"), Retryable("it is away"))
    reply = await Agent(reader, charts, model).answer("web:1", STRANGE)
    assert "$10,482.15" in reply.text and "it is away" in reply.text


async def test_a_wish_in_another_language_is_a_button_and_nothing_else(
    reader: FactsReader, charts: CountingCharts
) -> None:
    model = ScriptedModel(calls("propose_command", '{"text": "/buy $50 BTC"}'))
    reply = await Agent(reader, charts, model).answer("web:1", "Kaufe bitte für 50 $ Bitcoin")
    assert "do:/buy $50 BTC" in [button.id for button in reply.buttons]
    assert "Nothing is done" in reply.text


async def test_a_follow_up_reminds_the_model_of_the_question_but_not_of_the_books_texts(
    reader: FactsReader, charts: CountingCharts
) -> None:
    model = ScriptedModel(calls("compare"), ModelTurn("You are up {f1} since 30 Jul."), ModelTurn(""))
    agent = Agent(reader, charts, model)
    await agent.answer("web:1", STRANGE)
    await agent.answer("web:1", "und seit gestern, wie ist das bei uns?")
    earlier = [utterance.content for utterance in model.asked[-1][0]]
    assert earlier[0] == STRANGE and "Compare(" in earlier[1]
    assert not any("DATA-" in content for content in earlier)


async def test_questions_of_channels_do_not_mix(reader: FactsReader, charts: CountingCharts) -> None:
    model = ScriptedModel(ModelTurn(""), ModelTurn(""))
    agent = Agent(reader, charts, model)
    await agent.answer("web:1", STRANGE)
    await agent.answer("telegram:2", STRANGE)
    assert len(model.asked[-1][0]) == 1


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
    model = ScriptedModel(ModelTurn(""))
    await Agent(reader, charts, model).answer("web:1", "lorem ipsum " * 10_000)
    assert len(model.asked[0][0][-1].content) <= 600


async def test_its_price_is_that_of_the_coin_that_was_told(reader: FactsReader, charts: CountingCharts) -> None:
    agent = Agent(reader, charts)
    assert "Largest holding: BTC" in (await agent.answer("web:1", "what is my largest holding?")).text
    assert (await agent.answer("web:1", "show me its performance")).text.startswith("💬 0.0412 BTC")
    assert not (await agent.answer("web:2", "show me its price")).text.startswith("💬 BTC")


async def test_two_questions_get_both_answers_with_their_sources(reader: FactsReader, charts: CountingCharts) -> None:
    reply = await Agent(reader, charts).answer("web:1", "how much btc do i have? what fees did we pay?")
    first, second = reply.text.split("\n\n")
    assert "0.0412 BTC" in first and "PAPER" in first
    assert "in fees" in second and "PAPER" in second


async def test_what_is_not_understood_goes_to_the_model(reader: FactsReader, charts: CountingCharts) -> None:
    model = ScriptedModel(ModelTurn("I cannot tell that."))
    await Agent(reader, charts, model).answer("web:1", "how did my friend tom do this week")
    assert len(model.asked) == 1
