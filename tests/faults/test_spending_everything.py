"""A venue rounds a buyer's price up to its next step: the last cent of cash must not cost the whole order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.world import Market, limits, rules, started
from trading.contract import Amount, AmountUnit, ApprovalView, Decided
from trading.domain.order import OrderStatus, Side

SLIPPAGE = Decimal("0.0005")


@pytest.mark.parametrize("price", ["99.37", "100.01", "103.33", "97.777"])
async def test_buying_with_all_cash_is_filled_and_spends_nearly_all_of_it(price: str) -> None:
    told = rules(limits=limits(slippage=SLIPPAGE))
    world = await started(told=told, spread=Decimal("0.0005"), slippage=SLIPPAGE)
    assert isinstance(world.market, Market)
    world.tell("ETH/USD", Decimal(price) / 10)
    preview = await world.desk.preview_order(Side.BUY, "eth", Amount(Decimal(1), AmountUnit.FRACTION), "me")
    assert isinstance(preview, ApprovalView)
    decided = await world.desk.approve(preview.approval.id, "me", "terminal")
    assert isinstance(decided, Decided) and decided.batch is not None
    (order,) = decided.batch.orders
    assert (order.status, order.detail) == (OrderStatus.FILLED, "")
    assert 0 <= world.cash < 5
