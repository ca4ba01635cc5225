"""Prices that people asked to be told of. An alert fires once and is forgotten, or, repeating, each time it is met."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from trading.clock import Clock
from trading.contract.controls import AlertView, Condition
from trading.decision.past_prices import PastPrices
from trading.decision.price_alert import ALERTS, PriceAlert, words
from trading.domain.event import AlertFired
from trading.domain.market import Instrument, Quote
from trading.domain.money import ONE, ZERO, round_down
from trading.domain.risk import RefusalCode, Refused
from trading.market.quotes import QuoteCache
from trading.store.port import Store, Transaction

MOST = 50
_META = "price_alerts"


class PriceAlerts:
    """The watched prices, in memory and in the store. A stale price meets nothing."""

    def __init__(
        self,
        store: Store,
        quotes: QuoteCache,
        instruments: Mapping[str, Instrument],
        max_age: timedelta,
        clock: Clock,
        new_id: Callable[[], str],
        past: PastPrices,
    ) -> None:
        self._store = store
        self._quotes = quotes
        self._instruments = instruments
        self._max_age = max_age
        self._clock = clock
        self._new_id = new_id
        self._past = past
        self._alerts: tuple[PriceAlert, ...] = ()
        # Held from reading the list to keeping the new one: two that are met at once must both be told.
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        """Take up the list of the last run."""
        async with self._store.reading() as read:
            kept = await read.meta(_META)
        self._alerts = ALERTS.validate_json(kept) if kept else ()

    async def learn(self) -> None:
        """Learn the past prices that changes over a span are reckoned from, where they are not known. Never raises."""
        for alert in self._alerts:
            traded = alert.symbol in self._instruments
            if traded and alert.span is not None and self._past.ago(alert.symbol, alert.span) is None:
                await self._past.seed(alert.symbol, alert.span)

    def all(self) -> Sequence[AlertView]:
        """Oldest first."""
        # A coin that is not traded at present keeps its alerts for when it is again.
        return [self._view(alert) for alert in self._alerts if alert.symbol in self._instruments]

    async def add(self, symbol: str, condition: Condition, by: str) -> AlertView | Refused:
        """Watch for `condition`. It must not hold already, and nothing like it may be watched."""
        last = self._fresh(symbol)
        if isinstance(last, Refused):
            return last
        if not condition.value.is_finite():
            return Refused(RefusalCode.INVALID_AMOUNT, "Name a price, or a percentage such as -5%.", symbol)
        if condition.span is not None and self._past.ago(symbol, condition.span) is None:
            await self._past.seed(symbol, condition.span)
        async with self._lock:
            alert = self._alert(symbol, condition, last, by)
            refused = self._refusal(alert, last)
            if refused is not None:
                return refused
            await self._keep((*self._alerts, alert))
        return self._view(alert)

    async def remove(self, alert_id: str) -> AlertView | Refused:
        """Watch it no longer. `alert_id` may be its first characters, where only one begins so."""
        async with self._lock:
            found = [view for view in self.all() if alert_id and view.id.startswith(alert_id)]
            if len(found) != 1:
                return Refused(RefusalCode.NOTHING_TO_DO, "That alert is not watched, or not any more. See /alerts.")
            await self._keep(tuple(alert for alert in self._alerts if alert.id != found[0].id))
        return found[0]

    async def on_quote(self, symbol: str, quote: Quote) -> None:
        """Tell every alert of `symbol` that `quote` meets, each in the transaction that forgets it."""
        if any(alert.symbol == symbol and alert.span is not None for alert in self._alerts):
            self._past.put(symbol, quote.last)
        if any(self._turns(alert, symbol, quote.last) for alert in self._alerts) and self._is_fresh(symbol):
            async with self._lock:
                await self._follow(symbol, quote.last)

    async def _follow(self, symbol: str, last: Decimal) -> None:
        """Under the lock the list is read again: somebody may have told or removed one meanwhile."""
        met = [a for a in self._alerts if a.symbol == symbol and a.armed and self._now(a).is_met(last)]
        after = tuple(found for alert in self._alerts if (found := self._after(alert, symbol, last, alert in met)))
        await self._keep(after, [AlertFired(self._clock.now(), a.symbol, a.words, last, a.by, a.id) for a in met])

    def _after(self, alert: PriceAlert, symbol: str, last: Decimal, met: bool) -> PriceAlert | None:
        if met:
            return replace(alert, armed=False) if alert.repeats else None
        back = alert.symbol == symbol and not alert.armed and self._now(alert).is_behind(last)
        return replace(alert, armed=True) if back else alert

    def _turns(self, alert: PriceAlert, symbol: str, last: Decimal) -> bool:
        if alert.symbol != symbol:
            return False
        now = self._now(alert)
        return now.is_met(last) if alert.armed else now.is_behind(last)

    def _now(self, alert: PriceAlert) -> PriceAlert:
        """The alert with its level where it lies now."""
        return alert if alert.span is None else alert.at(self._past.ago(alert.symbol, alert.span))

    async def _keep(self, alerts: tuple[PriceAlert, ...], told: Sequence[AlertFired] = ()) -> None:
        async with self._store.transaction() as tx:
            await self._write(tx, alerts, told)
        self._alerts = alerts

    async def _write(self, tx: Transaction, alerts: tuple[PriceAlert, ...], told: Sequence[AlertFired]) -> None:
        await tx.put_meta(_META, ALERTS.dump_json(alerts).decode())
        for event in told:
            await tx.append(event)

    def _alert(self, symbol: str, condition: Condition, last: Decimal, by: str) -> PriceAlert:
        tick = self._instruments[symbol].price_tick
        wanted = last * (ONE + condition.value) if condition.move else condition.value
        level = round_down(max(wanted, ZERO), tick)
        rises = level > last if condition.rises is None else condition.rises
        said, now = words(rises, condition, level, last), self._clock.now()
        fixed = PriceAlert(self._new_id(), symbol, rises, level, said, by, now, condition.repeats)
        if condition.span is None:
            return fixed
        rises = condition.value > ZERO
        return self._now(replace(fixed, rises=rises, span=condition.span, change=condition.value))

    def _refusal(self, alert: PriceAlert, last: Decimal) -> Refused | None:
        base = self._instruments[alert.symbol].base
        if alert.span is not None and not alert.level:
            return Refused(RefusalCode.NO_PRICE, f"What {base} cost then is not known yet; try again shortly.")
        if alert.span is not None and alert.is_met(last):
            then = alert.level / (ONE + alert.change)
            moved = f"{base} has moved {(last / then - 1) * 100:+.1f} % in that time"
            return Refused(RefusalCode.WRONG_SIDE, f"{moved}, so that holds now; name another.", alert.symbol)
        if alert.level <= ZERO:
            return Refused(RefusalCode.INVALID_AMOUNT, f"{base} never gets there; name a price above 0.", alert.symbol)
        if alert.is_met(last):
            return Refused(
                RefusalCode.WRONG_SIDE,
                f"{base} is at {last:,f} already, so that holds now; name another.",
                alert.symbol,
            )
        if any(_watches(other) == _watches(alert) for other in self._alerts):
            return Refused(RefusalCode.NOTHING_TO_DO, f"{base} {alert.words} is watched already. See /alerts.")
        if len(self._alerts) >= MOST:
            return Refused(RefusalCode.NOTHING_TO_DO, f"{MOST} prices are watched, the most there can be; remove one.")
        return None

    def _fresh(self, symbol: str) -> Decimal | Refused:
        quote = self._quotes.latest(symbol)
        if quote is None or symbol not in self._instruments:
            return Refused(RefusalCode.NO_PRICE, f"There is no price of {symbol} yet; try again shortly.", symbol)
        if not self._is_fresh(symbol):
            return Refused(RefusalCode.STALE_PRICE, f"The price of {symbol} is too old; wait for the feed.", symbol)
        return quote.last

    def _is_fresh(self, symbol: str) -> bool:
        age = self._quotes.age(symbol)
        return age is not None and age <= self._max_age

    def _view(self, alert: PriceAlert) -> AlertView:
        quote, alert = self._quotes.latest(alert.symbol), self._now(alert)
        return AlertView(
            id=alert.id,
            instrument=self._instruments[alert.symbol],
            rises=alert.rises,
            level=alert.level,
            words=alert.words,
            by=alert.by,
            set_at=alert.set_at,
            repeats=alert.repeats,
            price=None if quote is None else quote.last,
            span=alert.span,
        )


def _watches(alert: PriceAlert) -> tuple[object, ...]:
    """The same for alerts that wait for the same."""
    return alert.symbol, alert.rises, alert.span, alert.level if alert.span is None else alert.change
