"""The portfolio at a glance, and its performance: both from the one equity curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

from trading.clock import Clock
from trading.contract import BenchmarkGap, Performance, Status, Window, World
from trading.domain.portfolio import EquityPoint
from trading.orders.account import Account
from trading.portfolio.equity import EquityCurve
from trading.portfolio.growth import Growth
from trading.portfolio.performance import measure, total_returns, within
from trading.portfolio.windows import parse_window
from trading.risk.switch import Switch
from trading.views.cards import CardViews
from trading.views.holdings import Holdings
from trading.views.model_costs import ModelCostViews
from trading.views.trades import TradeViews


class Overview:
    """Status and performance."""

    def __init__(
        self,
        world: Callable[[], World],
        account: Account,
        curve: EquityCurve,
        holdings: Holdings,
        trades: TradeViews,
        cards: CardViews,
        switch: Switch,
        clock: Clock,
        decider: str,
        next_rebalance: Callable[[], datetime | None],
        alerts: Callable[[], Sequence[str]],
        models: ModelCostViews,
    ) -> None:
        self._current = world
        self._account = account
        self._curve = curve
        self._holdings = holdings
        self._trades = trades
        self._cards = cards
        self._switch = switch
        self._growth = Growth()
        self._clock = clock
        self._decider = decider
        self.next_rebalance = next_rebalance
        self._alerts = alerts
        self._models = models

    @property
    def _world(self) -> World:
        return self._current()

    def decider(self) -> str:
        """Who decides rebalances."""
        return self._decider

    @property
    def inception(self) -> datetime:
        """When the portfolio began; now, while it has not."""
        return self._curve.inception or self._clock.now()

    async def performance(self, window: Window | None) -> Performance | None:
        """Over `window`, or since inception, with what models cost beside it."""
        measured = await self.measured(window)
        points = self._curve.up_to(measured.window.end) if measured else ()
        return await self._models.beside(measured, points[-1].equity if points else None)

    async def measured(self, window: Window | None) -> Performance | None:
        """The same without what models cost, for figures that do not depend on it."""
        window = window or self._all(self._clock.now())
        fees, count = await self._trades.cost_and_count(window)
        return measure(self._curve.up_to(window.end), self._world, window, fees, count, self._curve.columns)

    async def status(self) -> Status:
        now, equity = self._clock.now(), self._account.equity()
        points, inception = self._curve.up_to(now), self.inception
        returns = total_returns(points, Window(inception, max(inception, now), "ever"), self._growth)
        amount, fraction = (None, None) if equity is None else self._today(points, now)
        cash = self._account.book.cash
        return Status(
            world=self._world,
            at=now,
            since=inception,
            equity=equity,
            cash=cash,
            cash_weight=cash / equity if equity else None,
            change=returns.get("Portfolio"),
            today_amount=amount,
            today_change=fraction,
            gaps=_gaps(returns),
            holdings=self._holdings.all(),
            state=self._switch.state,
            state_reason=self._switch.reason,
            price_age=self._holdings.oldest_price(),
            next_rebalance=self.next_rebalance(),
            pending=await self._cards.waiting(),
            decider=self._decider,
            alerts=tuple(self._alerts()),
        )

    def _all(self, now: datetime) -> Window:
        window = parse_window("all", now, self._world.timezone, self.inception)
        assert window is not None, '"all" is always understood'
        return window

    def _today(self, points: Sequence[EquityPoint], now: datetime) -> tuple[Decimal | None, Decimal | None]:
        """Change since local midnight, or since inception when that was today."""
        midnight = datetime.combine(now.astimezone(self._world.timezone).date(), time(), self._world.timezone)
        today = within(points, Window(midnight.astimezone(UTC), now, "today"))
        if not today or not today[0].equity:
            return None, None
        amount = today[-1].equity - today[0].equity - sum((point.flows for point in today[1:]), Decimal(0))
        return amount, amount / today[0].equity


def _gaps(returns: Mapping[str, Decimal]) -> tuple[BenchmarkGap, ...]:
    ours = returns.get("Portfolio")
    if ours is None:
        return ()
    return tuple(BenchmarkGap(name, ours, theirs) for name, theirs in returns.items() if name != "Portfolio")
