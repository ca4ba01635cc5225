"""What a model may say of the figures and what not, sentence by sentence."""

from __future__ import annotations

import pytest

from chatbot.agent.grounding.figures import Figures, Measure
from chatbot.agent.grounding.grounding import LONGEST, Grounding
from tests.unit.chatbot.agent.conftest import FactsReader

SO = (
    "You are up 4.82 % since 30 Jul.",
    "Since inception your portfolio gained 4.8 %.",
    "Your equity is $10,482.15.",
    "Your equity is about 10.5k dollars.",
    "Your portfolio is worth $10,482.",
    "You have $3,000.00 in cash.",
    "Cash is 30 % of your portfolio.",
    "BTC is 41.6 % of your portfolio.",
    "Your largest holding is BTC at 41.6 %.",
    "Your largest position is BTC.",
    "The smallest holding is ETH.",
    "You are ahead of BTC by 1.9 points since 30 Jul.",
    "You are behind ETH by 3.4 points since inception.",
    "You beat BTC but trailed ETH.",
    "You outperformed BTC.",
    "ETH beat you by 3.4 points.",
    "You lost $31.20 today.",
    "Today you are down 0.3 %.",
    "You are down $31.20 today.",
    "BTC returned 2.91 % and ETH returned 8.20 % since 30 Jul.",
    "Since 30 Jul you made +4.82 %, BTC +2.91 % and ETH +8.20 %.",
    "You sold ETH for a realized loss of $3.50 yesterday.",
    "You sold 0.221 ETH at $3,357.80 yesterday.",
    "You made 5 trades since inception.",
    "You made five trades in all.",
    "There were 3 sales: 1 winning and 2 losing.",
    "1 of 3 sales made money.",
    "Fees were $14.75 since 30 Jul.",
    "You paid $14.75 in fees.",
    "The deepest drawdown was 0.0 %.",
    "The stop of BTC is at 98,200.",
    "BTC's price is 106,020.1.",
    "BTC rose 2 % in the last 24 hours.",
    "ETH fell 1 % in the last 24 hours.",
    "You hold 0.0412 BTC worth $4,160.00.",
    "You hold BTC and ETH.",
    "Your BTC position is up 6.1 %.",
    "Your ETH position is down 1.2 %.",
    "No cards are waiting.",
    "Zero approvals are pending.",
    "The next rebalance is at 07:00.",
    "The next rebalance is on 22 Nov.",
    "Your portfolio started on 30 July.",
    "You gained four point eight two percent since 30 Jul.",
    "Ihr Depot hat seit 30. Juli 4,82 % gewonnen.",
    "Sie haben heute 31,20 $ verloren.",
    "Sie haben BTC um 1,9 Punkte geschlagen.",
    "Votre portefeuille a gagné 4,82 % depuis 30 juillet.",
    "Tu cartera ha ganado 4,82 % desde 30 julio.",
)
NOT_SO = (
    "You lost to Bitcoin.",
    "You lost to ETH in the last 24 hours.",
    "You were beaten by Bitcoin.",
    "You lost out to BTC.",
    "Your order was filled.",
    "You trade live.",
    "The last trade was today.",
    "The first trade was this year.",
    "The last sale was of BTC.",
    "Your newest purchase was BTC.",
    "You are in the red.",
    "Your portfolio is in the minus.",
    "You hold mostly ETH.",
    "You nearly doubled your money.",
    "You are up 5.82 % since 30 Jul.",
    "You are down 4.82 % since 30 Jul.",
    "You are up 4.82 % this month.",
    "You lost 4.82 %.",
    "Your equity is $11,482.15.",
    "Your equity is 10,482.15 %.",
    "Your equity is €10,482.15.",
    "You have $10,482.15 in cash.",
    "ETH is 41.6 % of your portfolio.",
    "Your largest holding is ETH at 28.3 %.",
    "Your largest position is ETH.",
    "You are behind BTC by 1.9 points.",
    "You are ahead of ETH by 1.9 points.",
    "You beat ETH.",
    "You beat both BTC and ETH.",
    "BTC beat you.",
    "You gained $31.20 today.",
    "You made $31.20 today.",
    "You are up 0.3 % today.",
    "ETH returned 2.91 %.",
    "BTC gained 4.82 %.",
    "BTC and ETH gained 2.91 %.",
    "You and BTC gained 2.91 %.",
    "You sold BTC for a realized loss of $3.50 yesterday.",
    "You bought 0.221 ETH yesterday.",
    "You made 6 trades since inception.",
    "You made fifty trades.",
    "There were 3 sales: 2 winning and 1 losing.",
    "2 of 3 sales made money.",
    "Fees were $14.75 this month.",
    "You paid $15 and 20 cents in fees.",
    "Your drawdown was 4.82 %.",
    "The stop of ETH is at 106,020.1.",
    "BTC fell 2 % in the last 24 hours.",
    "ETH rose 1 % today.",
    "You hold SOL.",
    "You hold 0.0412 BTC worth $10,482.",
    "XRP gained 2.91 %.",
    "Apple gained 4.82 %.",
    "The market gained 4.82 %.",
    "Your neighbour's portfolio gained 4.82 %.",
    "Your return was not 4.82 %.",
    "Your return was twice 4.82 %.",
    "You doubled your money.",
    "ETH is your largest holding. It gained 4.82 %.",
    "You bought BTC today.",
    "Your ETH position is up 6.1 %.",
    "3 cards are waiting.",
    "The next rebalance is at 08:00.",
    "The next rebalance is on 23 Nov.",
    "You gained Ⅳ %.",
    "You gained ٤٫٨٢ % today.",
    "You gained more than 4.82 %.",
    "You are up -4.82 %.",
    "Up 3-5 %.",
    "You gained 4.82.",
    "BTC gained in value 4.82 %.",
    "You gained 482 basis points.",
    "You are up 4.82 % a day.",
    "Ihr Depot hat 4,82 % verloren.",
    "Sie haben ETH geschlagen.",
    "You gained half.",
    "In March you gained 4.82 %.",
    "Everything rose.",
    "All coins rose.",
    "BTC skyrocketed.",
)
NEVER = (
    "Look at https://example.org for more.",
    "Visit example.com today.",
    "Hello @everyone.",
    "Press /flatten now.",
    "[Approve](do:x)",
    "**Your equity is $10,482.15.**",
    "`code`",
    "<b>Your equity is $10,482.15.</b>",
)


@pytest.mark.parametrize("sentence", SO)
def test_what_is_so_is_told_as_it_was_said(grounding: Grounding, sentence: str) -> None:
    assert grounding.check(sentence).text == sentence.replace("30. Juli", "30 Juli")


@pytest.mark.parametrize("sentence", NOT_SO)
def test_what_is_not_so_is_left_out(grounding: Grounding, sentence: str) -> None:
    said = grounding.check(sentence)
    assert sentence not in said.text and said.left_out >= 1


@pytest.mark.parametrize("sentence", NEVER)
def test_nothing_that_a_model_writes_can_be_pressed(grounding: Grounding, sentence: str) -> None:
    assert grounding.check(sentence).text == ""


def test_sentences_stand_or_fall_alone(grounding: Grounding) -> None:
    said = grounding.check("You are up 4.82 % since 30 Jul. BTC is up 9 %. You lost $31.20 today.")
    assert said.text == "You are up 4.82 % since 30 Jul. You lost $31.20 today."
    assert said.left_out == 1


def test_a_placeholder_is_filled_by_code(grounding: Grounding, known: Figures) -> None:
    found = next(figure for figure in known if figure.measure is Measure.EQUITY)
    assert grounding.check(f"Your equity is {{{found.id}}}.").text == "Your equity is $10,482.15."


@pytest.mark.parametrize("around", ["-{}", "${}", "{}0", "{} %", "1{}", "{}k", "minus {}"])
def test_a_placeholder_is_not_changed_by_what_stands_beside_it(
    grounding: Grounding, known: Figures, around: str
) -> None:
    found = next(figure for figure in known if figure.measure is Measure.EQUITY)
    assert grounding.check(f"Your equity is {around.format(f'{{{found.id}}}')}.").text == ""


def test_a_placeholder_nobody_gave_is_left_out(grounding: Grounding) -> None:
    assert grounding.check("Your equity is {f999}.").text == ""


def test_it_means_whom_the_sentence_before_spoke_of(grounding: Grounding) -> None:
    assert grounding.check("You hold BTC. It returned 4.82 % since 30 Jul.").text == "You hold BTC."
    assert grounding.check("You hold BTC. It returned 2.91 % since 30 Jul.").left_out == 0


def test_a_span_that_is_not_named_must_be_the_only_one(grounding: Grounding) -> None:
    assert grounding.check("You are up 4.82 %.").text == ""
    assert grounding.check("BTC's deepest drawdown was 0.0 %.").left_out == 0


def test_marks_that_cannot_be_seen_are_taken_out(grounding: Grounding) -> None:
    assert grounding.check("Your equity is $1\u200b0,482.15.").text == "Your equity is $10,482.15."


def test_a_long_text_ends_with_a_whole_sentence(grounding: Grounding) -> None:
    said = grounding.check("Your equity is $10,482.15. " * 40)
    assert len(said.text) <= LONGEST and said.text.endswith(".15.") and said.left_out


class TestWhereNothingWasLookedUp:
    @pytest.fixture
    def grounding(self, reader: FactsReader) -> Grounding:
        return Grounding(Figures(), reader, looked_up=False)

    def test_general_knowledge_is_told(self, grounding: Grounding) -> None:
        text = "An exchange is a place where people buy and sell with each other."
        assert grounding.check(text).text == text

    @pytest.mark.parametrize(
        "sentence",
        ["Your equity is $5.", "BTC is safe.", "It went up.", "It was founded in 2009.", "I bought it for you.",
         "Everything is halved.", "Всё выросло вдвое.", "すべてが上昇した。"],
    )  # fmt: skip
    def test_a_claim_is_not(self, grounding: Grounding, sentence: str) -> None:
        assert grounding.check(sentence).text == ""
