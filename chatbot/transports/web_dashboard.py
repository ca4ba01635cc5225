"""The dashboard as JSON: the figures of now, holdings, trades and the cards that wait, formatted as in the chat."""

from __future__ import annotations

from decimal import Decimal

from chatbot.message import Table
from chatbot.present import numbers
from chatbot.present.cards import approvals
from chatbot.present.cards.ledger import notes
from chatbot.transports.web_views import View, direction, header
from chatbot.transports.wire import table_to_wire
from trading.contract import ApprovalView, Holding, Reader, Status, TradeView, World
from trading.domain.order import Side

TRADES = 20
"""Trades shown."""


async def dashboard(desk: Reader) -> View:
    """Everything on the dashboard but the curve."""
    status = await desk.status()
    trades = await desk.trades(limit=TRADES)
    return {
        "header": header(status),
        "alerts": list(status.alerts),
        "figures": _figures(status),
        "holdings": table_to_wire(_holdings(status)),
        "trades": table_to_wire(_trades(trades.trades, status)),
        "trades_total": trades.total,
        "pending": [_card(view, status.world) for view in await desk.pending()],
    }


def _figures(status: Status) -> list[View]:
    quote, since = status.world.quote, numbers.local_day(status.since, status.world.timezone)
    figures = [
        _figure("Equity", numbers.money(status.equity, quote), f"{numbers.percent(status.change)} since {since}"),
        _figure(
            "Today",
            numbers.signed_money(status.today_amount, quote),
            numbers.percent(status.today_change),
            status.today_amount,
        ),
    ]
    figures += [
        _figure(f"vs {g.name}", numbers.points(g.gap), f"{g.name} {numbers.percent(g.theirs)}", g.gap)
        for g in status.gaps
    ]
    cash = f"{numbers.share(status.cash_weight)} of equity" if status.cash_weight is not None else ""
    return [*figures, _figure("Cash", numbers.money(status.cash, quote), cash), _next_rebalance(status), _state(status)]


def _state(status: Status) -> View:
    prices = f"prices {numbers.age(status.price_age)}" if status.holdings else "nothing held"
    return _figure("State", status.state.value, f"{status.state_reason} · {prices}" if status.state_reason else prices)


def _next_rebalance(status: Status) -> View:
    if status.next_rebalance is None:
        return _figure("Next rebalance", "none planned", status.decider)
    when = numbers.relative(status.next_rebalance - status.at)
    at = numbers.local_time(status.next_rebalance, status.world.timezone)
    return _figure("Next rebalance", at, f"{when} · {status.decider}")


def _figure(label: str, value: str, note: str, sign: Decimal | None = None) -> View:
    return {"label": label, "value": value, "note": note, "sign": direction(sign)}


def _holdings(status: Status) -> Table:
    columns = ("Asset", "Quantity", "Price", "Value", "Share", "Gain", "Stop", "Target")
    return Table("", columns, tuple(_holding(held, status.world.quote) for held in status.holdings), "<>>>>>>>")


def _holding(held: Holding, quote: str) -> tuple[str, ...]:
    market = held.instrument
    return (
        f"{held.base} short" if held.quantity < 0 else held.base,
        numbers.quantity(held.quantity, market),
        numbers.price(held.price, market),
        numbers.money(held.value, quote),
        numbers.share(held.weight),
        numbers.percent(held.gain),
        numbers.level(held.stop, market),
        numbers.level(held.target, market),
    )


def _trades(trades: tuple[TradeView, ...], status: Status) -> Table:
    columns = ("When", "Trade", "Price", "Value", "Profit", "Why")
    return Table("", columns, tuple(_trade(view, status) for view in trades), "<<>>><")


def _trade(view: TradeView, status: Status) -> tuple[str, ...]:
    fill, market, quote = view.fill, view.order.intent.instrument, status.world.quote
    mark, verb = ("🟢", "Buy") if fill.side is Side.BUY else ("🔴", "Sell")
    return (
        numbers.local_moment(fill.at, status.world.timezone),
        f"{mark} {verb} {market.base} {numbers.quantity(fill.quantity, market)}",
        numbers.price(fill.price, market),
        numbers.money(fill.notional, quote),
        numbers.signed_money(fill.realized, quote) if fill.side is Side.SELL or fill.realized else "",
        " · ".join(filter(None, (*notes(view, status.world), view.order.intent.reason))),
    )


def _card(view: ApprovalView, world: World) -> View:
    shown = approvals.waiting(view, world)
    return {"id": view.approval.id, "text": shown.text, "card": shown.card, "left": _time_left(view)}


def _time_left(view: ApprovalView) -> str:
    return f"{numbers.duration(view.expires_in)} left" if view.expires_in else "expired"
