"""Answers about orders: what waits, what became of the newest, and why some were refused."""

from __future__ import annotations

from dataclasses import replace

from chatbot.agent.answers.records import symbol_of
from chatbot.agent.answers.sources import answer
from chatbot.agent.queries import LastOrder, Pending, RefusalsAsked
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.cards import differences
from chatbot.present.cards import orders as cards
from chatbot.present.cards.approvals import one_line
from chatbot.present.layout import block, capitalized, wrapped
from chatbot.present.layout import one_line as on_one_line
from trading.contract import Reader, World
from trading.contract.books import Refusal
from trading.domain.order import OrderStatus, Side

_SIDES = {Side.BUY: "Buy", Side.SELL: "Sale"}


async def pending(query: Pending, reader: Reader) -> Reply:
    """The cards that wait, one line each, and how many orders are open."""
    mode = marks.mode(reader.world)
    lines = [f"{marks.ATTENTION} {differences.one_line(found)}" for found in await reader.discrepancies()]
    lines += [f"{marks.WAITING} {one_line(view, reader.world)}" for view in await reader.pending()]
    open_ = sum(order.status is not OrderStatus.INTENDED for order in await reader.books.open_orders())
    orders = f"{n.counted(open_, 'order')} open at the exchange." if open_ else "No order is open."
    shown = (Button("Orders", "do:/orders"),) if open_ else ()
    source = f"As of {n.local_moment(reader.now(), reader.world.timezone)} · {mode}"
    if not lines:
        return Reply(text=answer("Nothing waits for you.", orders, source), buttons=shown)
    verb = "card waits" if len(lines) == 1 else "cards wait"
    text = answer(f"{len(lines)} {verb} for a press.", *lines, orders, source)
    return Reply(text=text, buttons=(Button("Show", "do:/pending"), *shown))


async def last(query: LastOrder, reader: Reader) -> Reply:
    """The newest order's whole story, what became of it first."""
    books, world = reader.books, reader.world
    newest = await books.recent_orders(symbol_of(query.symbol, reader), 1)
    source = f"Orders on record · {marks.mode(world)}"
    about = f" of {query.symbol}" if query.symbol else ""
    told = await books.order(newest[0].client_order_id) if newest else None
    if told is None:
        return Reply(text=answer(f"There is no order{about} on record.", source))
    story = cards.story(told, world)
    lines = story.text.splitlines()
    return replace(story, text=answer(lines[0], *lines[1:], source), ok=True)


async def refusals(query: RefusalsAsked, reader: Reader) -> Reply:
    """The newest refusal with its reason, the ones before it below."""
    found = await reader.books.refusals(symbol_of(query.symbol, reader))
    about = f" of {query.symbol}" if query.symbol else ""
    source = f"Orders and journal, the newest {n.counted(len(found), 'row')} · {marks.mode(reader.world)}"
    if not found:
        return Reply(
            text=answer(
                f"No refused order{about} is on record.",
                "A wish that is refused before it becomes an order is told at once, with its reason.",
                f"Orders and journal · {marks.mode(reader.world)}",
            ),
            buttons=(Button("Orders", "do:/orders"), Button("Limits", "do:/limits")),
        )
    first, *earlier = found
    return Reply(
        text=answer(capitalized(on_one_line(first.reason)), f"{_what(first)}, {_when(first, reader.world)}.", source),
        card=block(*(_entry(each, reader.world) for each in earlier)),
        buttons=(Button("Orders", "do:/orders"), Button("Limits", "do:/limits")),
    )


def _what(found: Refusal) -> str:
    """ "Sale of ETH asked for by @anna", "A rebalance by allocator"."""
    by = f" by {on_one_line(found.by)}" if found.by else ""
    if found.side is not None and found.instrument is not None:
        return f"{_SIDES[found.side]} of {found.instrument.base}, {found.source or 'order'}{by}"
    return f"{capitalized(found.source or 'order')}{by}"


def _when(found: Refusal, world: World) -> str:
    return n.local_moment(found.at, world.timezone)


def _entry(found: Refusal, world: World) -> list[str]:
    return [*wrapped(f"{_when(found, world)} {_what(found)}"), *wrapped(on_one_line(found.reason), indent="  ", most=4)]
