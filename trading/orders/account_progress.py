"""How far an account is in the books, kept in the store so that nothing is passed over or taken twice."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from trading.orders.account_reading import AccountReading
from trading.store.codec import JsonCodec
from trading.store.port import Claim, Queries, Transaction

OVERLAP = timedelta(minutes=10)
"""How far back each look reaches beyond the last one: venues show things late."""

_META = "reconciliation"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the account is in the books.

    `since` is the exchange's time of the newest entry that is dealt with: whatever our clock says, nothing is passed
    over. `before` names entries and trades that are not booked though a look may still show them: those from before
    the portfolio began, and those that the books cannot take. `set_aside` is what a person left out, by currency.
    """

    since: datetime
    before: tuple[str, ...] = ()
    set_aside: Mapping[str, Decimal] = field(default_factory=dict)


_PROGRESS: JsonCodec[Progress] = JsonCodec(Progress)


async def kept_progress(read: Queries) -> Progress | None:
    """What the last run kept; None where there was none."""
    kept = await read.meta(_META)
    return _PROGRESS.load(kept) if kept else None


def beyond(progress: Progress, reading: AccountReading, given_up: Collection[str]) -> Progress:
    """`progress` after a look: up to the newest entry, but never past one that still waits for its trade."""
    waiting = min((entry.at for entry in reading.entries if not reading.is_complete(entry)), default=reading.until)
    since = max(progress.since, min(reading.until, waiting))
    return replace(progress, since=since, before=tuple(dict.fromkeys([*progress.before, *sorted(given_up)])))


def keeping(progress: Progress) -> Claim:
    """Joins a transaction: `progress` is kept with it."""

    async def keep(tx: Transaction) -> None:
        await tx.put_meta(_META, _PROGRESS.dump(progress))

    return keep
