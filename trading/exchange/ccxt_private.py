"""One key's connection to an exchange through ccxt: signed requests one after the other, within the venue's limits.

There is one of these per key: a venue wants each request's nonce to be larger than the last one's, so two
clients with one key refuse each other. Requests wait in one line, the most urgent first.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from trading.clock import Clock
from trading.errors import Retryable, SettingsError
from trading.exchange.ccxt_client import in_our_words, load_markets, make_client
from trading.exchange.ccxt_outcome import venue_errors
from trading.exchange.columns import from_ms, to_ms
from trading.exchange.credentials import Credentials, require_usable
from trading.exchange.priority_gate import PriorityGate
from trading.exchange.request_budget import KRAKEN_TIERS, RequestBudget, Tier, Urgency
from trading.exchange.server_time import ServerTime
from trading.exchange.venue_refusals import REFUSALS, meaning
from trading.redaction import Redaction

KeepNonce = Callable[[int], Awaitable[None]]
"""Writes a number down for good: no larger nonce has been used yet. Whatever it raises stops the request."""

_NONCES_AHEAD = 60_000
"""Nonces are milliseconds, and kept a minute ahead: one write a minute at most, not one per request."""

_RATE_REFUSALS = ("EAPI:Rate limit exceeded", "EOrder:Rate limit exceeded", "EGeneral:Too many requests")


class PrivateClient:
    """Signed requests of one key.

    `nonce_mark` is the number last given to `keep_nonce` (0 at the very first start); nonces go on above it,
    whatever the clock says. `base_url` sends everything to another address. Raises SettingsError for an
    exchange that ccxt does not know and for a key or secret that cannot be one.
    """

    def __init__(
        self,
        exchange_id: str,
        credentials: Credentials,
        *,
        clock: Clock,
        base_url: str | None = None,
        timeout: timedelta = timedelta(seconds=10),
        tier: Tier = KRAKEN_TIERS["starter"],
        nonce_mark: int = 0,
        keep_nonce: KeepNonce | None = None,
    ) -> None:
        client = make_client(exchange_id, base_url, timeout, None)
        require_usable(credentials, client.id, needs_password=client.requiredCredentials["password"])
        client.apiKey, client.secret = credentials.key, credentials.secret
        client.password = credentials.password or None
        # ccxt must not send anything twice by itself, nor make an exit wait behind a question in its own line.
        client.options["maxRetriesOnFailure"] = 0
        client.enableRateLimit = False
        # A proxy's page may show what was asked, and a venue's answer ends up in books and chats.
        client.on_rest_response = _read_without(Redaction(credentials.key, credentials.secret, credentials.password))
        client.nonce = self._clock_nonce
        client.options["lastNonce"] = nonce_mark
        self.client = client
        self.clock = clock
        self.timeout = timeout
        self.server_time = ServerTime(self._ask_time, clock)
        self._tier = tier
        self._gate = PriorityGate()
        self._questions = RequestBudget(tier.questions, clock)
        self._trading: dict[str, RequestBudget] = {}
        self._nonce_mark = nonce_mark
        self._keep_nonce = keep_nonce

    @property
    def id(self) -> str:
        """ccxt's name of the exchange: "kraken"."""
        return str(self.client.id)

    @property
    def name(self) -> str:
        """What people call it: "Kraken"."""
        return str(self.client.name)

    async def markets(self) -> Mapping[str, Any]:
        """ccxt's listings by symbol; asked for once, then remembered. Raises Retryable."""
        if not self.client.markets:
            with self.asking():
                await load_markets(self.client)
                # Figures as the venue wrote them. Decimals will not do: ccxt reads some figures twice, and takes
                # a Decimal for no number the second time.
                self.client.number = str
        if not self.client.markets:
            raise Retryable(f"{self.name} listed no markets; asking again later.")
        return dict(self.client.markets)

    async def market(self, symbol: str) -> Mapping[str, Any]:
        """One listing. Raises Retryable, and SettingsError for a symbol that is not traded there."""
        markets = await self.markets()
        if symbol not in markets:
            raise SettingsError(f"{self.name} has no market {symbol}; check SYMBOLS.")
        market: Mapping[str, Any] = markets[symbol]
        return market

    @asynccontextmanager
    async def trading_turn(self, symbol: str, cost: float, urgency: Urgency) -> AsyncIterator[None]:
        """The line is ours inside the block, and `cost` points of the pair's trading counter are spent."""
        budget = self._trading.setdefault(symbol, RequestBudget(self._tier.trading, self.clock))
        async with self._turn(budget, cost, urgency):
            yield

    def over_limit(self, symbol: str) -> None:
        """The venue says that the pair's counter is full after all."""
        if symbol in self._trading:
            self._trading[symbol].exhaust()

    @asynccontextmanager
    async def question_turn(self, cost: float, urgency: Urgency = Urgency.QUESTION) -> AsyncIterator[None]:
        """The line is ours inside the block, and `cost` points of the account's question counter are spent."""
        async with self._turn(self._questions, cost, urgency):
            yield

    async def reserve_nonces(self) -> None:
        """Before any nonce above the mark is used, a higher mark is kept. Call it in the turn, before `send`."""
        coming = max(self._clock_nonce(), int(self.client.options["lastNonce"]) + 1)
        if self._keep_nonce is not None and coming > self._nonce_mark:
            mark = coming + _NONCES_AHEAD
            await self._keep_nonce(mark)
            self._nonce_mark = mark

    async def send(self, method: str, *arguments: Any) -> Any:
        """Call ccxt's `method` (as "private_post_balanceex") in a turn. Raises whatever ccxt raises, unjudged."""
        return await getattr(self.client, method)(*arguments)

    async def ask(self, method: str, *arguments: Any, cost: float = 1, urgency: Urgency = Urgency.QUESTION) -> Any:
        """A question in a turn of its own. Raises Retryable."""
        async with self.question_turn(cost, urgency):
            await self.reserve_nonces()
            with self.asking():
                return await self.send(method, *arguments)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Raise Retryable with one sentence for whatever goes wrong inside. Only for questions."""
        try:
            with in_our_words(self.name, self.timeout):
                yield
        except Retryable as error:
            said = venue_errors(error.__cause__) if error.__cause__ else ()
            if any(words.startswith(_RATE_REFUSALS) for words in said):
                self._questions.exhaust()
            reason = meaning(said[0], REFUSALS.get(self.id, {})) if said else None
            if reason is None:
                raise
            raise Retryable(f"{self.name} refused the question: {reason} ({said[0][:80]}).") from error.__cause__

    async def close(self) -> None:
        """Release connections. Safe to call twice."""
        await self.client.close()

    @asynccontextmanager
    async def _turn(self, budget: RequestBudget, cost: float, urgency: Urgency) -> AsyncIterator[None]:
        while True:
            async with self._gate.turn(urgency):
                delay = budget.delay(cost, urgency)
                if not delay:
                    budget.spend(cost)
                    yield
                    return
            # Outside the gate: whoever is more urgent goes first meanwhile.
            await self.clock.sleep(delay)

    def _clock_nonce(self) -> int:
        return to_ms(self.clock.now())

    async def _ask_time(self) -> datetime:
        if not self.client.has.get("fetchTime"):
            return self.clock.now()
        with self.asking():
            milliseconds = await self.client.fetch_time()
            return from_ms(int(milliseconds))


def _read_without(redaction: Redaction) -> Callable[..., str]:
    """Stands in for ccxt's hook, which is given every answer's body before anybody reads it."""

    def read(code: int, reason: str, url: str, method: str, headers: object, body: str, *asked: object) -> str:
        return redaction(body.strip())

    return read


def exact(number: Any) -> Decimal:
    """A number as written. Raises ArithmeticError for what is none, infinities and NaN among them."""
    value = number if isinstance(number, Decimal) else Decimal(str(number))
    if not value.is_finite():
        raise ArithmeticError(f"{number} is not a finite number")
    return value


def same_id(one: str | None, other: str) -> bool:
    """Whether two client order ids are the same, however a venue writes a UUID."""
    return one is not None and one.replace("-", "").lower() == other.replace("-", "").lower()
