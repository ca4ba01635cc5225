"""What is so, read from the desk's own read models, and sentences that say so or do not.

The truth of a sentence is known from how it is made, not from the code that checks it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from tests.world import SmallWorld
from trading.contract import Performance, Pnl, Status

WINDOWS = {"all": ("since inception", "in all time"), "this month": ("this month",), "last month": ("last month",)}
NAMES = {"BTC": ("BTC", "Bitcoin"), "ETH": ("ETH", "Ethereum"), "SOL": ("SOL", "Solana")}


@dataclass(frozen=True)
class Said:
    """A sentence, and whether it is so."""

    text: str
    true: bool
    kind: str = ""


@dataclass(frozen=True)
class Fact:
    """`value` of `subject` ("you" or a base) in `unit` ("%", "$", "pts", a base, or a noun that is counted)."""

    subject: str
    what: str
    unit: str
    value: Decimal
    window: str = ""
    against: str = ""


@dataclass(frozen=True)
class Truth:
    """Facts by what they are, and which coin is the largest and the smallest holding."""

    facts: tuple[Fact, ...]
    ranked: tuple[str, ...]

    def of(self, what: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.what == what]

    def value(self, like: Fact) -> Decimal | None:
        return next(
            (f.value for f in self.facts if (f.subject, f.what, f.unit, f.window, f.against)
             == (like.subject, like.what, like.unit, like.window, like.against)), None,
        )  # fmt: skip


async def truth_of(world: SmallWorld) -> Truth:
    desk = world.desk
    status = await desk.status()
    facts = [*_of_status(status)]
    for words in WINDOWS:
        window = desk.window(words)
        performance = await desk.performance(window)
        assert window is not None and performance is not None
        facts += [*_of_performance(performance, words), *_of_pnl(await desk.pnl(window), words)]
    held = sorted(status.holdings, key=lambda holding: holding.weight or Decimal(0), reverse=True)
    return Truth(tuple(facts), tuple(holding.base for holding in held))


def _of_status(status: Status) -> Iterator[Fact]:
    assert status.equity is not None
    yield Fact("you", "equity", "$", status.equity)
    yield Fact("you", "cash", "$", status.cash)
    for held in status.holdings:
        assert held.weight is not None and held.value is not None and held.gain is not None and held.price is not None
        yield Fact(held.base, "weight", "%", held.weight * 100)
        yield Fact(held.base, "value", "$", held.value)
        yield Fact(held.base, "quantity", held.base, held.quantity)
        yield Fact(held.base, "position", "%", held.gain * 100)
        yield Fact(held.base, "price", "$", held.price)


def _of_performance(performance: Performance, window: str) -> Iterator[Fact]:
    for line, subject in [(performance.lines[0], "you"), *((performance.line(b), b) for b in ("BTC", "ETH"))]:
        assert line is not None
        yield Fact(subject, "return", "%", line.total_return * 100, window)
        yield Fact(subject, "drawdown", "%", line.max_drawdown * 100, window)
        if subject != "you":
            gap = (performance.lines[0].total_return - line.total_return) * 100
            yield Fact("you", "gap", "pts", gap, window, against=subject)


def _of_pnl(pnl: Pnl, window: str) -> Iterator[Fact]:
    assert pnl.change is not None
    yield Fact("you", "profit", "$", pnl.change, window)
    yield Fact("you", "fees", "$", pnl.fees, window)
    yield Fact("you", "trades", "trades", Decimal(pnl.trades), window)
    yield Fact("you", "winning", "winning sales", Decimal(pnl.wins), window)
    yield Fact("you", "losing", "losing sales", Decimal(pnl.losses), window)


class Speaker:
    """Says facts in many ways, truly or not."""

    def __init__(self, truth: Truth, chance: random.Random) -> None:
        self._truth = truth
        self._chance = chance

    def says(self, fact: Fact) -> str:
        """A sentence that claims `fact`, whether it is so or not."""
        places = self._places(fact)
        name = "your" if fact.subject == "you" else f"{self._chance.choice(NAMES[fact.subject])}'s"
        when = f" {self._chance.choice(WINDOWS[fact.window])}" if fact.window else ""
        return self._form(fact, self._number(fact, places), name, when)

    def _form(self, fact: Fact, number: str, name: str, when: str) -> str:
        if fact.what == "gap":
            return self._gap(fact, number, when)
        who = "You" if fact.subject == "you" else self._chance.choice(NAMES[fact.subject])
        up = fact.value > 0
        verb = self._chance.choice(("gained", "rose", "are up" if who == "You" else "is up") if up else
                                   ("lost", "fell", "are down" if who == "You" else "is down"))  # fmt: skip
        forms = {
            "equity": (f"Your equity is {number}.", f"The portfolio is worth {number} now.", f"Equity: {number}."),
            "cash": (f"You have {number} in cash.", f"Cash is {number}.", f"You hold {number} of cash."),
            "weight": (f"{who} is {number} of your portfolio.", f"The share of {who} is {number}."),
            "value": (f"{name.capitalize()} value is {number}.", f"Your {who} holding is worth {number}."),
            "quantity": (f"You hold {number}.", f"Your position is {number}."),
            "position": (f"Your {who} position {verb} {number}.", f"The {who} position {verb} {number}."),
            "price": (f"The price of {who} is {number}.", f"{name.capitalize()} price is {number}."),
            "return": (f"{who} {verb} {number}{when}.", f"{when.strip().capitalize()}, {who} {verb} {number}."),
            "drawdown": (f"{name.capitalize()} deepest drawdown{when} was {number}.",),
            "profit": (f"You {'made' if up else 'lost'} {number}{when}.",),
            "fees": (f"You paid {number} in fees{when}.", f"Fees{when} were {number}.", f"Fees of {number}{when}."),
            "trades": (f"There were {number}{when}.", f"You made {number}{when}."),
            "winning": (f"There were {number}{when}.",),
            "losing": (f"There were {number}{when}.",),
        }  # fmt: skip
        return self._chance.choice(forms[fact.what]).strip()

    def _gap(self, fact: Fact, number: str, when: str) -> str:
        other = self._chance.choice(NAMES[fact.against])
        if fact.value > 0:
            ways = [f"You are ahead of {other} by {number}{when}.", f"You beat {other} by {number}{when}."]
        else:
            ways = [f"You are behind {other} by {number}{when}.", f"{other} beat you by {number}{when}.",
                    f"You trail {other} by {number}{when}."]  # fmt: skip
        return self._chance.choice(ways)

    def _places(self, fact: Fact) -> int:
        if fact.unit in ("%", "pts"):
            return self._chance.choice((1, 2)) if fact.unit == "%" else 1
        return {"$": 2}.get(fact.unit, 0 if " " in fact.unit or fact.unit == "trades" else 4)

    def _number(self, fact: Fact, places: int) -> str:
        size = abs(fact.value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if fact.unit == "$":
            return self._chance.choice((f"${size:,}", f"{size:,} dollars", f"{size:,} USD"))
        if fact.unit == "%":
            return self._chance.choice((f"{size} %", f"{size}%", f"{size} percent"))
        if fact.unit == "pts":
            return self._chance.choice((f"{size} points", f"{size} pts", f"{size} percentage points"))
        return f"{size} {fact.unit}"


def corpus(truth: Truth, count: int, seed: int) -> Iterator[Said]:
    """`count` sentences, as many true as false, over every fact."""
    chance = random.Random(seed)
    speaker = Speaker(truth, chance)
    while count > 0:
        fact = chance.choice(truth.facts)
        # Nothing goes up or down by nothing.
        if abs(fact.value) < Decimal("0.06") and fact.unit in ("%", "pts", "$"):
            continue
        yield Said(speaker.says(fact), True, fact.what)
        lie, kind = _lie(fact, truth, chance)
        if lie is not None:
            yield Said(speaker.says(lie), False, kind)
        yield from _ranks(truth, chance)
        count -= 2


def _lie(fact: Fact, truth: Truth, chance: random.Random) -> tuple[Fact | None, str]:
    """`fact` with one thing wrong; None where that happens to be so too."""
    kind = chance.choice(("value", "sign", "subject", "window", "unit"))
    wrong = {
        "value": lambda: replace(fact, value=fact.value * chance.choice((2, Decimal("1.1"), 10)) + 1),
        "sign": lambda: replace(fact, value=-fact.value),
        "subject": lambda: replace(fact, subject=chance.choice([s for s in NAMES if s != fact.subject])),
        "window": lambda: replace(fact, window=chance.choice([w for w in WINDOWS if w != fact.window])),
        "unit": lambda: replace(fact, unit="$" if fact.unit == "%" else "%"),
    }[kind]()
    signed = fact.what in ("return", "gap", "profit", "position")
    if (kind == "sign" and not signed) or (kind == "window" and not fact.window):
        return None, kind
    if kind == "unit" and fact.what in ("trades", "winning", "losing", "profit", "quantity", "gap"):
        return None, kind
    if kind == "subject" and fact.what not in ("return", "drawdown", "weight", "value", "price", "position"):
        return None, kind
    so = truth.value(wrong)
    return (None if so is not None and abs(so - wrong.value) < Decimal("0.06") else wrong), kind


def _ranks(truth: Truth, chance: random.Random) -> Iterator[Said]:
    fact = chance.choice([*truth.of("gap"), *truth.of("return")])
    when = chance.choice(WINDOWS[fact.window])
    if fact.what == "gap":
        for word, ahead in (("beat", True), ("trailed", False), ("are ahead of", True), ("are behind", False)):
            yield Said(f"You {word} {fact.against} {when}.", ahead is (fact.value > 0), "comparison")
        yield Said(f"{fact.against} did better than you {when}.", fact.value < 0, "comparison")
    else:
        who = {"you": "Your portfolio"}.get(fact.subject, fact.subject)
        for word, up in (("rose", True), ("fell", False), ("lost money", False), ("is down", False)):
            yield Said(f"{who} {word} {when}.", up is (fact.value > 0), "direction")
    base = chance.choice(truth.ranked)
    word = chance.choice(("largest", "biggest", "smallest"))
    extreme = truth.ranked[-1] if word == "smallest" else truth.ranked[0]
    yield Said(f"Your {word} holding is {chance.choice(NAMES[base])}.", base == extreme, "rank")
