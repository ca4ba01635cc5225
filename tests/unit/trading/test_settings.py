"""Settings: where they come from, what they default to, and one plain sentence for whatever is wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, SecretStr

from chatbot.settings import ChatSettings
from trading.errors import SettingsError
from trading.settings import CoreSettings, SettingsReader, day_start, env_example, keep_settings, kept_settings

BOTH: tuple[type[BaseModel], ...] = (CoreSettings, ChatSettings)


def read(tmp_path: Path, environ: dict[str, str] | None = None, file: str = "", **more: dict[str, str]) -> CoreSettings:
    path = tmp_path / ".env"
    path.write_text(file)
    return SettingsReader(BOTH, path, environ or {}, **more).read(CoreSettings)


def complaint(tmp_path: Path, environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as error:
        read(tmp_path, environ)
    sentence = str(error.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_with_nothing_given_the_documented_defaults_hold(tmp_path: Path) -> None:
    settings = SettingsReader(BOTH, tmp_path / "absent.env", {}).read(CoreSettings)
    assert (settings.mode, settings.market, settings.exchange) == ("paper", "exchange", "kraken")
    assert settings.symbols == ("BTC/USD", "ETH/USD", "SOL/USD", "XRP/USD", "ADA/USD")
    assert (settings.quote, settings.starting_cash, settings.approval_threshold) == ("USD", 100, 50)
    assert (settings.rebalance_at, settings.timezone) == (time(7), ZoneInfo("America/Denver"))
    assert (settings.stop_loss_percent, settings.take_profit_percent, settings.monitor_interval_seconds) == (2, 3, 30)
    assert (settings.approval_modes, settings.openai_model) == (("live",), "gpt-4o")
    assert settings.store_url == "sqlite+aiosqlite:///data/state/purser.db"


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    file = "STARTING_CASH=200\nREPORT_AT=09:30\n"
    assert read(tmp_path, {}, file).starting_cash == 200
    assert read(tmp_path, {"STARTING_CASH": "300"}, file).starting_cash == 300
    assert read(tmp_path, {}, file).report_at == time(9, 30)
    assert read(tmp_path, {}, file, defaults={"STARTING_CASH": "400", "REBALANCE_AT": "06:00"}).starting_cash == 200
    assert read(tmp_path, {}, file, defaults={"REBALANCE_AT": "06:00"}).rebalance_at == time(6)
    assert read(tmp_path, {"STARTING_CASH": "300"}, file, forced={"STARTING_CASH": "500"}).starting_cash == 500


def test_short_selling_is_off_and_cannot_be_turned_on_yet(tmp_path: Path) -> None:
    assert read(tmp_path).enable_short is False
    assert complaint(tmp_path, {"ENABLE_SHORT": "true"}) == (
        "ENABLE_SHORT is true, but no connected exchange account reports margin to this program; "
        "set ENABLE_SHORT=false."
    )


def test_an_empty_value_is_an_unset_one(tmp_path: Path) -> None:
    settings = read(tmp_path, {"STARTING_CASH": "", "MAX_ORDER_SIZE": "  "}, "STARTING_CASH=250\nQUOTE_CURRENCY=\n")
    assert (settings.starting_cash, settings.max_order_size, settings.quote) == (250, None, "USD")


def test_a_value_in_the_file_is_taken_as_it_stands(tmp_path: Path) -> None:
    settings = read(tmp_path, {}, "EXCHANGE_API_SECRET=a$b${HOME}c\n")
    assert settings.exchange_api_secret == SecretStr("a$b${HOME}c")


@pytest.mark.parametrize(
    ("name", "given", "allowed"),
    [
        ("MODE", "demo", "paper or live"),
        ("MARKET", "moon", "exchange, simulated or recorded"),
        ("EXCHANGE", "Kraken!", "a ccxt exchange name"),
        ("EXCHANGE_BASE_URL", "kraken.com", "an address"),
        ("SYMBOLS", "BTCUSD", "pairs like BTC/USD"),
        ("SYMBOLS", "BTC/USD,ETH/EUR", "pairs like BTC/USD"),
        ("SYMBOLS", "BTC/USD,BTC/USD", "pairs like BTC/USD"),
        ("SYMBOLS", ",", "pairs like BTC/USD"),
        ("QUOTE_CURRENCY", "U$", "a currency code"),
        ("STARTING_CASH", "lots", "a number above 0"),
        ("STARTING_CASH", "0", "a number above 0"),
        ("STARTING_CASH", "NaN", "a number above 0"),
        ("STARTING_CASH", "Infinity", "a number above 0"),
        ("TIMEFRAME", "7m", "1m, 5m"),
        ("SIMULATION_SEED", "-1", "a whole number"),
        ("SIMULATION_SEED", "7.5", "a whole number"),
        ("OPENAI_BASE_URL", "localhost", "an address"),
        ("APPROVAL_THRESHOLD", "-1", "0 or more"),
        ("APPROVAL_MODES", "paper,demo", "live, paper, or both"),
        ("APPROVAL_TTL_SECONDS", "9", "from 10 to 86400"),
        ("APPROVAL_TTL_SECONDS", "ten", "from 10 to 86400"),
        ("APPROVAL_DRIFT_PERCENT", "101", "from 0 to 100"),
        ("REBALANCE_AT", "24:00", "a time like 07:00"),
        ("REBALANCE_AT", "7", "a time like 07:00"),
        ("REPORT_AT", "07:60", "a time like 18:00"),
        ("REPORT_WEEKLY_ON", "someday", "a day like sunday, or off"),
        ("TIMEZONE", "Denver", "America/Denver"),
        ("MONITOR_INTERVAL_SECONDS", "0", "from 1 to 3600"),
        ("MAX_PRICE_AGE_SECONDS", "0", "from 1 to 3600"),
        ("STOP_LOSS_PERCENT", "2%", "from 0 to 99"),
        ("STOP_LOSS_PERCENT", "100", "from 0 to 99"),
        ("TAKE_PROFIT_PERCENT", "-3", "from 0 to 1000"),
        ("MAX_ORDER_SIZE", "0", "a number above 0"),
        ("MAX_POSITION_PERCENT", "0", "at most 100"),
        ("MAX_POSITION_PERCENT", "101", "at most 100"),
        ("DAILY_LOSS_LIMIT_PERCENT", "-5", "from 0 to 100"),
        ("DATABASE_URL", "mysql://host/name", "postgresql+asyncpg://"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
    ],
)
def test_a_malformed_setting_is_named_with_what_was_given_and_what_is_allowed(
    tmp_path: Path, name: str, given: str, allowed: str
) -> None:
    sentence = complaint(tmp_path, {name: given})
    assert sentence.startswith(f"{name} is ")
    assert given in sentence
    assert allowed in sentence


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("APROVAL_THRESHOLD", "APPROVAL_THRESHOLD"),
        ("SYMBOL", "SYMBOLS"),
        ("starting_cash", "STARTING_CASH"),
        ("TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"),
        ("TIMEZON", "TIMEZONE"),
    ],
)
def test_a_mistyped_name_in_the_file_is_told_with_the_right_one(tmp_path: Path, name: str, near: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}, which is not a setting; did you mean {near}"):
        read(tmp_path, {}, f"{name}=1\n")


@pytest.mark.parametrize("wrong", ["MODE live", "MODE", "MODE: live", "OPENAI_API_KEY='sk-secret"])
def test_a_line_that_is_no_setting_is_told_by_its_number_alone(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^\.env, line 3: this is not a setting; write it as NAME=value\.$"):
        read(tmp_path, {}, f"# mine\n\n{wrong}\nEXCHANGE=kraken\n")


def test_a_name_that_resembles_nothing_of_ours_is_left_alone(tmp_path: Path) -> None:
    assert read(tmp_path, {"SYMBOL": "x"}, "COMPOSE_PROJECT=purser\nPATH_TO_X=/tmp\n").mode == "paper"


@pytest.mark.parametrize(
    ("given", "symbols", "quote"),
    [
        ({"QUOTE_CURRENCY": "eur"}, ("BTC/EUR", "ETH/EUR", "SOL/EUR", "XRP/EUR", "ADA/EUR"), "EUR"),
        ({"QUOTE_CURRENCY": "USDT"}, ("BTC/USDT", "ETH/USDT", "SOL/USDT", "XRP/USDT", "ADA/USDT"), "USDT"),
        ({"SYMBOLS": "btc/eur, eth/eur"}, ("BTC/EUR", "ETH/EUR"), "EUR"),
        ({"SYMBOLS": "BTC/EUR", "QUOTE_CURRENCY": "EUR"}, ("BTC/EUR",), "EUR"),
    ],
)
def test_the_quote_currency_follows_the_pairs_and_the_default_pairs_the_quote_currency(
    tmp_path: Path, given: dict[str, str], symbols: tuple[str, ...], quote: str
) -> None:
    settings = read(tmp_path, given)
    assert (settings.symbols, settings.quote) == (symbols, quote)


def test_pairs_and_quote_currency_that_disagree_are_refused(tmp_path: Path) -> None:
    sentence = complaint(tmp_path, {"SYMBOLS": "BTC/USD", "QUOTE_CURRENCY": "EUR"})
    assert sentence == "QUOTE_CURRENCY is EUR, but SYMBOLS trade against USD; make them agree."


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_URL": "postgres://purser:hunter2secret@db/purser"},
        {"EXCHANGE_BASE_URL": "ftp://purser:hunter2secret@host"},
        {"OPENAI_BASE_URL": "purser:hunter2secret@host"},
    ],
)
def test_a_password_in_an_address_is_not_repeated(tmp_path: Path, environ: dict[str, str]) -> None:
    sentence = complaint(tmp_path, environ)
    assert "hunter2secret" not in sentence
    assert next(iter(environ)) in sentence


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = read(tmp_path, {"EXCHANGE_API_SECRET": "hunter2secret", "OPENAI_API_KEY": "hunter2secret"})
    assert "hunter2secret" not in repr(settings) + str(settings)


def test_what_a_directory_was_run_with_is_kept_without_secrets_and_can_be_read_back(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        {
            "STATE_DIR": str(tmp_path / "state"),
            "SYMBOLS": "BTC/EUR,ETH/EUR",
            "REBALANCE_AT": "6:05",
            "EXCHANGE_API_KEY": "hunter2secret",
            "OPENAI_API_KEY": "hunter2secret",
            "MAX_ORDER_SIZE": "12.50",
            "DATABASE_URL": "postgresql+asyncpg://purser:hunter2secret@db/purser",
        },
    )
    keep_settings(settings)
    assert "hunter2secret" not in (tmp_path / "state" / "settings.json").read_text()
    kept = kept_settings(tmp_path / "state")
    again = SettingsReader(BOTH, tmp_path / "absent.env", {}, kept).read(CoreSettings)
    assert (again.symbols, again.rebalance_at, again.max_order_size, again.timezone) == (
        ("BTC/EUR", "ETH/EUR"),
        time(6, 5),
        Decimal("12.50"),
        settings.timezone,
    )
    assert kept_settings(tmp_path / "never") == {}


def test_the_example_covers_every_setting_with_its_default_and_what_it_allows() -> None:
    text = env_example([("The core", CoreSettings), ("The chat", ChatSettings)])
    lines = text.splitlines()
    for model in BOTH:
        for name, field in model.model_fields.items():
            (index,) = [i for i, line in enumerate(lines) if line.startswith(f"# {name.upper()}=")]
            assert lines[index - 1].startswith("# Allowed: ")
            assert len(lines[index - 1]) > len("# Allowed: .")
            assert len(lines[index - 2]) > 12
            if isinstance(field.default, str):
                assert lines[index] == f"# {name.upper()}={field.default}"


def test_the_example_uncommented_is_the_default(tmp_path: Path) -> None:
    text = env_example([("The core", CoreSettings), ("The chat", ChatSettings)])
    lines = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
    file = "\n".join(line for line in lines if "=" in line.split(" ")[0])
    plain = SettingsReader(BOTH, tmp_path / "absent.env", {})
    (tmp_path / "example.env").write_text(file)
    example = SettingsReader(BOTH, tmp_path / "example.env", {})
    assert example.read(CoreSettings) == plain.read(CoreSettings)
    assert example.read(ChatSettings) == plain.read(ChatSettings)


def test_the_example_in_the_project_is_up_to_date() -> None:
    path = Path(__file__).resolve().parents[3] / ".env.example"
    declared = {name.upper() for model in BOTH for name in model.model_fields}
    lines = [line for line in path.read_text().splitlines() if line.startswith("# ")]
    named = {line[2:].partition("=")[0] for line in lines}
    assert declared <= named


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-01-31", datetime(2025, 1, 31, 7, tzinfo=UTC)),
        ("2025-07-01", datetime(2025, 7, 1, 6, tzinfo=UTC)),
        ("2025-01-31T06:00+01:00", datetime(2025, 1, 31, 5, tzinfo=UTC)),
    ],
)
def test_a_day_starts_at_local_midnight(text: str, instant: datetime) -> None:
    assert day_start(text, ZoneInfo("America/Denver")) == instant


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="is not a date"):
        day_start("31.1.2025", ZoneInfo("UTC"))


def test_kept_settings_are_plain_json(tmp_path: Path) -> None:
    keep_settings(read(tmp_path, {"STATE_DIR": str(tmp_path)}))
    assert json.loads((tmp_path / "settings.json").read_text())["MODE"] == "paper"


@pytest.mark.parametrize(("told", "weekday"), [("", 6), ("Monday", 0), (" friday ", 4), ("off", None)])
def test_the_weekly_report_has_a_day_or_is_off(tmp_path: Path, told: str, weekday: int | None) -> None:
    assert read(tmp_path, {"REPORT_WEEKLY_ON": told}).report_weekly_on == weekday
