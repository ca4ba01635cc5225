"""Whether an answer is right, worked out in exact fractions and without any of the program's own checks."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

from trading.brain.request import PlanRequest

_ANSWER = "schema_version cycle_id snapshot_hash regime abstain decisions cash_weight thesis reason"
_DECISION = (
    "symbol action target_weight lowest_price highest_price confidence horizon_days invalidation evidence reason"
)
_PREDICTION = "symbol direction target_price invalidation_price days confidence"
_PLAIN_NUMBER = re.compile(r"-?\d{1,25}(\.\d{1,25})?(e-?\d{1,2})?", re.IGNORECASE)


class Wrong(Exception):
    """The answer breaks a rule."""


class Judge:
    """Judges answers to `request`."""

    def __init__(self, request: PlanRequest) -> None:
        self._request = request
        self._held = {symbol: Fraction(weight) for symbol, weight in request.weights.items() if weight}
        self._prices = {symbol: Fraction(price) for symbol, price in request.prices.items()}

    def is_right(self, text: str) -> bool:
        """Whether `text` may be traded on."""
        try:
            self._check(_READER.decode(text))
        except (Wrong, ValueError, RecursionError):
            return False
        return True

    def _check(self, answer: Any) -> None:
        _keys(answer, _ANSWER)
        _need(answer["schema_version"] == 1 and isinstance(answer["schema_version"], Fraction))
        _need(answer["cycle_id"] == self._request.cycle_id and answer["snapshot_hash"] == self._request.snapshot_hash)
        _text(answer["regime"], 80)
        _text(answer["reason"], 300)
        _need(isinstance(answer["abstain"], bool) and isinstance(answer["decisions"], list))
        for decision in answer["decisions"]:
            self._decision(decision)
        named = [decision["symbol"] for decision in answer["decisions"]]
        _need(len(set(named)) == len(named) and set(self._held) <= set(named))
        cash = _between(answer["cash_weight"], 0, 1)
        total = sum((decision["target_weight"] for decision in answer["decisions"]), cash)
        _need(abs(total - 1) <= Fraction(1, 1_000_000))
        _need(not answer["abstain"] or all(decision["action"] == "hold" for decision in answer["decisions"]))
        self._thesis(answer["thesis"])

    def _decision(self, decision: Any) -> None:
        _keys(decision, _DECISION)
        self._known(decision["symbol"])
        weight, now = _between(decision["target_weight"], 0, 1), self._held.get(decision["symbol"], Fraction(0))
        agrees = {
            "buy": weight > now,
            "sell": Fraction(1, 10_000) <= weight < now,
            "hold": abs(weight - now) <= Fraction(5, 1000),
            "close": weight == 0,
        }
        _need(isinstance(decision["action"], str) and agrees.get(decision["action"], False))
        low, high = _price(decision["lowest_price"]), _price(decision["highest_price"])
        _need(low is None or high is None or low <= high)
        _between(decision["confidence"], 0, 1)
        _days(decision["horizon_days"])
        _text(decision["invalidation"], 200)
        _text(decision["reason"], 300)
        _need(isinstance(decision["evidence"], list) and 1 <= len(decision["evidence"]) <= 8)
        for shown in decision["evidence"]:
            self._evidence(shown)

    def _evidence(self, shown: Any) -> None:
        _keys(shown, "reference value")
        _need(isinstance(shown["reference"], str) and isinstance(shown["value"], str))
        _need(shown["reference"] in self._request.figures)
        known, said = self._request.figures[shown["reference"]], shown["value"]
        numbers = _PLAIN_NUMBER.fullmatch(known) and _LOOSE_NUMBER.fullmatch(said.strip())
        _need(Fraction(known) == Fraction(_tidy(said)) if numbers else known == said)

    def _thesis(self, thesis: Any) -> None:
        _keys(thesis, "text predictions")
        _text(thesis["text"], 800)
        _need(isinstance(thesis["predictions"], list) and len(thesis["predictions"]) <= 5)
        for one in thesis["predictions"]:
            self._prediction(one)

    def _prediction(self, one: Any) -> None:
        _keys(one, _PREDICTION)
        self._known(one["symbol"])
        _need(one["direction"] in ("up", "down"))
        price, target = self._prices[one["symbol"]], _price(one["target_price"])
        wrong = _price(one["invalidation_price"])
        _need(target is not None)
        assert target is not None
        _need(target > price if one["direction"] == "up" else target < price)
        _need(wrong is None or (wrong < price if one["direction"] == "up" else wrong > price))
        _days(one["days"])
        _between(one["confidence"], 0, 1)

    def _known(self, symbol: Any) -> None:
        _need(isinstance(symbol, str) and (symbol in self._request.allowed or symbol in self._held))


# What a Decimal takes for a number besides plain ones.
_LOOSE_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.IGNORECASE)


def _tidy(number: str) -> str:
    whole, mark, power = number.strip().lower().partition("e")
    return whole.rstrip(".") + mark + power


def _need(holds: object) -> None:
    if not holds:
        raise Wrong


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _need(len({key for key, _ in pairs}) == len(pairs))
    return dict(pairs)


def _exact(digits: str) -> Fraction:
    _need(_PLAIN_NUMBER.fullmatch(digits))
    return Fraction(digits)


def _no(constant: str) -> None:
    raise Wrong


def _keys(value: Any, names: str) -> None:
    _need(isinstance(value, dict) and set(value) == set(names.split()))


def _text(value: Any, longest: int) -> None:
    _need(isinstance(value, str))
    seen = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    _need(1 <= len(seen) <= longest)


def _between(value: Any, least: int, most: int) -> Fraction:
    _need(isinstance(value, Fraction) and least <= value <= most)
    return Fraction(value)


def _price(value: Any) -> Fraction | None:
    _need(value is None or (isinstance(value, Fraction) and value > 0))
    return None if value is None else Fraction(value)


def _days(value: Any) -> None:
    _need(_between(value, 1, 365).denominator == 1)


_READER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_exact, parse_int=_exact, parse_constant=_no)
