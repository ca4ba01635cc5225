"""What is held, in short, with buttons that lead on."""

from __future__ import annotations

from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards.status import holdings
from chatbot.present.layout import block, prose
from trading.contract import Holding, Status

_MOST_WITH_BUTTONS = 4


def positions(status: Status) -> Reply:
    """Size, worth and share of each; cash last."""
    quote, held = status.world.quote, status.holdings
    if not held:
        head = f"No position; {n.money(status.cash, quote)} in cash."
        return Reply(text=f"{marks.ANSWER} {marks.mode(status.world)} · {head}")
    invested = None if status.cash_weight is None else 1 - status.cash_weight
    return Reply(
        text=prose(
            f"{marks.ANSWER} {marks.mode(status.world)} · "
            f"{n.counted(len(held), 'position')}, {n.share(invested)} invested.",
            f"Equity {n.money(status.equity, quote)}, prices {n.age(status.price_age)}.",
        ),
        card=block(holdings(held, status.cash, status.cash_weight, quote)),
        buttons=(
            *(button for holding in held[:_MOST_WITH_BUTTONS] for button in _buttons(holding)),
            Button("All stops", "do:/stops"),
        ),
    )


def _buttons(held: Holding) -> tuple[Button, ...]:
    """Closing only asks for a preview."""
    return (
        Button(f"{held.base} chart", f"do:/chart {held.base}"),
        Button(f"{held.base} stop", f"do:/stop {held.base}"),
        Button(f"Close {held.base}", f"do:/close {held.base}"),
    )
