"""Everything behind a card, order by order: prices, costs, reasons, and what the decider saw."""

from __future__ import annotations

from typing import Any

from chatbot.message import Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.cards.approval_figures import asking_lines, cost_lines, name_of
from chatbot.present.cards.approval_words import decider
from chatbot.present.cards.decision_words import bounds, evidence_words, meant_for, remarks, seen
from chatbot.present.layout import Lines, block, pair, prose, wrapped
from trading.contract import ApprovalView, World
from trading.domain.market import base_of
from trading.domain.order import Order
from trading.domain.plan import Prediction, TargetPlan, TargetWeight
from trading.domain.risk import ApprovalStatus


def details(view: ApprovalView, world: World) -> Reply:
    """Each order's expected price, cost, slippage and reason; then the decision's reason, guards and thesis."""
    plan = view.cycle.plan if view.cycle else None
    return Reply(
        text=prose(
            f"{marks.ANSWER} {ex.heading(view.batch, view.orders, world)}",
            decider(view),
            _time_left(view),
            *_plan_words(view, plan),
            *view.approval.notes,
            view.approval.warning,
        ),
        card=block(
            *(_order(order, view, world.quote, plan) for order in view.orders),
            [*cost_lines(view, world.quote), *asking_lines(view, world.quote)],
        ),
    )


def _order(order: Order, view: ApprovalView, quote: str, plan: TargetPlan | None) -> Lines:
    market = order.intent.instrument
    estimate = view.approval.estimates.get(order.client_order_id)
    quoted = estimate.price if estimate else view.approval.quoted_prices.get(order.symbol)
    by = view.approval.excluded.get(order.client_order_id)
    lines = [*pair(name_of(order), n.quantity(order.intent.quantity, market))]
    lines += wrapped(f"left out by {by}", indent="  ") if by is not None else []
    lines += pair("  expected at", n.price(quoted, market))
    lines += pair("  about", n.money(view.estimated.get(order.client_order_id), quote))
    if estimate is not None:
        lines += pair("  fee", n.money(estimate.fee, quote))
        lines += pair("  slippage", _slippage(estimate.slippage, estimate.spread))
    return [*lines, *_why(order, view, plan)]


def _slippage(slippage: Any, spread: Any) -> str:
    """Unknown where no order book was seen, or where it is too thin to tell."""
    return n.UNKNOWN if slippage is None else f"{n.share(slippage, 2)}, spread {n.share(spread, 2)}"


def _why(order: Order, view: ApprovalView, plan: TargetPlan | None) -> Lines:
    target = next((w for w in plan.weights if w.symbol == order.symbol), None) if plan else None
    told = _words(target) if target else []
    # Who names no evidence has seen the snapshot all the same.
    shown = evidence_words(target) if target and target.evidence else seen(order.symbol, _snapshot(view))
    return [line for words in [*told, *([f"Seen: {shown}"] if shown else [])] for line in wrapped(words, indent="  ")]


def _words(target: TargetWeight) -> list[str]:
    within, meant = bounds(target), meant_for(target)
    return [
        f"To {n.share(target.weight)}{f' ({meant})' if meant else ''}: {target.reason}",
        *([f"Only {within}."] if within else []),
        *([f"Wrong if: {target.invalidation}"] if target.invalidation else []),
    ]


def _snapshot(view: ApprovalView) -> str:
    return view.cycle.snapshot if view.cycle else "{}"


def _time_left(view: ApprovalView) -> str:
    if view.approval.status is not ApprovalStatus.PENDING:
        return ""
    return f"{n.duration(view.expires_in)} left to decide; prices are asked for again on press."


def _plan_words(view: ApprovalView, plan: TargetPlan | None) -> list[str]:
    if view.cycle is None:
        return [view.batch.reason]
    ordered = {order.symbol for order in view.orders}
    others = [w for w in plan.weights if w.symbol not in ordered] if plan else []
    reasons = [f"{w.symbol}: {n.share(w.weight)}. {w.reason}" for w in others]
    thesis = f"Thesis: {plan.thesis}" if plan and plan.thesis else ""
    regime = f"Market: {plan.regime}" if plan and plan.regime else ""
    predicted = [_prediction(made) for made in plan.predictions] if plan else []
    why = (plan.reason if plan else "") or view.cycle.reason
    return [regime, why, *reasons, *remarks(view.cycle), thesis, *predicted]


def _prediction(made: Prediction) -> str:
    wrong = "" if made.invalidation is None else f", wrong at {made.invalidation.normalize():,f}"
    what = f"{base_of(made.symbol)} {made.direction.value} to {made.target.normalize():,f}"
    return f"Predicts {what} within {n.counted(made.days, 'day')}{wrong} (confidence {n.share(made.confidence, 0)})."
