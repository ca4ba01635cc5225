"""The portfolio at a glance, and position by position."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import WIDTH, Lines, aligned, block, columns, pair, prose, table, wrapped
from trading.contract import Holding, Status, World
from trading.domain.risk import TradingState


def status(status: Status) -> Reply:
    """Equity, change, gaps to the benchmarks, holdings, state and what comes next."""
    return Reply(
        text=_headline(status),
        card=block(_alerts(status), _totals(status), _gaps(status), _holdings(status), _outlook(status)),
        buttons=_buttons(status),
        tone=Tone.PLAIN if status.state is TradingState.ACTIVE and not status.alerts else Tone.WARNING,
    )


def portfolio(status: Status) -> Reply:
    """Every position with its cost, price, profit and exits."""
    quote = status.world.quote
    equity = f"Equity {n.money(status.equity, quote)}, prices {n.age(status.price_age)}."
    return Reply(
        text=prose(_headline(status), equity if status.holdings else "Nothing is held; all is cash."),
        card=block(*(_position(holding, quote) for holding in status.holdings), _cash(status)),
    )


def holdings(holdings: tuple[Holding, ...], cash: Decimal, cash_share: Decimal | None, quote: str) -> Lines:
    """Positions in two lines each, size and worth, then gain and stop; cash last."""
    last = ("Cash", "", n.whole_money(cash, quote), n.share(cash_share))
    *rows, cash_row = aligned([*(_row(holding, quote) for holding in holdings), last], "<<>>")
    return [line for row, held in zip(rows, holdings, strict=True) for line in (*row, *_exits(held))] + cash_row


def _headline(status: Status) -> str:
    return f"{marks.place(status.world)} · {n.local_time(status.at, status.world.timezone)}"


def _alerts(status: Status) -> Lines:
    return [line for alert in status.alerts for line in wrapped(f"{marks.ATTENTION} {alert}")]


def _totals(status: Status) -> Lines:
    quote = status.world.quote
    return table(
        [
            ("Equity", n.money(status.equity, quote), n.percent(status.change)),
            ("Today", n.signed_money(status.today_amount, quote), n.percent(status.today_change)),
        ],
        "<>>",
    )


def _gaps(status: Status) -> Lines:
    since = n.local_day(status.since, status.world.timezone)
    return table([(f"vs {gap.name}", n.points(gap.gap), f"since {since}") for gap in status.gaps], "<><")


def _holdings(status: Status) -> Lines:
    return holdings(status.holdings, status.cash, status.cash_weight, status.world.quote)


def _cash(status: Status) -> Lines:
    return pair("Cash", f"{n.whole_money(status.cash, status.world.quote)}  {n.share(status.cash_weight)}")


def _row(holding: Holding, quote: str) -> tuple[str, str, str, str]:
    size = n.short_quantity(holding.quantity, holding.instrument)
    return holding.base, size, n.whole_money(holding.value, quote), n.share(holding.weight)


def _exits(holding: Holding) -> Lines:
    stop = "" if holding.stop is None else f" · stop {n.level(holding.stop, holding.instrument)}"
    short = "short · " if holding.quantity < 0 else ""
    return wrapped(f"{short}{n.percent(holding.gain, 1)}{stop}", indent="      ")


def _outlook(status: Status) -> Lines:
    state = status.state.value
    reason = f" ({status.state_reason})" if status.state_reason and status.state is not TradingState.ACTIVE else ""
    prices = "" if status.price_age is None else f"prices {n.age(status.price_age)}"
    waiting = f"{marks.WAITING} {n.counted(status.pending, 'card waits', 'cards wait')}: /pending"
    return [
        *_together(state + reason, prices),
        *_next(status.next_rebalance, status.at, status.world),
        *wrapped(f"Decided by {status.decider}"),
        *([waiting] if status.pending else []),
    ]


def _together(*parts: str) -> Lines:
    """On one line where they fit, else each on its own."""
    said = [part for part in parts if part]
    line = " · ".join(said)
    return [line] if columns(line) <= WIDTH else [each for part in said for each in wrapped(part)]


def _next(at: datetime | None, now: datetime, world: World) -> Lines:
    if at is None:
        return []
    return wrapped(f"Rebalance {n.local_clock(at, world.timezone)}, {n.relative(at - now)}")


def _buttons(status: Status) -> tuple[Button, ...]:
    pending = (Button("Pending", "do:/pending"),) if status.pending or status.alerts else ()
    return (*pending, Button("Performance", "do:/performance"), Button("Trades", "do:/trades"))


def _position(holding: Holding, quote: str) -> Lines:
    market = holding.instrument
    title = f"{holding.base} {n.quantity(holding.quantity, market)}{' short' if holding.quantity < 0 else ''}"
    facts = [
        ("cost", n.price(holding.average_cost, market)),
        ("price", n.price(holding.price, market)),
        ("open", f"{n.signed_money(holding.unrealized, quote)}  {n.percent(holding.gain, 1)}"),
        ("realized", n.signed_money(holding.realized, quote)),
        ("stop", n.level(holding.stop, market)),
        ("target", n.level(holding.target, market)),
    ]
    worth = f"{n.money(holding.value, quote)}  {n.share(holding.weight)}"
    return [*pair(title, worth), *(line for label, value in facts for line in pair(f"  {label}", value))]
