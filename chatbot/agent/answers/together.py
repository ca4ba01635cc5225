"""Several answers as one message."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.message import Button, Reply

_MOST_BUTTONS = 4


def together(replies: Sequence[Reply]) -> Reply:
    """Each with its own sources, one after the other; a card stays under all the words."""
    buttons: dict[str, Button] = {button.id: button for reply in replies for button in reply.buttons}
    return Reply(
        text="\n\n".join(reply.text for reply in replies),
        card="\n\n".join(reply.card for reply in replies if reply.card),
        tables=tuple(table for reply in replies for table in reply.tables),
        pictures=tuple(picture for reply in replies for picture in reply.pictures),
        buttons=tuple(buttons.values())[:_MOST_BUTTONS],
        ok=any(reply.ok for reply in replies),
    )
