"""A bot's books, read from its database by other means than its own."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Amounts = Mapping[str, Decimal]
"""By currency; what is nothing is left out."""


@dataclass(frozen=True)
class Closing:
    """What the books say is held, reckoned in two ways, and what the ledger fails to cancel."""

    residual: Amounts
    """What all postings of a currency sum to."""
    held: Amounts
    """From the fills and cash flows alone."""
    booked: Amounts
    """From the ledger's assets."""

    def agrees(self) -> bool:
        """Nothing was made or lost, and both ways come to the same."""
        return not self.residual and self.held == self.booked


@dataclass(frozen=True)
class Books:
    """The database in a state directory."""

    state: Path

    def rows(self, table: str, database: str = "purser.db") -> list[Row]:
        """Every row of a table, oldest first where it has an order."""
        with closing(self._connection(database)) as connection:
            return _rows(connection, table)

    def events(self, kind: str) -> list[Row]:
        """The journal's entries of one kind."""
        return [json.loads(row["event"]) for row in self.rows("journal") if row["kind"] == kind]

    @property
    def fills(self) -> list[Row]:
        return self.rows("fills")

    def approval(self, approval_id: str) -> Row:
        return next(row for row in self.rows("approvals") if row["id"] == approval_id)

    def close(self) -> Closing:
        """The books as they are at one moment, however busy the bot is."""
        with closing(self._connection()) as connection:
            connection.execute("BEGIN")
            flows, fills, postings = (_rows(connection, name) for name in ("cash_flows", "fills", "postings"))
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for row in postings:
            sums[row["currency"]] += Decimal(row["amount"])
        assets = [row for row in postings if row["account"] == "assets"]
        return Closing(_known(sums), _by_fills(flows, fills), _by_ledger(assets))

    def fills_of(self, approval_id: str) -> list[Row]:
        """The fills of the orders that a card holds."""
        batch = self.approval(approval_id)["batch_id"]
        orders = {row["client_order_id"] for row in self.rows("orders") if row["batch_id"] == batch}
        return [fill for fill in self.fills if fill["client_order_id"] in orders]

    def _connection(self, database: str = "purser.db") -> sqlite3.Connection:
        connection = sqlite3.connect(self.state / database, timeout=10, isolation_level=None)
        connection.row_factory = sqlite3.Row
        return connection


def _rows(connection: sqlite3.Connection, table: str) -> list[Row]:
    return [dict(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY rowid")]


def _by_fills(flows: Iterable[Row], fills: Iterable[Row]) -> Amounts:
    held: dict[str, Decimal] = defaultdict(Decimal)
    for flow in flows:
        held[flow["currency"]] += Decimal(flow["amount"])
    for fill in fills:
        base, quote = fill["symbol"].split("/")
        signed = Decimal(fill["quantity"]) * (1 if fill["side"] == "buy" else -1)
        held[base] += signed
        value = Decimal(fill["quantity"]) * Decimal(fill["price"]) if fill["cost"] is None else Decimal(fill["cost"])
        held[quote] -= value if fill["side"] == "buy" else -value
        held[fill["fee_currency"]] -= Decimal(fill["fee"])
    return _known(held)


def _by_ledger(assets: Iterable[Row]) -> Amounts:
    held: dict[str, Decimal] = defaultdict(Decimal)
    for row in assets:
        held[row["currency"]] += Decimal(row["amount"])
    return _known(held)


def _known(amounts: Amounts) -> Amounts:
    return {currency: amount for currency, amount in amounts.items() if amount}
