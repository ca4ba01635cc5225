"""The same figure in every reply that shows it, whatever was traded: two commands never disagree."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.access.roles import Access
from chatbot.commands.catalogue import catalogue
from chatbot.message import Reply
from chatbot.present import numbers as n
from chatbot.router import Router
from tests.unit.chatbot.conftest import SETTINGS, Chat, EchoAgent
from tests.unit.chatbot.fake_transport import CountingCharts
from tests.unit.chatbot.memory_store import MemoryChatStore
from tests.world import SmallWorld, rules, started
from trading.domain.order import Side
from trading.orders.protections import ExitRules

WITH_EQUITY = ("status", "portfolio", "positions", "balance", "report daily", "report weekly")
WITH_CASH = ("status", "portfolio", "positions", "report")
WITH_SHARES = ("status", "portfolio", "positions", "allocation", "exposure", "report")
WITH_RETURN = ("status", "performance all", "compare all", "report")
WITH_VALUES = ("status", "positions", "exposure")

SYMBOLS = ("BTC/USD", "ETH/USD", "SOL/USD")
Step = tuple[str, str, str, str]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(SYMBOLS),
        st.sampled_from(("buy", "sell")),
        st.sampled_from(("0.1", "0.37", "1", "2.5")),
        st.sampled_from(("0.61", "0.93", "1", "1.008", "1.4")),
    ),
    max_size=8,
)


async def traded(steps: Sequence[Step]) -> SmallWorld:
    """After each wish a price moves and an hour passes; wishes that are refused are part of life."""
    world = await started(told=rules(exits=ExitRules(Decimal("0.02"), Decimal("0.30")), daily_loss=Decimal("0.5")))
    prices = {symbol: Decimal(price) for symbol, price in zip(SYMBOLS, ("100", "10", "1"), strict=True)}
    for symbol, side, quantity, move in steps:
        intent = world.intent(Side(side), quantity, symbol)
        await world.submit(intent)
        prices[symbol] = round(prices[symbol] * Decimal(move), 2)
        world.clock.advance(3600)
        for each, price in prices.items():
            world.tell(each, price)
        await world.core.curve.sample()
    return world


async def replies(world: SmallWorld) -> dict[str, Reply]:
    """What each of the commands answers at this moment."""
    clock, store = world.people, MemoryChatStore()
    charts = CountingCharts()
    router = Router(world.desk, Access(SETTINGS), store, catalogue(), EchoAgent(), charts, clock)  # type: ignore[arg-type]
    chat = Chat(world.desk, store, clock, router, charts)  # type: ignore[arg-type]
    wanted = dict.fromkeys([*WITH_EQUITY, *WITH_CASH, *WITH_SHARES, *WITH_RETURN, *WITH_VALUES, "fees all", "pnl all"])
    return {text: await chat.ask(f"/{text}") for text in wanted}


def said(reply: Reply, figure: str) -> bool:
    """Whether `figure` stands in the reply, and not as a part of a longer one."""
    text = f"{reply.text}\n{reply.card}".replace("\n", " ")
    return re.search(rf"(?<![\d.,]){re.escape(figure)}(?![.,]?\d)", text) is not None


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_two_commands_never_disagree(steps: list[Step]) -> None:
    asyncio.run(check(steps))


async def check(steps: Sequence[Step]) -> None:
    world = await traded(steps)
    found, status = await replies(world), await world.desk.status()
    agree(found, WITH_EQUITY, n.money(status.equity, "USD"))
    agree(found, WITH_CASH, n.whole_money(status.cash, "USD"))
    for holding in status.holdings:
        agree(found, WITH_SHARES, n.share(holding.weight))
        agree(found, WITH_VALUES, n.whole_money(holding.value, "USD"))
        agree(found, ("balance", "portfolio"), n.money(holding.value, "USD"))
    if status.holdings and status.cash_weight is not None:
        agree(found, ("positions", "exposure", "allocation"), f"{n.share(1 - status.cash_weight)} invested")
    if steps:
        agree(found, WITH_RETURN, n.percent(status.change))
        for gap in status.gaps:
            agree(found, ("status", "compare all"), n.points(gap.gap))
            agree(found, ("performance all", "compare all"), n.percent(gap.theirs))
    fees = next(line for line in found["pnl all"].card.splitlines() if line.startswith("Fees")).split()[-1]
    agree(found, ("fees all", "pnl all"), fees)


def agree(found: Mapping[str, Reply], texts: Sequence[str], figure: str) -> None:
    """Every one of `texts` shows `figure`; an empty portfolio has less to show."""
    for text in texts:
        reply = found[text]
        if "No position" not in reply.text and "Nothing is held" not in reply.text:
            assert said(reply, figure), f"/{text} does not say {figure}:\n{reply.text}\n{reply.card}"
