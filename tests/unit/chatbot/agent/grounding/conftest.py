"""The figures of the reader's facts: a return since 30 Jul and of today, two holdings, five trades, a day's prices."""

from __future__ import annotations

import pytest

from chatbot.agent.grounding.extraction import figures
from chatbot.agent.grounding.figures import Figures
from chatbot.agent.grounding.grounding import Grounding
from chatbot.agent.grounding.lookups import Lookups
from tests.unit.chatbot.agent.conftest import FactsReader


@pytest.fixture
async def known(reader: FactsReader) -> Figures:
    lookups, found = Lookups(), Figures()
    asked = lookups.through(reader)
    everything = reader.window("all")
    assert everything is not None
    await asked.status()
    await asked.performance(everything)
    await asked.pnl(everything)
    await asked.trades(everything)
    for symbol in ("BTC/USD", "ETH/USD"):
        await asked.candles(symbol, "1h", 25)
    for lookup in lookups.made:
        found.add(figures(lookup, reader))
    return found


@pytest.fixture
def grounding(known: Figures, reader: FactsReader) -> Grounding:
    return Grounding(known, reader)
