"""What chat asks of a language model: to carry on a conversation in which it may call read-only tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A query a model may call: a name, what it answers, and a JSON schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model calls; `arguments` is JSON text as it came, unchecked. `id` is the model server's."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a conversation. `calls` are an assistant's; a tool's result names its call in `call_id`."""

    role: Role
    content: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """What a model said next: words, calls of tools, or both. All of it is untrusted."""

    text: str
    calls: tuple[ToolCall, ...] = ()


class LanguageModel(Protocol):
    """A language model for questions."""

    @property
    def name(self) -> str: ...

    async def converse(self, said: Sequence[Utterance], tools: Sequence[ToolSpec]) -> ModelTurn:
        """The model's next turn after `said`; it may call any of `tools`.

        Raises Retryable when it cannot be asked now, NeedsOperator when only a person can mend that (the key, the
        budget). It waits as long as its own time limit; who is in more of a hurry cancels.
        """
        ...
