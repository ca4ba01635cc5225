"""Answers on a real desk: every figure is what a plain recomputation from its fills and candles gives."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

import pytest

from chatbot.agent.agent import Agent
from chatbot.message import Reply
from chatbot.present import numbers as n
from tests.questions.corpus import Question, collected, paraphrases
from tests.questions.desk import traded_desk
from tests.unit.chatbot.agent.conftest import CountingCharts
from tests.world import SmallWorld
from trading.contract import Amount, AmountUnit
from trading.domain.market import Candle
from trading.domain.order import Fill, Side


@pytest.fixture
async def world() -> SmallWorld:
    return await traded_desk()


@pytest.fixture
def agent(world: SmallWorld) -> Agent:
    return Agent(world.desk, CountingCharts())


async def told(agent: Agent, text: str) -> Reply:
    reply = await agent.answer("web:1", text)
    assert reply.ok, reply.text
    return reply


async def fills(world: SmallWorld) -> Sequence[Fill]:
    async with world.store.reading() as read:
        return await read.fills()


async def everything(world: SmallWorld) -> tuple[object, ...]:
    """What a deed would change."""
    return await fills(world), await world.events(), world.desk.controls.alerts(), await world.desk.pending()


async def sales(world: SmallWorld) -> list[Fill]:
    return [fill for fill in await fills(world) if fill.side is Side.SELL]


async def test_fees_are_those_of_the_fills(world: SmallWorld, agent: Agent) -> None:
    paid = sum((fill.fee.amount for fill in await fills(world)), Decimal(0))
    for text in ("what fees did we pay?", "How much have I paid in fees?"):
        assert f"{n.money(paid, 'USD')} in fees for 5 trades" in (await told(agent, text)).text


async def test_wins_losses_and_their_ratios_are_those_of_the_sales(world: SmallWorld, agent: Agent) -> None:
    (won,) = (sale.realized for sale in await sales(world) if sale.realized > 0)
    (lost,) = (-sale.realized for sale in await sales(world) if sale.realized <= 0)
    assert "1 win, 1 loss" in (await told(agent, "how many wins and losses?")).text
    assert "Win rate 50.0 %" in (await told(agent, "What's my win rate this month?")).text
    factor = (await told(agent, "Calculate my profit factor")).text
    assert f"Profit factor {n.figure(won / lost)}: {n.money(won, 'USD')} made" in factor
    average = (await told(agent, "average win and loss")).text
    assert f"{n.signed_money(won, 'USD')} a win, {n.signed_money(-lost, 'USD')} a loss" in average


async def test_best_and_losing_trades_are_the_sales_with_their_results(world: SmallWorld, agent: Agent) -> None:
    by_coin = {sale.symbol: sale.realized for sale in await sales(world)}
    best, losing = await told(agent, "What are my best trades?"), await told(agent, "Show me my losing trades")
    assert n.signed_money(by_coin["BTC/USD"], "USD") in best.card and "ETH" not in best.card
    assert n.signed_money(by_coin["ETH/USD"], "USD") in losing.card and "BTC" not in losing.card


async def test_profit_is_the_change_of_equity(world: SmallWorld, agent: Agent) -> None:
    points = world.core.curve.points
    change = points[-1].equity - points[0].equity
    word = "Up" if change > 0 else "Down"
    for text in ("what is net p&l?", "What's my total profit this year?", "What's my PnL this week?"):
        assert f"{word} {n.money(abs(change), 'USD')}" in (await told(agent, text)).text


async def test_the_profit_of_the_last_trades_is_what_they_realized(world: SmallWorld, agent: Agent) -> None:
    realized = sum((sale.realized for sale in await sales(world)), Decimal(0))
    assert n.signed_money(realized, "USD") in (await told(agent, "profit of my last 10 trades")).text


async def test_which_coin_lost_most_counts_what_is_open(world: SmallWorld, agent: Agent) -> None:
    realized = {sale.symbol: sale.realized for sale in await sales(world)}
    open_ = {held.symbol: held.unrealized or Decimal(0) for held in (await world.desk.status()).holdings}
    total = {symbol: realized.get(symbol, Decimal(0)) + open_[symbol] for symbol in open_}
    worst = min(total, key=total.__getitem__)
    reply = await told(agent, "which coin lost the most?")
    assert reply.text.startswith(f"💬 Most lost: {worst.partition('/')[0]}, {n.signed_money(total[worst], 'USD')}.")


async def test_holdings_cash_and_equity_are_the_books(world: SmallWorld, agent: Agent) -> None:
    status = await world.desk.status()
    assert "1.0000 BTC" in (await told(agent, "How much BTC do I have?")).text
    assert "15.0000 ETH" in (await told(agent, "my eth bag")).text
    assert n.money(world.cash, "USD") in (await told(agent, "how much cash do I have")).text
    assert n.money(status.equity, "USD") in (await told(agent, "What's my total portfolio value?")).text
    largest = max(status.holdings, key=lambda held: held.weight or 0)
    assert f"{largest.base}, {n.share(largest.weight)}" in (await told(agent, "What's my largest asset?")).text


async def test_rsi_is_wilders(world: SmallWorld, agent: Agent) -> None:
    closes = [candle.close for candle in await world.desk.candles("BTC/USD", "4h", 200)]
    text = (await told(agent, "What's the RSI on BTC 4h?")).text
    assert f"RSI of BTC/USD, 4h: {n.figure(plain_rsi(closes), 1)}" in text


async def test_choppiness_is_dreisss(world: SmallWorld, agent: Agent) -> None:
    candles = await world.desk.candles("BTC/USD", "1d", 200)
    text = (await told(agent, "Is BTCUSDT in a trending or choppy market right now?")).text
    assert f"Choppiness of BTC/USD, 1d: {n.figure(plain_choppiness(candles), 1)}" in text


async def test_volume_is_that_of_the_candles(world: SmallWorld, agent: Agent) -> None:
    candles = await world.desk.candles("ETH/USD", "1h", 24)
    volume = sum(candle.volume for candle in candles)
    assert f"{volume:,.0f} ETH traded in 24 h" in (await told(agent, "volume eth")).text


async def test_the_deepest_fall_is_that_of_the_curve_and_tells_when(world: SmallWorld, agent: Agent) -> None:
    growth, top, deepest = 1.0, 1.0, 0.0
    points = world.core.curve.points
    for before, after in pairwise(points):
        growth *= float((after.equity - after.flows) / before.equity)
        top = max(top, growth)
        deepest = min(deepest, growth / top - 1)
    assert deepest < 0
    assert f"you {n.percent(deepest, 1)}" in (await told(agent, "What's my max drawdown and beta?")).text
    cause = (await told(agent, "What caused the biggest drawdown?")).text
    assert f"Deepest fall {n.percent(deepest, 1)}, from " in cause and "no single cause is recorded" in cause


async def test_a_reckoned_order_tells_size_and_fee(world: SmallWorld, agent: Agent) -> None:
    price = next(held.price for held in (await world.desk.status()).holdings if held.base == "ETH")
    assert price is not None
    text = (await told(agent, "what if I buy $100 of ETH")).text
    assert f"is {Decimal(100) / price:.4f} ETH at {price:.2f}, fee about $0.40" in text
    assert await fills(world) == await fills(world) and len(await fills(world)) == 5


async def test_why_an_order_was_refused_is_the_recorded_reason(agent: Agent, world: SmallWorld) -> None:
    await world.submit(world.intent(Side.SELL, "50", "BTC/USD"))
    found = (await world.desk.books.refusals())[0]
    text = (await told(agent, "Why was my manual order rejected by Risky Mode?")).text
    assert found.reason.split(".")[0] in text
    assert "No refused order of SOL" in (await told(agent, "why was my sol order rejected")).text


async def test_why_it_does_not_trade_is_state_cards_and_the_next_run(agent: Agent) -> None:
    text = (await told(agent, "Why is my bot not making trades?")).text
    assert "It trades (ACTIVE)." in text and "Next rebalance" in text and "Decided by" in text


def answerable() -> list[Question]:
    kinds = ("Decline", "None", "Advice", "WishToAct", "Unclear", "SetStops", "LookUp", "Explain", "HowTo", "Help")
    return [each for each in (*collected(), *paraphrases()) if not each.query.startswith(kinds)]


async def test_every_answer_says_where_its_figures_come_from(world: SmallWorld, agent: Agent) -> None:
    bare = []
    for question in answerable():
        reply = await agent.answer(question.id, question.text)
        source = reply.text.splitlines()[-1]
        if "PAPER" not in source and "thesis" not in question.query.lower():
            bare.append((question.text, source))
    assert bare == []


async def test_nothing_that_is_asked_or_wished_does_anything(world: SmallWorld, agent: Agent) -> None:
    before = await everything(world)
    for question in (*collected(), *paraphrases()):
        await agent.answer(question.id, question.text)
    assert await everything(world) == before


async def test_what_is_not_ours_is_never_told_in_figures_of_ours(world: SmallWorld, agent: Agent) -> None:
    for question in paraphrases():
        if question.group in ("trap", "offtopic"):
            reply = await agent.answer(question.id, question.text)
            own = [line for line in reply.text.splitlines() if re.search(r"\$\d", line)]
            assert not reply.ok and not reply.card and all(line.startswith("Here, in this portfolio") for line in own)


def plain_rsi(closes: Sequence[float], period: int = 14) -> float:
    """Wilder's, step by step."""
    changes = [after - before for before, after in pairwise(closes)]
    up = sum(max(change, 0.0) for change in changes[:period]) / period
    down = sum(max(-change, 0.0) for change in changes[:period]) / period
    for change in changes[period:]:
        up = (up * (period - 1) + max(change, 0.0)) / period
        down = (down * (period - 1) + max(-change, 0.0)) / period
    return 100 * up / (up + down)


def plain_choppiness(candles: Sequence[Candle], period: int = 14) -> float:
    """Of the last `period` candles, each with the close before it."""
    ranges = [
        (max(now.high, before.close), min(now.low, before.close))
        for before, now in zip(candles[-period - 1 :], candles[-period:], strict=False)
    ]
    travelled = sum(high - low for high, low in ranges)
    span = max(high for high, _ in ranges) - min(low for _, low in ranges)
    return 100 * math.log10(travelled / span) / math.log10(period)


async def test_a_preview_is_no_order_at_the_exchange(world: SmallWorld, agent: Agent) -> None:
    btc = next(market for market in world.desk.symbols() if market.base == "BTC")
    await world.desk.preview_order(Side.BUY, btc.symbol, Amount(Decimal(50), AmountUnit.QUOTE), "@owner", person="p")
    assert len(await world.desk.books.open_orders()) == 1
    assert "No order is open." in (await told(agent, "any pending orders")).text
    assert "No order is open now." in (await told(agent, "cancel all orders")).text


async def test_coins_that_are_only_reckoned_are_worth_their_price(agent: Agent) -> None:
    assert "Buying $40.00 of ETH is 5.0000 ETH at 8.00" in (await told(agent, "what if I bought 5 more eth")).text
    assert "more than is held: 1.0000 BTC" in (await told(agent, "what if I sold 3 btc")).text


async def test_a_trade_outside_the_span_is_said_to_be(agent: Agent) -> None:
    assert "The newest such trade is not today:" in (await told(agent, "why did we sell eth today")).text
    assert "The newest such trade" not in (await told(agent, "why did we sell eth this week")).text
