"""What happened to an order, in the shape of the executions channel. Numbers are numbers here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.faults.kraken.records import Order, OrderType, Status, Trade


def execution(kind: str, order: Order, trade: Trade | None, at: str) -> dict[str, Any]:
    """What happened to an order at the instant `at`; `trade` goes with kind "trade"."""
    ticket = order.ticket
    told: dict[str, Any] = {
        "exec_type": kind,
        "order_id": order.id,
        "order_userref": ticket.userref,
        "order_status": _stream_status(kind, order),
        "timestamp": at,
    }
    if ticket.cl_ord_id is not None:
        told["cl_ord_id"] = ticket.cl_ord_id
    if trade is not None:
        return told | _stream_trade(order, trade)
    if kind == "pending_new":
        return told | _stream_order(order)
    if kind != "new":
        told |= {"cum_qty": float(order.filled), "cum_cost": float(order.cost), "avg_price": float(order.average)}
        told |= {"symbol": order.pair.symbol, "side": ticket.side.value, "fee_usd_equiv": float(order.fee)}
    if kind in ("canceled", "expired"):
        told |= {"reason": order.reason or "", "cancel_reason": order.reason or ""}
    return told


def _stream_status(kind: str, order: Order) -> str:
    # A trade says "partially filled" even when it completes the order; "filled" is an event of its own.
    named: Mapping[str, str] = {"trade": "partially_filled", "pending_new": "pending_new", "new": "new"}
    return named.get(kind) or {Status.CLOSED: "filled"}.get(order.status, order.status.value)


def _stream_order(order: Order) -> dict[str, Any]:
    ticket = order.ticket
    told = {
        "symbol": order.pair.symbol,
        "order_qty": float(ticket.volume),
        "cum_qty": float(order.filled),
        "cum_cost": float(order.cost),
        "avg_price": float(order.average),
        "time_in_force": "IOC" if ticket.immediate else "GTD" if ticket.expires_at else "GTC",
        "side": ticket.side.value,
        "order_type": ticket.type.value,
        "fee_usd_equiv": float(order.fee),
        "fee_ccy_pref": "fcib" if "fcib" in ticket.flags else "fciq",
    }
    if ticket.limit is not None:
        told |= {"limit_price_type": "static", "limit_price": float(ticket.limit)}
    if ticket.type not in (OrderType.MARKET, OrderType.LIMIT) and ticket.price is not None:
        told |= {"stop_price": float(ticket.price)}
    return told


def _stream_trade(order: Order, trade: Trade) -> dict[str, Any]:
    return {
        "symbol": order.pair.symbol,
        "exec_id": trade.id,
        "trade_id": trade.number,
        "side": trade.side.value,
        "order_type": trade.type.value,
        "last_qty": float(trade.volume),
        "last_price": float(trade.price),
        "liquidity_ind": "m" if trade.maker else "t",
        "cost": float(trade.cost),
        "fees": [{"asset": trade.fee_asset, "qty": float(trade.fee)}],
        "fee_usd_equiv": float(trade.fee),
    }
