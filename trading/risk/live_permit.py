"""LIVE's third act: a person has typed in chat that orders may go out with real money. Kept with the books.

It holds for one key at one exchange: another key has to be confirmed anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from trading.clock import Clock
from trading.domain.event import LiveConfirmed, LiveUnconfirmed
from trading.domain.order import OrderIntent
from trading.domain.risk import RefusalCode, Refused
from trading.store.codec import JsonCodec
from trading.store.port import Store

PHRASE = "TRADE REAL MONEY"
META = "live_confirmed"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who let LIVE begin, where, when, and for which key."""

    by: str
    on: str
    at: datetime
    key: str


CONFIRMATION: JsonCodec[Confirmation] = JsonCodec(Confirmation)


def fingerprint(exchange: str, key: str) -> str:
    """A name for the key that does not give it away."""
    return hashlib.sha256(f"{exchange}:{key}".encode()).hexdigest()[:16]


class LivePermit:
    """Refuses every order, protective ones too, until a person has confirmed."""

    def __init__(self, store: Store, exchange: str, key: str, clock: Clock) -> None:
        self._store = store
        self._key = fingerprint(exchange, key)
        self._clock = clock
        self.exchange = exchange
        self.confirmation: Confirmation | None = None

    @property
    def confirmed(self) -> bool:
        return self.confirmation is not None

    async def load(self) -> None:
        """Take up what was confirmed earlier, for this very key."""
        async with self._store.reading() as read:
            kept = await read.meta(META)
        known = CONFIRMATION.load(kept) if kept else None
        self.confirmation = known if known and known.key == self._key else None

    async def ask(self) -> None:
        """Tell the journal that a person has to confirm."""
        if not self.confirmed:
            async with self._store.transaction() as tx:
                await tx.append(LiveUnconfirmed(self._clock.now(), PHRASE, self.exchange))

    async def confirm(self, phrase: str, by: str, on: str) -> Refused | None:
        """Let orders out if `phrase` is the right one; case and spaces do not matter."""
        if " ".join(phrase.upper().split()) != PHRASE:
            detail = f"Nothing changed: that is not the phrase. Type /live {PHRASE} to let orders go out."
            return Refused(RefusalCode.LIVE_NOT_CONFIRMED, detail)
        given = Confirmation(by, on, self._clock.now(), self._key)
        async with self._store.transaction() as tx:
            if self.confirmed:
                return None
            await tx.put_meta(META, CONFIRMATION.dump(given))
            await tx.append(LiveConfirmed(given.at, by, on))
        self.confirmation = given
        return None

    def alerts(self) -> tuple[str, ...]:
        """What a person has to do before anything is traded."""
        return () if self.confirmed else (f"LIVE is not confirmed; type /live {PHRASE}.",)

    def refusal(self, intent: OrderIntent) -> Refused | None:
        """No order leaves before the confirmation."""
        if self.confirmed:
            return None
        detail = f"LIVE is not confirmed; type /live {PHRASE} to let orders go to {self.exchange} with real money."
        return Refused(RefusalCode.LIVE_NOT_CONFIRMED, detail, intent.symbol)
