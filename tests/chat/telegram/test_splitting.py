"""Splitting text for Telegram: every part is valid and within the limit, and nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.message import Button, Picture, Reply
from chatbot.transports.telegram_buttons import rows
from chatbot.transports.telegram_composition import compose
from chatbot.transports.telegram_text import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    Block,
    as_caption,
    body,
    cut,
    render,
    split,
    units,
)
from tests.chat.bot_api_markup import parse_html

WORDS = st.text(alphabet=st.sampled_from("ab <>&\"'🟢é\n/pre;x "), max_size=300)
BLOCKS = st.lists(st.builds(Block, WORDS, st.booleans()), max_size=5)


def solid(text: str) -> str:
    """`text` without white space: joints lose line breaks, and Telegram trims."""
    return "".join(text.split())


@given(BLOCKS, st.integers(4, 80))
def test_nothing_is_lost_and_every_part_fits(blocks: list[Block], limit: int) -> None:
    parts = [render(part) for part in split(blocks, limit)]
    assert solid("".join(part.plain for part in parts)) == solid("".join(block.text for block in blocks))
    assert all(0 < units(part.plain) <= limit for part in parts)


@given(BLOCKS, st.integers(4, 80))
def test_every_part_is_valid_markup_that_shows_the_plain_text(blocks: list[Block], limit: int) -> None:
    for part in (render(part) for part in split(blocks, limit)):
        parsed = parse_html(part.html)
        assert solid(parsed.text) == solid(part.plain)
        assert parsed.sloppy == []


@given(st.text(), st.text())
def test_any_text_becomes_messages_that_telegram_takes(text: str, card: str) -> None:
    for part in body(Reply(text, card)):
        assert parse_html(part.html).text
        part.html.encode()


def test_emoji_count_twice() -> None:
    (first, second) = body(Reply("🟢" * (TEXT_LIMIT // 2 + 1)))
    assert (units(first.plain), units(second.plain)) == (TEXT_LIMIT, 2)


def test_a_long_line_is_cut_at_a_space_and_never_inside_a_character() -> None:
    assert list(cut("alpha beta gamma", 11)) == ["alpha beta ", "gamma"]
    assert list(cut("a🟢🟢", 2)) == ["a", "🟢", "🟢"]


def test_a_card_that_fits_in_one_message_is_not_torn_apart() -> None:
    card = "\n".join(["BTC 0.0412"] * 100)
    first, second = body(Reply("x" * 4000, card=card))
    assert first.plain == "x" * 4000
    assert second.plain == card


def test_a_caption_holds_as_much_as_telegram_allows() -> None:
    picture = Picture(b"", "")
    assert as_caption(Reply("x" * CAPTION_LIMIT, pictures=(picture,))) is not None
    assert as_caption(Reply("x" * (CAPTION_LIMIT + 1), pictures=(picture,))) is None


def test_a_caption_that_the_text_says_already_is_not_repeated() -> None:
    composed = compose(Reply("Ahead of BTC.\nSince 30 Jul.", pictures=(Picture(b"", "Ahead of BTC."),)))
    assert [message.text.plain for message in composed.messages] == ["Ahead of BTC.\nSince 30 Jul."]


@pytest.mark.parametrize(
    ("labels", "widths"),
    [
        (["Approve", "Reject", "Details"], [3]),
        (["Approve", "Reject", "Details", "Help"], [3, 1]),
        (["Approve at market", "Reject", "Details"], [2, 1]),
        (["Approve every order of this plan", "Reject", "No"], [1, 2]),
        ([], []),
    ],
)
def test_buttons_share_a_row_as_their_labels_allow(labels: list[str], widths: list[int]) -> None:
    assert [len(row) for row in rows([Button(label, label[:4]) for label in labels])] == widths


def test_more_buttons_than_telegram_shows_are_refused() -> None:
    with pytest.raises(ValueError, match="100"):
        rows([Button("x", "x")] * 101)
