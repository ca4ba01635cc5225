"""Every refusal has its sentence."""

from __future__ import annotations

import pytest

from chatbot.present.refusals import HEADLINES, refusal, sentence
from tests.unit.chatbot.facts import DEMO, PAPER
from trading.domain.risk import RefusalCode, Refused


@pytest.mark.parametrize("code", list(RefusalCode))
def test_every_code_has_one_calm_sentence(code: RefusalCode) -> None:
    headline = HEADLINES[code]
    assert headline.endswith(".") and "!" not in headline and len(headline) <= 90
    assert headline[0].isupper()


def test_no_two_codes_share_a_sentence() -> None:
    assert len(set(HEADLINES.values())) == len(RefusalCode)


def test_the_figures_follow_the_headline_and_the_mode_is_said() -> None:
    reply = refusal(Refused(RefusalCode.NOT_ENOUGH_CASH, "You have $31.20; it needs $50.20."), DEMO)
    assert reply.text.startswith("❌ PAPER · SIMULATED · There is not enough free cash.")
    assert "$31.20" in reply.text and not reply.ok


def test_a_detail_that_adds_nothing_is_not_repeated() -> None:
    assert sentence(Refused(RefusalCode.EXPIRED, HEADLINES[RefusalCode.EXPIRED])) == HEADLINES[RefusalCode.EXPIRED]
    assert refusal(Refused(RefusalCode.HALTED, ""), PAPER).text.count("\n") == 0
    halted = "Trading is halted (panic by @owner); /resume lifts it."
    assert sentence(Refused(RefusalCode.HALTED, halted)) == halted
    assert sentence(Refused(RefusalCode.NOTHING_TO_SELL, "No BTC is held.")) == "No BTC is held."


@pytest.mark.parametrize(
    ("code", "leads_to"), [(RefusalCode.HALTED, "do:/resume"), (RefusalCode.PAIR_FROZEN, "do:/pending")]
)
def test_what_a_person_can_lift_has_its_button(code: RefusalCode, leads_to: str) -> None:
    assert [button.id for button in refusal(Refused(code, "Why."), PAPER).buttons] == [leads_to]
    assert refusal(Refused(RefusalCode.NOT_ENOUGH_CASH, "Why."), PAPER).buttons == ()
