"""What is not answered, each in one sentence that says what can be had instead; and wishes to act."""

from __future__ import annotations

from chatbot.agent.queries import Decline, Topic, WishToAct
from chatbot.agent.sources import answer
from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from trading.contract import Reader

EXAMPLES = ("How did we do vs BTC?", "What did we trade this week?", "Why did we sell ETH?")
_BUTTON_BYTES = 64

_SENTENCES = {
    Topic.ADVICE: "I give no advice; I tell what is held, what it made and what it risks.",
    Topic.FORECAST: "I make no forecasts; /thesis tells how the decider sees the market.",
    Topic.INDICATOR: "Indicators are not among what I look up; /chart shows prices, /thesis the view behind the plan.",
    Topic.DEPTH: "Volume, order books and bars are not among what I look up; ask me for a price.",
    Topic.ALERT: "I set no price alerts; stops, targets and trades are told here without asking.",
    Topic.EXITS: "Stops and targets follow the settings and are not changed from chat; /portfolio shows them.",
    Topic.CANCEL: "Orders are not cancelled from chat; /pending shows the cards to reject, /halt stops trading.",
    Topic.LIMITS: "Limits are settings, not shown in chat; a refusal tells the limit that caused it and the figures.",
    Topic.LOGS: "I do not read logs; /status tells whether all is well.",
    Topic.REFUSALS: "A refusal tells its reason where it was posted; I can tell why a trade happened.",
}


def decline(query: Decline, reader: Reader) -> Reply:
    """One sentence: why not, and what instead."""
    return Reply(text=answer(_sentence(query, reader)), ok=False)


def _sentence(query: Decline, reader: Reader) -> str:
    if query.topic is Topic.OFF_TOPIC:
        return off_topic()
    if query.topic is Topic.NOT_TRADED:
        return f"{query.name} is not traded here; we trade {_listed(reader)}."
    if query.topic is Topic.ELSEWHERE:
        return f"I know nothing of {query.name}; this portfolio trades on {reader.world.market}."
    return _SENTENCES[query.topic]


def _listed(reader: Reader) -> str:
    """ "BTC, ETH and SOL"."""
    bases = list(dict.fromkeys(instrument.base for instrument in reader.symbols()))
    return " and ".join(part for part in (", ".join(bases[:-1]), *bases[-1:]) if part)


def off_topic() -> str:
    first, second, third = EXAMPLES
    return f'I answer questions about this portfolio: "{first}", "{second}", "{third}".'


def help_reply() -> Reply:
    text = answer("Ask about the portfolio in your own words, for example:", *EXAMPLES, "All commands: /help")
    return Reply(text=text, buttons=(Button("Status", "do:/status"), Button("Help", "do:/help")))


def wish(query: WishToAct) -> Reply:
    """A button that asks for the preview; text that says nothing is done yet."""
    button = f"do:{query.command}"
    if not query.command or len(button.encode()) > _BUTTON_BYTES or not button.isascii():
        missing = query.missing or "Say it as a command, for example /buy 50 BTC."
        return Reply(text=answer("Nothing is done yet.", missing), tone=Tone.WAITING)
    return Reply(
        text=f"{marks.WAITING} Nothing is done yet. Press to go on with {query.command}.",
        buttons=(Button(query.command, button),),
        tone=Tone.WAITING,
    )
