"""What is in a server's answer, read with the mistrust that compatible servers have earned."""

from __future__ import annotations

from collections.abc import Mapping

from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion import Choice

from trading.brain.ladder import Rung
from trading.brain.model import Completion

_CUT_OFF: Mapping[str, str] = {
    "length": "the answer was cut off at the length limit; it must be shorter",
    "content_filter": "the answer was cut off by the server's content filter",
}
NOTHING_CALLED = "the answer did not call the function it was to call"


def is_answer(answer: object) -> bool:
    """Whether it is an answer at all: a server that sends a page with 200 makes the client return its text."""
    return isinstance(answer, ChatCompletion) and bool(answer.choices) and bool(answer.choices[0].message)


def completion(answer: ChatCompletion, rung: Rung, model: str) -> Completion:
    """What `model` was asked for on `rung`, with the tokens it took and why it cannot be used, if it cannot."""
    choice = answer.choices[0]
    text = _called(choice) if rung is Rung.TOOL else choice.message.content
    usage = tokens(answer)
    return Completion(
        text=str(text or choice.message.content or choice.message.refusal or ""),
        input_tokens=usage[0] if usage else 0,
        output_tokens=usage[1] if usage else 0,
        model=model,
        problem=_problem(choice, text, rung),
    )


def tokens(answer: ChatCompletion) -> tuple[int, int] | None:
    """Tokens in and out as the server counted them; None where it left them out, a part of them, or counted none."""
    usage = answer.usage
    counted = (usage.prompt_tokens, usage.completion_tokens) if usage else (None, None)
    taken, given = (count if isinstance(count, int) and count > 0 else None for count in counted)
    return None if taken is None or given is None else (taken, given)


def _called(choice: Choice) -> str | None:
    """The arguments of the one call; None where there is none or more than one."""
    calls = [call.function.arguments for call in choice.message.tool_calls or () if call.type == "function"]
    return calls[0] if len(calls) == 1 else None


def _problem(choice: Choice, text: str | None, rung: Rung) -> str:
    if choice.message.refusal:
        return "the model refused to answer"
    cut = _CUT_OFF.get(choice.finish_reason, "")
    if cut or text:
        return cut
    return NOTHING_CALLED if rung is Rung.TOOL and choice.message.content else "the answer was empty"
