"""How we did beside the benchmarks."""

from __future__ import annotations

from chatbot.message import Button, Reply
from chatbot.present import finding, marks
from chatbot.present import numbers as n
from chatbot.present.cards import models
from chatbot.present.layout import Lines, block, capitalized, prose, table, wrapped
from trading.contract import Performance

_SHORT = {"BTC at our exposure": "BTC*"}
_ENOUGH_RETURNS = 30


def performance(performance: Performance) -> Reply:
    """Return, deepest fall and Sharpe ratio of every line over the window."""
    zone = performance.world.timezone
    days = n.counted(performance.days, "day")
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(performance.world)} · {comparison(performance)}",
            f"{capitalized(performance.window.label)} · {days} to {n.local_moment(performance.window.end, zone)}",
        ),
        card=block(_lines(performance), _footnotes(performance)),
        buttons=tuple(
            Button(label, f"do:/performance {words}") for label, words in (("30 days", "last 30 days"), ("All", "all"))
        ),
    )


def comparison(performance: Performance) -> str:
    """One sentence: ours against BTC and ETH, or our return alone where neither is known."""
    named = [name for name in ("BTC", "ETH") if performance.line(name)]
    if not named:
        return f"{finding.alone(performance)}; no benchmark prices."
    first, *rest = (finding.comparison(performance, name) for name in named)
    return ", ".join([first, *(clause[:1].lower() + clause[1:] for clause in rest)]) + "."


def returns(performance: Performance) -> str:
    """ "you +4.82 %, BTC +2.91 %, ETH +8.20 %."."""
    known = [line for line in performance.lines[1:] if line.name in ("BTC", "ETH")]
    others = "".join(f", {line.name} {n.percent(line.total_return)}" for line in known)
    return f"you {n.percent(performance.lines[0].total_return)}{others}."


def _lines(performance: Performance) -> Lines:
    enough = performance.daily_returns >= _ENOUGH_RETURNS
    rows = [
        (
            _SHORT.get(line.name, line.name),
            n.percent(line.total_return),
            n.percent(line.max_drawdown, 1),
            n.figure(line.sharpe) if enough and line.sharpe is not None else "\u2013",
        )
        for line in performance.lines
    ]
    return table([("", "return", "fall", "Sharpe"), *rows], "<>>>")


def _model_costs(performance: Performance) -> Lines:
    """What the curve leaves out, and the return with it."""
    if not performance.model_costs:
        return []
    cost, after = models.dollars(performance.model_costs), performance.after_model_costs
    return wrapped(f"Model calls {cost}{'' if after is None else f', after them {n.percent(after)}'}")


def _footnotes(performance: Performance) -> Lines:
    quote = performance.world.quote
    count = performance.daily_returns
    sample = n.counted(count, "daily return")
    mixed = any(line.name in _SHORT for line in performance.lines)
    return [
        *wrapped(f"Fees {n.money(performance.fees, quote)} in {n.counted(performance.trades, 'trade')}"),
        *_model_costs(performance),
        *wrapped(f"Invested {n.share(performance.exposure)} on average"),
        *wrapped(f"Sharpe from {sample}" if count >= _ENOUGH_RETURNS else f"Sharpe: {sample}, too few"),
        *(wrapped("* BTC at our exposure, rest cash") if mixed else []),
    ]
