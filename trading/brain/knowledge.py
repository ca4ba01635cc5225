"""What a language model may have read about the days it is tried on: there it remembers, and does not foresee."""

from __future__ import annotations

from datetime import date


def caveat(model: str, reaches_to: date | None, first_day: date) -> str:
    """What to say of a run over the past that begins on `first_day` and that `model` decides; empty for nothing.

    `reaches_to` is the last day that the model's maker says it knows of; None where nobody says.
    """
    if reaches_to is None:
        return (
            f"How far the knowledge of {model} reaches is not known: results of the past are no evidence. "
            "MODEL_KNOWLEDGE_CUTOFF tells it."
        )
    if first_day > reaches_to:
        return ""
    return f"The model's knowledge reaches to {reaches_to:%Y-%m-%d}: results before that date are not evidence."
