"""Sentences that must not contradict themselves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from aiohttp import web

from chatbot.message import Actor, Channel, Incoming
from chatbot.remote import RemoteBot
from tests.world import START, limits, started
from trading.domain.order import Side
from trading.domain.risk import TradingState
from trading.errors import Retryable
from trading.risk.limits import Facts, minimums


@pytest.mark.parametrize(("quantity", "told"), [("0.4999", "4.999 USD"), ("0.4", "4.00 USD"), ("0.0001", "0.001 USD")])
async def test_an_amount_below_the_minimum_never_reads_as_the_minimum_or_nothing(quantity: str, told: str) -> None:
    world = await started()
    intent = world.intent(Side.BUY, quantity, "ETH/USD")
    rules = intent.instrument
    small = type(rules)(rules.symbol, "ETH", "USD", rules.price_tick, Decimal("0.0001"), Decimal(0), Decimal(5))
    facts = Facts(TradingState.ACTIVE, "", Decimal(10), None, Decimal(100), Decimal(0), Decimal(100), fee=Decimal(0))
    refused = minimums(replace(intent, instrument=small), facts, limits())
    assert refused is not None
    assert refused.detail.startswith(f"{told} of ETH is below the venue's minimum of 5 USD")


async def test_the_command_line_tells_why_a_running_bot_refused_its_request() -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"error": "Too long: at most 4,000 characters."}, status=400)

    application = web.Application()
    application.router.add_post("/api/ask", refuse)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    bot = RemoteBot(f"http://{host}:{port}", "token")
    message = Incoming(Actor("terminal", "owner", "owner"), Channel("terminal", "here"), "x", "1", START)
    try:
        with pytest.raises(Retryable, match="at most 4,000 characters"):
            await bot.on_message(message)
    finally:
        await bot.close()
        await runner.cleanup()
