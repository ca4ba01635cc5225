"""What became of an order is judged from the venue's own words, never from an exception's class alone."""

from __future__ import annotations

import json
from unittest.mock import Mock

import aiohttp
import pytest
from ccxt.base import errors as ccxt_errors
from hypothesis import given
from hypothesis import strategies as st

from trading.exchange.ccxt_outcome import Accepted, NotSent, Refused, Unknown, classify, venue_errors
from trading.exchange.venue_refusals import KRAKEN_REFUSALS, NO_REFUSALS, meaning

REFUSED = [
    "EOrder:Insufficient funds",
    "EOrder:Insufficient funds:Insufficient funds",
    "EOrder:Order minimum not met",
    "EOrder:Cost minimum not met",
    "EOrder:Tick size check failed",
    "EOrder:Invalid price",
    "EOrder:Invalid price:Invalid price argument",
    "EOrder:Invalid order",
    "EOrder:Post only order",
    "EOrder:Orders limit exceeded",
    "EOrder:Positions limit exceeded",
    "EOrder:Rate limit exceeded",
    "EOrder:Domain rate limit exceeded",
    "EOrder:Trading agreement required",
    "EOrder:Cannot open position",
    "EOrder:Cannot open opposing position",
    "EOrder:Margin allowance exceeded",
    "EOrder:Margin level too low",
    "EOrder:Margin position size exceeded",
    "EOrder:Insufficient margin",
    "EOrder:Reduce only:Non-PC",
    "EOrder:Reduce only:No position exists",
    "EOrder:Reduce only:Position is closed",
    "EOrder:Scheduled orders limit exceeded",
    "EQuery:Unknown asset pair",
    "EQuery:Invalid asset pair",
    "EGeneral:Invalid arguments",
    "EGeneral:Invalid arguments:volume",
    "EGeneral:Invalid arguments:price",
    "EGeneral:Invalid arguments:ordertype",
    "EGeneral:Invalid arguments:deadline",
    "EGeneral:Invalid arguments:Index unavailable",
    "EGeneral:Unknown method",
    "EGeneral:Permission denied",
    "EGeneral:Temporary lockout",
    "EGeneral:Too many requests",
    "EAccount:Invalid permissions",
    "EAccount:Invalid permissions:BTC trading restricted for US:XX.",
    "EAPI:Rate limit exceeded",
    "EAPI:Invalid key",
    "EAPI:Invalid signature",
    "EAPI:Feature disabled",
    "EService:Throttled:1788406480",
    "EService:Deadline elapsed",
    "EService:Market in cancel_only mode",
    "EService:Market in post_only mode",
    "EService:Market in limit_only mode",
    "ETrade:Locked",
    "ETrade:User Locked",
]
UNKNOWN = [
    "EService:Timeout",
    "EService:Unavailable",
    "EService:Busy",
    "EGeneral:Internal error",
    "EGeneral:Internal error:42",
    "EDatabase:Internal error",
    "EAPI:Invalid nonce",
    "ESession:Invalid session",
    "EOrder:Unknown order",
    "EOrder:Unknown position",
    "EOrder:Duplicate cl_ord_id",
    "EOrder:Invalid order:duplicate cl_ord_id",
    "EGeneral:Invalid arguments:cl_ord_id",
    "EGeneral:Invalid arguments:Duplicate order",
    "EOrder:Something new",
    "EOrder:Insufficient fundsX",
    "eorder:insufficient funds",
    "EOrder",
    "EOrder:",
    "",
    "WOrder:Slow",
    "Insufficient funds",
    "null",
]


def as_ccxt_raises(*errors: str) -> Exception:
    """The way ccxt tells a venue's error; the class is the least telling one."""
    raised: Exception = ccxt_errors.ExchangeError("kraken " + json.dumps({"error": list(errors)}))
    return raised


@pytest.mark.parametrize("error", REFUSED)
def test_a_listed_refusal_is_a_refusal_with_a_sentence(error: str) -> None:
    outcome = classify(as_ccxt_raises(error), KRAKEN_REFUSALS, "Kraken")
    assert isinstance(outcome, Refused)
    assert outcome.detail.startswith("Kraken refused the order: ")
    assert outcome.detail.endswith(f"({error}).")


@pytest.mark.parametrize("error", UNKNOWN)
def test_any_other_word_of_the_venue_leaves_the_outcome_open(error: str) -> None:
    outcome = classify(as_ccxt_raises(error), KRAKEN_REFUSALS, "Kraken")
    assert isinstance(outcome, Unknown)
    assert outcome.detail.endswith("ask for it.")


@pytest.mark.parametrize("error", REFUSED)
def test_one_unknown_word_among_refusals_leaves_the_outcome_open(error: str) -> None:
    for errors in ((error, "EService:Timeout"), ("EService:Timeout", error)):
        assert isinstance(classify(as_ccxt_raises(*errors), KRAKEN_REFUSALS), Unknown)


@pytest.mark.parametrize("error", REFUSED)
def test_a_venue_whose_words_are_not_verified_never_refuses_for_certain(error: str) -> None:
    assert isinstance(classify(as_ccxt_raises(error), NO_REFUSALS), Unknown)


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(ccxt_errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
)
def test_the_class_of_an_exception_decides_nothing(kind: type[Exception]) -> None:
    wordless = classify(kind("kraken POST http://127.0.0.1/0/private/AddOrder"), KRAKEN_REFUSALS)
    refused = classify(kind('kraken {"error":["EOrder:Insufficient funds"]}'), KRAKEN_REFUSALS)
    assert isinstance(wordless, Unknown)
    assert isinstance(refused, Refused)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": [], "result": {"txid": ["OEKVV2-IH52O-TPL6GZ"], "descr": {"order": "buy"}}},
        {"id": "OEKVV2-IH52O-TPL6GZ", "info": {}},
        {"error": "", "result": {"txid": "OEKVV2-IH52O-TPL6GZ"}},
    ],
)
def test_an_answer_with_an_order_id_is_an_acceptance(answer: object) -> None:
    assert classify(answer, KRAKEN_REFUSALS) == Accepted("OEKVV2-IH52O-TPL6GZ")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "",
        "<html><title>Just a moment</title></html>",
        '{"error":[],"result":{"tx',
        b"\x1f\x8b",
        [],
        {},
        {"error": []},
        {"error": [], "result": {}},
        {"error": [], "result": None},
        {"error": [], "result": {"txid": []}},
        {"error": [], "result": {"txid": [""]}},
        {"error": [], "result": {"txid": [None]}},
        {"error": [], "result": {"txid": ["ONE", "TWO"]}},
        {"error": [], "result": {"descr": {"order": "buy 1 XBTUSD @ market"}}},
        {"id": None, "info": {}},
        {"id": "  "},
        {"id": 7},
    ],
)
def test_an_answer_without_an_order_id_leaves_the_outcome_open(answer: object) -> None:
    assert isinstance(classify(answer, KRAKEN_REFUSALS), Unknown)


def test_an_error_beside_an_order_id_leaves_the_outcome_open() -> None:
    both = {"error": ["EOrder:Insufficient funds"], "result": {"txid": ["OEKVV2-IH52O-TPL6GZ"]}}
    assert isinstance(classify(both, KRAKEN_REFUSALS), Unknown)


def caused_by(error: BaseException) -> Exception:
    raised: Exception = ccxt_errors.ExchangeNotAvailable("kraken POST http://127.0.0.1")
    raised.__cause__ = error
    return raised


def test_only_what_failed_before_a_connection_existed_was_not_sent() -> None:
    key = Mock()
    assert isinstance(classify(caused_by(aiohttp.ClientConnectorError(key, OSError(111))), KRAKEN_REFUSALS), NotSent)
    assert isinstance(classify(caused_by(aiohttp.ConnectionTimeoutError()), KRAKEN_REFUSALS), NotSent)


@pytest.mark.parametrize(
    "error",
    [
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(104, "reset by peer"),
        aiohttp.SocketTimeoutError(),
        aiohttp.ClientPayloadError("cut"),
        TimeoutError(),
        ConnectionResetError(),
    ],
)
def test_what_failed_on_an_open_connection_leaves_the_outcome_open(error: BaseException) -> None:
    assert isinstance(classify(caused_by(error), KRAKEN_REFUSALS), Unknown)


def test_a_page_of_an_intermediary_is_no_refusal_even_if_it_quotes_one() -> None:
    page = ccxt_errors.ExchangeNotAvailable("kraken POST 502 Bad Gateway <p>EOrder:Insufficient funds {}</p>")
    assert isinstance(classify(page, KRAKEN_REFUSALS), Unknown)


@given(st.text(max_size=200))
def test_no_text_at_all_is_an_acceptance_or_a_refusal(text: str) -> None:
    for said in (text, ccxt_errors.ExchangeError(text)):
        if not any(word in text for word in KRAKEN_REFUSALS):
            assert isinstance(classify(said, KRAKEN_REFUSALS), Unknown)


@given(st.text(min_size=1, max_size=40))
def test_words_glued_to_a_refusal_make_it_another_word(tail: str) -> None:
    if not tail.startswith(":"):
        assert meaning(f"EOrder:Insufficient funds{tail}", KRAKEN_REFUSALS) is None or ":" in tail


@given(st.text(max_size=300))
def test_a_venues_words_reach_a_sentence_short_and_on_one_line(error: str) -> None:
    detail = getattr(classify(as_ccxt_raises(error), KRAKEN_REFUSALS, "Kraken"), "detail", "")
    assert "\n" not in detail
    assert len(detail) < 250


def test_errors_are_read_from_answers_and_from_exceptions() -> None:
    assert venue_errors({"error": ["EAPI:Invalid key"]}) == ("EAPI:Invalid key",)
    assert venue_errors(as_ccxt_raises("EAPI:Invalid key", "EGeneral:Permission denied")) == (
        "EAPI:Invalid key",
        "EGeneral:Permission denied",
    )
    assert venue_errors("nothing") == venue_errors(None) == venue_errors({"error": []}) == ()
