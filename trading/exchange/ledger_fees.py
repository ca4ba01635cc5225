"""Trades and the ledger's entries of them.

Venues list every trade's fee in the quote currency, also where it was taken in base or in a token of theirs: the
ledger shows what was taken. Where there is no ledger, trades tell what they moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from trading.domain.money import ZERO, Money
from trading.domain.order import Side
from trading.exchange.ports import AccountTrade, LedgerEntry, LedgerKind


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


def entries_of(trades: Iterable[AccountTrade]) -> Sequence[LedgerEntry]:
    """What a ledger would hold of `trades`: base and quote of each, the fee with its own currency."""
    return [entry for trade in trades for entry in _two_sides(trade)]


def _two_sides(trade: AccountTrade) -> tuple[LedgerEntry, LedgerEntry]:
    base, _, quote = trade.symbol.partition("/")
    sign = 1 if trade.side is Side.BUY else -1
    cost = trade.price * trade.quantity if trade.cost is None else trade.cost
    moved = (Money(trade.quantity * sign, base), Money(-cost * sign, quote))
    one, other = (_entry(trade, money) for money in moved)
    return one, other


def _entry(trade: AccountTrade, money: Money) -> LedgerEntry:
    fee = trade.fee if trade.fee.currency == money.currency else Money(ZERO, money.currency)
    return LedgerEntry(f"{trade.trade_id}-{money.currency}", trade.trade_id, LedgerKind.TRADE, money, fee, trade.at)
