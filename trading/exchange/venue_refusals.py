"""Words with which a venue refuses an order for certain: after any of these, nothing was placed.

Only what is listed here counts as a refusal. Left out on purpose, because the order may exist all the same:
`EService:Timeout`, `EService:Unavailable`, `EService:Busy` and `EGeneral:Internal error` (the engine may have
taken it), `EAPI:Invalid nonce` (an earlier copy of the request may have been the valid one), and whatever
speaks of `cl_ord_id` (an order with that id may be open).
"""

from __future__ import annotations

from collections.abc import Mapping

Refusals = Mapping[str, str]
"""The venue's error, or its beginning up to a colon -> what it means and what to do, as the end of a sentence."""

_MARGIN = "it was taken for a margin order, which this account cannot place"
_LATER = "we ask too often; try again in a minute"
_KEY = "it does not accept the key; check EXCHANGE_API_KEY and EXCHANGE_API_SECRET"

KRAKEN_REFUSALS: Refusals = {
    "EOrder:Insufficient funds": "there are not enough free funds; ask for less",
    "EOrder:Order minimum not met": "the quantity is below the pair's minimum; ask for more",
    "EOrder:Cost minimum not met": "the order's worth is below the pair's minimum; ask for more",
    "EOrder:Tick size check failed": "the limit price is not a multiple of the pair's price step; round it",
    "EOrder:Invalid price": "the limit price is not allowed; check it against the market",
    "EOrder:Invalid order": "the order's parameters contradict each other; check its type and price",
    "EOrder:Post only order": "a post-only order would have traded at once; set the limit further away",
    "EOrder:Orders limit exceeded": "too many orders of this pair are open; cancel some first",
    "EOrder:Positions limit exceeded": "too many positions are open; close some first",
    "EOrder:Rate limit exceeded": f"of this pair {_LATER}",
    "EOrder:Domain rate limit exceeded": _LATER,
    "EOrder:Trading agreement required": "the account has not accepted the trading agreement; accept it at the venue",
    "EOrder:Cannot open position": _MARGIN,
    "EOrder:Cannot open opposing position": _MARGIN,
    "EOrder:Margin allowance exceeded": _MARGIN,
    "EOrder:Margin level too low": _MARGIN,
    "EOrder:Margin position size exceeded": _MARGIN,
    "EOrder:Insufficient margin": _MARGIN,
    "EOrder:Reduce only": "there is no margin position to reduce",
    "EOrder:Scheduled orders limit exceeded": "too many scheduled orders exist; cancel some first",
    "EQuery:Unknown asset pair": "it does not trade this pair; check SYMBOLS",
    "EQuery:Invalid asset pair": "it does not trade this pair; check SYMBOLS",
    "EGeneral:Invalid arguments": "it did not understand the order; update the program and report this",
    "EGeneral:Unknown method": "it does not know this request; check EXCHANGE_BASE_URL",
    "EGeneral:Permission denied": "the key may not place orders; give it that permission at the venue",
    "EAccount:Invalid permissions": "the account may not trade this pair; see the venue's rules for your country",
    "EGeneral:Invalid permissions": "the account may not trade this pair; see the venue's rules for your country",
    "EGeneral:Temporary lockout": "the address is locked out after failed requests; wait a quarter of an hour",
    "EGeneral:Too many requests": _LATER,
    "EAPI:Rate limit exceeded": _LATER,
    "EService:Throttled": _LATER,
    "EAPI:Invalid key": _KEY,
    "EAPI:Invalid signature": _KEY,
    "EAPI:Feature disabled": "this feature is switched off there for now; try again later",
    "EService:Deadline elapsed": "the order arrived after its deadline; try again when the connection is quicker",
    "EService:Market in cancel_only mode": "the market takes only cancels for now; try again when it is open",
    "EService:Market in post_only mode": "the market takes only resting orders for now; try again when it is open",
    "EService:Market in limit_only mode": "the market takes only limit orders for now; try again when it is open",
    "EService:Market in maintenance mode": "the market is down for maintenance; try again when it is open",
    "ETrade:Locked": "the account is locked; talk to the venue",
    "ETrade:User Locked": "the account is locked; talk to the venue",
}

NO_REFUSALS: Refusals = {}
"""For venues whose words we have not verified: then only asking for the order tells what became of it."""

REFUSALS: Mapping[str, Refusals] = {"kraken": KRAKEN_REFUSALS}
"""By ccxt's name of the venue."""

_NEVER = ("cl_ord_id", "clordid", "client order id", "duplicate")


def meaning(error: str, refusals: Refusals) -> str | None:
    """What `error` means if it is a certain refusal, else None. Longest match first; whole words only."""
    if any(word in error.lower() for word in _NEVER):
        return None
    words = error
    while words:
        if words in refusals:
            return refusals[words]
        words = words.rpartition(":")[0]
    return None
