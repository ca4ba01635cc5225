"""How earlier decisions fared, as figures with references, and their words as words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trading.brain.facts_table import FactTable

Record = Mapping[str, Any]
"""What :func:`trading.decision.track_record.track_record` makes."""

_STATISTICS = ("count", "win_rate", "mean_return", "mean_hours", "fees")
_TRADE = ("symbol", "hours", "return", "realized", "fees", "slippage", "best", "worst", "source")
_PREDICTION = ("symbol", "direction", "target", "invalidation", "until", "confidence", "status")
_SCORE = ("open", "hit", "invalidated", "expired", "hit_rate")
_BUCKET = ("from", "to", "said", "hit", "count")


def outcome_tables(record: Record) -> tuple[FactTable, ...]:
    """Closed trades and statistics over them, predictions and how sure they were; the newest trade is trade.1."""
    statistics = record["statistics"]
    grouped = {
        f"record.{kind}.{name}": s for kind in ("symbol", "source") for name, s in statistics[f"by_{kind}"].items()
    }
    regimes = {f"record.regime.{number}": s for number, s in enumerate(statistics["by_regime"].values(), 1)}
    trades = {f"trade.{number}": review for number, review in enumerate(reversed(record["reviews"]), 1)}
    buckets = {f"calibration.{number}": each for number, each in enumerate(record["predictions"]["calibration"], 1)}
    return (
        _table("Closed trades", _TRADE, trades),
        _table("Statistics of closed trades", _STATISTICS, {"record.all": statistics["all"], **grouped, **regimes}),
        _table("Predictions that were scored", _SCORE, {"predictions": record["predictions"]}),
        _table("What was said with which confidence, and how much of it came true", _BUCKET, buckets),
        _table("Predictions of the last theses", _PREDICTION, _predictions(record["theses"])),
    )


def outcome_words(record: Record) -> dict[str, str]:
    """Reasons, regimes and theses, by what they are; what is empty is left out."""
    regimes = (f"record.regime.{number}: {name}" for number, name in enumerate(record["statistics"]["by_regime"], 1))
    trades = (
        f"trade.{number}: {review['reason']} (regime: {review['regime']})"
        for number, review in enumerate(reversed(record["reviews"]), 1)
        if review["reason"]
    )
    theses = (f"thesis.{number}, {each['at']}: {each['text']}" for number, each in _numbered(record["theses"]))
    words = {
        "why the closed trades were opened": "\n".join(trades),
        "the regimes that trades were opened in": "\n".join(regimes),
        "the last theses, the running one first": "\n".join(theses),
    }
    return {name: text for name, text in words.items() if text}


def _predictions(theses: Sequence[Record]) -> dict[str, Record]:
    return {
        f"thesis.{number}.prediction.{place}": made
        for number, thesis in _numbered(theses)
        for place, made in enumerate(thesis["predictions"], 1)
    }


def _numbered(theses: Sequence[Record]) -> list[tuple[int, Record]]:
    """Newest first, the running one is thesis.1."""
    return list(enumerate(reversed(theses), 1))


def _table(name: str, columns: Sequence[str], rows: Mapping[str, Record]) -> FactTable:
    return FactTable.of(
        name, columns, {row: tuple(_cell(cells.get(c)) for c in columns) for row, cells in rows.items()}
    )


def _cell(value: object) -> str | None:
    return None if value is None else str(value)
