"""The rebalance cycle: snapshot, decision, guards, orders, intake; every step kept in one record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from trading.clock import Clock
from trading.contract import Observer
from trading.decision.cycle_record import Announced, Quiet, keep
from trading.decision.decide import Decision, batch_id, decide
from trading.decision.planners import Planned, Planner
from trading.decision.snapshots import Snapshot, Snapshots
from trading.domain.order import Batch, Source
from trading.domain.plan import Cycle, CycleOutcome, Hold, TargetPlan
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable
from trading.orders.intake import Intake, Waiting
from trading.orders.progress import wanted
from trading.store.port import Claim, Store, unclaimed

SNAPSHOT_ATTEMPTS = 3
log = structlog.get_logger(__name__)

CHOSEN = "chosen"
FORCED = "forced"


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
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._store = store
        self._snapshots = snapshots
        self._planner = planner
        self._intake = intake
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
                await self._announce(drafted, claim)
                return drafted
            records = Announced(self._clock, drafted.cycle, claim, _sending(drafted.decision))
            await self._intake.submit(drafted.batch, drafted.decision.intents, records.write)
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
                    await keep(tx, drafted)
                return drafted
            cycle, decision = drafted.cycle, drafted.decision
            await observer("validation", f"{cycle.decided_by} wants to {_wishes(decision)}.")
            record = Quiet(cycle).write
            asked = await self._intake.preview(drafted.batch, decision.intents, actor, record, person=person)
            if isinstance(asked, Refused):
                await self._keep_refused(cycle, asked)
            return asked

    async def _draft(self, trigger: str, observer: Observer = unobserved) -> Cycle | _Draft:
        """A finished cycle that holds, or one with the batch and orders it wants."""
        await observer("snapshot", "")
        cycle_id = self._new_id()
        try:
            snapshot = await self._snapshot(cycle_id)
        except Retryable as error:
            return self._blind(cycle_id, trigger, f"held because the market could not be read: {error}")
        await observer("decision", self._looking(snapshot))
        planned = await self._planner.plan(snapshot)
        cycle = self._cycle(trigger, snapshot, planned)
        if isinstance(planned.outcome, Hold):
            return _held(cycle, planned.outcome)
        return self._wanted(cycle, planned.outcome, decide(snapshot, planned.outcome))

    async def _snapshot(self, cycle_id: str) -> Snapshot:
        async with self._store.reading() as read:
            theses = await read.theses(1)
        for attempt in range(1, SNAPSHOT_ATTEMPTS + 1):
            try:
                return await self._snapshots.take(self._clock.now(), cycle_id, theses[-1] if theses else None)
            except Retryable:
                if attempt == SNAPSHOT_ATTEMPTS:
                    raise
                await self._clock.sleep(2**attempt)
        raise AssertionError("the loop returns or raises")

    def _looking(self, snapshot: Snapshot) -> str:
        takes = self._planner.outlook(snapshot)
        return f"{self._planner.name} looks at {len(snapshot.quotes)} coins{f' ({takes})' if takes else ''}."

    def _wanted(self, cycle: Cycle, plan: TargetPlan, decision: Decision) -> Cycle | _Draft:
        """`plan` is kept as it was wanted; the clamps say what the guards made of it."""
        for clamp in decision.clamps:
            log.info("clamped", guard=clamp.guard, symbol=clamp.symbol, before=clamp.before, after=clamp.after)
        cycle = replace(
            cycle,
            reason=plan.reason,
            plan=plan,
            clamps=(*cycle.clamps, *decision.clamps),
            notes=(*cycle.notes, *decision.notes),
            intents=decision.intents,
        )
        if not decision.intents:
            return replace(cycle, outcome=CycleOutcome.HELD, reason=_nothing_to_do(plan, decision))
        batch = Batch(batch_id(cycle.id), Source.REBALANCE, plan.decided_by, plan.reason, self._clock.now(), cycle.id)
        return _Draft(replace(cycle, batch_id=batch.id), batch, decision)

    def _cycle(self, trigger: str, snapshot: Snapshot, planned: Planned) -> Cycle:
        return Cycle(
            id=snapshot.cycle_id,
            at=self._clock.now(),
            trigger=trigger,
            decided_by=planned.outcome.decided_by,
            outcome=CycleOutcome.TRADED,
            reason="",
            snapshot=snapshot.text,
            raw=planned.raw,
            weights_now=snapshot.weights,
            snapshot_hash=snapshot.hash,
            prompt=planned.prompt,
            clamps=planned.clamps,
            notes=planned.notes,
            quorum=planned.quorum,
        )

    def _blind(self, cycle_id: str, trigger: str, reason: str) -> Cycle:
        """A cycle that could not see."""
        name, failed = self._planner.name, CycleOutcome.FAILED
        return Cycle(cycle_id, self._clock.now(), trigger, name, failed, reason, snapshot="{}", held=FORCED)

    async def _keep_refused(self, cycle: Cycle, refused: Refused) -> None:
        """A model may have been paid for it: it is on record like any other, without the batch that there is not."""
        async with self._store.transaction() as tx:
            await keep(tx, replace(cycle, outcome=CycleOutcome.REFUSED, reason=refused.detail, batch_id=None))

    async def _announce(self, cycle: Cycle, claim: Claim) -> None:
        async with self._store.transaction() as tx:
            await Announced(self._clock, cycle, claim, "").write(tx, cycle.outcome, "")


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is to be sent, and the cycle that wants it."""

    cycle: Cycle
    batch: Batch
    decision: Decision


def _held(cycle: Cycle, hold: Hold) -> Cycle:
    """A chosen hold keeps its plan: its regime, thesis and predictions still count."""
    outcome, held = (CycleOutcome.HELD, CHOSEN) if hold.chosen else (CycleOutcome.FAILED, FORCED)
    return replace(cycle, outcome=outcome, held=held, reason=hold.reason, plan=hold.plan)


def _wishes(decision: Decision) -> str:
    """ "sell ETH, buy BTC", sells first as they run."""
    return wanted(sorted((i.side, i.instrument.base) for i in decision.intents)[::-1])


def _sending(decision: Decision) -> str:
    """What is about to be sent; nothing where one order is all, which its own message tells soon enough."""
    count = len(decision.intents)
    return f"Sending {count} orders: {_wishes(decision)}." if count > 1 else ""


def _nothing_to_do(plan: TargetPlan, decision: Decision) -> str:
    why = [*(clamp.detail for clamp in decision.clamps), *(f"{note}." for note in decision.notes)]
    return f"{plan.reason.rstrip('.')}. Nothing to trade: {' '.join(why)}" if why else plan.reason
