"""How far each position is from its stop and its target."""

from __future__ import annotations

from decimal import Decimal

from trading.contract import Holding, Status
from trading.contract.books import ExitLine, Exits
from trading.domain.money import ZERO


def exits(status: Status) -> Exits:
    """Nearest stop first; positions without one last."""
    lines = sorted(map(exit_line, status.holdings), key=_nearness)
    return Exits(status.world, status.at, tuple(lines))


def exit_line(held: Holding) -> ExitLine:
    """The quantity of a short position is below zero, so that the same products tell what it loses and gains."""
    return ExitLine(
        holding=held,
        to_stop=_distance(held.price, held.stop),
        loss=_worth(held.quantity, held.price, held.stop, -1),
        to_target=_distance(held.price, held.target),
        gain=_worth(held.quantity, held.price, held.target, 1),
    )


def _worth(quantity: Decimal, price: Decimal | None, level: Decimal | None, sign: int) -> Decimal | None:
    """What the way from `price` to `level` brings (sign 1) or costs (-1); zero where that lies behind us."""
    return None if price is None or level is None else max(ZERO, quantity * (level - price) * sign)


def _distance(price: Decimal | None, level: Decimal | None) -> Decimal | None:
    """How far the price has to go, as a fraction of itself: below zero is down."""
    return level / price - 1 if price and level is not None else None


def _nearness(line: ExitLine) -> tuple[bool, Decimal]:
    return line.to_stop is None, abs(line.to_stop or ZERO)
