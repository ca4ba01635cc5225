"""Wishes to trade. Every one ends in a preview that a person must press, or in a refusal."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chatbot.commands.arguments import Kind, Parameter
from chatbot.commands.registry import Command, Handler, Request
from chatbot.message import Button, Reply, Role
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import approvals, decisions, differences, progress
from chatbot.present.layout import prose
from chatbot.present.refusals import refusal
from trading.contract import Amount, AmountUnit, ApprovalView, Observer
from trading.domain.order import Side
from trading.domain.plan import Cycle
from trading.domain.risk import Refused

_SYMBOL = Parameter("symbol", Kind.SYMBOL, "which coin, such as BTC", required=True)
_AMOUNT = Parameter("amount", Kind.AMOUNT, "how much, such as $50, 0.01 (coins), 10% or all", required=True)
_CARD = Parameter("card", Kind.TEXT, "which card, if several wait")
_MOST_CARDS = 8


async def buy(request: Request) -> Reply:
    """A preview of a purchase, or a refusal."""
    return await _order(request, Side.BUY)


async def sell(request: Request) -> Reply:
    """A preview of a sale, or a refusal."""
    return await _order(request, Side.SELL)


async def close(request: Request) -> Reply:
    """A preview of selling a whole position."""
    symbol = request.args.symbol or ""
    return _preview(request, await request.desk.preview_close(symbol, request.actor.label, person=_person(request)))


async def flatten(request: Request) -> Reply:
    """A preview of selling everything."""
    return _preview(request, await request.desk.preview_flatten(request.actor.label, person=_person(request)))


async def rebalance(request: Request) -> Reply:
    """A decision now: a preview of its trades, or why it holds."""
    outcome = await request.desk.preview_rebalance(
        request.actor.label, person=_person(request), observer=_observer(request)
    )
    return _preview(request, outcome)


async def pending(request: Request) -> Reply:
    """The card that waits, an approval's or a difference's, or a list to open one from."""
    waiting = await _waiting(request)
    wanted = [card for card in waiting if card.id.startswith(request.args.text.lower() or "\0")]
    if len(waiting) == 1 or len(wanted) == 1:
        return (wanted or waiting)[0].shown
    mode = marks.mode(request.desk.world)
    if not waiting:
        return Reply(text=f"{marks.ANSWER} {mode} · No card waits.")
    listed = waiting[:_MOST_CARDS]
    return Reply(
        text=prose(
            f"{marks.WAITING} {mode} · {len(waiting)} cards wait. Open one:", *(card.one_line for card in listed)
        ),
        buttons=tuple(Button(card.title, f"do:/pending {card.id[:12]}") for card in listed),
    )


@dataclass(frozen=True, slots=True)
class _Card:
    """Something that waits for a person."""

    id: str
    title: str
    one_line: str
    shown: Reply


async def _waiting(request: Request) -> list[_Card]:
    """Differences first: they hold up what approvals could bring."""
    desk, world = request.desk, request.desk.world
    found = [
        _Card(d.id, differences.short_title(d), differences.one_line(d), differences.card(d, world))
        for d in await desk.discrepancies()
    ]
    views = [
        _Card(
            view.approval.id,
            approvals.short_title(view),
            approvals.one_line(view, world),
            approvals.waiting(view, world),
        )
        for view in await desk.pending()
    ]
    return [*found, *views]


async def _order(request: Request, side: Side) -> Reply:
    symbol, amount = request.args.symbol, request.args.amount
    if symbol is None or amount is None:
        raise ValueError("an order needs a symbol and an amount; the registry declares both as required")
    outcome = await request.desk.preview_order(side, symbol, amount, request.actor.label, person=_person(request))
    reply = _preview(request, outcome)
    return replace(reply, text=prose(reply.text, f"Read as: {_reading(request, side, symbol, amount)}."))


def _observer(request: Request) -> Observer | None:
    """Shows each step where the platform can edit one message."""
    show, world = request.progress, request.desk.world
    if show is None:
        return None
    return lambda step, detail: show(progress.step(step, detail, world))


def _person(request: Request) -> str:
    """The one who asks, the same on every platform: where two must agree, that one is the first."""
    return request.actor.person or request.actor.key


def _preview(request: Request, outcome: ApprovalView | Cycle | Refused) -> Reply:
    world = request.desk.world
    if isinstance(outcome, Refused):
        return refusal(outcome, world)
    if isinstance(outcome, Cycle):
        return decisions.cycle(outcome, world)
    return approvals.card(outcome, world)


def _reading(request: Request, side: Side, symbol: str, amount: Amount) -> str:
    """How the amount was understood, in words that leave no doubt about its unit."""
    instrument = next(i for i in request.desk.symbols() if i.symbol == symbol)
    if amount.unit is AmountUnit.QUOTE:
        return f"{side.value} {n.money(amount.value, instrument.quote)} of {instrument.base}"
    if amount.unit is AmountUnit.BASE:
        return f"{side.value} {amount.value.normalize():f} {instrument.base}"
    whole = "free cash" if side is Side.BUY else f"the {instrument.base} position"
    return f"{side.value} {instrument.base} for {n.share(amount.value)} of {whole}"


def _preview_command(name: str, summary: str, example: str, handler: Handler, *parameters: Parameter) -> Command:
    return Command(name, summary, example, Role.TRADER, handler, parameters, read_only=False, previews=True)


COMMANDS = (
    _preview_command("rebalance", "Decide now and preview the trades", "/rebalance", rebalance),
    _preview_command("buy", "Preview a purchase", "/buy 50 btc", buy, _AMOUNT, _SYMBOL),
    _preview_command("sell", "Preview a sale", "/sell all sol", sell, _AMOUNT, _SYMBOL),
    _preview_command("close", "Preview selling a whole position", "/close eth", close, _SYMBOL),
    Command("pending", "Cards that wait for you", "/pending", Role.VIEWER, pending, (_CARD,)),
    _preview_command("flatten", "Preview selling everything", "/flatten", flatten),
)
