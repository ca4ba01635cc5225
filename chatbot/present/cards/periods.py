"""A report over a day, a week or a month, asked for at any time."""

from __future__ import annotations

from chatbot.message import Button, Picture, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.ledger import profit_finding, profit_rows
from chatbot.present.cards.performance import comparison
from chatbot.present.cards.predictions import finding, score_lines
from chatbot.present.cards.profit import parts
from chatbot.present.cards.reports import equity_picture
from chatbot.present.cards.status import holdings
from chatbot.present.layout import Lines, block, capitalized, pair, prose, table
from trading.contract.books import ModelCosts, PeriodReport
from trading.contract.books.outcomes import PeriodOutcomes
from trading.domain.market import base_of

_CHOICES = ("daily", "weekly", "monthly")


def report(found: PeriodReport, png: bytes | None) -> Reply:
    """The span's money, the gaps to BTC and ETH, what is held, with the equity picture of the span."""
    world, quote = found.world, found.world.quote
    head = f"{found.name.capitalize()} report {n.local_day(found.at, world.timezone)}"
    return Reply(
        text=prose(
            f"{marks.REPORT} {head} · {marks.mode(world)}",
            f"{capitalized(found.whole.window.label)}: {_lower(profit_finding(found.whole, quote))}",
            comparison(found.period) if found.period else "",
            finding(found.outcomes.score) if found.outcomes else "",
            world.caveat,
        ),
        card=block(
            _totals(found), _span(found), parts(found.parts, quote), *_outcomes(found.outcomes, quote), _held(found)
        ),
        pictures=(_picture(found, png),) if png is not None else (),
        buttons=tuple(Button(name.capitalize(), f"do:/report {name}") for name in _CHOICES if name != found.name),
    )


def _picture(found: PeriodReport, png: bytes) -> Picture:
    drawn = found.period or found.since_start
    assert drawn is not None, "a picture shows some performance"
    return equity_picture(drawn, png)


def _totals(found: PeriodReport) -> Lines:
    quote = found.world.quote
    total = found.since_start.lines[0].total_return if found.since_start else None
    return table(
        [
            ("Equity", n.money(found.equity, quote), n.percent(total)),
            ("Change", n.signed_money(found.whole.change, quote), n.percent(found.whole.change_fraction)),
        ],
        "<>>",
    )


def _span(found: PeriodReport) -> Lines:
    return [
        *profit_rows(found.whole, found.world.quote),
        *pair("Trades", f"{found.whole.trades:,}"),
        *pair("State", found.state.value),
    ]


def _outcomes(outcomes: PeriodOutcomes | None, quote: str) -> list[Lines]:
    """Trades that were closed, predictions that were settled, and what a model cost."""
    if outcomes is None:
        return []
    return [_closed(outcomes, quote), score_lines(outcomes.score), _model(outcomes.models)]


def _closed(outcomes: PeriodOutcomes, quote: str) -> Lines:
    best, worst = outcomes.best, outcomes.worst
    if best is None or worst is None:
        return []
    if outcomes.closed == 1:
        return pair(f"Closed {base_of(best.symbol)}", n.signed_money(best.realized, quote))
    return [
        *pair("Positions closed", f"{outcomes.closed:,}"),
        *pair(f"Best {base_of(best.symbol)}", n.signed_money(best.realized, quote)),
        *pair(f"Worst {base_of(worst.symbol)}", n.signed_money(worst.realized, quote)),
    ]


def _model(models: ModelCosts) -> Lines:
    if not models.calls:
        return []
    cost = n.money(models.cost, "USD") if any(use.cost is not None for use in models.uses) else n.UNKNOWN
    return pair("Model", f"{cost}, {n.counted(models.calls, 'call')}")


def _held(found: PeriodReport) -> Lines:
    return holdings(found.holdings, found.cash, found.cash_weight, found.world.quote)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
