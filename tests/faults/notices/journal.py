"""A desk and random events of every kind, each of which can be recognised in whatever message tells it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal as D

from chatbot.message import Reply
from tests.unit.chatbot import facts
from tests.unit.chatbot.fake_desk import FakeDesk
from trading.domain.event import (
    ApprovalRequested,
    BatchCompleted,
    CycleDecided,
    Event,
    ExitFailed,
    JobFailed,
    StateChanged,
)
from trading.domain.market import Instrument
from trading.domain.order import OrderStatus, Side, Source
from trading.domain.plan import CycleOutcome
from trading.domain.risk import TradingState

NOW = facts.NOW


def random_event(desk: FakeDesk, number: int, chance: random.Random) -> tuple[Event, str]:
    """The next event, and a word that only its message contains."""
    make: Callable[[FakeDesk, int], tuple[Event, str]] = chance.choice(
        [_failed_exit, _card, _fill, _fill, _fill, _stop, _state, _job, _decision]
    )
    return make(desk, number)


def tells(reply: Reply, word: str) -> bool:
    """Whether the message is about the event with this word."""
    return word in reply.plain()


def names_as_missing(reply: Reply, word: str) -> bool:
    """Whether the message only says that the one with this word may not have arrived."""
    named = [line for line in reply.text.splitlines() if "could not be shown here" in line]
    rest = "".join(line for line in reply.plain().splitlines() if line not in named)
    return any(word in line for line in named) and word not in rest


def _failed_exit(desk: FakeDesk, number: int) -> tuple[Event, str]:
    return ExitFailed(desk.now(), f"X{number:03d}/USD", 3, "The venue is down."), f"X{number:03d}/USD"


def _card(desk: FakeDesk, number: int) -> tuple[Event, str]:
    approval_id, plan, view = f"a{number:03d}" * 8, f"q{number:03d}", facts.card()
    batch = replace(view.batch, cycle_id=plan)
    desk.cards[approval_id] = replace(view, approval=replace(view.approval, id=approval_id), batch=batch)
    return ApprovalRequested(desk.now(), approval_id), plan


def _fill(desk: FakeDesk, number: int) -> tuple[Event, str]:
    return _batch(desk, number, Source.MANUAL)


def _stop(desk: FakeDesk, number: int) -> tuple[Event, str]:
    return _batch(desk, number, Source.STOP)


def _batch(desk: FakeDesk, number: int, source: Source) -> tuple[Event, str]:
    base = f"C{number:03d}"
    coin = Instrument(f"{base}/USD", base, "USD", D("0.01"), D("0.0001"), D("0.001"), D(5))
    order = facts.order(coin, Side.SELL, "0.5", OrderStatus.FILLED)
    batch = replace(facts.batch(source, "@owner", "asked for"), id=f"b{number}")
    view = facts.batch_view(Source.STOP)
    desk.batches[batch.id] = replace(view, batch=batch, orders=(order,), fills=(facts.fill(order, "100"),))
    return BatchCompleted(desk.now(), batch.id), base


def _state(desk: FakeDesk, number: int) -> tuple[Event, str]:
    word = f"s{number:03d}"
    return StateChanged(desk.now(), TradingState.ACTIVE, TradingState.REDUCING, f"Because of {word}.", "@owner"), word


def _job(desk: FakeDesk, number: int) -> tuple[Event, str]:
    return JobFailed(desk.now(), f"j{number:03d}", "The disk is full."), f"j{number:03d}"


def _decision(desk: FakeDesk, number: int) -> tuple[Event, str]:
    cycle_id = f"k{number:03d}"
    desk.cycles[cycle_id] = replace(facts.cycle(CycleOutcome.HELD, "Nothing trends.", plan=None), id=cycle_id)
    return CycleDecided(desk.now(), cycle_id), cycle_id
