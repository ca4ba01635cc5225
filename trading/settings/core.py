"""Everything the trading core can be told, each setting declared once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr, model_validator

from trading.domain.market import TIMEFRAMES
from trading.settings.kinds import (
    CURRENCY,
    LocalTime,
    Modes,
    Names,
    Number,
    Symbols,
    Url,
    Weekday,
    Zone,
    lower,
    setting,
    upper,
)


class CoreSettings(BaseModel):
    """What the trading core can be told. Percentages are in percent here and fractions everywhere else."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True, extra="forbid", validate_default=True)

    mode: Annotated[Literal["paper", "live"], BeforeValidator(lower)] = setting(
        "paper", "Whose money moves: nobody's, or yours", "paper or live"
    )
    market: Annotated[Literal["exchange", "simulated", "recorded"], BeforeValidator(lower)] = setting(
        "exchange", "Where prices come from", "exchange, simulated or recorded"
    )
    exchange: Annotated[str, BeforeValidator(lower)] = setting(
        "kraken", "The exchange, by its ccxt name", "a ccxt exchange name such as kraken", pattern=r"^[a-z0-9]+$"
    )
    exchange_api_key: SecretStr | None = setting(None, "Only for live trading", "the key as the exchange shows it")
    exchange_api_secret: SecretStr | None = setting(
        None, "Only for live trading", "the secret as the exchange shows it"
    )
    exchange_api_password: SecretStr | None = setting(
        None, "Only for live trading, at exchanges whose keys have a passphrase", "the key's own passphrase"
    )
    exchange_tier: Annotated[Literal["starter", "intermediate", "pro"], BeforeValidator(lower)] = setting(
        "starter", "How often Kraken lets the account ask and order", "starter, intermediate or pro"
    )
    exchange_base_url: Url | None = setting(None, "Another address of the exchange", "an address like http://host:port")
    symbols: Symbols = setting(
        "BTC/USD,ETH/USD,SOL/USD,XRP/USD,ADA/USD",
        "The pairs to trade, comma separated, one quote currency",
        "pairs like BTC/USD,ETH/USD that share one quote currency",
    )
    quote_currency: Annotated[str, BeforeValidator(upper)] | None = setting(
        None,
        "The currency of cash; by default that of SYMBOLS",
        "a currency code such as USD",
        pattern=CURRENCY,
    )
    starting_cash: Number = setting(
        "100", "Paper money to begin with, in the quote currency (the demo begins with 10000)", "a number above 0", gt=0
    )
    candles_dir: Path | None = setting(
        None, "For MARKET=recorded: the folder with files like KRAKEN_BTC_USD_1d.csv", "a folder"
    )
    timeframe: Annotated[str, BeforeValidator(lower)] | None = setting(
        None,
        "For MARKET=recorded: which candles; by default the finest that every pair has",
        "one of " + ", ".join(TIMEFRAMES),
        pattern="^(" + "|".join(TIMEFRAMES) + ")$",
    )
    simulation_seed: int = setting(
        7, "For MARKET=simulated: the same seed gives the same prices", "a whole number", ge=0
    )
    openai_api_key: SecretStr | None = setting(
        None, "With a key a language model decides rebalances and understands questions", "a key"
    )
    openai_base_url: Url | None = setting(
        None, "Another OpenAI-compatible server", "an address like http://host:port/v1"
    )
    openai_model: str = setting("gpt-4o", "The model's name", "a model's name", min_length=1)
    openai_fallback_model: str | None = setting(
        None, "Asked at the same server where OPENAI_MODEL fails", "a model's name", min_length=1
    )
    prompts_dir: Path | None = setting(
        None,
        "A folder with your own copies of every file in data/prompts; by default those that are shipped",
        "a folder",
    )
    openai_timeout_seconds: int = setting(
        60, "How long an answer may take, in seconds", "a whole number from 1 to 600", ge=1, le=600
    )
    model_budget_per_cycle: Number = setting(
        "0.50", "What the model may cost in one rebalance, in US dollars", "a number, 0 or more", ge=0
    )
    model_budget_per_day: Number = setting(
        "2", "What the model may cost in one local day, questions included, in US dollars", "a number, 0 or more", ge=0
    )
    model_tokens_per_day: int = setting(
        500_000,
        "How many tokens the model may take in one local day; the only budget where its price is not known",
        "a whole number, 0 or more",
        ge=0,
    )
    model_prices: Path | None = setting(
        None,
        "A file with prices of models, over those of data/model_prices.json and in the same form",
        "a file such as prices.json",
    )
    model_samples: int = setting(
        1,
        "How many answers a rebalance asks for; with more than one, only what they agree on is traded",
        "a whole number from 1 to 9",
        ge=1,
        le=9,
    )
    model_agree_with: Names = setting(
        "", "More models at the same server that must agree, comma separated", "models' names"
    )
    model_agreement_percent: Number = setting(
        "60",
        "The share of answers that must agree where several are asked for, in percent",
        "a number above 50, at most 100",
        gt=50,
        le=100,
    )
    model_answers: Path | None = setting(
        None,
        "The file that the model's answers to rebalances are recorded in, or given from",
        "a file such as data/answers.jsonl",
    )
    model_answers_mode: Annotated[Literal["record", "replay"], BeforeValidator(lower)] = setting(
        "replay",
        "For MODEL_ANSWERS: ask the model and record what it answers, or never ask and answer from the file",
        "record or replay",
    )
    model_knowledge_cutoff: date | None = setting(
        None,
        "The day up to which the model knows the past; by default as in the price table",
        "a date like 2024-06-01",
    )
    approval_threshold: Number = setting(
        "50",
        "Orders above this, single or summed over their batch, wait for a press; in the quote currency",
        "a number, 0 or more",
        ge=0,
    )
    approval_daily_sum: Number | None = setting(
        None,
        "What the program may trade without a press in 24 hours, per source, before the next order waits for one, in "
        "the quote currency; by default four times APPROVAL_THRESHOLD; stops and targets never wait",
        "a number, 0 or more",
        ge=0,
    )
    approval_second_above: Number | None = setting(
        None,
        "Above this two different people must agree, in the quote currency; empty for one person always",
        "a number, 0 or more",
        ge=0,
    )
    approval_modes: Modes = setting(
        "live", "In which modes orders wait for a press", "live, paper, or both: live,paper"
    )
    approval_ttl_seconds: int = setting(
        600, "How long a card waits, in seconds", "a whole number from 10 to 86400", ge=10, le=86400
    )
    approval_drift_percent: Number = setting(
        "1",
        "A press asks again when a price has moved further than this since the card, in percent",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    rebalance_at: LocalTime = setting("07:00", "When the portfolio is rebalanced, local time", "a time like 07:00")
    report_at: LocalTime = setting("18:00", "When the daily report is posted, local time", "a time like 18:00")
    report_weekly_on: Weekday = setting(
        "sunday", "On which day the weekly report is posted too, at REPORT_AT", "a day like sunday, or off"
    )
    timezone: Zone = setting(
        "America/Denver", "The time zone of days and times", "a name like America/Denver or Europe/Paris"
    )
    monitor_interval_seconds: int = setting(
        30,
        "How often prices are polled where the exchange has no stream, in seconds",
        "a whole number from 1 to 3600",
        ge=1,
        le=3600,
    )
    max_price_age_seconds: int = setting(
        120, "Older prices never trade, in seconds", "a whole number from 1 to 3600", ge=1, le=3600
    )
    stop_loss_percent: Number = setting(
        "2",
        "Sell a position this far below its entry, in percent; 0 turns it off",
        "a number from 0 to 99",
        ge=0,
        le=99,
    )
    take_profit_percent: Number = setting(
        "3",
        "Sell a position this far above its entry, in percent; 0 turns it off",
        "a number from 0 to 1000",
        ge=0,
        le=1000,
    )
    enable_short: bool = setting(
        "false",
        "Selling short, which needs an exchange account that reports margin; none does so yet",
        "true or false",
    )
    max_order_size: Number | None = setting(
        None, "No order above this, in the quote currency; empty for no limit", "a number above 0", gt=0
    )
    max_position_percent: Number = setting(
        "100", "No position above this share of equity, in percent", "a number above 0, at most 100", gt=0, le=100
    )
    min_cash_percent: Number = setting(
        "0",
        "What a rebalance's buys leave in cash, as a share of equity in percent",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    max_turnover_percent: Number | None = setting(
        None,
        "What rebalances may trade in one local day, as a share of equity in percent; empty for no limit",
        "a number, 0 or more",
        ge=0,
    )
    max_rebalance_orders: int | None = setting(
        None,
        "How many orders rebalances may send in one local day; empty for no limit",
        "a whole number, 0 or more",
        ge=0,
    )
    min_holding_hours: Number = setting(
        "0", "How long a rebalance keeps what was just bought, in hours", "a number from 0 to 720", ge=0, le=720
    )
    reentry_pause_hours: Number = setting(
        "0",
        "How long a rebalance waits before it buys again what was sold whole, in hours",
        "a number from 0 to 720",
        ge=0,
        le=720,
    )
    min_trade: Number = setting(
        "0",
        "What a rebalance's order must be worth after the fees of buying and selling, in the quote currency; "
        "selling all of a coin is never too small",
        "a number, 0 or more",
        ge=0,
    )
    btc_floor_percent: Number = setting(
        "0",
        "A rebalance sells no BTC below this share of equity, in percent; it buys none for it",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    eth_floor_percent: Number = setting(
        "0",
        "A rebalance sells no ETH below this share of equity, in percent; it buys none for it",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    drawdown_stop_percent: Number = setting(
        "0",
        "This far below the portfolio's peak, rebalances only sell, in percent; 0 turns it off",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    max_spread_percent: Number = setting(
        "2",
        "Nothing is bought while bid and ask are further apart than this, in percent; 0 turns it off",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    max_slippage_percent: Number = setting(
        "1",
        "No order that would fill further than this from the best price, in percent; 0 turns it off; "
        "stops and /flatten go through",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    min_edge_percent: Number = setting(
        "0.1",
        "What the way to TAKE_PROFIT_PERCENT must leave after the fees of buying and selling, in percent",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    daily_loss_limit_percent: Number = setting(
        "5",
        "A day's loss beyond this stops new entries until the next local day, in percent; 0 turns it off",
        "a number from 0 to 100",
        ge=0,
        le=100,
    )
    database_url: str | None = setting(
        None,
        "Where state is kept; by default a SQLite file in STATE_DIR",
        "sqlite+aiosqlite:///path or postgresql+asyncpg://user:password@host/name",
        pattern=r"^(sqlite\+aiosqlite:///|postgresql\+asyncpg://).+",
    )
    state_dir: Path = setting(
        "data/state",
        "Folder for the database, exports and logs; for MODE=live by default data/state/live",
        "a folder",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(upper)] = setting(
        "INFO", "How much is logged", "DEBUG, INFO, WARNING or ERROR"
    )

    @model_validator(mode="before")
    @classmethod
    def _pairs_follow_the_quote(cls, values: dict[str, Any]) -> dict[str, Any]:
        quote = str(values.get("quote_currency") or "").upper()
        if re.fullmatch(CURRENCY, quote) and "symbols" not in values:
            default = str(cls.model_fields["symbols"].default)
            return {**values, "symbols": default.replace("/USD", f"/{quote}")}
        return values

    @model_validator(mode="after")
    def _short_selling_needs_margin(self) -> CoreSettings:
        if self.enable_short:
            raise ValueError(
                "ENABLE_SHORT is true, but no connected exchange account reports margin to this program; "
                "set ENABLE_SHORT=false."
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _live_keeps_its_own_books(cls, values: dict[str, Any]) -> dict[str, Any]:
        if str(values.get("mode") or "").lower() == "live" and "state_dir" not in values:
            return {**values, "state_dir": f"{cls.model_fields['state_dir'].default}/live"}
        return values

    @model_validator(mode="after")
    def _live_trades_on_an_exchange(self) -> CoreSettings:
        if self.mode == "live" and self.market != "exchange":
            raise ValueError(f"MODE is live, but MARKET is {self.market}; set MARKET=exchange, or MODE=paper.")
        return self

    @model_validator(mode="after")
    def _recorded_answers_are_for_candles(self) -> CoreSettings:
        if self.model_answers is not None and self.model_answers_mode == "replay" and self.market == "exchange":
            raise ValueError(
                "MODEL_ANSWERS_MODE is replay, but MARKET is exchange, where no question comes twice; "
                "set MARKET=recorded or simulated, or MODEL_ANSWERS_MODE=record."
            )
        return self

    @model_validator(mode="after")
    def _quote_is_that_of_the_pairs(self) -> CoreSettings:
        if self.quote_currency not in (None, self.quote):
            raise ValueError(
                f"QUOTE_CURRENCY is {self.quote_currency}, but SYMBOLS trade against {self.quote}; make them agree."
            )
        return self

    @property
    def quote(self) -> str:
        """The currency of cash."""
        return self.symbols[0].split("/")[1]

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.state_dir / 'purser.db'}"
