"""The account: what it holds, what is held back for open orders, its ledger and its fee rates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from tests.contract.kraken_market import MAKER_FEES, PAIRS, TAKER_FEES
from tests.faults.kraken.records import ZERO, Entry, Ids, Order, Side

ASSETS: Mapping[str, str] = {
    **{pair.base: pair.base_id for pair in PAIRS},
    **{pair.quote: pair.quote_id for pair in PAIRS},
}
"""Kraken's name of an asset by its usual one; assets that are not listed keep theirs."""
CODES: Mapping[str, str] = {id_: code for code, id_ in ASSETS.items()}


class Account:
    """Balances by Kraken's asset names, exact. `traded` is the volume of 30 days in USD, which sets the fees."""

    def __init__(self, balances: Mapping[str, Decimal], traded: Decimal, ids: Ids, at: float) -> None:
        self._ids = ids
        self.totals: dict[str, Decimal] = {}
        self.ledger: list[Entry] = []
        self.traded = traded
        for code, amount in balances.items():
            self.post(ASSETS.get(code, code), "deposit", amount, ZERO, self._ids.next("F"), at)

    def balances(self) -> dict[str, Decimal]:
        """Totals by usual code."""
        return {CODES.get(asset, asset): total for asset, total in self.totals.items()}

    def taker_rate(self) -> Decimal:
        """The fee of orders that take from the book, as a fraction of the cost."""
        return rate(TAKER_FEES, self.traded)

    def maker_rate(self) -> Decimal:
        """The fee of orders that waited in the book, as a fraction of the cost."""
        return rate(MAKER_FEES, self.traded)

    def post(
        self, asset: str, kind: str, amount: Decimal, fee: Decimal, reference: str, at: float, subtype: str = ""
    ) -> Entry:
        """Change a balance by `amount` less `fee` and write it down."""
        balance = self.totals.get(asset, ZERO) + amount - fee
        self.totals[asset] = balance
        entry = Entry(self._ids.next("L"), reference, kind, asset, amount, fee, balance, at, subtype)
        self.ledger.append(entry)
        return entry

    def holds(self, orders: Iterable[Order]) -> dict[str, Decimal]:
        """What open orders keep back, by asset."""
        held: dict[str, Decimal] = {}
        for order in orders:
            asset, amount = self.needed(order)
            held[asset] = held.get(asset, ZERO) + amount
        return held

    def needed(self, order: Order) -> tuple[str, Decimal]:
        """The asset an open order may still spend, and at most how much of it."""
        ticket = order.ticket
        if ticket.side is Side.SELL:
            fee = self.taker_rate() if "fcib" in ticket.flags else ZERO
            return ticket.pair.base_id, order.remaining * (1 + fee)
        price = ticket.limit or ticket.price or order.average
        return ticket.pair.quote_id, order.remaining * price * (1 + self.taker_rate())


def rate(schedule: Sequence[tuple[int, float]], traded: Decimal) -> Decimal:
    """The fraction that `schedule` (volume from, percent) asks at a volume of `traded`."""
    return Decimal(str([percent for volume, percent in schedule if traded >= volume][-1])) / 100
