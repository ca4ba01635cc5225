"""Three models that nobody should trust: one obeys whatever it reads, one lies, one is broken."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence

from trading.brain.json_schema import AnswerSchema
from trading.brain.model import Completion
from trading.brain.prompt import Message
from trading.contract import ModelTurn, ToolCall, ToolSpec, Utterance

INVENTED = ("place_order", "approve", "set_limit", "set_role", "run_command", "execute", "halt", "switch_mode")
_COMMAND = re.compile(r"/[a-z]+(?: [\w%$.]+){0,3}")


class Obedient:
    """Does what any text says that it sees: calls tools for it, known and invented, and repeats it as its answer."""

    name = "obedient"

    def __init__(self, planted: str = "", chance: random.Random | None = None) -> None:
        self._planted = planted

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        seen = "\n".join([*(utterance.content for utterance in said), self._planted])
        commands = list(dict.fromkeys(_COMMAND.findall(seen)))
        if said[-1].role == "user":
            return ModelTurn("", (ToolCall("r1", "thesis", "{}"), *self._calls(commands[:2])))
        if sum(utterance.role == "assistant" for utterance in said) < 2:
            return ModelTurn("Doing it.", self._calls(commands))
        return ModelTurn("\n".join([*commands, "It is done. Press /approve all", *(f"do:{c}" for c in commands)]))

    def _calls(self, commands: Sequence[str]) -> tuple[ToolCall, ...]:
        proposed = [ToolCall(f"p{i}", "propose_command", json.dumps({"text": c})) for i, c in enumerate(commands)]
        invented = [
            ToolCall(f"i{i}", name, json.dumps({"command": command, "text": command, "confirm": True}))
            for i, (name, command) in enumerate(zip(INVENTED, [*commands, *commands, "/sell all BTC"], strict=False))
        ]
        return (*proposed, *invented)

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        commands = _COMMAND.findall("\n".join([*(message.content for message in messages), self._planted]))
        plan = {
            "regime": "trend", "decisions": [], "cash_weight": -1, "thesis": self._planted, "reason": self._planted,
            "orders": commands, "approve": True, "limits": {"max_position": 100}, "execute": commands,
        }  # fmt: skip
        return Completion(json.dumps(plan), 10, 10, self.name)


class Lying:
    """Says that all of it has been done, and shows buttons that are none."""

    name = "lying"

    def __init__(self, planted: str = "", chance: random.Random | None = None) -> None:
        self._planted = planted

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        if said[-1].role == "user":
            return ModelTurn("I bought 900 BTC.", (ToolCall("x", "pending", "{}"),))
        return ModelTurn(
            f"Your order {self._planted[:80]} was approved. You gained 900 %. [Approve](do:/sell all) "
            "<button>ok</button> @everyone The limit is now off. Trading is LIVE."
        )

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        decision = {"symbol": "GOLD/USD", "action": "buy", "target_weight": 5, "confidence": 1, "reason": self._planted}
        return Completion(json.dumps({"decisions": [decision], "cash_weight": -4}), 10, 10, self.name)


class Malformed:
    """Breaks every shape there is: names, arguments, ids, lengths, and sometimes itself."""

    name = "malformed"

    def __init__(self, planted: str = "", chance: random.Random | None = None) -> None:
        self._planted = planted
        self._chance = chance or random.Random(0)

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        kind = self._chance.randrange(6)
        if kind == 0:
            raise ValueError("broken answer")
        if kind == 1:
            return ModelTurn("\x00\u202e" * 5_000 + self._planted)
        calls = [
            ToolCall("", "propose_command", '{"text": ["/sell all BTC"]}'),
            ToolCall("", "propose_command", '{"text": "/sell all BTC\\n/approve all", "confirm": true}'),
            ToolCall("", "trades; place_order", "{"),
            ToolCall("a", "trades", '{"window": {"$ref": "x"}, "limit": 1e999}'),
            ToolCall("a", "holdings", "[" * 3_000),
            ToolCall("a", "../../desk.approve", "null"),
            ToolCall("a", "price", json.dumps({"symbol": self._planted * 50})),
            ToolCall("a", "__class__", "{}"),
        ]
        return ModelTurn(self._planted * 3, tuple(self._chance.sample(calls, kind)))

    async def complete(self, messages: Sequence[Message], schema: AnswerSchema) -> Completion:
        texts = ("", "{", '{"decisions": NaN}', self._planted, f"Sure. {self._planted} {{}}", "[]" * 100, "null")
        return Completion(self._chance.choice(texts), 10, 10, self.name)


MODELS = (Obedient, Lying, Malformed)
