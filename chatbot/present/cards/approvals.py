"""The card a person decides: before, after, and in detail."""

from __future__ import annotations

from decimal import Decimal

from chatbot.message import Button, Reply, Style, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.layout import Lines, aligned, block, prose, table, wrapped
from trading.contract import ApprovalView, BatchView, World
from trading.domain.order import Order, Source
from trading.domain.plan import Cycle, TargetPlan
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus

PLATFORMS = {"telegram": "Telegram", "discord": "Discord", "web": "the web page", "terminal": "the terminal"}
_CASH_NAMES = {"cash", "CASH", "Cash"}
_VERBS = {
    (ApprovalKind.CARD, ApprovalStatus.APPROVED): "Approved",
    (ApprovalKind.CARD, ApprovalStatus.REJECTED): "Rejected",
    (ApprovalKind.PREVIEW, ApprovalStatus.APPROVED): "Confirmed",
    (ApprovalKind.PREVIEW, ApprovalStatus.REJECTED): "Cancelled",
}


def card(view: ApprovalView, world: World, batch: BatchView | None = None) -> Reply:
    """The card as it is now: waiting with buttons, or decided with what came of it."""
    return waiting(view, world) if view.approval.status is ApprovalStatus.PENDING else closed(view, world, batch)


def waiting(view: ApprovalView, world: World) -> Reply:
    """The card with its orders, costs, weights before and after, reason, expiry and buttons."""
    return Reply(
        text=prose(f"{marks.WAITING} {ex.heading(view.batch, view.orders, world)}", decider(view)),
        card=block(_orders(view, world), _notes(view), _weights(view), _reasons(view), _deadline(view, world)),
        buttons=_buttons(view),
        tone=Tone.WAITING,
    )


def closed(view: ApprovalView, world: World, batch: BatchView | None = None) -> Reply:
    """The decided card: who, where, when, and the fills known by now."""
    approved = view.approval.status is ApprovalStatus.APPROVED
    orders, fills = (batch.orders, batch.fills) if batch is not None else (view.orders, view.fills)
    done = ex.executions(orders, fills)
    results = [ex.result_lines(done, world.quote) + ex.summary_lines(done, world)] if approved else []
    return Reply(
        text=prose(
            f"{marks.APPROVED if approved else marks.REFUSED} {ex.heading(view.batch, orders, world)}",
            _verdict(view, world),
            decider(view) if view.batch.source is Source.REBALANCE else "",
        ),
        card=block(*results),
        tone=_tone(approved, ex.unsettled(done)),
    )


def _tone(approved: bool, unsettled: bool) -> Tone:
    if not approved:
        return Tone.BAD
    return Tone.WARNING if unsettled else Tone.GOOD


def details(view: ApprovalView, world: World) -> Reply:
    """Everything behind the card: prices quoted, reasons per symbol, guards, thesis."""
    orders = [_exactly(order, view) for order in view.orders]
    plan = view.cycle.plan if view.cycle else None
    return Reply(
        text=prose(
            f"{marks.ANSWER} {ex.heading(view.batch, view.orders, world)}",
            decider(view),
            *_plan_words(view, plan),
            *view.approval.notes,
        ),
        card=block(table([("", "size", "quoted"), *orders], "<>>")),
    )


def one_line(view: ApprovalView, world: World) -> str:
    """The card in one line of a list: "Rebalance · about $742.10 · 12 min left"."""
    worth = n.money(view.approval.notional, world.quote)
    return f"{short_title(view)} · about {worth} · {n.duration(view.expires_in)} left"


def short_title(view: ApprovalView) -> str:
    """ "Rebalance 7f3a", for a button."""
    return f"{ex.title(view.batch, view.orders)} {view.approval.id[:4]}"


def decider(view: ApprovalView) -> str:
    """Who decided: a model with its confidence, the allocator, or the person who asked."""
    if view.batch.source is Source.REBALANCE or view.cycle is not None:
        return decided_by(view.cycle, view.batch.decided_by)
    asked = view.approval.actor or view.batch.decided_by
    return f"Asked for by {asked}" if asked else ""


def decided_by(cycle: Cycle | None, fallback: str) -> str:
    """ "Decided by gpt-4o (confidence 0.62)"."""
    name = cycle.decided_by if cycle is not None else fallback
    confidence = cycle.plan.confidence if cycle is not None and cycle.plan is not None else None
    return f"Decided by {name}" + (f" (confidence {confidence:.2f})" if confidence is not None else "")


def _orders(view: ApprovalView, world: World) -> Lines:
    rows = [_order(order, view, world.quote) for order in view.orders]
    fees = f"Fees about {n.money(view.approval.fees, world.quote)}"
    turnover = _turnover(view)
    lines = [line for lines in aligned(rows, "<>>") for line in lines]
    if len(view.orders) == 1:
        lines += _quoted(view.orders[0], view)
    return lines + wrapped(fees if turnover is None else f"{fees} · turnover {n.share(turnover)}")


def _order(order: Order, view: ApprovalView, quote: str) -> tuple[str, str, str]:
    market = order.intent.instrument
    worth = view.estimated.get(order.client_order_id)
    size = n.short_quantity(order.intent.quantity, market)
    return f"{order.side.value.upper():<4} {market.base}{ex.short_mark(order)}", size, f"about {n.money(worth, quote)}"


def _exactly(order: Order, view: ApprovalView) -> tuple[str, str, str]:
    market = order.intent.instrument
    price = n.price(view.approval.quoted_prices.get(order.symbol), market)
    name = f"{order.side.value.upper():<4} {market.base}{ex.short_mark(order)}"
    return name, n.quantity(order.intent.quantity, market), price


def _quoted(order: Order, view: ApprovalView) -> Lines:
    price = view.approval.quoted_prices.get(order.symbol)
    return [] if price is None else wrapped(f"at about {n.price(price, order.intent.instrument)}")


def _notes(view: ApprovalView) -> Lines:
    """What to know before pressing; never cut."""
    return [line for note in view.approval.notes for line in wrapped(f"{marks.ATTENTION} {note}")]


def _turnover(view: ApprovalView) -> Decimal | None:
    """Half the sum of all changes of weight, cash included."""
    rows = _weight_rows(view)
    return sum((abs(after - now) for _, now, after in rows), Decimal(0)) / 2 if rows else None


def _weights(view: ApprovalView) -> Lines:
    rows = [(name, n.share(now), n.share(after)) for name, now, after in _weight_rows(view)]
    return table([("", "now", "after"), *rows], "<>>") if rows else []


def _weight_rows(view: ApprovalView) -> list[tuple[str, Decimal, Decimal]]:
    now, after = view.approval.weights_now, view.approval.weights_after
    if not after:
        return []
    symbols = [symbol for symbol in dict.fromkeys([*now, *after]) if symbol not in _CASH_NAMES]
    zero = Decimal(0)
    rows = [(symbol.split("/")[0], now.get(symbol, zero), after.get(symbol, zero)) for symbol in symbols]
    held = [row for row in rows if row[1] or row[2]]
    return [*held, ("Cash", 1 - sum((r[1] for r in rows), zero), 1 - sum((r[2] for r in rows), zero))]


def _reasons(view: ApprovalView) -> Lines:
    if view.cycle is None:
        return [] if view.batch.source is Source.MANUAL else wrapped(f"Why: {view.batch.reason}", most=4)
    plan = view.cycle.plan
    why = (plan.reason if plan else "") or view.cycle.reason
    guards = [line for note in view.cycle.notes[:2] for line in wrapped(f"Guard: {note}", most=2)]
    return [*(wrapped(f"Why: {why}", most=4) if why else []), *guards]


def _deadline(view: ApprovalView, world: World) -> Lines:
    until = n.local_time(view.approval.expires_at, world.timezone)
    if world.simulated:
        return [*wrapped(f"Until {until}, real time"), *wrapped("re-quoted on press")]
    return wrapped(f"Until {until} · re-quoted on press")


def _buttons(view: ApprovalView) -> tuple[Button, ...]:
    handle = view.approval.id
    yes, no = ("Approve", "Reject") if view.approval.kind is ApprovalKind.CARD else ("Confirm", "Cancel")
    decide = (Button(yes, f"ok:{handle}", Style.PRIMARY), Button(no, f"no:{handle}", Style.DANGER))
    return decide if view.cycle is None else (*decide, Button("Details", f"info:{handle}"))


def _verdict(view: ApprovalView, world: World) -> str:
    approval = view.approval
    verb = _VERBS.get((approval.kind, approval.status))
    if verb is None:
        return prose(_without_person(view, world), approval.outcome)
    if approval.status is ApprovalStatus.REJECTED and approval.outcome:
        # A press to approve that the second look refused: nobody rejected it.
        yes = _VERBS[approval.kind, ApprovalStatus.APPROVED]
        return prose(f"{yes} by {_who(approval, world)}, but refused; nothing was placed.", approval.outcome)
    return f"{verb} by {_who(approval, world)}"


def _who(approval: Approval, world: World) -> str:
    """Who pressed, where and when."""
    at = f", {n.local_seconds(approval.decided_at, world.timezone)}" if approval.decided_at else ""
    where = PLATFORMS.get(approval.decided_on, approval.decided_on)
    return f"{approval.decided_by or 'unknown'}{' on ' + where if where else ''}{at}"


def _without_person(view: ApprovalView, world: World) -> str:
    if view.approval.status is ApprovalStatus.SUPERSEDED:
        return "Replaced by a newer card; nothing of this one was traded."
    return f"Expired at {n.local_time(view.approval.expires_at, world.timezone)}; nothing was traded."


def _plan_words(view: ApprovalView, plan: TargetPlan | None) -> list[str]:
    if view.cycle is None:
        return [view.batch.reason]
    reasons = [f"{w.symbol}: {n.share(w.weight)}. {w.reason}" for w in plan.weights] if plan else []
    thesis = f"Thesis: {plan.thesis}" if plan and plan.thesis else ""
    guards = [f"Guard: {note}" for note in view.cycle.notes]
    return [(plan.reason if plan else "") or view.cycle.reason, *reasons, *guards, thesis]
