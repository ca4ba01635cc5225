"""Answers of a model that are wrong in one way or several, made out of right ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Answer = dict[str, Any]
Way = Callable[[Answer, random.Random], str]
JUNK: Sequence[Any] = (
    *(None, True, False, "", "0.5", "NaN", [], {}, [1], {"a": 1}, "x" * 2000),
    *(-0.1, 1.2, 1.000001, -1e-9, 0, 1, 2, 366, 1.5, 10**40, -(10**40), 0.30000001),
)
RAW_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e99999", "1e-400", "0x1F", "01", "1_0", "+1", ".5")
SYMBOLS = ("DOGE/USD", "btc/usd", "BTC", "BTC/USD ", "\u0412TC/USD", "BTC\u2215USD", "BTC/USD\u200b", "", "*")
WRAPPERS = (
    *("Here is the plan: {}", "{} That is my plan.", "```json\n{}\n```", "\ufeff{}", "[{}]", "{}{}", "{}\n{}", "[]{}"),
    *("// a plan\n{}", "{} /* done */", "{};", "plan = {}", "<plan>{}</plan>", '"{}"', "\x00{}", "{}\x00", "'{}'"),
)
BOMBS = (
    *("[" * 5000, '{"a":' * 5000, "[" * 5000 + "]" * 5000, "{" * 200, "9" * 9000, "-", "\ud800"),
    *("", " ", "null", "{}"),
)


def spoilt(answer: Answer, chance: random.Random) -> str:
    """`answer` with one thing changed, seldom two."""
    way = chance.choice(WAYS)
    text = way(json.loads(json.dumps(answer)), chance)
    return chance.choice(TEXT_WAYS)(text, chance) if chance.random() < 0.1 else text


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in `value` with each of its keys or positions."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


def _somewhere(answer: Answer, chance: random.Random) -> tuple[Any, Any]:
    return chance.choice(list(_places(answer)))


def _named(answer: Answer, chance: random.Random) -> tuple[Any, Any]:
    return chance.choice([(where, key) for where, key in _places(answer) if isinstance(where, dict)])


def _dropped(answer: Answer, chance: random.Random) -> str:
    where, key = _somewhere(answer, chance)
    del where[key]
    return json.dumps(answer)


def _renamed(answer: Answer, chance: random.Random) -> str:
    where, key = _named(answer, chance)
    where[chance.choice([key.upper(), f"{key}s", f" {key}", key.replace("_", ""), "leverage"])] = where.pop(key)
    return json.dumps(answer)


def _added(answer: Answer, chance: random.Random) -> str:
    where, _ = _named(answer, chance)
    where[chance.choice(["orders", "leverage", "note", "__proto__", ""])] = chance.choice(JUNK)
    return json.dumps(answer)


def _repeated(answer: Answer, chance: random.Random) -> str:
    where, key = _named(answer, chance)
    again = json.dumps({key: chance.choice([where[key], *JUNK])})[1:-1]
    where["MARK"] = 0
    return json.dumps(answer).replace('"MARK": 0', again)


def _replaced(answer: Answer, chance: random.Random) -> str:
    where, key = _somewhere(answer, chance)
    where[key] = chance.choice(JUNK)
    return json.dumps(answer)


def _raw_number(answer: Answer, chance: random.Random) -> str:
    numbers = [place for place in _places(answer) if isinstance(place[0][place[1]], int | float)]
    where, key = chance.choice(numbers)
    where[key] = "MARK"
    return json.dumps(answer).replace('"MARK"', chance.choice(RAW_NUMBERS))


def _other_symbol(answer: Answer, chance: random.Random) -> str:
    chance.choice([*answer["decisions"], *answer["thesis"]["predictions"]])["symbol"] = chance.choice(SYMBOLS)
    return json.dumps(answer, ensure_ascii=chance.random() < 0.5)


def _other_cycle(answer: Answer, chance: random.Random) -> str:
    key = chance.choice(["cycle_id", "snapshot_hash"])
    old = answer[key]
    answer[key] = chance.choice([old[:-1], old.upper(), old[::-1], f"{old} ", old[1:] + "0", "", old[:8]])
    return json.dumps(answer)


def _other_evidence(answer: Answer, chance: random.Random) -> str:
    shown = chance.choice(chance.choice(answer["decisions"])["evidence"])
    key = chance.choice(["reference", "value"])
    at = chance.randrange(len(shown[key]))
    shown[key] = shown[key][:at] + chance.choice("0123456789.-eE x") + shown[key][at + 1 :]
    return json.dumps(answer)


def _other_weight(answer: Answer, chance: random.Random) -> str:
    decision = chance.choice(answer["decisions"])
    decision["target_weight"] += chance.choice([2e-6, -2e-6, 0.01, -0.01, 0.1, 0.5, 1.0, -1.0])
    return json.dumps(answer)


def _other_action(answer: Answer, chance: random.Random) -> str:
    chance.choice(answer["decisions"])["action"] = chance.choice(["buy", "sell", "hold", "close", "short", "BUY"])
    return json.dumps(answer)


def _other_decisions(answer: Answer, chance: random.Random) -> str:
    decisions = answer["decisions"]
    chance.choice([decisions.pop, decisions.clear, lambda: decisions.append(chance.choice(decisions))])()
    return json.dumps(answer)


def _other_prediction(answer: Answer, chance: random.Random) -> str:
    predictions = answer["thesis"]["predictions"]
    if not predictions:
        return json.dumps({**answer, "thesis": "a view"})
    one = chance.choice(predictions)
    key = chance.choice(["direction", "target_price", "invalidation_price", "days"])
    one[key] = chance.choice(["up", "down", 0, 1, 10**6, 0.5, None, -5])
    return json.dumps(answer)


def _wrapped(answer: Answer, chance: random.Random) -> str:
    return chance.choice(WRAPPERS).replace("{}", json.dumps(answer))


def _bomb(answer: Answer, chance: random.Random) -> str:
    text = json.dumps(answer)
    at = chance.randrange(len(text))
    return chance.choice(["", text[:at]]) + chance.choice(BOMBS) + chance.choice(["", text[at:]])


def _cut(answer: Answer, chance: random.Random) -> str:
    text = json.dumps(answer)
    return text[: chance.randrange(len(text))]


def _plain(answer: Answer, chance: random.Random) -> str:
    return chance.choice(TEXT_WAYS)(json.dumps(answer), chance)


def _other_letter(text: str, chance: random.Random) -> str:
    at, letters = chance.randrange(max(len(text), 1)), '0123456789{}[]",:.-eE tfn\\\x00\ud800\u0435'
    return text[:at] + chance.choice(letters) + text[at + chance.choice([0, 1, 2]) :]


def _without_some(text: str, chance: random.Random) -> str:
    at = chance.randrange(max(len(text), 1))
    return text[:at] + text[at + chance.randint(1, 40) :]


def _in_another_hand(text: str, chance: random.Random) -> str:
    old, new = chance.choice([('"', "'"), ("}", ",}"), ("]", ",]"), (": ", "= "), ("false", "False"), ("null", "None")])
    return text.replace(old, new)


TEXT_WAYS: Sequence[Callable[[str, random.Random], str]] = (_other_letter, _without_some, _in_another_hand)
WAYS: Sequence[Way] = (
    *(_dropped, _renamed, _added, _repeated, _replaced, _raw_number, _other_symbol, _other_cycle, _other_evidence),
    *(_other_weight, _other_action, _other_decisions, _other_prediction, _wrapped, _bomb, _cut, _plain),
)
