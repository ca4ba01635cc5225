"""Answers: the first line answers, every figure is the reader's, the last line says where figures come from."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chatbot.agent.answers.answering import answer
from chatbot.agent.answers.declined import SENTENCES
from chatbot.agent.queries import (
    Benchmark,
    Compare,
    Decline,
    DrawdownRisk,
    Explain,
    Fees,
    Help,
    Holdings,
    Only,
    Pending,
    Pick,
    PriceAsked,
    Profit,
    Query,
    Ratio,
    RiskFigure,
    ScheduleAsked,
    StatusAsked,
    ThesisAsked,
    Topic,
    TradesAsked,
    Why,
    WishToAct,
)
from chatbot.message import Reply
from tests.unit.chatbot.agent.conftest import CYCLE, NOW, CountingCharts, FactsReader, curve, trade
from trading.contract import ApprovalView
from trading.domain.order import Batch, Side, Source
from trading.domain.risk import Approval, ApprovalKind, ApprovalStatus, TradingState


async def told(query: Query, reader: FactsReader, charts: CountingCharts | None = None) -> Reply:
    return await answer(query, reader, charts or CountingCharts())


async def lines(query: Query, reader: FactsReader) -> list[str]:
    return (await told(query, reader)).text.splitlines()


async def test_a_comparison_says_who_is_ahead_with_returns_falls_and_source(reader: FactsReader) -> None:
    assert await lines(Compare(Benchmark.BTC), reader) == [
        "💬 Ahead of BTC by 1.9 points.",
        "Since 30 Jul: you +4.82 %, BTC +2.91 %, ETH +8.20 %.",
        "Deepest fall: you 0.0 %, BTC 0.0 %.",
        "Equity to 21 Nov 14:02, fees in · PAPER · 114 days",
    ]


async def test_a_comparison_carries_the_equity_picture(reader: FactsReader, charts: CountingCharts) -> None:
    reply = await told(Compare(Benchmark.ETH), reader, charts)
    assert reply.text.startswith("💬 Behind ETH by 3.4 points.")
    assert [picture.png for picture in reply.pictures] == [b"png"]
    assert charts.drawn[0].window.label == "since 30 Jul"


async def test_both_benchmarks_share_one_sentence(reader: FactsReader) -> None:
    assert (await lines(Compare(), reader))[0] == "💬 Ahead of BTC by 1.9 points, behind ETH by 3.4 points."


async def test_few_days_are_called_too_few(reader: FactsReader) -> None:
    reader.points = curve(1.01, 1.02, 1.03, days=114)[-6:]
    text = (await told(Compare(window="last 3 days"), reader)).text
    assert "daily returns: too few to judge." in text


async def test_an_unpriced_benchmark_is_unknown_not_level(reader: FactsReader) -> None:
    reader.points = [replace(point, benchmarks={"BTC": Decimal(1)}) for point in reader.points]
    reply = await told(Compare(Benchmark.ETH), reader)
    assert reply.text.startswith("💬 Unknown against ETH: no price of it at the start of the span.")
    assert "ETH +" not in reply.text


async def test_a_span_before_the_start_says_when_it_started(reader: FactsReader) -> None:
    reader.points = []
    assert await lines(Compare(window="in march"), reader) == [
        "💬 Nothing in March: the portfolio started on 30 Jul 07:00.",
        "PAPER",
    ]


async def test_without_two_readings_there_is_no_performance_yet(empty: FactsReader) -> None:
    assert (await lines(Compare(), empty))[0] == "💬 No performance yet: it needs two readings of equity, one an hour."


async def test_a_span_nobody_knows_is_said_back(reader: FactsReader) -> None:
    reply = await told(Profit("since banana"), reader)
    assert not reply.ok
    assert 'I do not know the span "since banana"' in reply.text


async def test_risk_tells_the_deepest_fall_and_the_ratios(reader: FactsReader) -> None:
    reply = await told(DrawdownRisk(), reader)
    assert reply.text.startswith("💬 Deepest fall since 30 Jul: you 0.0 %, BTC 0.0 %, ETH 0.0 %.")
    assert "invested on average" in reply.text
    assert len(reply.pictures) == 1


async def test_a_figure_that_is_not_kept_is_said_to_be_so(reader: FactsReader) -> None:
    asked = DrawdownRisk(figures=(RiskFigure.SORTINO,))
    assert "The Sortino ratio is not among the figures kept." in (await lines(asked, reader))[0]


async def test_an_undefined_ratio_is_unknown(reader: FactsReader) -> None:
    reader.points = curve(1, 1, 1)
    assert "Sharpe unknown" in (await told(DrawdownRisk(), reader)).text


async def test_holdings_start_with_the_shares(reader: FactsReader) -> None:
    reply = await told(Holdings(), reader)
    first, last = reply.text.splitlines()
    assert first == "💬 BTC 41.6 %, ETH 28.3 %, cash 30.0 %; $10,482.15 in all."
    assert last.startswith("Prices 2 s old · PAPER · Kraken")
    assert "BTC" in reply.card


async def test_one_position_tells_size_worth_cost_and_exits(reader: FactsReader) -> None:
    assert (await lines(Holdings("BTC"), reader))[:3] == [
        "💬 0.0412 BTC, worth $4,160.00 (41.6 % of equity).",
        "Cost 100,000.0, now 106,020.1: +6.10 %, +$253.76 open.",
        "Stop 98,200, target off.",
    ]


async def test_what_is_not_held_is_said_plainly(reader: FactsReader) -> None:
    assert (await lines(Holdings("SOL"), reader))[0] == "💬 No SOL is held."


async def test_nothing_held_is_all_cash(empty: FactsReader) -> None:
    assert (await lines(Holdings(), empty))[0] == "💬 Nothing is held; all is cash, $3,000.00."


@pytest.mark.parametrize(
    ("pick", "first"),
    [
        (Pick.BEST, "💬 Best holding: BTC, +6.10 % since it was bought."),
        (Pick.WORST, "💬 Worst holding: ETH, −1.20 % since it was bought."),
        (Pick.LARGEST, "💬 Largest holding: BTC, 41.6 % of equity."),
        (Pick.SMALLEST, "💬 Smallest holding: ETH, 28.3 % of equity."),
    ],
)
async def test_the_holding_that_is_asked_for_comes_first(reader: FactsReader, pick: Pick, first: str) -> None:
    assert (await lines(Holdings(pick=pick), reader))[0] == first


async def test_without_prices_the_best_holding_is_unknown(reader: FactsReader) -> None:
    reader.held = tuple(replace(held, gain=None, value=None) for held in reader.held)
    assert (await lines(Holdings(pick=Pick.BEST), reader))[0].startswith("💬 Unknown: no price for what is held")


async def test_a_price_tells_the_days_change_and_its_age(reader: FactsReader) -> None:
    first, last = await lines(PriceAsked("BTC"), reader)
    assert first == "💬 BTC/USD 106,020.1, +2.00 % in 24 h."
    assert last.startswith("Prices 2 s old")


async def test_a_price_of_what_is_not_held_comes_from_the_last_candle(reader: FactsReader) -> None:
    assert await lines(PriceAsked("SOL"), reader) == [
        "💬 SOL/USD 5.0, change unknown in 24 h.",
        "Candle closed 21 Nov 14:00 · PAPER · Kraken",
    ]


async def test_a_price_nobody_knows_is_unknown(reader: FactsReader) -> None:
    reader.closes = {}
    assert (await lines(PriceAsked("SOL"), reader))[0] == "💬 SOL/USD unknown, change unknown in 24 h."


async def test_the_days_movers_leave_out_what_has_too_few_candles(reader: FactsReader) -> None:
    reply = await told(PriceAsked(), reader)
    assert reply.text.startswith("💬 Best of the 3 we trade: BTC +2.00 %; worst: ETH −1.00 %.")
    assert "SOL" not in reply.card


async def test_the_movers_among_what_is_held(reader: FactsReader) -> None:
    assert (await lines(PriceAsked(held=True), reader))[0].startswith("💬 Best of what is held: BTC +2.00 %")


async def test_trades_are_counted_and_listed(reader: FactsReader) -> None:
    reply = await told(TradesAsked("yesterday"), reader)
    assert reply.text.splitlines() == [
        "💬 2 trades yesterday.",
        "Yesterday, to 21 Nov 00:00, fees in · PAPER · 2 rows",
    ]
    assert "ETH" in reply.card and "BTC" in reply.card


async def test_no_trades_are_said_to_be_none(reader: FactsReader) -> None:
    assert (await lines(TradesAsked("today"), reader))[0] == "💬 No trades today."
    assert (await lines(TradesAsked(symbol="SOL", side=Side.BUY), reader))[0] == "💬 No buys of SOL since 30 Jul."


async def test_losing_sales_come_largest_loss_first(reader: FactsReader) -> None:
    reply = await told(TradesAsked(only=Only.LOSSES), reader)
    assert reply.text.startswith("💬 2 sales without profit since 30 Jul.")
    assert reply.card.index("BTC") < reply.card.index("ETH")


async def test_winning_sales_only(reader: FactsReader) -> None:
    reply = await told(TradesAsked(only=Only.WINS), reader)
    assert reply.text.startswith("💬 1 sale at a profit since 30 Jul.")


async def test_more_trades_than_asked_say_how_many_are_shown(reader: FactsReader) -> None:
    assert (await lines(TradesAsked(count=2), reader))[:2] == [
        "💬 5 trades since 30 Jul.",
        "The 2 newest are shown.",
    ]


async def test_profit_over_a_span(reader: FactsReader) -> None:
    assert "Up $120.50 (+1.15 %)." in (await lines(Profit("this month"), reader))[0]


async def test_profit_of_one_coin_is_what_was_realized_and_what_is_open(reader: FactsReader) -> None:
    first, second, _ = await lines(Profit(symbol="ETH"), reader)
    assert first == "💬 ETH: +$38.50 realized since 30 Jul."
    assert second == "Open now −$33.96."


async def test_profit_of_a_coin_that_was_never_sold_is_not_zero(reader: FactsReader) -> None:
    assert (await lines(Profit(symbol="SOL"), reader))[:2] == [
        "💬 No SOL was sold since 30 Jul.",
        "No SOL is held now.",
    ]


async def test_the_win_rate_counts_sales(reader: FactsReader) -> None:
    first = (await lines(Profit(ratio=Ratio.WIN_RATE), reader))[0]
    assert first == "💬 Win rate 33.3 %: 1 of 3 sales made money."


async def test_without_sales_there_is_no_win_rate(empty: FactsReader) -> None:
    assert (await lines(Profit(ratio=Ratio.WIN_RATE), empty))[0].startswith(
        "💬 No win rate since 30 Jul: nothing was sold."
    )


async def test_the_profit_factor_sets_gains_against_losses(reader: FactsReader) -> None:
    first = (await lines(Profit(ratio=Ratio.PROFIT_FACTOR), reader))[0]
    assert first == "💬 Profit factor 3.00: $42.00 made, $14.00 lost. 1 of 3 sales made money."


async def test_without_losses_the_profit_factor_is_undefined(reader: FactsReader) -> None:
    reader.done = [trade("ETH", Side.SELL, NOW - timedelta(days=3), realized="5")]
    first = (await lines(Profit(ratio=Ratio.PROFIT_FACTOR), reader))[0]
    assert first.startswith("💬 No profit factor: nothing was lost, $5.00 made.")


async def test_fees(reader: FactsReader) -> None:
    assert (await lines(Fees(), reader))[0] == "💬 $14.75 in fees for 5 trades since 30 Jul."
    assert (await lines(Fees("today"), reader))[0] == "💬 No fees today: there were no trades."


async def test_why_tells_the_orders_reason_the_deed_and_the_decider(reader: FactsReader) -> None:
    assert (await lines(Why("ETH", Side.SELL), reader))[:3] == [
        "💬 ETH lost its 4-hour trend.",
        "🔴 Sold 0.2210 ETH at 3,357.8, 20 Nov 14:02, −$3.50 realized.",
        "Decided by gpt-4o.",
    ]


async def test_a_stop_is_nobodys_decision(reader: FactsReader) -> None:
    reader.cycle_made = None
    assert "The stop did it by itself; nobody is asked." in await lines(Why("BTC", Side.SELL), reader)


async def test_why_of_what_never_happened_says_so(reader: FactsReader) -> None:
    assert await lines(Why("SOL", Side.BUY), reader) == [
        "💬 SOL has not been bought yet.",
        "All trades on record · PAPER",
    ]


async def test_why_before_the_first_trade(empty: FactsReader) -> None:
    assert await lines(Why(), empty) == [
        "💬 Nothing has been traded yet.",
        "All trades on record · PAPER",
    ]


def card(number: int) -> ApprovalView:
    approval = Approval(
        f"{number}f3a",
        ApprovalKind.CARD,
        "b",
        Decimal("742.10"),
        {},
        ApprovalStatus.PENDING,
        NOW,
        NOW + timedelta(minutes=12),
    )
    batch = Batch("b", Source.REBALANCE, "allocator", "", NOW, "c1")
    return ApprovalView(approval, batch, (), (), CYCLE, {}, timedelta(minutes=12))


async def test_pending_lists_what_waits(reader: FactsReader) -> None:
    reader.waiting = (card(7), card(8))
    reply = await told(Pending(), reader)
    assert reply.text.splitlines()[:2] == [
        "💬 2 cards wait for a press.",
        "⏳ Rebalance 7f3a · about $742.10 · 12 min left",
    ]
    assert [button.id for button in reply.buttons] == ["do:/pending"]


async def test_nothing_pending(reader: FactsReader) -> None:
    assert (await lines(Pending(), reader))[0] == "💬 Nothing waits for you."


async def test_the_status_answers_in_its_first_line(reader: FactsReader) -> None:
    reply = await told(StatusAsked(), reader)
    assert reply.text.startswith("💬 $10,482.15: +4.82 % since 30 Jul, today −$31.20.")
    assert "ACTIVE" in reply.card


async def test_the_schedule_tells_state_next_and_last_decision(reader: FactsReader) -> None:
    first, second, third, *_ = await lines(ScheduleAsked(), reader)
    assert first == "💬 It trades (ACTIVE)."
    assert second == "Next rebalance 07:00 MST, in 16 h 58 min."
    assert third.startswith("Last decision 21 Nov 07:02: Held by choice")


async def test_a_halt_tells_its_reason(reader: FactsReader) -> None:
    reader.state = TradingState.REDUCING
    assert (await lines(ScheduleAsked(), reader))[0] == "💬 It only exits (REDUCING): daily loss limit."


async def test_no_thesis_yet(reader: FactsReader) -> None:
    assert "No thesis has been written yet" in (await told(ThesisAsked(), reader)).text


async def test_what_is_not_traded_names_what_is(reader: FactsReader) -> None:
    reply = await told(Decline(Topic.NOT_TRADED, "AAPL"), reader)
    assert reply.text == "💬 AAPL is not traded here; we trade BTC, ETH and SOL."
    assert not reply.ok


@pytest.mark.parametrize("topic", SENTENCES)
async def test_every_declined_topic_has_one_sentence(reader: FactsReader, topic: Topic) -> None:
    text = (await told(Decline(topic), reader)).text
    assert text.count("\n") == 0
    assert text.count(".") == 1


async def test_off_topic_is_one_sentence_with_three_examples(reader: FactsReader) -> None:
    text = (await told(Decline(Topic.OFF_TOPIC), reader)).text
    assert text.count("\n") == 0
    assert text.count('"') == 6


async def test_an_explanation_holds_no_figures_of_ours(reader: FactsReader) -> None:
    assert (await told(Explain("drawdown"), reader)).text.startswith("💬 A drawdown is the fall")


async def test_a_wish_becomes_a_button_and_nothing_is_done(reader: FactsReader) -> None:
    reply = await told(WishToAct("/buy 50 BTC"), reader)
    assert reply.ok
    assert "Nothing is done yet" in reply.text
    assert [(button.label, button.id) for button in reply.buttons] == [("/buy 50 BTC", "do:/buy 50 BTC")]


async def test_a_wish_that_lacks_something_has_no_button(reader: FactsReader) -> None:
    reply = await told(WishToAct("", "Say how much, for example /buy 50 BTC."), reader)
    assert reply.buttons == ()
    assert "Say how much" in reply.text


async def test_help_has_examples(reader: FactsReader) -> None:
    assert "How did we do vs BTC?" in (await told(Help(), reader)).text
