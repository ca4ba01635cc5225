"""What an order book says about an order: how wide the market is, and how far the order would walk into it."""

from __future__ import annotations

from decimal import Decimal

from trading.domain.market import Depth
from trading.domain.money import ZERO
from trading.domain.order import Side


def spread(depth: Depth) -> Decimal:
    """The distance from best bid to best ask, as a fraction of the price in the middle."""
    bid, ask = depth.bids[0][0], depth.asks[0][0]
    return (ask - bid) / ((ask + bid) / 2)


def expected_slippage(depth: Depth, side: Side, quantity: Decimal) -> Decimal | None:
    """How much worse than the best price of its side a market order would fill on average, as a fraction.

    `quantity` is in base and above zero. None when the levels that are known do not hold all of it.
    """
    levels = depth.asks if side is Side.BUY else depth.bids
    left, value = quantity, ZERO
    for price, offered in levels:
        taken = min(left, offered)
        value += taken * price
        left -= taken
        if not left:
            return abs(value / quantity / levels[0][0] - 1)
    return None
