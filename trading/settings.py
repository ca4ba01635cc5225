"""Settings: what they are called, what they default to, what they allow, and how they are read.

Every setting is declared once, as a field below; `.env.example` is written from these
declarations, and a malformed one is explained with them.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from trading.domain.market import TIMEFRAMES
from trading.errors import SettingsError
from trading.redaction import secrets_in, without_tokens


def _decimal(value: object) -> object:
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError("not a number") from None
    if not number.is_finite():
        raise ValueError("not finite")
    return number


def _local_time(value: object) -> object:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", str(value).strip())
    if not match:
        raise ValueError("not a time")
    return time(int(match[1]), int(match[2]))


def _zone(value: object) -> object:
    name = str(value).strip()
    if name not in available_timezones():
        raise ValueError("not a time zone")
    return ZoneInfo(name)


def _symbols(value: object) -> object:
    symbols = tuple(part.strip().upper() for part in str(value).split(",") if part.strip())
    if not symbols or not all(re.fullmatch(r"[A-Z0-9]{2,12}/[A-Z0-9]{2,12}", symbol) for symbol in symbols):
        raise ValueError("not a list of pairs")
    if len(set(symbols)) != len(symbols):
        raise ValueError("a pair stands twice")
    if len({symbol.split("/")[1] for symbol in symbols}) != 1:
        raise ValueError("more than one quote currency")
    return symbols


def _modes(value: object) -> object:
    modes = tuple(dict.fromkeys(part.strip().lower() for part in str(value).split(",") if part.strip()))
    if not modes or not set(modes) <= {"live", "paper"}:
        raise ValueError("unknown mode")
    return modes


def _lower(value: object) -> object:
    return str(value).strip().lower()


def _upper(value: object) -> object:
    return str(value).strip().upper()


def _url(value: object) -> object:
    text = str(value).strip().rstrip("/")
    if not re.fullmatch(r"(https?|wss?)://[^\s/]+(/\S*)?", text):
        raise ValueError("not an address")
    return text


_CURRENCY = r"^[A-Z0-9]{2,12}$"
Number = Annotated[Decimal, BeforeValidator(_decimal)]
LocalTime = Annotated[time, BeforeValidator(_local_time)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Symbols = Annotated[tuple[str, ...], BeforeValidator(_symbols)]
Modes = Annotated[tuple[str, ...], BeforeValidator(_modes)]
Url = Annotated[str, BeforeValidator(_url)]


def setting(default: Any, about: str, allowed: str, **limits: Any) -> Any:
    """A setting: its default, what it is for, and in words what it allows."""
    return Field(default, description=about, json_schema_extra={"allowed": allowed}, **limits)


class CoreSettings(BaseModel):
    """What the trading core can be told. Percentages are in percent here and fractions everywhere else."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True, extra="forbid", validate_default=True)

    mode: Annotated[Literal["paper", "live"], BeforeValidator(_lower)] = setting(
        "paper", "Whose money moves: nobody's, or yours", "paper or live"
    )
    market: Annotated[Literal["exchange", "simulated", "recorded"], BeforeValidator(_lower)] = setting(
        "exchange", "Where prices come from", "exchange, simulated or recorded"
    )
    exchange: Annotated[str, BeforeValidator(_lower)] = setting(
        "kraken", "The exchange, by its ccxt name", "a ccxt exchange name such as kraken", pattern=r"^[a-z0-9]+$"
    )
    exchange_api_key: SecretStr | None = setting(None, "Only for live trading", "the key as the exchange shows it")
    exchange_api_secret: SecretStr | None = setting(
        None, "Only for live trading", "the secret as the exchange shows it"
    )
    exchange_api_password: SecretStr | None = setting(
        None, "Only for live trading, at exchanges whose keys have a passphrase", "the key's own passphrase"
    )
    exchange_tier: Annotated[Literal["starter", "intermediate", "pro"], BeforeValidator(_lower)] = setting(
        "starter", "How often Kraken lets the account ask and order", "starter, intermediate or pro"
    )
    exchange_base_url: Url | None = setting(None, "Another address of the exchange", "an address like http://host:port")
    symbols: Symbols = setting(
        "BTC/USD,ETH/USD,SOL/USD,XRP/USD,ADA/USD",
        "The pairs to trade, comma separated, one quote currency",
        "pairs like BTC/USD,ETH/USD that share one quote currency",
    )
    quote_currency: Annotated[str, BeforeValidator(_upper)] | None = setting(
        None,
        "The currency of cash; by default that of SYMBOLS",
        "a currency code such as USD",
        pattern=_CURRENCY,
    )
    starting_cash: Number = setting(
        "100", "Paper money to begin with, in the quote currency (the demo begins with 10000)", "a number above 0", gt=0
    )
    candles_dir: Path | None = setting(
        None, "For MARKET=recorded: the folder with files like KRAKEN_BTC_USD_1d.csv", "a folder"
    )
    timeframe: Annotated[str, BeforeValidator(_lower)] | None = setting(
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
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = setting(
        "INFO", "How much is logged", "DEBUG, INFO, WARNING or ERROR"
    )

    @model_validator(mode="before")
    @classmethod
    def _pairs_follow_the_quote(cls, values: dict[str, Any]) -> dict[str, Any]:
        quote = str(values.get("quote_currency") or "").upper()
        if re.fullmatch(_CURRENCY, quote) and "symbols" not in values:
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


@dataclass(frozen=True, slots=True)
class Course:
    """How a world of candles is run: from when, until when, and in how many real seconds per day."""

    start: datetime | None = None
    end: datetime | None = None
    day_seconds: float = 60.0


Settings = TypeVar("Settings", bound=BaseModel)


class SettingsReader:
    """Reads declared settings from the environment and a `.env` file; the environment wins, empty means default.

    `defaults` stand in for what neither gives; `forced` wins over both. `declarations` are all models of the
    program, so that a name which belongs to none of them can be told. Raises SettingsError with one sentence.
    """

    def __init__(
        self,
        declarations: Sequence[type[BaseModel]],
        env_file: Path,
        environ: Mapping[str, str] | None = None,
        defaults: Mapping[str, str] | None = None,
        forced: Mapping[str, str] | None = None,
    ) -> None:
        self._names = [name.upper() for model in declarations for name in model.model_fields]
        _refuse_unreadable(env_file)
        in_file = {k: v for k, v in dotenv_values(env_file, interpolate=False).items() if v is not None}
        self._refuse_mistyped(in_file, env_file)
        environment = os.environ if environ is None else environ
        sources = (defaults or {}, in_file, {k: v for k, v in environment.items() if k in self._names}, forced or {})
        self._given: dict[str, str] = {}
        for source in sources:
            self._given.update({name: value.strip() for name, value in source.items() if value.strip()})

    def read(self, model: type[Settings]) -> Settings:
        """The settings of `model`, validated."""
        values = {name: self._given[name.upper()] for name in model.model_fields if name.upper() in self._given}
        try:
            return model(**values)
        except ValidationError as error:
            # A token in the wrong place is a token all the same.
            raise SettingsError(without_tokens(_sentence(model, error, values))) from None

    def _refuse_mistyped(self, in_file: Mapping[str, str], env_file: Path) -> None:
        for name in in_file:
            if name in self._names:
                continue
            near = difflib.get_close_matches(name.upper(), self._names, n=1, cutoff=0.8)
            if near:
                raise SettingsError(f"{env_file.name} has {name}, which is not a setting; did you mean {near[0]}?")


def _refuse_unreadable(env_file: Path) -> None:
    """A line that is no setting would be passed over. Its text is not told: it may hold a secret."""
    if not env_file.is_file():
        return
    with env_file.open(encoding="utf-8") as lines:
        for found in parse_stream(lines):
            if found.error or (found.key is not None and found.value is None):
                text = found.original.string
                line = found.original.line + text[: len(text) - len(text.lstrip())].count("\n")
                raise SettingsError(f"{env_file.name}, line {line}: this is not a setting; write it as NAME=value.")


def _sentence(model: type[BaseModel], error: ValidationError, values: Mapping[str, str]) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    if not first["loc"]:
        return str(first["msg"]).removeprefix("Value error, ")
    name, message = str(first["loc"][0]), str(first["msg"]).removeprefix("Value error, ")
    if message.startswith(name.upper()):
        return message
    field = model.model_fields[name]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    allowed = extra.get("allowed") or message
    text = str(values.get(name, field.default))
    secret = "SecretStr" in str(field.annotation) or (name.endswith("_url") and _holds_secret(text))
    given = "not shown here, as it holds a secret" if secret else f'"{text}"'
    return f"{name.upper()} is {given}; allowed is {allowed}."


_NO_PORT = re.compile(r"://[^/:]*:(?!\d*(/|$))")


def _holds_secret(address: str) -> bool:
    """Whether a password or key is in it, or may be meant to be."""
    return "@" in address or bool(_NO_PORT.search(address)) or any(secrets_in(address))


KEPT = "settings.json"
_NOT_KEPT = ("state_dir", "database_url", "log_level")


def keep_settings(core: CoreSettings) -> None:
    """Write down what this state directory was run with, secrets left out, for whoever asks it later."""
    texts = {name: _text(getattr(core, name)) for name in CoreSettings.model_fields if name not in _NOT_KEPT}
    # An address with a person in it holds a password.
    kept = {name.upper(): text for name, text in texts.items() if text and not _holds_secret(text)}
    core.state_dir.mkdir(parents=True, exist_ok=True)
    # Written aside and moved: a crash in the middle leaves the old file whole.
    fresh = core.state_dir / f"{KEPT}.new"
    fresh.write_text(json.dumps(kept, indent=1))
    fresh.replace(core.state_dir / KEPT)


def kept_settings(state_dir: Path) -> dict[str, str]:
    """What `state_dir` was last run with; empty when it never was."""
    path = state_dir / KEPT
    if not path.exists():
        return {}
    try:
        return TypeAdapter(dict[str, str]).validate_json(path.read_bytes())
    except ValidationError:
        raise SettingsError(f"{path} is damaged; start the bot as before, which writes it anew.") from None


def _text(value: object) -> str:
    """A setting as it would stand in `.env`; empty for secrets and what is not set."""
    match value:
        case None | SecretStr():
            return ""
        case tuple():
            return ",".join(str(part) for part in value)
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)


def day_start(text: str, zone: ZoneInfo) -> datetime:
    """The first instant of an ISO date in `zone`, or an ISO instant, as aware UTC. Raises SettingsError."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f'"{text}" is not a date; write it like 2025-01-31.') from None
    return (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)


def env_example(declarations: Sequence[tuple[str, type[BaseModel]]]) -> str:
    """The text of `.env.example`: every setting with what it is for, what it allows, and its default."""
    lines = [
        "# Copy to .env and fill in what you need. Every line is optional; what is commented out shows the default.",
        "# The environment wins over this file. An empty value means the default.",
    ]
    for heading, model in declarations:
        lines += ["", "", f"# ---- {heading} ----"]
        for name, field in model.model_fields.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            default = "" if field.default in (None, ()) else str(field.default)
            default = default.lower() if isinstance(field.default, bool) else default
            lines += [
                "",
                f"# {field.description}.",
                f"# Allowed: {extra.get('allowed')}.",
                f"# {name.upper()}={default}",
            ]
    return "\n".join(lines) + "\n"
