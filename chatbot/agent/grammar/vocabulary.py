"""The words that a question of each kind may consist of: with any other word it may ask something else."""

from __future__ import annotations

from collections.abc import Mapping

from chatbot.agent import queries as q
from chatbot.agent.grammar.deeds import DEED_WORDS
from chatbot.agent.grammar.fillers import words

_COUNTS = "two three four five six seven eight nine ten twenty"
_DIRECTIONS = "up down rising falling green red going moving dropping"

VOCABULARY: Mapping[type, frozenset[str]] = {
    q.Compare: words(
        """ahead behind beat beats beaten beating benchmark benchmarks better worse compare compares compared
        comparing comparison versus vs against than curve equity hold holding held hodl hodling market
        off outperform outperforms outperforming outperformed underperform underperforms underperforming
        underperformed lag lagging perform performing performed performance return returns result
        results over would buy buying chart graph plot going track record time all-time simply
        everything instead"""
    ),
    q.PriceAsked: words(
        f"""look looks looking compare compared price prices priced quote quotes change changed changes move moved
        moves movers mover best worst biggest top among coin coins crypto cryptos token tokens market
        markets {_DIRECTIONS} performing performed performer performers performance loser losers winner
        winners gainer gainers gain gained lost summary trend trending trading worth value cost costs vs
        versus out most hot usd dollar dollars where crash crashing crashed pump pumping pumped dump
        dumping dumped tanking day holdings hold held coin's asset assets happening"""
    ),
    q.Profit: words(
        """percent percentage since richer poorer pnl profit profits profitable earn earned earning earnings make
        made making gain gains gained loss losses lost lose losing losers loser return returns roi
        income grow grown grew growth up down green red black factor win wins won winning winner winners
        winrate rate ratio hit net total totals altogether trade trades sale sales realized unrealized
        calculate compute expectancy last off open performance result results"""
    ),
    q.ProfitBySymbol: words(
        """coin coins asset assets token tokens symbol symbols pair breakdown profit profits profitable pnl make
        made making earn earned lost lose losing loss losses gain gains gained per each most least cost
        best worst winner loser winners losers why come up down red green total"""
    ),
    q.Holdings: words(
        """big pay in exposed exposure to one hold holds holding holdings held own owns owned position positions
        balance balances asset assets bag bags coin coins crypto stack allocation allocated composition
        open cash free available spare liquid buying power dry powder usd dollar dollars worth value
        price entry cost average avg basis paid weight percent percentage share part portion largest
        biggest smallest main top best worst performer performing performed performance winner loser
        gainer going size sitting left split each everything percents"""
    ),
    q.TradesAsked: words(
        f"""times trade trades trading traded transaction transactions execute executed execution executions fill
        fills filled buy buys bought buying sell sells sold selling sale sales purchase purchases
        purchased history activity recent last latest newest losing lost lose loss losses loser losers
        win wins won winning winner winners best worst biggest largest top profitable take took taken
        make made anything happen happened enter entered exit exited when order orders every each full
        profit top list complete all-time {_COUNTS}"""
    ),
    q.Why: words(
        """reasoning behind why reason reasons rationale buy bought buying buys sell sold selling sells trade
        traded trades trading enter entered exit exited hold holding held close closed dump dumped open
        opened out last latest newest most recent approved approve decided decide decision authorized
        authorised pressed asked ordered who confident confidence sure come idea thinking explain order
        behind position made make d sale purchase because"""
    ),
    q.RefusalsAsked: words(
        """why reason reasons reject rejects rejected rejection rejections refuse refused refusal refusals block
        blocked deny denied fail failed failing fails decline declined not fill filled execute executed
        approved accepted go gone went through order orders trade trades buy sell purchase sale happened
        come manual risky mode last latest newest recent"""
    ),
    q.LastOrder: words(
        """order last latest newest recent fill filled execute executed status state gone go went through submitted
        happened happen complete completed done buy sell"""
    ),
    q.Pending: words(
        """pending approval approvals approve approved waiting wait waits open unfilled order orders anything
        something needs needed confirm confirmed reject card cards resting working press answer decision
        stuck hanging yes no trade trades"""
    ),
    q.Fees: words(
        """fee fees commission commissions cost costs paid pay paying trading trade trades spent spend total
        charged charge charges exchange all-in"""
    ),
    q.CostsAsked: words(
        """cost costs slippage slipped spread total run running runs spend spent pay paid paying model models ai
        llm api gpt token tokens fees lose lost"""
    ),
    q.Volume: words("""volume turnover traded trading hour hours 24-hour"""),
    q.IndicatorAsked: words(
        """rsi relative strength index macd sma ema atr moving average averages bollinger band bands choppy
        choppiness trending ranging sideways overbought oversold indicator indicators support resistance
        level levels technical technicals analysis momentum volatile volatility swing swings swinging or
        market chart value reading candle candles timeframe time frame hourly hour minute minutes min
        mins hr h m crypto"""
    ),
    q.MarketHours: words("""market markets open opened close closed closes hours trading trade crypto"""),
    q.SymbolsAsked: words(
        """coin coins crypto cryptos pair pairs market markets symbol symbols token tokens trade traded tradable
        trading support supports supported available"""
    ),
    q.StatusAsked: words(
        """status state summary net worth value total equity nav going stand standing update updates looking
        balance"""
    ),
    q.ScheduleAsked: words(
        """when next rebalance rebalances rebalancing run runs running trade trades trading traded trader's decide
        decides decided decision decisions plan last alive active online working on up paused halted
        stopped schedule autonomous why come no not nothing never stopped anything buy buying bought
        sell sold selling happen happens happening model made making cycle who idle quiet inactive few"""
    ),
    q.WorldAsked: words(
        """paper live real play fake simulated simulation money mode or exchange trading trade trades used using"""
    ),
    q.HealthAsked: words(
        """long running up error errors problem problems issue issues trouble alarm alarms everything fine alright
        health healthy uptime latency memory disk usage connected connection online feed price prices
        fresh stale late old doubt agree agrees match matches reconciled working wrong up"""
    ),
    q.EventsAsked: words(
        """log logs entry entries app journal recent last latest events event activity error errors message
        messages"""
    ),
    q.ThesisAsked: words(
        """thesis view views outlook market markets regime gpt model ai decider allocator think thinks thinking
        thought said says opinion crypto"""
    ),
    q.DrawdownRisk: words(
        """bad deep drawdown drawdowns draw down max maximum deepest biggest largest worst fall drop dip decline
        loss peak beta sharpe sortino calmar volatility volatile var value risk risks risky ratio ratios
        cause causes caused why when day bad happened level"""
    ),
    q.ExposureAsked: words("""exposure exposed invested market markets leveraged total net gross"""),
    q.StopsAsked: words(
        """stop stops stop-loss stop-losses stoploss stoplosses loss losses target targets take-profit take-profits
        profit profits protected unprotected protection position positions coin coins no not set where
        without level levels exit exits lose if hit fire fired risk have active"""
    ),
    q.LimitsAsked: words(
        """limit limits max maximum most order orders position positions size weight share allocation drawdown loss
        losses lose day daily approval threshold force settings setting config configuration allowed
        allow risk trading per coin stop stops before largest biggest trade when concentration ask"""
    ),
    q.WhatIf: DEED_WORDS | words("if would will happen happens bought sold cost costs then after"),
    q.LookUp: words(
        """hold holding role rights permissions am alert alerts alarm alarms set price prices watch watched chart
        charts candle candles candlesticks bars graph plot curve csv export spreadsheet download file
        files trade trades report daily weekly monthly timezone zone time version software program
        running plan plans planned allocation weights weight why come little few cash target targets
        heavy overweight underweight exposed concentrated user users people person who use access
        allowed set history next"""
    ),
}
"""What is missing here is never declined for its words: help, explanations, refusals, wishes."""
