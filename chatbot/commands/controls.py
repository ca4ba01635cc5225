"""What people set about positions and orders: stops, targets, price alerts, cancelling, panic."""

from __future__ import annotations

from dataclasses import replace

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Request
from chatbot.message import Button, Reply, Role, Tone
from chatbot.present.cards import alerts as alert_cards
from chatbot.present.cards import all_levels as all_cards
from chatbot.present.cards import approvals, cancels
from chatbot.present.cards import levels as cards
from chatbot.present.layout import block, prose
from chatbot.present.refusals import refusal, sentence
from trading.contract.controls import LevelKind, LevelUnit
from trading.domain.risk import Refused

_SYMBOL = Parameter("symbol", Kind.SYMBOL, "which coin, such as BTC", required=True)
_POSITION = Parameter("symbol", Kind.SYMBOL, "which coin, such as BTC, or all", required=True, choices=("all",))
_CONFIRM = Parameter("confirm", Kind.CHOICE, "the word confirm", choices=("confirm",))
_STOP = Parameter(
    "stop", Kind.LEVEL, "a price, -5% from the entry, off, or default", choices=("-2%", "-5%", "-10%", "off", "default")
)
_TARGET = Parameter(
    "target", Kind.LEVEL, "a price, +10% from the entry, off, or default", choices=("+5%", "+10%", "+20%", "off")
)
_CONDITION = Parameter(
    "condition",
    Kind.CONDITION,
    "what the price does, such as > 70k, -5%, or +10% 24h",
    required=True,
    choices=("+5%", "-5%", "+10%", "-10%", "+5% 24h", "-5% 24h", "-5% 1h"),
)
_ALERT = Parameter("alert", Kind.ID, "which alert, by its id in /alerts")
_ORDER = Parameter("order", Kind.ID, "the order's id, or all")


async def stop(request: Request) -> Reply:
    """Show or set a position's stop."""
    return await _level(request, "stop")


async def target(request: Request) -> Reply:
    """Show or set a position's target."""
    return await _level(request, "target")


async def _level(request: Request, kind: LevelKind) -> Reply:
    if request.args.text == "all":
        return await _all_levels(request, kind)
    controls, world, symbol = request.desk.controls, request.desk.world, request.args.symbol or ""
    now = controls.level(kind, symbol)
    if isinstance(now, Refused):
        return refusal(now, world)
    wanted = request.args.level
    if wanted is None:
        return cards.shown(now, world)
    if wanted.unit is LevelUnit.OFF and now.new is not None and request.args.choice != "confirm":
        return cards.confirm_off(now, world)
    outcome = await controls.set_level(kind, symbol, wanted, request.actor.label)
    return refusal(outcome, world) if isinstance(outcome, Refused) else cards.changed(outcome, world)


async def _all_levels(request: Request, kind: LevelKind) -> Reply:
    """The same for every position: each is set by itself, and what is refused for one is told beside the others."""
    controls, world, wanted = request.desk.controls, request.desk.world, request.args.level
    held = [holding.symbol for holding in (await request.desk.status()).holdings]
    if wanted is None:
        return all_cards.shown([controls.level(kind, symbol) for symbol in held], kind, world)
    if wanted.unit is LevelUnit.OFF and request.args.choice != "confirm":
        return all_cards.confirm_off([controls.level(kind, symbol) for symbol in held], kind, world)
    outcomes = [await controls.set_level(kind, symbol, wanted, request.actor.label) for symbol in held]
    return all_cards.changed(outcomes, kind, world)


async def alerts(request: Request) -> Reply:
    """The prices that are watched."""
    return alert_cards.listed(request.desk.controls.alerts(), request.desk.world)


async def unalert(request: Request) -> Reply:
    """Watch a price no longer; without an id, those that are watched, each with a button that removes it."""
    if not request.args.text:
        return await alerts(request)
    outcome = await request.desk.controls.remove_alert(request.args.text, request.actor.label)
    world = request.desk.world
    return refusal(outcome, world) if isinstance(outcome, Refused) else alert_cards.removed(outcome, world)


async def alert(request: Request) -> Reply:
    """Watch a price."""
    symbol, condition = request.args.symbol, request.args.condition
    if symbol is None or condition is None:
        raise ValueError("an alert needs a symbol and a condition; the registry declares both as required")
    outcome = await request.desk.controls.add_alert(symbol, condition, request.actor.label)
    world = request.desk.world
    return refusal(outcome, world) if isinstance(outcome, Refused) else alert_cards.added(outcome, world)


async def cancel(request: Request) -> Reply:
    """List our open orders, or cancel one, or all of them."""
    controls, world, wanted = request.desk.controls, request.desk.world, request.args.text
    waiting = await controls.open_orders()
    if not wanted or not waiting:
        return cancels.waiting(waiting, world)
    outcome = await controls.cancel(wanted, request.actor.label)
    return refusal(outcome, world) if isinstance(outcome, Refused) else cancels.cancelled(outcome, world)


async def panic(request: Request) -> Reply:
    """Halt and cancel at once; then one button that sells everything."""
    desk, label = request.desk, request.actor.label
    halted = cancels.panic(await desk.controls.panic(label), desk.world)
    outcome = await desk.preview_flatten(label, person=request.actor.person or request.actor.key)
    if isinstance(outcome, Refused):
        return replace(halted, text=prose(halted.text, sentence(outcome)), buttons=(Button("Resume", "do:/resume"),))
    card = approvals.waiting(outcome, desk.world)
    return replace(
        card,
        text=f"{halted.text}\n\n{card.text}",
        card=block(*(part.splitlines() for part in (halted.card, card.card) if part)),
        tone=Tone.WARNING,
    )


COMMANDS = (
    Command("stop", "Show or set a stop", "/stop btc -5%", Role.TRADER, stop, (_POSITION, _STOP, _CONFIRM), False),
    Command(
        "target", "Show or set a target", "/target btc +10%", Role.TRADER, target, (_POSITION, _TARGET, _CONFIRM), False
    ),
    Command("alerts", "Prices that are watched", "/alerts", Role.VIEWER, alerts),
    Command("alert", "Be told of a price", "/alert btc > 70k", Role.TRADER, alert, (_SYMBOL, _CONDITION), False),
    Command("unalert", "Watch a price no longer", "/unalert 5e5e", Role.TRADER, unalert, (_ALERT,), False),
    Command("cancel", "Cancel open orders of ours", "/cancel all", Role.TRADER, cancel, (_ORDER,), False),
    Command("panic", "Halt, cancel all, and offer to sell all", "/panic", Role.TRADER, panic, (), False),
)
