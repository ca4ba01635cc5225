"""A trade's fee as it really left the account.

Venues list every trade's fee in the quote currency, also where it was taken in base or in a token of theirs.
The ledger shows what was taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trading.domain.money import Money
from trading.exchange.ports import AccountTrade, LedgerEntry


def with_ledger_fees(trades: Iterable[AccountTrade], entries: Iterable[LedgerEntry]) -> Sequence[AccountTrade]:
    """`trades` with the fees of the ledger's entries that refer to them; unchanged where the ledger has none.

    A fee taken in two currencies at once is left as the venue listed it: one amount cannot tell it.
    """
    taken: dict[str, dict[str, Money]] = {}
    for entry in entries:
        if entry.fee.amount:
            fees = taken.setdefault(entry.reference, {})
            known = fees.get(entry.fee.currency)
            fees[entry.fee.currency] = known + entry.fee if known else entry.fee
    return [_with_fee(trade, list(taken.get(trade.trade_id, {}).values())) for trade in trades]


def _with_fee(trade: AccountTrade, fees: Sequence[Money]) -> AccountTrade:
    return replace(trade, fee=fees[0]) if len(fees) == 1 else trade
