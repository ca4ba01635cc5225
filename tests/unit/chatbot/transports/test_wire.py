from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.message import Button, Picture, PressReply, Reply, Style, Table, Tone
from chatbot.transports.wire import press_from_wire, press_to_wire, reply_from_wire, reply_to_wire

words = st.text(max_size=20)
tables = st.builds(
    lambda title, cells: Table(title, tuple(cells), (tuple(cells),), "<" * len(cells)),
    words,
    st.lists(words, max_size=3),
)
replies = st.builds(
    Reply,
    text=words,
    card=words,
    tables=st.lists(tables, max_size=2).map(tuple),
    pictures=st.lists(st.builds(Picture, st.binary(max_size=40), words, words), max_size=2).map(tuple),
    buttons=st.lists(st.builds(Button, words, words, st.sampled_from(Style)), max_size=2).map(tuple),
    tone=st.sampled_from(Tone),
    ok=st.booleans(),
)


@given(replies)
def test_a_reply_comes_back_the_same_over_json(reply: Reply) -> None:
    assert reply_from_wire(json.loads(json.dumps(reply_to_wire(reply)))) == reply


@given(st.builds(PressReply, words, st.none() | replies, st.none() | replies))
def test_what_a_press_brought_comes_back_the_same(pressed: PressReply) -> None:
    assert press_from_wire(json.loads(json.dumps(press_to_wire(pressed)))) == pressed


@pytest.mark.parametrize(
    "wire",
    [{}, {"text": "no verdict"}, {"text": "x", "ok": True, "tone": "loud"}, {"text": "x", "ok": True, "tables": [{}]}],
)
def test_what_is_no_reply_is_refused(wire: dict[str, object]) -> None:
    with pytest.raises((KeyError, ValueError)):
        reply_from_wire(wire)
