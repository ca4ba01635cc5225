"""The words that a sentence with a claim may consist of, and what they claim. A word that is not here is not checked,
so a sentence that has it is not believed."""

from __future__ import annotations

from collections.abc import Mapping

from chatbot.agent.grounding.figures import Measure

M = Measure


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


US = _words("we you your yours our ours us i my me mine portfolio account bot purser")
"""Words for the portfolio as a subject."""

OTHERS = _words("market markets benchmark benchmarks everything crypto index coins altcoins stocks")
"""Subjects of which there are no figures."""

UP = _words(
    """up gain gained gains gaining rose rise rises risen rising grew grow grown increase increased increases climbed
    advanced higher earned positive"""
)
DOWN = _words(
    """down lost lose loses loss fell fall falls fallen falling drop dropped drops decline declined declines decrease
    decreased decreases sank slipped shrank dipped lower negative"""
)
DIRECTIONS: Mapping[str, int] = {**dict.fromkeys(UP, 1), **dict.fromkeys(DOWN, -1)}

AHEAD = _words("ahead beat beats beaten beating outperformed outperform outperforms outperforming better led")
BEHIND = _words("behind trailed trail trails trailing lagged lag lags lagging underperformed underperform worse")
COMPARISONS: Mapping[str, int] = {**dict.fromkeys(AHEAD, 1), **dict.fromkeys(BEHIND, -1)}

LOUD = _words(
    """soared soars surged surges skyrocketed skyrockets rallied rallies jumped jumps spiked mooned boomed exploded
    plunged plunges crashed crashes collapsed tumbled tanked cratered slumped plummeted doubled tripled quadrupled
    halved profitable unprofitable winning losing record"""
)
"""Directions that no figure bears out, also where nothing else is said."""

LARGEST, SMALLEST, BEST, WORST = "largest", "smallest", "best", "worst"
SUPERLATIVES: Mapping[str, str] = {
    "largest": LARGEST, "biggest": LARGEST, "main": LARGEST, "smallest": SMALLEST, "best": BEST, "worst": WORST,
    "strongest": BEST, "weakest": WORST,
}  # fmt: skip

_HELD = frozenset({M.QUANTITY, M.GAIN, M.UNREALIZED, M.VALUE, M.WEIGHT})
_BY_WORDS: Mapping[str, frozenset[Measure]] = {
    "equity value worth total totals balance": frozenset({M.EQUITY, M.VALUE}),
    "cash": frozenset({M.CASH, M.CASH_SHARE}),
    "fee fees commission commissions paid": frozenset({M.FEES}),
    "cost entry": frozenset({M.COST}),
    "drawdown drawdowns deepest maximum": frozenset({M.DRAWDOWN}),
    "volatility": frozenset({M.VOLATILITY}),
    "sharpe": frozenset({M.SHARPE}),
    "exposure invested": frozenset({M.EXPOSURE}),
    "weight weights share allocation": frozenset({M.WEIGHT, M.CASH_SHARE}),
    "stop": frozenset({M.STOP}),
    "target": frozenset({M.TARGET}),
    "price priced prices": frozenset({M.PRICE}),
    "realized realised": frozenset({M.REALIZED}),
    "unrealized unrealised open": frozenset({M.UNREALIZED}),
    "traded": frozenset({M.BOUGHT, M.SOLD}),
    "bought buy buys purchase purchases purchased": frozenset({M.BOUGHT, M.GAIN}),
    "sold sale sales sell sells": frozenset({M.SOLD, M.REALIZED}),
    "pending waiting wait waits": frozenset({M.PENDING}),
    "rebalance": frozenset({M.REBALANCE}),
    "started start began": frozenset({M.START}),
    "hold held holds holding holdings position positions owns": _HELD,
}
MEASURES: Mapping[str, frozenset[Measure]] = {
    word: measures for words, measures in _BY_WORDS.items() for word in words.split()
}
"""What a number beside the word may be."""

WEAK = frozenset({M.RETURN, M.PROFIT})
"""What a number may be where no word says it."""

_NOUNS: Mapping[str, Measure] = {
    "trade trades": M.TRADES,
    "buy buys purchase purchases": M.BOUGHT,
    "sale sales sell sells": M.SOLD,
    "win wins winner winners": M.WINS,
    "losses loser losers": M.LOSSES,
    "card cards approval approvals": M.PENDING,
}
COUNTED: Mapping[str, Measure] = {word: measure for words, measure in _NOUNS.items() for word in words.split()}
"""What is counted, by its noun."""

SORTS: Mapping[str, Measure] = {
    "winning": M.WINS, "profitable": M.WINS, "losing": M.LOSSES, "pending": M.PENDING, "waiting": M.PENDING,
}  # fmt: skip
"""Adjectives that say which ones are counted."""

CLAIMS = frozenset({*DIRECTIONS, *COMPARISONS, *SUPERLATIVES, *MEASURES})
"""Words that claim something by themselves."""

GOOD_RESULT = _words("profit profits plus")
BAD_RESULT = _words("minus")
"""Results that say a direction where no number stands beside them."""

FIRST = _words("first oldest earliest")
ENDS = FIRST | _words("last latest newest recent")
"""Words for one trade at the end of the row."""

ROUGHLY = _words("about around roughly approximately circa")
ALMOST = _words("almost nearly")
SIDE_WORDS: Mapping[str, Measure] = {
    **dict.fromkeys(_words("bought buy buys purchase purchases purchased"), M.BOUGHT),
    **dict.fromkeys(_words("sold sale sales sell sells"), M.SOLD),
}

HARMLESS = _words(
    """a an the this that these those it its he of in on at to for from by with as and but while whereas though although
    is are was were be been being am has have had did do does done came come stands stood stand sits sat made make makes
    now currently here there where which who how much many over during since until ratio
    return returns returned returning performance performed result results profit profits pnl change changed changes
    move moved moves against versus vs than compared both respectively also average annualized annualised
    last time day days hours hour week month months quarter today yesterday date period window
    figure figures number numbers money amount plus minus
    answer answers ask asked question questions tell told look looked show shows shown see help only can what
    please thanks thank hello hi yes ok okay according books ledger data record records newest latest recent
    next level levels order orders size quantity just still already
    short summary first line table picture chart"""
)

ENGLISH = frozenset(
    {
        *US, *OTHERS, *DIRECTIONS, *COMPARISONS, *SUPERLATIVES, *MEASURES, *COUNTED, *SORTS, *ROUGHLY, *ALMOST,
        *SIDE_WORDS, *HARMLESS,
    }
)  # fmt: skip
"""Every word that the check understands."""
