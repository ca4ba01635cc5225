"""A world that is ready to run: its core, its main loop, and the services beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from trading.contract import LanguageModel
from trading.core import Core

Service = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Running:
    """`services` run until cancelled, `main` may end by itself; `close` releases everything."""

    core: Core
    main: Service
    services: Mapping[str, Service]
    questions: LanguageModel | None
    close: Service
    notes: tuple[str, ...] = ()
    """What to say at the start, a sentence each."""

    async def run(self, stop: asyncio.Event) -> bool:
        """Run until `stop` is set (False) or until the main loop ends by itself (True).

        A fault in any of them ends all of them and is raised.
        """
        services = [asyncio.create_task(service(), name=name) for name, service in self.services.items()]
        main = asyncio.create_task(self.main(), name="core")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        everything = [*services, main, stopping]
        try:
            done, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            return main in done and not stop.is_set()
        finally:
            for task in everything:
                task.cancel()
            await asyncio.gather(*everything, return_exceptions=True)
