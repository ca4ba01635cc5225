"""The time zone people live in: what is shown and understood, and when a local day begins. It may change."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trading.clock import Clock
from trading.contract import World
from trading.domain.event import SettingChanged
from trading.store.port import Store, Transaction

_META = "timezone"

Joined = Callable[[Transaction], Awaitable[None]]
"""What changes together with the zone, in its transaction."""


async def alone(tx: Transaction) -> None:
    """Nothing else changes."""


class LocalZone:
    """Holds the zone. `configured` is the settings'; what was set by hand holds until the setting is changed, too."""

    def __init__(self, store: Store, configured: ZoneInfo, clock: Clock) -> None:
        self._store = store
        self._configured = configured
        self._clock = clock
        self._zone = configured
        self._since: datetime | None = None

    def __call__(self) -> ZoneInfo:
        """The zone in force."""
        return self._zone

    @property
    def since(self) -> datetime | None:
        """When it was set by hand: what was due before is not due in it. None while it is the settings'."""
        return self._since

    async def load(self) -> None:
        """Take up what the last run had set."""
        async with self._store.reading() as read:
            kept = json.loads(await read.meta(_META) or "{}")
        # A setting that was changed since is the newer word.
        if kept.get("configured") == self._configured.key:
            self._take(kept["zone"], datetime.fromisoformat(kept["since"]))

    async def change(self, zone: ZoneInfo, by: str, joined: Joined = alone) -> ZoneInfo:
        """Switch to `zone` and return the zone before; nothing is told when nothing changes."""
        old, now = self._zone, self._clock.now()
        if zone.key == old.key:
            return old
        kept = {"zone": zone.key, "configured": self._configured.key, "since": now.isoformat()}
        before = self._zone, self._since
        try:
            async with self._store.transaction() as tx:
                await tx.put_meta(_META, json.dumps(kept))
                await tx.append(SettingChanged(now, "Time zone", old.key, zone.key, by))
                self._zone, self._since = zone, now
                await joined(tx)
        except BaseException:
            self._zone, self._since = before
            raise
        return old

    def _take(self, key: str, since: datetime) -> None:
        try:
            self._zone, self._since = ZoneInfo(key), since
        except ZoneInfoNotFoundError:
            # The machine's zones are older than the ones it was set with: the setting's zone is certain to exist.
            return


class CurrentWorld:
    """The world as it is now: what it was told at the start, in the zone in force."""

    def __init__(self, told: World, zone: LocalZone) -> None:
        self._world = told
        self._zone = zone

    def __call__(self) -> World:
        if self._world.timezone is not self._zone():
            self._world = replace(self._world, timezone=self._zone())
        return self._world
