"""What may be lost: risk figures, limits, and how far the stops are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.exposure import risk_map_picture
from chatbot.present.layout import WIDTH, Lines, block, pair, prose, wrapped
from trading.contract.books import ExitLine, Exits, LimitLine, LimitsView, LimitUnit, RiskMap, RiskView
from trading.domain.risk import TradingState

_ENOUGH_FOR_TAILS = 60
_ENOUGH_RETURNS = 20
_MOST_STOPS = 12
_NAMES: Mapping[str, str] = {
    "APPROVAL_THRESHOLD": "A press above",
    "APPROVAL_DAILY_SUM": "A press above, in 24 h",
    "APPROVAL_SECOND_ABOVE": "Two people above",
    "MAX_ORDER_SIZE": "Largest order",
    "MAX_POSITION_PERCENT": "Largest position",
    "DAILY_LOSS_LIMIT_PERCENT": "A day's loss",
    "MIN_CASH_PERCENT": "Kept in cash by buys",
    "MIN_TRADE": "Smallest trade after fees",
    "MAX_TURNOVER_PERCENT": "Turnover a day",
    "MAX_REBALANCE_ORDERS": "Rebalance orders a day",
    "MIN_HOLDING_HOURS": "A buy is kept for",
    "REENTRY_PAUSE_HOURS": "No new buy after a sale",
    "BTC_FLOOR_PERCENT": "BTC is not sold below",
    "ETH_FLOOR_PERCENT": "ETH is not sold below",
    "DRAWDOWN_STOP_PERCENT": "A fall that stops buys",
    "MAX_PRICE_AGE_SECONDS": "Oldest price",
    "MAX_SPREAD_PERCENT": "Widest spread",
    "MAX_SLIPPAGE_PERCENT": "Most slippage",
    "MIN_EDGE_PERCENT": "Least edge after fees",
    "STOP_LOSS_PERCENT": "Stop below entry",
    "TAKE_PROFIT_PERCENT": "Target above entry",
    "APPROVAL_DRIFT_PERCENT": "Price drift of a card",
    "APPROVAL_TTL_SECONDS": "A card waits",
}


def risk(found: RiskView, alike: RiskMap, png: bytes | None) -> Reply:
    """Falls, today's room, what the stops would cost, and what history and a crash would."""
    world = found.status.world
    fall = "Drawdown unknown" if found.drawdown is None else f"{n.percent(found.drawdown, 1)} from the highest"
    return Reply(
        text=prose(f"{marks.ANSWER} {marks.mode(world)} · {fall}{_today(found)}."),
        card=block(_falls(found), _stops(found), _history(found), _stress(found)),
        pictures=risk_map_picture(alike, png),
        buttons=(Button("Stops", "do:/stops"), Button("Limits", "do:/limits"), Button("Exposure", "do:/exposure")),
    )


def limits(found: LimitsView) -> Reply:
    """Each limit with what is used of it, and the setting it comes from."""
    world, on = found.world, [line for line in found.lines if line.value is not None]
    off = [line for line in found.lines if line.value is None]
    state = "" if found.state is TradingState.ACTIVE else f" Trading is {found.state.value}."
    names = ", ".join(_name(line).lower() for line in off)
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {n.counted(len(on), 'limit')} in force.{state}",
            f"Off: {names}." if off else "",
        ),
        card=block(*(_limit(line, world.quote) for line in on)),
        buttons=(Button("Risk", "do:/risk"), Button("Stops", "do:/stops"), Button("Threshold", "do:/threshold")),
    )


def stops(found: Exits) -> Reply:
    """Positions with their exits, nearest stop first."""
    world, quote = found.world, found.world.quote
    if not found.lines:
        return Reply(text=f"{marks.ANSWER} {marks.mode(world)} · No position, so no stop.")
    bare = ", ".join(held.base for held in found.unprotected)
    return Reply(
        text=prose(
            f"{marks.ATTENTION if bare else marks.ANSWER} {marks.mode(world)} · "
            f"All stops together: about {n.money(found.loss, quote)} lost from now.",
            f"Without a stop: {bare}." if bare else "",
            "Before fees and slippage.",
        ),
        card=block(*(_exit(line, quote) for line in found.lines[:_MOST_STOPS])),
        buttons=tuple(Button(f"{line.holding.base} stop", f"do:/stop {line.holding.base}") for line in found.lines[:4]),
        tone=Tone.WARNING if bare else Tone.PLAIN,
    )


def _today(found: RiskView) -> str:
    return (
        "" if found.room is None else f", {n.whole_money(found.room, found.status.world.quote)} of today's limit left"
    )


def _falls(found: RiskView) -> Lines:
    lost = None if found.lost_today is None else -found.lost_today
    rows = [
        ("Fall now", n.percent(found.drawdown, 1)),
        ("Deepest fall", n.percent(found.deepest, 1)),
        ("Today", n.percent(lost)),
        ("Limit for a day", "off" if found.daily_limit is None else n.percent(-found.daily_limit)),
        *([("Room left today", n.money(found.room, found.status.world.quote))] if found.room is not None else []),
    ]
    return [line for label, value in rows for line in pair(label, value)]


def _stops(found: RiskView) -> Lines:
    status, quote, held = found.status, found.status.world.quote, found.status.holdings
    loss, equity = found.exits.loss, found.status.equity
    share = n.percent(-loss / equity) if equity else n.UNKNOWN
    largest = max(held, key=lambda each: abs(each.weight or Decimal(0)), default=None)
    bare = ", ".join(each.base for each in found.exits.unprotected)
    return [
        *pair("If all stops fire", f"{n.signed_money(-loss, status.world.quote)}  {share}"),
        *(wrapped(f"without a stop: {bare}", indent="  ") if bare else []),
        *(
            pair(f"Largest: {largest.base}", f"{n.whole_money(largest.value, quote)}  {n.share(largest.weight)}")
            if largest
            else []
        ),
    ]


def _history(found: RiskView) -> Lines:
    quote = found.status.world.quote
    enough = found.volatility is not None and found.volatility_returns >= _ENOUGH_RETURNS
    swings = n.share(found.volatility) if enough else f"{found.volatility_returns} days, too few"
    if found.value_at_risk is None:
        return [*pair("Volatility, 30 days", swings), *wrapped(_too_few(found))]
    return [
        *pair("Volatility, 30 days", swings),
        *pair("One day in 20 lost over", n.money(found.value_at_risk, quote)),
        *wrapped(f"from {n.counted(found.daily_returns, 'own daily return')}", indent="  "),
    ]


def _too_few(found: RiskView) -> str:
    if found.daily_returns >= _ENOUGH_FOR_TAILS:
        return "Worst day in 20: unknown."
    return f"Worst day in 20: {n.counted(found.daily_returns, 'daily return')}, too few."


def _stress(found: RiskView) -> Lines:
    """What a crash of all coins together would do."""
    quote, equity = found.status.world.quote, found.status.equity
    lines: Lines = []
    for fall, change in found.stress.items():
        share = n.percent(change / equity, 1) if equity else n.UNKNOWN
        lines += pair(f"All coins {n.percent(-fall, 0)}", f"{n.signed_money(change, quote)}  {share}")
    return lines


def _limit(line: LimitLine, quote: str) -> Lines:
    title = pair(_name(line), _value(line.value, line.unit, quote))
    if line.used is None:
        return [*title, f"  {line.setting}"]
    used = f"now {_value(line.used, line.unit, quote)}"
    together = f"  {used} · {line.setting}"
    return [*title, together] if len(together) <= WIDTH else [*title, f"  {used}", f"  {line.setting}"]


def _name(line: LimitLine) -> str:
    return _NAMES.get(line.setting, line.setting)


def _value(value: Decimal | timedelta | None, unit: LimitUnit, quote: str) -> str:
    if isinstance(value, timedelta):
        return n.duration(value)
    if unit is LimitUnit.COUNT and value is not None:
        return f"{value:,.0f}"
    return n.money(value, quote) if unit is LimitUnit.MONEY else n.share(value, 2)


def _exit(line: ExitLine, quote: str) -> Lines:
    held = line.holding
    stop, target = n.level(held.stop, held.instrument), n.level(held.target, held.instrument)
    away = "" if line.to_stop is None else f"  {n.percent(line.to_stop, 1)}"
    reach = "" if line.to_target is None else f"  {n.percent(line.to_target, 1)}"
    loss = [] if line.loss is None else pair("  loses from now", n.money(line.loss, quote))
    return [
        *pair(held.base, n.price(held.price, held.instrument)),
        *pair("  stop", f"{stop}{away}"),
        *loss,
        *pair("  target", f"{target}{reach}"),
    ]
