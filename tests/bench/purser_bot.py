"""The program's chat on Telegram over a few days of history, the market standing still.

`python -m tests.bench.purser_bot URL TOKEN CHAT STATE_DIR DAYS`; prints "ready" once every notice has been told.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from chatbot.agent.agent import Agent
from chatbot.app import ChatApp
from chatbot.commands.catalogue import catalogue
from chatbot.present.charts import Charts
from chatbot.settings import ChatSettings
from chatbot.store.chat_store import ChatStore
from chatbot.transports.telegram import TelegramTransport
from chatbot.transports.telegram_pace import UNLIMITED
from tests.bench.loop import run
from tests.bench.simulated_world import simulated_world
from trading.clock import SystemClock
from trading.log import configure_logging
from trading.redaction import Redaction
from trading.running import Running


async def serve(url: str, token: str, chat: str, state_dir: Path, days: int) -> None:
    configure_logging(state_dir, "INFO", Redaction(token))
    async with simulated_world(state_dir, days) as running:
        await running.core.start()
        await running.main()
        store = ChatStore(f"sqlite:///{state_dir / 'chat.db'}")
        await store.open()
        clock, desk = SystemClock(), running.core.desk
        hints = [(command.name, command.summary) for command in catalogue()]
        telegram = TelegramTransport(token, [chat], url, hints, clock, limits=UNLIMITED)
        settings, charts = ChatSettings(telegram_chat_id=chat), Charts()
        app = ChatApp(desk, [telegram], store, settings, Agent(desk, charts), charts, clock)
        serving = asyncio.create_task(app.run(asyncio.Event()))
        await _all_told(running, store, telegram.channels()[0].key)
        print("ready", flush=True)
        await serving


async def _all_told(running: Running, store: ChatStore, channel_key: str) -> None:
    end = await running.core.desk.last_event()
    while (await store.cursor(channel_key) or 0) < end:
        await running.core.adapters.people.sleep(0.05)


if __name__ == "__main__":
    base, secret, chat_id, folder, length = sys.argv[1:]
    run(serve(base, secret, chat_id, Path(folder), int(length)))
