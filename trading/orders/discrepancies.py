"""Differences between books and venue that wait for a person, and what is stopped meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from trading.clock import Clock
from trading.domain.discrepancy import Discrepancy, DiscrepancyKind, Resolution
from trading.domain.event import DiscrepancyClosed, DiscrepancyFound
from trading.domain.order import OrderIntent
from trading.domain.risk import RefusalCode, Refused
from trading.store.codec import DISCREPANCIES
from trading.store.port import Store, Transaction

_META = "discrepancies"
_KEPT_CLOSED = 50


class Discrepancies:
    """Kept in the store, the last closed ones too: an old button still gets the right answer."""

    def __init__(self, store: Store, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._known: tuple[Discrepancy, ...] = ()

    async def load(self) -> None:
        """Take up what the last run left open."""
        async with self._store.reading() as read:
            kept = await read.meta(_META)
        self._known = DISCREPANCIES.load(kept) if kept else ()

    def open(self) -> Sequence[Discrepancy]:
        """Those that wait for a person, oldest first."""
        return tuple(d for d in self._known if d.resolution is None)

    def get(self, discrepancy_id: str) -> Discrepancy | None:
        return next((d for d in self._known if d.id == discrepancy_id), None)

    def find(self, kind: DiscrepancyKind, subject: str, reference: str = "") -> Discrepancy | None:
        """The open one about `subject`; of orders there may be several in one pair, told apart by `reference`."""
        wanted = (kind, subject, reference)
        return next((d for d in self.open() if (d.kind, d.subject, d.reference) == wanted), None)

    async def found(self, kind: DiscrepancyKind, subject: str, detail: str, reference: str = "") -> Discrepancy:
        """Open one and tell; where it is open already, bring its figures up to date."""
        known = self.find(kind, subject, reference)
        if known is not None and known.detail == detail:
            return known
        now = self._clock.now()
        fresh = Discrepancy(self._new_id(), kind, subject, detail, now, reference)
        this = fresh if known is None else replace(known, detail=detail)
        async with self._store.transaction() as tx:
            await self._keep(tx, this)
            if known is None:
                await tx.append(DiscrepancyFound(now, this))
        return this

    async def close(
        self, tx: Transaction, open_: Discrepancy, resolution: Resolution, by: str = "", on: str = ""
    ) -> Discrepancy:
        """Close `open_` inside the transaction that does what was decided; one that is closed stays as it is."""
        known = self.get(open_.id)
        if known is not None and known.resolution is not None:
            return known
        now = self._clock.now()
        closed = replace(open_, resolution=resolution, resolved_by=by, resolved_at=now, resolved_on=on)
        await self._keep(tx, closed)
        await tx.append(DiscrepancyClosed(now, closed))
        return closed

    def alerts(self) -> Sequence[str]:
        """What waits for a person and what it stops, a sentence each."""
        return [_alert(found) for found in self.open()]

    def refusal(self, intent: OrderIntent) -> Refused | None:
        """Protective exits always go; a frozen pair takes nothing else; a wrong balance stops entries."""
        if intent.protective:
            return None
        for found in self.open():
            if found.kind is DiscrepancyKind.ORDER and found.subject == intent.symbol:
                detail = f"{_alert(found)} Answer its card first."
                return Refused(RefusalCode.PAIR_FROZEN, detail, intent.symbol)
            if found.kind is DiscrepancyKind.BALANCE and not intent.reduce_only:
                detail = f"{_alert(found)} Answer its card first."
                return Refused(RefusalCode.DRIFT, detail, intent.symbol)
        return None

    async def _keep(self, tx: Transaction, changed: Discrepancy) -> None:
        others = [d for d in self._known if d.id != changed.id]
        ordered = sorted([*others, changed], key=lambda d: (d.found_at, d.id))
        closed = [d for d in ordered if d.resolution is not None]
        forgotten = {d.id for d in closed[:-_KEPT_CLOSED]}
        kept = tuple(d for d in ordered if d.id not in forgotten)
        await tx.put_meta(_META, DISCREPANCIES.dump(kept))
        # Ahead of the commit: a fault there ends the program, and the next start reads the store.
        self._known = kept


def _alert(found: Discrepancy) -> str:
    stops = f"{found.subject} is frozen" if found.kind is DiscrepancyKind.ORDER else "Entries are paused"
    return f"{stops}: {found.detail}"
