"""Guards that look at one coin at a time. Each yields the weights it changes; none ever makes a trade larger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from trading.domain.market import base_of
from trading.domain.money import ONE, ZERO
from trading.domain.plan import Clamp, TargetWeight
from trading.risk.standing import Standing, Wanted, weight_clamp

ROUND_TRIP = 2
"""What is bought is sold again some day: a trade pays the taker's fee twice."""


def drawdown_stop(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """From the largest drawdown on, nothing is bought."""
    most, drawdown = standing.guards.max_drawdown, standing.history.drawdown
    if most is None or drawdown is None or -drawdown < most:
        return
    why = f"is not bought: the portfolio is {-drawdown:.1%} below its peak, and from {most:.1%} on it only sells."
    for want in wanted.values():
        if want.weight > standing.now(want.symbol):
            yield weight_clamp("drawdown stop", want, standing.now(want.symbol), None, why)


def largest_position(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """No weight above the largest position, held already or not."""
    most = standing.guards.max_weight
    for want in wanted.values():
        if want.weight > most:
            yield weight_clamp("largest position", want, most, most, f"is kept to {most:.1%} of equity at most.")


def reentry_pause(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """What was sold whole is not bought again for a while."""
    pause = standing.guards.reentry_pause
    for want in wanted.values():
        sold = standing.history.sold.get(want.symbol)
        if want.weight > standing.now(want.symbol) and _lasts(sold, pause, standing.at):
            why = f"was sold less than {_hours(pause)} ago and is not bought again yet."
            yield weight_clamp("re-entry pause", want, standing.now(want.symbol), None, why)


def floor(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """Selling stops at the floor. A floor buys nothing."""
    for want in wanted.values():
        least = standing.guards.floors.get(base_of(want.symbol), ZERO)
        kept = min(least, standing.most_kept(want.symbol))
        if want.weight < kept:
            why = f"is not sold below its floor of {least:.1%}."
            yield weight_clamp(f"{base_of(want.symbol)} floor", want, kept, least, why)


def minimum_holding(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """What was just bought is not sold by a plan; stops and people still may."""
    least = standing.guards.min_holding
    for want in wanted.values():
        kept = standing.most_kept(want.symbol)
        if want.weight < kept and _lasts(standing.history.bought.get(want.symbol), least, standing.at):
            why = f"was bought less than {_hours(least)} ago and is not sold yet."
            yield weight_clamp("minimum holding", want, kept, None, why)


def price_bounds(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """Nothing is traded in a coin whose price has left the bounds that its decision named."""
    for want in wanted.values():
        price = _price(want, standing)
        if price is None:
            continue
        if want.lowest is not None and price < want.lowest:
            why = f"is at {price:,f}, below the {want.lowest:,f} decided on."
            yield _untraded("price bounds", want, standing, why)
        elif want.highest is not None and price > want.highest:
            why = f"is at {price:,f}, above the {want.highest:,f} decided on."
            yield _untraded("price bounds", want, standing, why)


def smallest_trade(wanted: Wanted, standing: Standing) -> Iterator[Clamp]:
    """No trade that is worth too little after the fees of a round trip. Selling all of a coin is never too small."""
    least = standing.guards.min_trade
    for want in wanted.values():
        value = standing.value(want)
        worth = value * (ONE - ROUND_TRIP * standing.fees.get(want.symbol, ZERO))
        if want.weight and value and worth < least:
            why = f"is left alone: {worth:,.2f} {standing.quote} after fees is below the {least:,.2f} of MIN_TRADE."
            yield _untraded("smallest trade", want, standing, why)


def _untraded(guard: str, want: TargetWeight, standing: Standing, why: str) -> Clamp:
    return weight_clamp(guard, want, standing.untraded(want), None, why)


def _price(want: TargetWeight, standing: Standing) -> Decimal | None:
    """What the coin would trade at: the ask for buying, the bid for selling; None where there is nothing to trade."""
    quote, change = standing.quotes.get(want.symbol), standing.change(want)
    if quote is None or not change:
        return None
    return quote.ask if change > 0 else quote.bid


def _lasts(since: datetime | None, pause: timedelta, at: datetime) -> bool:
    return since is not None and at - since < pause


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g} h"
