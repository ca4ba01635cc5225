"""What is not answered, each in one sentence that says what can be had instead; and what needs no figures."""

from __future__ import annotations

from chatbot.agent.answers import profits, risks
from chatbot.agent.answers.sources import answer, of_status
from chatbot.agent.asked.refused import About, Advice
from chatbot.agent.glossary import TERMS
from chatbot.agent.queries import Decline, Explain, Help, HowTo, Profit, Ratio, Topic
from chatbot.message import Button, Reply
from chatbot.present import marks
from chatbot.present import numbers as n
from trading.contract import Reader

_LONGEST_TICKER = 5
EXAMPLES = ("How did we do vs BTC?", "What did we trade this week?", "Why did we sell ETH?")

SENTENCES = {
    Topic.ADVICE: "I give no advice; I tell what is held, what it made and what it risks.",
    Topic.FORECAST: "I make no forecasts; /thesis tells how the decider sees the market.",
    Topic.DEPTH: "Order books, market caps and bars are not among what I look up; /chart shows prices, and I know RSI, "
    "MACD, choppiness and volume of what we trade.",
    Topic.CUSTODY: "I move no money between wallets, chains, lenders or banks; I only trade, and /balance tells "
    "what is where.",
    Topic.VOTES: "There are no experts or votes here; one decider plans, and /plan tells what it decided and why.",
    Topic.PATTERNS: "I look for no patterns; I can compute win rate, profit factor, best and worst trades, RSI or "
    "choppiness.",
    Topic.NEWS: "I read no news and no sentiment; /thesis tells how the decider sees the market.",
    Topic.TAXES: "I reckon no taxes; /export gives every trade and fee as files for whoever does.",
    Topic.SECRETS: "Keys, passwords and instructions are nothing I know or tell; /health tells whether all is well.",
    Topic.LEVERAGE: "Leverage and futures are not traded on a wish here; /exposure tells how much is invested.",
    Topic.SEVERAL: "Nothing is done yet: say a wish in a message of its own, and what else you ask in another.",
    Topic.CONDITIONAL: "No order here waits for a price; /alert tells you of one.",
}
_HOW = {
    "stop": "/stop btc -5%",
    "target": "/target btc +10%",
    "alert": "/alert btc > 70k",
    "unalert": "/unalert",
    "cancel": "/cancel all",
    "approve": "/pending",
    "threshold": "/threshold 500",
    "halt": "/halt",
    "pause": "/pause",
    "resume": "/resume",
    "flatten": "/flatten",
    "close": "/close eth",
    "rebalance": "/rebalance",
    "export": "/export this year",
    "timezone": "/timezone Europe/Berlin",
    "live": "/live",
    "notify": "/notify",
    "pair": "/pair",
    "sell": "/sell half eth",
    "buy": "/buy 50 btc",
}
"""By command: what to write."""
_OWN_WORDS = {
    "stop": "set the stop of BTC at -5%",
    "alert": "tell me when BTC drops below 60k",
    "cancel": "cancel all orders",
    "sell": "sell half my ETH",
    "buy": "buy 50 dollars of BTC",
}


async def decline(query: Decline, reader: Reader) -> Reply:
    """One sentence: why not, and what instead. Of a coin that is held here too, what is held here."""
    here = await _here(query, reader)
    buttons = (Button("Balance", "do:/balance"),) if query.topic is Topic.ELSEWHERE else ()
    return Reply(text=answer(_sentence(query, reader), *here), buttons=buttons, ok=False)


def _sentence(query: Decline, reader: Reader) -> str:
    if query.topic is Topic.OFF_TOPIC:
        return off_topic()
    if query.topic is Topic.NOT_TRADED:
        return f"{_not_ours(query.name)} not traded here; we trade {_listed(reader)}."
    if query.topic is Topic.UNSURE:
        return f'I am not sure what "{query.name}" means here, and I do not guess. Ask it in other words.'
    if query.topic is Topic.ELSEWHERE:
        return f"I know nothing of {query.name}; this portfolio trades on {reader.world.market}."
    return SENTENCES[query.topic]


def _not_ours(name: str) -> str:
    """ "AAPL is", "Stocks are"."""
    return f"{name.capitalize()} are" if len(name) > _LONGEST_TICKER and name.endswith("S") else f"{name} is"


async def _here(query: Decline, reader: Reader) -> tuple[str, ...]:
    """What is held here of a coin that was asked about elsewhere, said to be ours and not theirs."""
    if query.topic is not Topic.ELSEWHERE or query.symbol is None:
        return ()
    status = await reader.status()
    held = next((each for each in status.holdings if each.base == query.symbol), None)
    if held is None:
        return (f"Here no {query.symbol} is held.", of_status(status))
    amount = f"{n.quantity(held.quantity, held.instrument)} {held.base}"
    return (f"Here, in this portfolio: {amount}, worth {n.money(held.value, status.world.quote)}.", of_status(status))


def _listed(reader: Reader) -> str:
    """ "BTC, ETH and SOL"."""
    bases = list(dict.fromkeys(instrument.base for instrument in reader.symbols()))
    return " and ".join(part for part in (", ".join(bases[:-1]), *bases[-1:]) if part)


def off_topic() -> str:
    first, second, third = EXAMPLES
    return f'That is beyond me; I answer questions about this portfolio, such as "{first}", "{second}", "{third}".'


async def advice(query: Advice, reader: Reader) -> Reply:
    """No advice, and the figures that it would be about."""
    if query.about is About.SALES:
        found = await profits.profit(Profit(ratio=Ratio.WIN_RATE), reader)
    else:
        found = await risks.positions_at_risk(reader)
    figures = found.text.removeprefix(f"{marks.ANSWER} ")
    return Reply(text=answer("I give no advice. What the books say:", figures), buttons=found.buttons, ok=False)


async def explain(query: Explain, reader: Reader) -> Reply:
    """What a word means; no figures of ours."""
    return Reply(text=answer(TERMS[query.term]))


async def how_to(query: HowTo, reader: Reader) -> Reply:
    """The command, and the same in a person's words."""
    words = _OWN_WORDS.get(query.command)
    say = f', or in your own words: "{words}"' if words else ""
    return Reply(
        text=answer(f"Write {_HOW[query.command]}{say}.", "What trades is shown first and waits for a press."),
        buttons=(Button("Help", f"do:/help {query.command}"),),
    )


async def help_reply(query: Help, reader: Reader) -> Reply:
    text = answer("Ask about the portfolio in your own words, for example:", *EXAMPLES, "All commands: /help")
    return Reply(text=text, buttons=(Button("Status", "do:/status"), Button("Help", "do:/help")))
