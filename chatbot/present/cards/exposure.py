"""How much is invested, and how far that is from the plan."""

from __future__ import annotations

from chatbot.message import Button, Picture, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, pair, prose, table, wrapped
from trading.contract import Holding
from trading.contract.books import Allocation, AllocationLine, Exposure, RiskMap

_ENOUGH = 30
_ENOUGH_COINS = 2


def exposure(found: Exposure, alike: RiskMap, png: bytes | None) -> Reply:
    """Invested share now and on average, coin by coin, and how it moves with BTC and within itself."""
    status, largest = found.status, found.largest
    most = f", most in {largest.base}" if largest else ""
    return Reply(
        text=f"{marks.ANSWER} {marks.mode(status.world)} · {n.share(found.net)} invested{most}.",
        card=block(_shares(found), _coins(status.holdings, status.world.quote), _together(alike), _beta(found)),
        pictures=risk_map_picture(alike, png),
        buttons=(Button("Allocation", "do:/allocation"), Button("Risk", "do:/risk"), Button("Limits", "do:/limits")),
    )


def allocation(found: Allocation, png: bytes) -> Reply:
    """Shares now, the newest plan's targets, and the gap, with the picture."""
    status = found.status
    world, day = status.world, found.planned_at
    invested = None if status.cash_weight is None else 1 - status.cash_weight
    by = f"Plan {found.plan_id[:4]} by {found.decided_by}, {n.local_moment(day, world.timezone)}." if day else ""
    caption = f"{marks.mode(world)} · What is held, by share"
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {n.share(invested)} invested{_farthest(found)}.",
            by or "No plan has been made yet, so there are no targets.",
        ),
        card=block(_table(found)),
        pictures=(Picture(png, caption, "allocation.png"),),
        buttons=(Button("Plan", "do:/plan"), Button("Exposure", "do:/exposure"), Button("Status", "do:/status")),
    )


def risk_map_picture(alike: RiskMap, png: bytes | None) -> tuple[Picture, ...]:
    """The map with its sentence; nothing where none could be drawn."""
    caption = f"{marks.mode(alike.status.world)} · How alike coins move: daily returns of {alike.days} days"
    return () if png is None else (Picture(png, caption, "risk-map.png"),)


def _together(alike: RiskMap) -> Lines:
    """What the exposure comes to once coins that move alike count as one."""
    held = sum(bool(line.weight) for line in alike.lines)
    if held < _ENOUGH_COINS:
        return []
    if alike.effective is None:
        return wrapped("Correlation-weighted exposure: unknown, there are too few daily prices.")
    return [
        *pair("Correlation-weighted", n.share(alike.effective)),
        *wrapped(f"The {held} coins together swing like {n.share(alike.effective)} in a single one."),
    ]


def _shares(found: Exposure) -> Lines:
    rows = [
        ("Invested now", n.share(found.net)),
        # Only short positions make the two differ.
        *([("Long and short together", n.share(found.gross))] if found.gross != found.net else []),
        ("30 days, on average", n.share(found.average_30d)),
        (f"Since {n.local_day(found.status.since, found.status.world.timezone)}", n.share(found.average)),
        ("Cash", n.share(found.status.cash_weight)),
    ]
    return [line for label, value in rows for line in pair(label, value)]


def _coins(held: tuple[Holding, ...], quote: str) -> Lines:
    return table([(each.base, n.whole_money(each.value, quote), n.share(each.weight)) for each in held], "<>>")


def _beta(found: Exposure) -> Lines:
    if found.beta is not None:
        moves = "the same way" if found.beta >= 0 else "the other way"
        return [
            *pair("Beta to BTC", n.figure(found.beta)),
            *wrapped(f"When BTC moves 1 %, this moved about {n.figure(abs(found.beta))} % {moves}."),
        ]
    count = n.counted(found.daily_returns, "daily return")
    return wrapped(f"Beta to BTC: {count}, too few." if found.daily_returns < _ENOUGH else "Beta to BTC: unknown.")


def _table(found: Allocation) -> Lines:
    head = ("", "now", "plan", "gap")
    return table([head, *(_row(line) for line in found.lines)], "<>>>")


def _row(line: AllocationLine) -> tuple[str, str, str, str]:
    without = line.target is None
    target, gap = ("–", "–") if without else (n.share(line.target), n.points(line.gap))
    return line.base or "Cash", n.share(line.weight), target, gap


def _farthest(found: Allocation) -> str:
    """ ", BTC +3.2 pts from the plan"; nothing where all is as planned."""
    gaps = [(abs(line.gap), line) for line in found.lines if line.gap is not None and line.base]
    if not gaps:
        return ""
    size, line = max(gaps, key=lambda pair_: pair_[0])
    return f", {line.base} {n.points(line.gap)} from the plan" if n.points(size) != n.points(0) else ", as planned"
