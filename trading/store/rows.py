"""Facts as rows and back, for the tables whose columns are not simply the fact's fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Column, Row, Table

from trading.domain.money import Money
from trading.domain.order import Fill, Order, OrderIntent
from trading.domain.portfolio import CashFlow, Posting

T = TypeVar("T")


def fact_row(fact: Any) -> dict[str, Any]:
    """A fact whose fields are columns of the same names."""
    return {field.name: getattr(fact, field.name) for field in fields(fact)}


def fact_columns(fact_type: Any, table: Table) -> Sequence[Column[Any]]:
    """The columns of `table` in the order of `fact_type`'s fields, as :func:`fact_of` wants them."""
    return [table.c[field.name] for field in fields(fact_type)]


def fact_of(fact_type: Callable[..., T], row: Row[Any]) -> T:
    """The fact whose fields are the row's columns, in that order."""
    return fact_type(*row)


def order_row(order: Order) -> dict[str, Any]:
    row = fact_row(order.intent) | fact_row(order) | {"intent_id": order.intent.id}
    del row["id"], row["intent"]
    return row


def order_of(row: Row[Any]) -> Order:
    values: dict[str, Any] = dict(row._mapping)
    values["id"] = values["intent_id"]
    intent = OrderIntent(**{field.name: values[field.name] for field in fields(OrderIntent)})
    return Order(intent=intent, **{field.name: values[field.name] for field in fields(Order) if field.name != "intent"})


def fill_row(fill: Fill) -> dict[str, Any]:
    return fact_row(fill) | {"fee": fill.fee.amount, "fee_currency": fill.fee.currency}


def fill_of(row: Row[Any]) -> Fill:
    """Field by field: a look at thirty days of trades makes thousands."""
    return Fill(
        trade_id=row.trade_id,
        client_order_id=row.client_order_id,
        symbol=row.symbol,
        side=row.side,
        price=row.price,
        quantity=row.quantity,
        fee=Money(row.fee, row.fee_currency),
        at=row.at,
        realized=row.realized,
        fee_value=row.fee_value,
        margin=row.margin,
        cost=row.cost,
    )


def posting_row(posting: Posting) -> dict[str, Any]:
    return _money_row(fact_row(posting))


def cash_flow_row(flow: CashFlow, after_fill: int) -> dict[str, Any]:
    return _money_row(fact_row(flow)) | {"after_fill": after_fill}


def cash_flow_of(row: Row[Any]) -> CashFlow:
    return CashFlow(row.id, Money(row.amount, row.currency), row.at, row.note, row.value, row.rollover_of)


def _money_row(values: dict[str, Any]) -> dict[str, Any]:
    money: Money = values.pop("money")
    return values | {"amount": money.amount, "currency": money.currency}
