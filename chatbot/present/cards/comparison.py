"""Ours beside everything else the money could have been in, over the same time."""

from __future__ import annotations

from chatbot.message import Button, Picture, Reply
from chatbot.present import finding, marks
from chatbot.present import numbers as n
from chatbot.present.layout import Lines, block, capitalized, prose, table, wrapped
from trading.contract import Line, Performance

AT_OUR_EXPOSURE = "BTC at our exposure"
_SHORT = {AT_OUR_EXPOSURE: "BTC*", "Portfolio": "You"}


def comparison(performance: Performance, png: bytes) -> Reply:
    """Each benchmark's return and how far ahead of it we are, with all of them in the picture."""
    world = performance.world
    ahead, others = _beaten(performance)
    caption = f"{marks.mode(world)} · {finding.finding(performance)}"
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(world)} · {finding.finding(performance)}.",
            f"{capitalized(performance.window.label)}: ahead of {ahead} of {others}. Fees in.",
        ),
        card=block(_rows(performance), _footnotes(performance)),
        pictures=(Picture(png, caption, "comparison.png"),),
        buttons=tuple(
            Button(label, f"do:/compare {words}")
            for label, words in (("7 days", "last 7 days"), ("30 days", "last 30 days"), ("All", "all"))
        ),
    )


def _beaten(performance: Performance) -> tuple[int, int]:
    ours, *others = performance.lines
    return sum(ours.total_return > line.total_return for line in others), len(others)


def _rows(performance: Performance) -> Lines:
    ours = performance.lines[0]
    rows = [
        (_SHORT.get(line.name, line.name), n.percent(line.total_return), _gap(ours, line)) for line in performance.lines
    ]
    return table([("", "return", "you ahead"), *rows], "<>>")


def _gap(ours: Line, line: Line) -> str:
    return "" if line is ours else n.points(ours.total_return - line.total_return)


def _footnotes(performance: Performance) -> Lines:
    mixed = performance.line(AT_OUR_EXPOSURE) is not None
    held = f"{n.share(performance.exposure)} invested on average."
    return [
        *(wrapped(f"* BTC in the share we were invested, the rest cash; {held}") if mixed else wrapped(held)),
        *wrapped("Benchmarks pay no fees; cash earns nothing."),
    ]
