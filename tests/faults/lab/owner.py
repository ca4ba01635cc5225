"""What the owner and chance do on the account beside the program: orders by hand, money in and out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tests.faults.lab.life import Life
from tests.faults.lab.records import PRICES, STEP, TICK
from trading.domain.money import round_down
from trading.domain.order import Side
from trading.exchange.ports import LedgerKind

ACTS = 8


async def meddle(life: Life) -> None:
    """Some acts of the owner, one after the other."""
    for _ in range(ACTS):
        await life.clock.sleep(life.chance.uniform(0.1, 25))
        life.chance.choice(_ACTS)(life)


def _trades(life: Life) -> None:
    symbol, side = life.chance.choice(list(PRICES)), life.chance.choice(list(Side))
    life.exchange.place_by_hand(symbol, side, _quantity(life, symbol))


def _rests(life: Life) -> None:
    """A limit order that may fill at once, later, or never."""
    symbol, side = life.chance.choice(list(PRICES)), life.chance.choice(list(Side))
    away = Decimal(life.chance.choice(("0.9", "0.98", "1", "1.02", "1.1")))
    limit = round_down(life.exchange.prices[symbol] * away, TICK)
    life.exchange.place_by_hand(symbol, side, _quantity(life, symbol), limit)


def _withdraws_an_order(life: Life) -> None:
    by_hand = [ticket for ticket in life.exchange.tickets if ticket.client_id is None and ticket.is_open]
    if by_hand:
        life.exchange.cancel(life.chance.choice(by_hand), life.clock.now())


def _deposits(life: Life) -> None:
    currency, amount = life.chance.choice((("USD", "250"), ("BTC", "0.1"), ("SOL", "3.5"), ("DOGE", "1000")))
    life.exchange.post(currency, Decimal(amount), LedgerKind.DEPOSIT, lag=_lag(life))


def _earns(life: Life) -> None:
    life.exchange.post("ETH", Decimal("0.0123"), LedgerKind.REWARD, lag=_lag(life))


def _pays_out(life: Life) -> None:
    amount = Decimal(50)
    if life.exchange.balances["USD"] - life.exchange.held("USD") > amount:
        life.exchange.post("USD", -amount, LedgerKind.WITHDRAWAL, lag=_lag(life))


def _prices_move(life: Life) -> None:
    symbol = life.chance.choice(list(PRICES))
    price = life.exchange.prices[symbol] * Decimal(life.chance.choice(("0.97", "0.99", "1.01", "1.03")))
    life.exchange.set_price(symbol, max(round_down(price, TICK), TICK))


_ACTS: tuple[Callable[[Life], None], ...] = (
    _trades,
    _trades,
    _rests,
    _rests,
    _withdraws_an_order,
    _deposits,
    _earns,
    _pays_out,
    _prices_move,
    _prices_move,
)


def _quantity(life: Life, symbol: str) -> Decimal:
    worth = Decimal(life.chance.randint(6, 120))
    return round_down(worth / life.exchange.prices[symbol], STEP)


def _lag(life: Life) -> float:
    return life.chance.uniform(0, life.exchange.habits.lag)
