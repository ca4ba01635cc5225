"""The rebalance cycle: snapshot, decision, clamps, orders, intake; every step kept in one record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from trading.clock import Clock
from trading.contract import Observer
from trading.decision.planners import Planned, Planner
from trading.decision.snapshot import Snapshot, Snapshots
from trading.decision.targets import Derivation, Derived, Portfolio, Terms
from trading.domain.event import CycleDecided, CycleProgress
from trading.domain.market import Instrument
from trading.domain.order import Batch, Source
from trading.domain.plan import Cycle, CycleOutcome, Hold, TargetPlan, Thesis
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable
from trading.orders.account import Account
from trading.orders.intake import Intake, Waiting
from trading.orders.progress import wanted
from trading.store.port import Claim, Store, Transaction, unclaimed

SNAPSHOT_ATTEMPTS = 3


async def unobserved(step: str, detail: str) -> None:
    """Nobody watches."""


class Rebalance:
    """Runs decision cycles, one at a time."""

    def __init__(
        self,
        store: Store,
        snapshots: Snapshots,
        planner: Planner,
        intake: Intake,
        account: Account,
        instruments: Mapping[str, Instrument],
        terms: Terms,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._snapshots = snapshots
        self._planner = planner
        self._intake = intake
        self._account = account
        self._instruments = instruments
        self._terms = terms
        self._clock = clock
        self._new_id = new_id
        self._one_at_a_time = asyncio.Lock()

    @property
    def decider(self) -> str:
        return self._planner.name

    async def run(self, trigger: str, claim: Claim = unclaimed) -> Cycle:
        """Decide and act: place, or raise a card above the threshold. Returns the cycle as recorded.

        `claim` joins the transaction that keeps the decision.
        """
        async with self._one_at_a_time:
            drafted = await self._draft(trigger)
            if isinstance(drafted, Cycle):
                await self._keep(drafted, claim)
                return drafted
            cycle, batch, derived = drafted
            records = _Announced(self._clock, cycle, claim, _sending(derived))
            await self._intake.submit(batch, derived.intents, records.write)
            return records.cycle

    async def preview(self, actor: str, person: str = "", observer: Observer = unobserved) -> Waiting | Cycle | Refused:
        """Decide now and show `actor` the orders; a Cycle comes back when nothing is to be done.

        Refused with BUSY while another is being decided: that may take a model's minute. `observer` is told each step.
        """
        if self._one_at_a_time.locked():
            return Refused(RefusalCode.BUSY, "Wait for its card or its answer, then ask again.")
        async with self._one_at_a_time:
            drafted = await self._draft(f"asked by {actor}", observer)
            if isinstance(drafted, Cycle):
                async with self._store.transaction() as tx:
                    await tx.add_cycle(drafted)
                return drafted
            cycle, batch, derived = drafted
            await observer("validation", f"{cycle.decided_by} wants to {_wishes(derived)}.")
            return await self._intake.preview(batch, derived.intents, actor, _Quiet(cycle).write, person=person)

    async def _draft(self, trigger: str, observer: Observer = unobserved) -> Cycle | tuple[Cycle, Batch, Derived]:
        """A finished cycle that holds, or a cycle with the batch and orders it wants."""
        await observer("snapshot", "")
        try:
            snapshot = await self._snapshot()
        except Retryable as error:
            return self._cycle(trigger, CycleOutcome.FAILED, f"held because the market could not be read: {error}")
        await observer("decision", f"{self._planner.name} looks at {len(snapshot.quotes)} coins.")
        planned = await self._planner.plan(snapshot)
        if isinstance(planned.outcome, Hold):
            return self._held(trigger, snapshot, planned, planned.outcome)
        return self._wanted(trigger, snapshot, planned, planned.outcome)

    async def _snapshot(self) -> Snapshot:
        async with self._store.reading() as read:
            theses = await read.theses(1)
        for attempt in range(1, SNAPSHOT_ATTEMPTS + 1):
            try:
                return await self._snapshots.take(self._clock.now(), theses[-1] if theses else None)
            except Retryable:
                if attempt == SNAPSHOT_ATTEMPTS:
                    raise
                await self._clock.sleep(2**attempt)
        raise AssertionError("the loop returns or raises")

    def _wanted(
        self, trigger: str, snapshot: Snapshot, planned: Planned, plan: TargetPlan
    ) -> Cycle | tuple[Cycle, Batch, Derived]:
        batch_id = self._new_id()
        derived = self._derive(snapshot, plan, batch_id)
        cycle = self._cycle(trigger, CycleOutcome.TRADED, plan.reason, snapshot, planned, plan)
        cycle = replace(cycle, notes=derived.notes)
        if not derived.intents:
            return replace(cycle, outcome=CycleOutcome.HELD, reason=_nothing_to_do(plan, derived.notes))
        batch = Batch(batch_id, Source.REBALANCE, plan.decided_by, plan.reason, self._clock.now(), cycle.id)
        return replace(cycle, batch_id=batch_id), batch, derived

    def _derive(self, snapshot: Snapshot, plan: TargetPlan, batch_id: str) -> Derived:
        held = {position.symbol: position.quantity for position in self._account.book.positions()}
        portfolio = Portfolio(snapshot.equity, self._account.free_cash(), held)
        return Derivation(portfolio, self._instruments, snapshot.quotes, self._terms, batch_id, self._new_id).orders(
            plan
        )

    def _held(self, trigger: str, snapshot: Snapshot, planned: Planned, hold: Hold) -> Cycle:
        outcome = CycleOutcome.HELD if hold.chosen else CycleOutcome.FAILED
        return self._cycle(trigger, outcome, hold.reason, snapshot, planned)

    def _cycle(
        self,
        trigger: str,
        outcome: CycleOutcome,
        reason: str,
        snapshot: Snapshot | None = None,
        planned: Planned | None = None,
        plan: TargetPlan | None = None,
    ) -> Cycle:
        weights: Mapping[str, Decimal] = snapshot.weights if snapshot else {}
        return Cycle(
            id=self._new_id(),
            at=self._clock.now(),
            trigger=trigger,
            decided_by=self._planner.name,
            outcome=outcome,
            reason=reason,
            snapshot=snapshot.text if snapshot else "{}",
            plan=plan,
            raw=planned.raw if planned else (),
            weights_now=weights,
        )

    async def _keep(self, cycle: Cycle, claim: Claim) -> None:
        async with self._store.transaction() as tx:
            await claim(tx)
            await _write(tx, cycle)
            await tx.append(CycleDecided(self._clock.now(), cycle.id))


class _Quiet:
    """Writes a cycle into the transaction that decides its batch."""

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle

    async def write(self, tx: Transaction, outcome: CycleOutcome, detail: str) -> None:
        self.cycle = replace(self.cycle, outcome=outcome, reason=detail or self.cycle.reason)
        await _write(tx, self.cycle)


class _Announced(_Quiet):
    """Also takes the turn and tells the journal."""

    def __init__(self, clock: Clock, cycle: Cycle, claim: Claim, sending: str) -> None:
        super().__init__(cycle)
        self._clock = clock
        self._claim = claim
        self._sending = sending

    async def write(self, tx: Transaction, outcome: CycleOutcome, detail: str) -> None:
        await self._claim(tx)
        await super().write(tx, outcome, detail)
        await tx.append(CycleDecided(self._clock.now(), self.cycle.id))
        # A card, or a refusal, says it all itself.
        if outcome is CycleOutcome.TRADED and self._sending:
            await tx.append(CycleProgress(self._clock.now(), self.cycle.id, "order", self._sending))


async def _write(tx: Transaction, cycle: Cycle) -> None:
    await tx.add_cycle(cycle)
    if cycle.plan and cycle.plan.thesis:
        await tx.add_thesis(Thesis(cycle.at, cycle.decided_by, cycle.plan.thesis, cycle.id))


def _wishes(derived: Derived) -> str:
    """ "sell ETH, buy BTC", sells first as they run."""
    return wanted(sorted((i.side, i.instrument.base) for i in derived.intents)[::-1])


def _sending(derived: Derived) -> str:
    """What is about to be sent; nothing where one order is all, which its own message tells soon enough."""
    count = len(derived.intents)
    return f"Sending {count} orders: {_wishes(derived)}." if count > 1 else ""


def _nothing_to_do(plan: TargetPlan, notes: tuple[str, ...]) -> str:
    return plan.reason if not notes else f"{plan.reason} Nothing to trade: {'; '.join(notes)}."
