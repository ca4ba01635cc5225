"""A decision's record for a terminal of 80 columns: what was seen, wanted, allowed, ordered, and what it took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.console import RenderableType

from trading.contract import World
from trading.contract.books.cycles import CycleStory, WeightLine, weight_lines
from trading.domain.order import Fill, Order
from trading.domain.plan import Clamp, Cycle, CycleOutcome
from trading.domain.usage import ModelCall
from trading.research.terminal_page import cut, indented, line, printed, section, table
from trading.research.visible import on_one_line

_OUTCOMES = {
    CycleOutcome.TRADED: "It traded.",
    CycleOutcome.WAITING: "It went to a card for approval.",
    CycleOutcome.HELD: "Held by choice.",
    CycleOutcome.REFUSED: "Refused: nothing was placed.",
    CycleOutcome.FAILED: "Held, not by choice: the decision could not be made.",
}
_SHORT = {
    CycleOutcome.TRADED: "traded",
    CycleOutcome.WAITING: "waited for approval",
    CycleOutcome.HELD: "held",
    CycleOutcome.REFUSED: "refused",
    CycleOutcome.FAILED: "could not decide",
}


def listing(cycles: Sequence[Cycle], world: World) -> str:
    """The newest decisions, one line each."""
    if not cycles:
        return f"{world.mode}: no rebalance has been decided yet."
    rows = table("id", "when", "decided by", "outcome", "why")
    for cycle in cycles:
        words = cycle.id[:8], _moment(cycle.at, world.timezone), cycle.decided_by, _SHORT[cycle.outcome]
        rows.add_row(*map(on_one_line, words), cut(cycle.reason))
    return printed([line(f"{world.mode} · the newest {len(cycles)} decisions"), rows])


def as_text(told: CycleStory, world: World) -> str:
    """The whole record but for prompt, raw answers and snapshot, which are long and printed on their own."""
    cycle = told.cycle
    return printed(
        [
            *_head(cycle, world),
            *section("Weights", _weights(weight_lines(cycle))),
            *section("Decisions", _decisions(cycle)),
            *section("Guards", _guards(cycle.clamps)),
            *section("Notes", [line(note) for note in cycle.notes]),
            *section("Orders", _orders(told.orders)),
            *section("Fills", _fills(told.fills, world)),
            *section("Model calls", _calls(told, world)),
            *_foot(cycle),
        ]
    )


def _head(cycle: Cycle, world: World) -> list[RenderableType]:
    plan = cycle.plan
    sure = f" (confidence {plan.confidence:.2f})" if plan is not None and plan.confidence is not None else ""
    lines = [
        f"Decision {cycle.id} · {world.mode} · {world.market}",
        f"{_moment(cycle.at, world.timezone)} · {cycle.trigger} · decided by {cycle.decided_by}{sure}",
        _OUTCOMES[cycle.outcome],
        f"Why: {cycle.reason}",
    ]
    labelled = [("Market", plan.regime), ("Thesis", plan.thesis)] if plan is not None else []
    return [*map(line, lines), *(line(f"{label}: {words}") for label, words in labelled if words)]


def _weights(lines: Sequence[WeightLine]) -> list[RenderableType]:
    if not lines:
        return []
    rows = table("", ">now", ">wanted", ">allowed", ">confidence", "action")
    for weight in lines:
        chosen = weight.decision
        sure = "" if chosen is None or chosen.confidence is None else f"{chosen.confidence:.2f}"
        shares = (_share(weight.now), _share(weight.wanted), _share(weight.allowed))
        rows.add_row(weight.symbol, *shares, sure, on_one_line(chosen.action) if chosen else "")
    return [rows]


def _decisions(cycle: Cycle) -> list[RenderableType]:
    """Why, until when, what would prove it wrong, and on which figures of the snapshot it rests."""
    lines: list[RenderableType] = []
    for chosen in cycle.plan.weights if cycle.plan is not None else ():
        lines.append(line(f"{chosen.symbol}: {chosen.reason or 'no reason given'}"))
        bounds = [f"from {chosen.lowest:f}"] if chosen.lowest is not None else []
        bounds += [f"up to {chosen.highest:f}"] if chosen.highest is not None else []
        facts = [
            f"price {' '.join(bounds)}" if bounds else "",
            f"for {chosen.horizon} days" if chosen.horizon is not None else "",
            f"wrong if: {chosen.invalidation}" if chosen.invalidation else "",
        ]
        lines += [indented(fact) for fact in facts if fact]
        lines += [indented(f"{evidence.reference} = {evidence.value}") for evidence in chosen.evidence]
    return lines


def _guards(clamps: Sequence[Clamp]) -> list[RenderableType]:
    """Every clamp with its sentence, and the figure before and after."""
    if not clamps:
        return []
    rows = table("guard", "where", ">before", ">after", "what")
    for clamp in clamps:
        figures = _figure(clamp.before, clamp.unit), _figure(clamp.after, clamp.unit)
        rows.add_row(clamp.guard, clamp.symbol or "plan", *figures, on_one_line(clamp.detail))
    return [rows]


def _orders(orders: Sequence[Order]) -> list[RenderableType]:
    if not orders:
        return []
    rows = table("id", "order", "status", ">average", ">fee", "detail")
    for order in orders:
        average = "" if order.average_price is None else f"{order.average_price.normalize():,f}"
        wanted = f"{order.side.value} {order.intent.quantity.normalize():f} {order.intent.instrument.base}"
        end = (order.status.value.lower(), average, f"{order.fee:,.2f}", on_one_line(order.detail))
        rows.add_row(order.client_order_id[:8], wanted, *end)
    return [rows]


def _fills(fills: Sequence[Fill], world: World) -> list[RenderableType]:
    if not fills:
        return []
    rows = table("when", "fill", ">price", f">worth {world.quote}", ">fee")
    for fill in fills:
        size = f"{fill.side.value} {fill.quantity.normalize():f} {fill.symbol.partition('/')[0]}"
        figures = f"{fill.price.normalize():,f}", f"{fill.notional:,.2f}", f"{fill.fee_worth:,.2f}"
        rows.add_row(f"{fill.at.astimezone(world.timezone):%H:%M:%S}", size, *figures)
    return [rows]


def _calls(told: CycleStory, world: World) -> list[RenderableType]:
    if not told.calls:
        return []
    rows = table("when", "model", ">in", ">out", ">USD", ">seconds", "outcome")
    for call in told.calls:
        rows.add_row(f"{call.at.astimezone(world.timezone):%H:%M:%S}", on_one_line(call.model), *_taken(call))
    total = "not known, as a price is missing" if told.cost is None else f"{told.cost.normalize():f} USD"
    return [rows, line(f"{told.tokens:,} tokens, cost {total}")]


def _taken(call: ModelCall) -> tuple[str, ...]:
    cost = "unknown" if call.cost is None else f"{call.cost.normalize():f}"
    counts = f"{call.input_tokens:,}", f"{call.output_tokens:,}"
    return (*counts, cost, f"{call.seconds:.1f}", on_one_line(call.outcome))


def _foot(cycle: Cycle) -> list[RenderableType]:
    if not cycle.snapshot_hash:
        return [line(""), line("No snapshot was kept.")]
    answers = f"{len(cycle.raw)} answer{'' if len(cycle.raw) == 1 else 's'}"
    sizes = f"{len(cycle.snapshot):,} characters; {len(cycle.prompt)} messages sent, {answers}"
    return [line(""), line(f"Snapshot {cycle.snapshot_hash}"), line(sizes)]


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _share(weight: Decimal) -> str:
    return f"{weight:.1%}"


def _figure(value: Decimal, unit: str) -> str:
    return _share(value) if unit == "weight" else f"{value:,.2f}" if unit == "quote" else f"{value.normalize():f}"
