"""Double entry: each fact becomes postings that sum to exactly zero in every currency.

Accounts: `assets` (what is held, or owed: negative), `trading` (what was exchanged for what), `fees` (rollovers too),
`external` (flows).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from trading.domain.market import Instrument
from trading.domain.money import ZERO, Money
from trading.domain.order import Fill, Side
from trading.domain.portfolio import CashFlow, Posting
from trading.portfolio.book import Book

ASSETS = "assets"
TRADING = "trading"
FEES = "fees"
EXTERNAL = "external"


def fill_postings(fill: Fill, instrument: Instrument) -> tuple[Posting, ...]:
    """What `fill` moves: base against quote through `trading`, and the fee."""
    sign = 1 if fill.side is Side.BUY else -1
    base = Money(fill.quantity * sign, instrument.base)
    quote = Money(fill.notional * sign, instrument.quote)
    moves = (
        (ASSETS, base),
        (TRADING, -base),
        (ASSETS, -quote),
        (TRADING, quote),
        (ASSETS, -fill.fee),
        (FEES, fill.fee),
    )
    return tuple(Posting(fill.trade_id, account, money, fill.at) for account, money in moves)


def flow_postings(flow: CashFlow) -> tuple[Posting, ...]:
    """Money from outside, or to it; a rollover is a fee."""
    other = EXTERNAL if flow.rollover_of is None else FEES
    return (
        Posting(flow.id, ASSETS, flow.money, flow.at),
        Posting(flow.id, other, -flow.money, flow.at),
    )


def residual(totals: Mapping[tuple[str, str], Decimal]) -> Decimal:
    """The largest absolute sum over all accounts in any currency. Exactly zero, or value was made or lost."""
    sums: dict[str, Decimal] = {}
    for (_, currency), amount in totals.items():
        sums[currency] = sums.get(currency, ZERO) + amount
    return max((abs(amount) for amount in sums.values()), default=ZERO)


def disagreements(totals: Mapping[tuple[str, str], Decimal], book: Book) -> dict[str, Decimal]:
    """By currency, of all that either knows, how far the ledger's assets are from the book's; empty when they agree."""
    differences = {currency: amount for (account, currency), amount in totals.items() if account == ASSETS}
    for currency, held in book.holdings().items():
        differences[currency] = differences.get(currency, ZERO) - held
    return {currency: difference for currency, difference in differences.items() if difference}
