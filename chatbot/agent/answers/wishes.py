"""Wishes to act: a button per command, and words that say nothing is done yet."""

from __future__ import annotations

from collections.abc import Iterable

from chatbot.agent.answers.sources import answer, of_status
from chatbot.agent.asked.wished import Lacks
from chatbot.agent.queries import LookUp, SetStops, Unclear, WishToAct
from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import block, pair
from trading.contract import Holding, Reader, Status
from trading.domain.order import OrderStatus

_BUTTON_BYTES = 64
_MOST = 8
NOT_YET = "Nothing is done yet."
_DOES = {
    "/halt": "It stops everything but protective exits.",
    "/pause": "It lets nothing new be bought.",
    "/resume": "It lets it trade again.",
    "/panic": "It halts, cancels every order, and offers to sell all.",
    "/skip": "It leaves the next rebalance out.",
    "/cancel": "It lists the open orders to choose from.",
    "/unalert": "It lists the alerts to choose from.",
}
_SHARES = ("10%", "25%", "50%", "all")
_LEVELS = {"/stop": ("-2%", "-5%", "-10%", "off"), "/target": ("+5%", "+10%", "+20%", "off")}
_MOVES = ("+5%", "-5%", "+10%", "-10%")


async def wish(query: WishToAct, reader: Reader) -> Reply:
    """A button for each command; what is missing is said instead."""
    buttons = _buttons(query.commands)
    if not buttons:
        missing = query.missing or "Say it as a command, for example /buy 50 BTC."
        return Reply(text=answer(NOT_YET, missing), tone=Tone.WAITING)
    if query.missing:
        return Reply(text=answer(NOT_YET, query.missing), buttons=buttons, tone=Tone.WAITING)
    if query.command == "/cancel all":
        return await _cancel_all(reader, buttons)
    which = f"with {query.command}" if len(buttons) == 1 else "with one of these"
    does = _DOES.get(query.command, "")
    return Reply(
        text=f"{marks.WAITING} {NOT_YET} Press to go on {which}. {does}".rstrip(), buttons=buttons, tone=Tone.WAITING
    )


async def look_up(query: LookUp, reader: Reader) -> Reply:
    """A button that shows it; where commands can be run, it is shown at once instead."""
    return Reply(text=answer(f"{query.command} shows that."), buttons=_buttons((query.command,)))


async def set_stops(query: SetStops, reader: Reader) -> Reply:
    """Every position with its level now, and a button each that sets it."""
    status = await reader.status()
    if not status.holdings:
        return Reply(text=answer(f"No position is held, so there is no {query.kind} to set.", of_status(status)))
    shown = sorted(status.holdings, key=lambda held: held.value or 0, reverse=True)[:_MOST]
    commands = [f"/{query.kind} {held.base} {query.level}".rstrip() for held in shown]
    if query.level and len(shown) > 1:
        commands.insert(0, f"/{query.kind} all {query.level}")
    wanted = (
        f"{query.kind} at {query.level} from the entry" if query.level.endswith("%") else f"{query.kind} {query.level}"
    )
    return Reply(
        text=answer(
            f"{NOT_YET} One press sets the {wanted}: for all, or for one."
            if query.level
            else f"{NOT_YET} Which position?",
            of_status(status),
        ),
        card=block(*(_level_now(held, query.kind) for held in shown)),
        buttons=_buttons(commands),
        tone=Tone.WAITING,
    )


async def unclear(query: Unclear, reader: Reader) -> Reply:
    """What is open, asked back, with a button per choice."""
    status = await reader.status()
    choices, question = _choices(query, reader, status)
    buttons = _buttons(query.command.format(choice) for choice in choices)
    return Reply(text=answer(f"{NOT_YET} {question}"), buttons=buttons, tone=Tone.WAITING)


def _choices(query: Unclear, reader: Reader, status: Status) -> tuple[tuple[str, ...], str]:
    """What may be chosen, and the question for it."""
    command = query.command.split()[0]
    match query.lacks:
        case Lacks.HELD_COIN:
            held = tuple(holding.base for holding in status.holdings)[:_MOST]
            return held, "Which one?" if held else "No position is held."
        case Lacks.COIN:
            return tuple(instrument.base for instrument in reader.symbols())[:_MOST], "Which coin?"
        case Lacks.SHARE:
            whole = "free cash" if command == "/buy" else "the position"
            example = query.command.format("$50")
            return _SHARES, f"How much? A share of {whole}, or write it: {example}."
        case Lacks.LEVEL:
            return _LEVELS.get(command, _MOVES), f"At which level? Choose, or write it: {query.command.format('60k')}."
        case Lacks.CURRENCY:
            return _currency(query, status.world.quote)


def _currency(query: Unclear, quote: str) -> tuple[tuple[str, ...], str]:
    """A sum in our own currency goes on; in another it cannot be read."""
    if query.name == quote:
        return (quote.lower(),), "Press to go on."
    return (), f"Amounts here are in {quote}, and I convert no {query.name}. Say it in {quote}."


async def _cancel_all(reader: Reader, buttons: tuple[Button, ...]) -> Reply:
    """What would be cancelled, as it is now."""
    open_ = [order for order in await reader.books.open_orders() if order.status is not OrderStatus.INTENDED]
    what = f"{n.counted(len(open_), 'order')} open now." if open_ else "No order is open now."
    then = "Press to cancel what is open at that moment."
    mode = marks.mode(reader.world)
    return Reply(text=f"{marks.WAITING} {mode} · {NOT_YET} {what}\n{then}", buttons=buttons, tone=Tone.WAITING)


def _level_now(held: Holding, kind: str) -> list[str]:
    level = held.stop if kind == "stop" else held.target
    return [
        *pair(held.base, n.price(held.price, held.instrument)),
        *pair(f"  {kind} now", n.level(level, held.instrument)),
    ]


def _buttons(commands: Iterable[str]) -> tuple[Button, ...]:
    """One per command that fits a button."""
    found = (Button(command, f"do:{command}") for command in commands)
    return tuple(button for button in found if len(button.id.encode()) <= _BUTTON_BYTES and button.id.isascii())
