"""Answers about risk: falls and fluctuations, exposure, stops, and an order that is only reckoned."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chatbot.agent.answers.falls import cause
from chatbot.agent.answers.records import symbol_of
from chatbot.agent.answers.results import EquityCharts, benchmarks_of, falls, nothing_measured, too_few
from chatbot.agent.answers.sources import answer, of_performance, of_status
from chatbot.agent.answers.spoken import resolve
from chatbot.agent.queries import Benchmark, DrawdownRisk, ExposureAsked, RiskFigure, StopsAsked, WhatIf
from chatbot.message import Button, Reply
from chatbot.present import numbers as n
from chatbot.present.cards import risk as risk_cards
from chatbot.present.cards import status as status_cards
from chatbot.present.cards.reports import equity_picture
from chatbot.present.layout import block
from trading.contract import Holding, Performance, Reader, Status
from trading.contract.books import Exposure, RiskView
from trading.domain.order import Side

_BEYOND = (RiskFigure.BETA, RiskFigure.TAIL)
"""Figures that the performance does not hold."""


async def risk(query: DrawdownRisk, reader: Reader, charts: EquityCharts) -> Reply:
    """The deepest fall and the ratios; what was asked for by name comes first."""
    window = resolve(query.window, reader)
    performance = await reader.performance(window)
    if performance is None:
        return await nothing_measured(window, reader)
    if RiskFigure.CAUSE in query.figures:
        return await cause(performance, reader)
    ours = performance.lines[0]
    named = [await _named(figure, performance, reader) for figure in query.figures if figure is not RiskFigure.DRAWDOWN]
    deepest = (
        f"Deepest fall {performance.window.label}: {falls(performance, benchmarks_of(Benchmark.BOTH, performance))}."
    )
    ratios = (
        f"Sharpe {n.figure(ours.sharpe)}, volatility {_share(ours.volatility)} a year, "
        f"{n.share(performance.exposure)} invested on average."
    )
    lead = named if query.figures and query.figures[0] is not RiskFigure.DRAWDOWN else []
    rest = [line for line in named if line not in lead]
    text = answer(*lead, deepest, *rest, ratios, too_few(performance), of_performance(performance))
    picture = equity_picture(performance, await charts.equity(performance))
    return Reply(text=text, pictures=(picture,), buttons=(Button("Risk", "do:/risk"), Button("Limits", "do:/limits")))


async def _named(figure: RiskFigure, performance: Performance, reader: Reader) -> str:
    """One figure that was asked for by name."""
    ours = performance.lines[0]
    match figure:
        case RiskFigure.BETA:
            return _beta(await reader.books.exposure())
        case RiskFigure.TAIL:
            return _tail(await reader.books.risk())
        case RiskFigure.SHARPE:
            return f"Sharpe ratio {performance.window.label}: {n.figure(ours.sharpe)}."
        case RiskFigure.VOLATILITY:
            return f"Volatility {performance.window.label}: {_share(ours.volatility)} a year."
        case _:
            return f"The {figure.value.capitalize()} ratio is not among the figures kept."


def _beta(found: Exposure) -> str:
    """Against BTC, since inception; a figure from too few days is none."""
    if found.beta is None:
        return f"Beta to BTC: unknown, from {n.counted(found.daily_returns, 'daily return')}."
    return f"Beta to BTC {n.figure(found.beta)} since inception, from {n.counted(found.daily_returns, 'daily return')}."


def _tail(found: RiskView) -> str:
    if found.value_at_risk is None:
        return f"Value at risk: unknown, from {n.counted(found.daily_returns, 'daily return')}."
    return f"One day in twenty lost over {n.money(found.value_at_risk, found.status.world.quote)}."


def _share(value: float | None) -> str:
    return n.UNKNOWN if value is None else n.share(value)


async def exposure(query: ExposureAsked, reader: Reader) -> Reply:
    """How much is invested, with the coins below."""
    found = await reader.books.exposure()
    most = f", most in {found.largest.base} ({n.share(found.largest.weight)})" if found.largest else ""
    average = f"On average {n.share(found.average_30d)} over 30 days, {n.share(found.average)} since inception."
    status = found.status
    return Reply(
        text=answer(f"{n.share(found.net)} invested{most}.", average, of_status(status)),
        card=block(status_cards.holdings(status.holdings, status.cash, status.cash_weight, status.world.quote)),
        buttons=(Button("Exposure", "do:/exposure"), Button("Risk", "do:/risk")),
    )


async def stops(query: StopsAsked, reader: Reader) -> Reply:
    """Where the exits are, and what they would cost from now."""
    found, status = await reader.books.exits(), await reader.status()
    if query.symbol is not None:
        found = replace(found, lines=tuple(line for line in found.lines if line.holding.base == query.symbol))
    about = query.symbol or "position"
    if not found.lines:
        return Reply(text=answer(f"No {about} is held, so there is no stop.", of_status(status)))
    bare = ", ".join(held.base for held in found.unprotected)
    reply = risk_cards.stops(found)
    first = f"If all stops here fire, about {n.money(found.loss, found.world.quote)} is lost from now."
    if len(found.unprotected) == len(found.lines):
        first = "No stop is set." if query.symbol is None else f"{query.symbol} has no stop."
        bare = ""
    return replace(reply, text=answer(first, f"Without a stop: {bare}." if bare else "", of_status(status)))


async def positions_at_risk(reader: Reader) -> Reply:
    """The figures that risk is made of: the fall, the largest position, what has no stop."""
    found = await reader.books.risk()
    status = found.status
    largest = max(status.holdings, key=lambda held: abs(held.weight or Decimal(0)), default=None)
    bare = ", ".join(held.base for held in found.exits.unprotected)
    lines = [
        f"Now {n.percent(found.drawdown, 1)} from the highest, deepest {n.percent(found.deepest, 1)}.",
        f"Largest position: {largest.base}, {n.share(largest.weight)} of equity."
        if largest
        else "No position is held.",
        f"Without a stop: {bare}." if bare else "",
        "Stops, limits and smaller positions are yours to set.",
        of_status(status),
    ]
    return Reply(
        text=answer(lines[0], *lines[1:]),
        buttons=(Button("Risk", "do:/risk"), Button("Stops", "do:/stops"), Button("Limits", "do:/limits")),
    )


async def _price(base: str, reader: Reader) -> Decimal | None:
    """What one coin costs: a reckoning of the smallest order tells."""
    found = await reader.books.what_if(Side.BUY, symbol_of(base, reader) or "", Decimal(1))
    return None if found is None else found.price


def _more_than_held(base: str, held: Holding | None, status: Status) -> str:
    if held is None:
        return f"No {base} is held, so none can be sold."
    return f"That is more than is held: {n.quantity(held.quantity, held.instrument)} {base}, " + (
        f"worth {n.money(held.value, status.world.quote)}."
    )


async def what_if(query: WhatIf, reader: Reader) -> Reply:
    """What an order would cost and leave; nothing is placed, and a button asks for the real preview."""
    status = await reader.status()
    held = next((each for each in status.holdings if each.base == query.symbol), None)
    whole = status.cash if query.side is Side.BUY else (held.value if held else None)
    if query.fraction and whole is None:
        return Reply(text=answer(f"No {query.symbol} is held, so none can be sold.", of_status(status)))
    price = await _price(query.symbol, reader) if query.coins else None
    if query.coins and price is None:
        return Reply(text=answer(f"Unknown: there is no price of {query.symbol}.", of_status(status)))
    notional = query.amount * (price or 1) if not query.fraction or whole is None else query.amount * whole
    if query.side is Side.SELL and (held is None or (whole is not None and notional > whole)):
        return Reply(text=answer(_more_than_held(query.symbol, held, status), of_status(status)))
    found = await reader.books.what_if(query.side, symbol_of(query.symbol, reader) or "", notional)
    if found is None:
        return Reply(text=answer(f"Unknown: there is no price of {query.symbol}.", of_status(status)))
    quote, word = status.world.quote, "Buying" if query.side is Side.BUY else "Selling"
    size = f"{n.quantity(found.quantity, found.instrument)} {query.symbol}"
    left = (
        f"Cash after it: {n.money(found.cash_after, quote)}."
        if not found.short_of_cash
        else "There is not that much cash."
    )
    return Reply(
        text=answer(
            f"{word} {n.money(notional, quote)} of {query.symbol} is {size} at "
            f"{n.price(found.price, found.instrument)}, "
            f"fee about {n.money(found.fee, quote)}.",
            f"{query.symbol} goes from {n.share(found.weight_before)} to {n.share(found.weight_after)} of equity.",
            left,
            "Reckoned only, at the last price; limits are not checked.",
            of_status(status),
        ),
        buttons=(Button("Preview it", f"do:/{query.side.value} ${notional:.2f} {query.symbol}"),),
    )
