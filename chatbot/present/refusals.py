"""Refusals in people's words: what, why with the figures, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from chatbot.message import Button, Reply, Tone
from chatbot.present import marks
from chatbot.present.layout import prose
from trading.contract import World
from trading.domain.risk import RefusalCode, Refused

_C = RefusalCode
HEADLINES: Mapping[RefusalCode, str] = {
    _C.HALTED: "Trading is halted; only protective exits go through.",
    _C.REDUCING: "Only exits are allowed now; nothing new is bought.",
    _C.STALE_PRICE: "The newest price is too old to trade on.",
    _C.NO_PRICE: "There is no price for it yet.",
    _C.UNKNOWN_SYMBOL: "That is not traded here.",
    _C.BELOW_MIN_QUANTITY: "The quantity is below the venue's minimum.",
    _C.BELOW_MIN_NOTIONAL: "The amount is below the venue's minimum.",
    _C.ABOVE_MAX_ORDER_SIZE: "The order is larger than the limit per order.",
    _C.ABOVE_MAX_POSITION: "The position would grow beyond its limit.",
    _C.NOT_ENOUGH_CASH: "There is not enough free cash.",
    _C.NOTHING_TO_SELL: "There is nothing to sell.",
    _C.EXCEEDS_POSITION: "That is more than is held.",
    _C.ORDER_IN_FLIGHT: "Another order for it is still on its way.",
    _C.INVALID_AMOUNT: "That figure cannot be used.",
    _C.NOTHING_TO_DO: "There is nothing to do.",
    _C.PRICE_MOVED: "The price moved too far since the card was made.",
    _C.EXPIRED: "The card has expired; nothing was traded.",
    _C.ALREADY_DECIDED: "The card has already been decided.",
    _C.NOT_ALLOWED: "You may not do that.",
    _C.UNKNOWN_CARD: "That card is not known here.",
    _C.VENUE_REFUSED: "The venue refused the order.",
    _C.VENUE_UNAVAILABLE: "The venue does not answer; nothing was traded.",
    _C.DAILY_LOSS_LIMIT: "The daily loss limit is reached; nothing new is bought.",
    _C.SPREAD_TOO_WIDE: "Bid and ask are too far apart to trade now.",
    _C.SLIPPAGE_TOO_HIGH: "The order book is too thin for that size.",
    _C.NO_EDGE: "The expected move does not pay for the fees.",
    _C.LIVE_NOT_CONFIRMED: "LIVE is not confirmed; no order is sent. See /live.",
    _C.NOT_RECONCILED: "Books and account must be found to agree first. See /reconcile.",
    _C.DRIFT: "Books and account differ; nothing new is bought. See /pending.",
    _C.PAIR_FROZEN: "The pair is frozen until a person decides. See /pending.",
    _C.VENUE_MODE: "The venue does not take such orders now.",
    _C.MARGIN_OFF: "Short selling is off.",
    _C.WRONG_SIDE: "That is on the wrong side of the price.",
    _C.BUSY: "A rebalance is being decided.",
    _C.CARD_CHANGED: "The card changed since; look again.",
    _C.LAST_ORDER: "The last order cannot be left out.",
    _C.SECOND_PERSON: "Somebody else must press.",
}
"""The first sentence of every refusal, by code; the figures follow from the refusal's detail."""

_SAYS_IT_ALL = {_C.NOTHING_TO_SELL}
"""What is not there is named by the detail: a coin that is not held, everything, a position without a stop."""

_LEADS_ON: Mapping[RefusalCode, tuple[str, str]] = {
    _C.HALTED: ("Resume", "do:/resume"),
    _C.REDUCING: ("Resume", "do:/resume"),
    _C.LIVE_NOT_CONFIRMED: ("LIVE", "do:/live"),
    _C.DRIFT: ("Pending", "do:/pending"),
    _C.PAIR_FROZEN: ("Pending", "do:/pending"),
}
"""The button under a refusal that a person can lift."""


def refusal(refused: Refused, world: World) -> Reply:
    """A refusal as a message."""
    buttons = (Button(*_LEADS_ON[refused.code]),) if refused.code in _LEADS_ON else ()
    text = f"{marks.REFUSED} {marks.mode(world)} · {sentence(refused)}"
    return Reply(text=text, buttons=buttons, tone=Tone.BAD, ok=False)


def sentence(refused: Refused) -> str:
    """Headline and figures; what both would say is said once."""
    headline, detail = HEADLINES[refused.code], refused.detail.strip()
    if detail and (refused.code in _SAYS_IT_ALL or detail.startswith(headline.rstrip(".").partition(";")[0])):
        return detail
    return prose(headline, detail)
