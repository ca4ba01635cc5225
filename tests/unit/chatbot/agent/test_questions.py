"""Questions as people ask them: each is taken for what it is, and none for another."""

import pytest

from chatbot.agent.grammar.messages import parse
from tests.questions.corpus import COLLECTED, MARKET, TRADED, Question, collected, paraphrases, strangers
from tests.questions.grading import Grade, graded, table
from tests.questions.outline import outline

needs_collection = pytest.mark.skipif(not COLLECTED.exists(), reason="no collection at ../shared/data/questions")


@pytest.mark.parametrize("question", [pytest.param(each, id=each.text) for each in (*paraphrases(), *strangers())])
def test_a_paraphrase_is_taken_for_what_it_is(question: Question) -> None:
    assert outline(parse(question.text, TRADED, MARKET)) == question.query


@needs_collection
def test_of_the_collected_questions_none_is_answered_wrongly_and_80_are_right() -> None:
    found = [graded(question) for question in collected()]
    assert [each for each in found if each.grade is Grade.WRONG] == []
    assert sum(each.grade in (Grade.RIGHT, Grade.DECLINED) for each in found) >= 80


@needs_collection
def test_the_table_counts_every_question_once() -> None:
    assert table(collected())[-1].split()[-1] == "89"


TRAPS = [pytest.param(each, id=each.text) for each in paraphrases() if each.group == "trap"]


@pytest.mark.parametrize("question", TRAPS)
def test_a_trap_stays_one_whatever_is_said_around_it(question: Question) -> None:
    for text in (f"please {question.text}", f"{question.text}?", question.text.upper(), f"hey, {question.text} now"):
        assert outline(parse(text, TRADED, MARKET)).startswith(("Decline", "None"))
