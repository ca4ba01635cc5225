"""The switches: pause, halt, resume."""

from __future__ import annotations

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Button, Reply, Role, Style, Tone
from chatbot.present import marks
from chatbot.present.cards.notices import state_switched
from chatbot.present.layout import prose
from trading.domain.risk import TradingState

_CONFIRM = Parameter("confirm", Kind.CHOICE, "the word confirm", choices=("confirm",))


async def pause(request: Request) -> Reply:
    """To REDUCING, at once."""
    return state_switched(await request.desk.pause(request.actor.label), request.desk.world)


async def halt(request: Request) -> Reply:
    """To HALTED, at once: nobody is asked twice in an emergency."""
    return state_switched(await request.desk.halt(request.actor.label), request.desk.world)


async def resume(request: Request) -> Reply:
    """From HALTED it asks once more: whoever halted had a reason."""
    status = await request.desk.status()
    if status.state is TradingState.HALTED and request.args.choice != "confirm":
        return Reply(
            text=prose(
                f"{marks.ATTENTION} {marks.mode(status.world)} · Trading is HALTED.",
                status.state_reason,
                "Resuming lets it buy and sell again. Confirm, or leave it.",
            ),
            buttons=(Button("Resume trading", "do:/resume confirm", Style.DANGER),),
            tone=Tone.WARNING,
        )
    return state_switched(await request.desk.resume(request.actor.label), request.desk.world)


COMMANDS = (
    Command("pause", "Exits only: nothing new is bought", "/pause", Role.TRADER, pause, (), False),
    Command("resume", "Back to normal trading", "/resume", Role.OWNER, resume, (_CONFIRM,), False),
    Command("halt", "Stop everything but protective exits", "/halt", Role.TRADER, halt, (), False),
)
