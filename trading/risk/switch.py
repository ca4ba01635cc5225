"""The kill switch: ACTIVE, REDUCING or HALTED, kept over restarts and told to people."""

from __future__ import annotations

import asyncio
import json
from datetime import date

from trading.clock import Clock
from trading.domain.event import StateChanged
from trading.domain.risk import TradingState
from trading.store.port import Store

_META = "trading_state"
_LOSS = "daily loss limit"


class Switch:
    """Holds the trading state. Changing it writes state and journal entry together."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._state = TradingState.ACTIVE
        self._reason = ""
        self._by = ""
        self._loss_day: str | None = None
        # Held from reading the state to keeping the new one: the machinery must not undo a person's halt.
        self._lock = asyncio.Lock()

    @property
    def state(self) -> TradingState:
        return self._state

    @property
    def reason(self) -> str:
        """Why the state is what it is; empty when nothing needs saying."""
        return self._reason

    async def load(self) -> None:
        """Take up the state of the last run."""
        async with self._store.reading() as read:
            kept = await read.meta(_META)
        if kept:
            values = json.loads(kept)
            self._state = TradingState(values["state"])
            self._reason = values["reason"]
            self._by = values["by"]
            self._loss_day = values["loss_day"]

    async def change(self, new: TradingState, reason: str, by: str) -> TradingState:
        """Switch to `new` and return the state before; nothing is told when nothing changes."""
        async with self._lock:
            return await self._change(new, reason, by)

    async def pause(self, reason: str, by: str) -> TradingState:
        """To REDUCING, and return the state before; what is halted stays halted, since that allows less."""
        async with self._lock:
            if self._state is TradingState.HALTED:
                return self._state
            return await self._change(TradingState.REDUCING, reason, by)

    async def daily_loss(self, day: date, reason: str) -> bool:
        """Stop entries for the local `day`, once: who resumes that day is not overruled. True when it fired."""
        async with self._lock:
            if self._loss_day == day.isoformat() or self._state is not TradingState.ACTIVE:
                return False
            await self._keep(TradingState.REDUCING, reason, _LOSS, day.isoformat())
            return True

    async def new_day(self, day: date) -> None:
        """Lift a daily loss stop that belongs to an earlier local day."""
        if self._by != _LOSS:
            return
        async with self._lock:
            if self._by == _LOSS and self._state is TradingState.REDUCING and self._loss_day != day.isoformat():
                await self._keep(TradingState.ACTIVE, "a new day after the daily loss limit", "schedule", None)

    async def _change(self, new: TradingState, reason: str, by: str) -> TradingState:
        old = self._state
        # Who stops what the daily loss has stopped already means it for longer than that day.
        if old is not new or self._by == _LOSS:
            await self._keep(new, reason, by, self._loss_day)
        return old

    async def _keep(self, new: TradingState, reason: str, by: str, loss_day: str | None) -> None:
        old = self._state
        kept = json.dumps({"state": new.value, "reason": reason, "by": by, "loss_day": loss_day})
        async with self._store.transaction() as tx:
            await tx.put_meta(_META, kept)
            await tx.append(StateChanged(self._clock.now(), old, new, reason, by))
        self._state, self._reason, self._by, self._loss_day = new, reason, by, loss_day
