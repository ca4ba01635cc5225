"""Everything behind a card, order by order: prices, costs, reasons, and what the decider saw."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chatbot.message import Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import executions as ex
from chatbot.present.cards.approval_figures import asking_lines, cost_lines, name_of
from chatbot.present.cards.approval_words import decider
from chatbot.present.layout import Lines, block, pair, prose, wrapped
from trading.contract import ApprovalView, World
from trading.domain.order import Order
from trading.domain.plan import TargetPlan, TargetWeight
from trading.domain.risk import ApprovalStatus

_TRENDS = (("trend_20", "20 d"), ("trend_60", "60 d"), ("trend_120", "120 d"))
"""Returns over days in the decider's snapshot, with the words for them."""


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
    seen = _evidence(order.symbol, view.cycle.snapshot) if view.cycle else ""
    return [
        *(wrapped(_target(target), indent="  ") if target else []),
        *(wrapped(f"Seen: {seen}", indent="  ") if seen else []),
    ]


def _target(target: TargetWeight) -> str:
    sure = f" (confidence {target.confidence:.2f})" if target.confidence is not None else ""
    return f"To {n.share(target.weight)}{sure}: {target.reason}"


def _evidence(symbol: str, snapshot: str) -> str:
    """The figures that the decider had of `symbol`, in a line; empty where it had none."""
    daily: Mapping[str, Any] = json.loads(snapshot).get("indicators", {}).get(symbol, {}).get("1d", {})
    figures = [f"{words} {n.percent(daily[name], 1)}" for name, words in _TRENDS if daily.get(name) is not None]
    rsi, volatility = daily.get("rsi14"), daily.get("volatility_30d")
    return ", ".join(
        [
            *figures,
            *([f"RSI {rsi:.0f}"] if rsi is not None else []),
            *([f"volatility {n.share(volatility, 0)} a year"] if volatility is not None else []),
        ]
    )


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
    guards = [f"Guard: {note}" for note in view.cycle.notes]
    return [(plan.reason if plan else "") or view.cycle.reason, *reasons, *guards, thesis]
