"""A person's wish to trade, sized and turned into a preview that waits for a press."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from trading.clock import Clock
from trading.contract import Amount, AmountUnit
from trading.decision.dust import dust, figure, is_sellable
from trading.domain.market import Instrument, Quote
from trading.domain.money import ZERO, round_down
from trading.domain.order import Batch, OrderIntent, OrderType, Side, Source
from trading.domain.risk import RefusalCode, Refused
from trading.errors import Retryable
from trading.exchange.ports import MarketData
from trading.market.fees import FeeTable
from trading.market.quotes import QuoteCache
from trading.orders.account import Account
from trading.orders.intake import Intake, Waiting
from trading.risk.limits import Limits

CENT = Decimal("0.01")


class Wishes:
    """Turns "/buy 50 btc" into orders at fresh prices."""

    def __init__(
        self,
        market: MarketData,
        quotes: QuoteCache,
        account: Account,
        instruments: Mapping[str, Instrument],
        limits: Limits,
        fees: FeeTable,
        intake: Intake,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._market = market
        self._quotes = quotes
        self._account = account
        self._instruments = instruments
        self._limits = limits
        self._fees = fees
        self._intake = intake
        self._clock = clock
        self._new_id = new_id

    async def order(self, side: Side, symbol: str, amount: Amount, actor: str, person: str = "") -> Waiting | Refused:
        """Preview one market order of `amount`. `person` is which person asks, on whatever platform."""
        instrument = self._instrument(symbol)
        if isinstance(instrument, Refused):
            return instrument
        quote = await self._fresh(instrument.symbol)
        if isinstance(quote, Refused):
            return quote
        asked = self._asked(side, instrument, quote, amount)
        if isinstance(asked, Refused):
            return asked
        quantity = round_down(asked, instrument.lot_step)
        if not quantity:
            return _below_a_step(instrument)
        batch = self._batch(Source.MANUAL, actor, f"Asked for by {actor}.")
        intent = self._intent(batch, instrument, side, quantity)
        notes = self._untold(intent, asked, quote, amount.unit)
        return await self._intake.preview(batch, [intent], actor, notes=notes, person=person)

    async def close(self, symbol: str, actor: str, person: str = "") -> Waiting | Refused:
        """Preview selling all of one position."""
        return await self.order(Side.SELL, symbol, Amount(Decimal(1), AmountUnit.FRACTION), actor, person)

    async def flatten(self, actor: str, person: str = "") -> Waiting | Refused:
        """Preview selling every position that is large enough to be sold, and name what stays as dust."""
        held = [self._instruments[position.symbol] for position in self._account.book.positions()]
        quotes: dict[str, Quote] = {}
        for instrument in held:
            quote = await self._fresh(instrument.symbol)
            if isinstance(quote, Refused):
                return quote
            quotes[instrument.symbol] = quote
        batch = self._batch(Source.FLATTEN, actor, f"Everything to cash, asked for by {actor}.")
        intents = [
            self._intent(batch, i, Side.SELL, quantity)
            for i in held
            if (quantity := self._sellable(i, quotes[i.symbol])) > ZERO
        ]
        sold = {intent.symbol: intent.quantity for intent in intents}
        staying = [self._dust(i, sold.get(i.symbol, ZERO), quotes[i.symbol]) for i in held]
        notes = [f"{words}." for words in staying if words]
        if not intents:
            return Refused(RefusalCode.NOTHING_TO_SELL, " ".join([*notes, "There is no position that could be sold."]))
        return await self._intake.preview(batch, intents, actor, notes=notes, person=person)

    def _instrument(self, wanted: str) -> Instrument | Refused:
        name = wanted.strip().upper()
        for instrument in self._instruments.values():
            if name in (instrument.symbol, instrument.base, instrument.symbol.replace("/", "")):
                return instrument
        known = ", ".join(instrument.base for instrument in self._instruments.values())
        return Refused(RefusalCode.UNKNOWN_SYMBOL, f"{wanted} is not traded here; choose one of {known}.")

    async def _fresh(self, symbol: str) -> Quote | Refused:
        try:
            found = await self._market.quotes([symbol])
        except Retryable as error:
            return Refused(RefusalCode.VENUE_UNAVAILABLE, f"No fresh price of {symbol} ({error}); try again shortly.")
        if symbol in found:
            self._quotes.put(symbol, found[symbol])
        quote = self._quotes.latest(symbol)
        return quote or Refused(RefusalCode.NO_PRICE, f"There is no price for {symbol} yet; try again shortly.", symbol)

    def _asked(self, side: Side, instrument: Instrument, quote: Quote, amount: Amount) -> Decimal | Refused:
        """What was asked for, in base, not rounded yet."""
        if amount.value <= 0 or (amount.unit is AmountUnit.FRACTION and amount.value > 1):
            return Refused(
                RefusalCode.INVALID_AMOUNT, "The amount must be above 0, and a share at most 100 %.", instrument.symbol
            )
        held = self._account.free_holding(instrument.symbol)
        if side is Side.SELL and held <= ZERO:
            return Refused(RefusalCode.NOTHING_TO_SELL, f"There is no {instrument.base} to sell.", instrument.symbol)
        return self._base_amount(side, instrument, quote, amount)

    def _base_amount(self, side: Side, rules: Instrument, quote: Quote, amount: Amount) -> Decimal:
        if amount.unit is AmountUnit.BASE:
            return amount.value
        if amount.unit is AmountUnit.QUOTE:
            return amount.value / (quote.ask if side is Side.BUY else quote.bid)
        if side is Side.SELL:
            return self._account.free_holding(rules.symbol) * amount.value
        cost = self._limits.cost_of_buying(rules, quote.ask, self._fees.taker(rules.symbol))
        return self._account.free_cash() * amount.value / cost

    def _untold(self, intent: OrderIntent, asked: Decimal, quote: Quote, unit: AmountUnit) -> list[str]:
        """What rounding down to whole lots leaves out of what was asked, where a person could care."""
        rules = intent.instrument
        stays = self._dust(rules, intent.quantity, quote) if intent.side is Side.SELL else ""
        if stays:
            return [f"{stays}."]
        cut = asked - intent.quantity
        value = cut * (quote.ask if intent.side is Side.BUY else quote.bid)
        step = f"the venue trades in steps of {figure(rules.lot_step)} {rules.base}"
        if cut and unit is AmountUnit.BASE:
            return [f"{figure(cut)} {rules.base} of it left out: {step}."]
        return [f"{value:.2f} {rules.quote} of it left out: {step}."] if value >= CENT else []

    def _dust(self, rules: Instrument, sold: Decimal, quote: Quote) -> str:
        return dust(rules, self._account.free_holding(rules.symbol) - sold, quote.bid)

    def _sellable(self, instrument: Instrument, quote: Quote) -> Decimal:
        free = self._account.free_holding(instrument.symbol)
        return round_down(free, instrument.lot_step) if is_sellable(instrument, free, quote.bid) else ZERO

    def _batch(self, source: Source, actor: str, reason: str) -> Batch:
        return Batch(self._new_id(), source, actor, reason, self._clock.now())

    def _intent(self, batch: Batch, instrument: Instrument, side: Side, quantity: Decimal) -> OrderIntent:
        return OrderIntent(
            id=self._new_id(),
            batch_id=batch.id,
            instrument=instrument,
            side=side,
            quantity=quantity,
            type=OrderType.MARKET,
            source=batch.source,
            reason=batch.reason,
            reduce_only=side is Side.SELL,
        )


def _below_a_step(rules: Instrument) -> Refused:
    return Refused(
        RefusalCode.BELOW_MIN_QUANTITY,
        f"That is less than the smallest step of {rules.lot_step} {rules.base}; ask for more.",
        rules.symbol,
    )
