"""On paper nothing private leaves the program: every command and every way to start it, with a key lying ready."""

from __future__ import annotations

from pathlib import Path

from chatbot.commands.catalogue import catalogue
from tests.faults.kraken import UNLIMITED, Key, KrakenExchange
from tests.flows.page import button, said
from tests.flows.program import command, running
from tests.proof import Proof
from trading.clock import SystemClock

LAST = ("flatten", "pause", "halt", "resume")
"""Commands after which trading stands still come at the end."""


async def test_no_command_of_chat_or_command_line_asks_anything_private(tmp_path: Path, proof: Proof) -> None:
    key = Key("a-key-that-could-trade")
    later = (SystemClock().now().hour + 12) % 24
    async with KrakenExchange(keys=[key], balances={"USD": "10000", "BTC": "1"}, tier=UNLIMITED) as kraken:
        kraken.set_price("BTC/USD", 60_000.0)
        settings = {
            "EXCHANGE_BASE_URL": kraken.url,
            "EXCHANGE_API_KEY": key.name,
            "EXCHANGE_API_SECRET": key.secret,
            "SYMBOLS": "BTC/USD,ETH/USD,SOL/USD",
            "STARTING_CASH": "1000",
            "MONITOR_INTERVAL_SECONDS": "30",
            "TIMEZONE": "UTC",
            "REBALANCE_AT": f"{later:02}:30",
            "REPORT_AT": f"{later:02}:40",
        }
        cases = 0
        async with running(tmp_path, "run", **settings) as bot:
            for wish in ("/buy 60 btc", "/sell 50% btc"):
                await bot.page.press(button(await bot.page.ask(wish), "Confirm"))
            for each in sorted(catalogue(), key=lambda each: LAST.index(each.name) if each.name in LAST else -1):
                reply = await bot.page.ask(each.example)
                assert said(reply), each.example
                cases += 1
            code, report, _ = await command(tmp_path, "doctor", **settings)
            assert code == 0, report
            await command(tmp_path, "ask", "/live TRADE REAL MONEY", **settings)
            assert len(bot.books.fills) == 2, "it traded on paper meanwhile"
        await command(tmp_path, "ask", "/reconcile", **settings)
        cases += 3
        private = [request.endpoint for request in kraken.requests if request.private or request.key]
        assert len(kraken.requests) > 10
        assert private == []
        assert kraken.orders == {}
        proof(12, cases=cases, violations=len(private))
