from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.candles import SHARED_CANDLES, needs_shared_candles, write_candles
from trading.errors import SettingsError
from trading.exchange.recorded import RecordedCandles

DAY_0 = datetime(2025, 1, 1, tzinfo=UTC)
HOURS = timedelta(hours=1)


def test_the_finest_frame_that_all_symbols_have_is_used(tmp_path: Path) -> None:
    write_candles(tmp_path, "KRAKEN_BTC_USD_5m", DAY_0, 24)
    write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 24)
    write_candles(tmp_path, "KRAKEN_ETH_USD_1h", DAY_0, 20)
    history = RecordedCandles(tmp_path, ["btc/usd", "ETH/USD"], None)
    assert history.timeframe == "1h"
    assert (history.start, history.end) == (DAY_0, DAY_0 + 20 * HOURS)
    assert history.exchange_name == "Kraken"


def test_a_frame_that_is_asked_for_is_made_from_a_shorter_one(tmp_path: Path) -> None:
    write_candles(tmp_path, "KRAKEN_BTC_USD_5m", DAY_0, 24)
    history = RecordedCandles(tmp_path, ["BTC/USD"], "1h")
    assert (history.timeframe, len(history.columns("BTC/USD", "1h"))) == ("1h", 2)


def test_one_exchange_that_has_all_symbols_is_preferred(tmp_path: Path) -> None:
    write_candles(tmp_path, "ALPHA_BTC_USD_1h", DAY_0, 5)
    write_candles(tmp_path, "BETA_BTC_USD_1h", DAY_0, 9)
    write_candles(tmp_path, "BETA_ETH_USD_1h", DAY_0, 9)
    history = RecordedCandles(tmp_path, ["BTC/USD", "ETH/USD"])
    assert history.exchange_name == "Beta"
    assert len(history.columns("BTC/USD", "1h")) == 9


def test_exchanges_are_mixed_where_none_has_all_and_the_name_says_so(tmp_path: Path) -> None:
    write_candles(tmp_path, "ALPHA_BTC_USD_1h", DAY_0, 5)
    write_candles(tmp_path, "BETA_ETH_USD_1h", DAY_0, 5)
    assert RecordedCandles(tmp_path, ["BTC/USD", "ETH/USD"]).exchange_name == "Alpha, Beta"


def test_a_longer_file_lends_its_history_and_a_shorter_one_its_end(tmp_path: Path) -> None:
    write_candles(tmp_path, "KRAKEN_BTC_USD_1d", DAY_0 - timedelta(days=30), 31)
    write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 72)
    days = RecordedCandles(tmp_path, ["BTC/USD"]).columns("BTC/USD", "1d").to_candles("1d")
    assert (days[0].opened_at, days[-1].opened_at) == (DAY_0 - timedelta(days=30), DAY_0 + timedelta(days=2))
    assert len(days) == 33


def test_the_price_tick_is_read_off_the_prices(tmp_path: Path) -> None:
    write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 3, price=100.25)
    instrument = RecordedCandles(tmp_path, ["BTC/USD"]).instruments()["BTC/USD"]
    assert (instrument.price_tick, instrument.base, instrument.quote) == (Decimal("0.01"), "BTC", "USD")


def test_candles_without_trades_may_be_missing_and_are_counted(tmp_path: Path) -> None:
    path = write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 10)
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[:4] + lines[6:]))
    history = RecordedCandles(tmp_path, ["BTC/USD"])
    assert history.omitted("BTC/USD") == 2


def test_extending_changes_nothing(tmp_path: Path) -> None:
    write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 10)
    history = RecordedCandles(tmp_path, ["BTC/USD"])
    history.extend(DAY_0 + timedelta(days=99))
    assert history.end == DAY_0 + 10 * HOURS


def test_an_unknown_symbol_is_answered_with_those_there_are(tmp_path: Path) -> None:
    write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 3)
    with pytest.raises(SettingsError, match=r"SYMBOLS names DOGE/USD, but .* has only BTC/USD\."):
        RecordedCandles(tmp_path, ["BTC/USD", "DOGE/USD"])


def test_a_frame_that_cannot_be_made_is_answered_with_those_there_are(tmp_path: Path) -> None:
    write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 3)
    with pytest.raises(SettingsError, match="TIMEFRAME is 5m, but BTC/USD has only 1h"):
        RecordedCandles(tmp_path, ["BTC/USD"], "5m")
    with pytest.raises(SettingsError, match="15m candles of BTC/USD cannot be had; the finest are 1h"):
        RecordedCandles(tmp_path, ["BTC/USD"]).columns("BTC/USD", "15m")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such folder"):
        RecordedCandles(tmp_path / "nowhere", ["BTC/USD"])


@pytest.mark.parametrize(
    ("row", "text", "complaint"),
    [
        (3, "{at},1,2,0.5,nan,1", "row 3 below the header: a value is not a finite number"),
        (1, "{at},1,inf,0.5,1,1", "row 1 below the header: a value is not a finite number"),
        (2, "{at},0,2,0,1,1", "row 2 below the header: a price is not above zero"),
        (2, "{at},1,2,3,1,1", "row 2 below the header: the high is below the low"),
        (2, "{at},9,8,7,7.5,1", "row 2 below the header: the open or close lies outside low to high"),
        (2, "{at},1,2,1,1,-4", "row 2 below the header: the volume is below zero"),
        (2, "{at}1,1,2,1,1,1", "row 2 below the header: the time is not the start of a 1h candle"),
        (3, "{before},1,2,1,1,1", "row 3 below the header: the time is the same as in the row before"),
        (3, "0,1,2,1,1,1", "row 3 below the header: the time is earlier than in the row before"),
        (4, "{at},1,2,one,1,1", "row 4 below the header: could not convert"),
        (4, "{at},1,2", "row 4 below the header: 3 of 6 columns"),
    ],
)
def test_a_bad_row_is_named_with_its_file(tmp_path: Path, row: int, text: str, complaint: str) -> None:
    path = write_candles(tmp_path, "KRAKEN_BTC_USD_1h", DAY_0, 6)
    lines = path.read_text().splitlines()
    at, before = lines[row].split(",")[0], lines[row - 1].split(",")[0]
    lines[row] = text.format(at=at, before=before)
    path.write_text("\n".join(lines))
    with pytest.raises(SettingsError) as error:
        RecordedCandles(tmp_path, ["BTC/USD"])
    assert str(error.value).startswith("KRAKEN_BTC_USD_1h.csv, " + complaint)


def test_a_file_with_another_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "KRAKEN_BTC_USD_1h.csv").write_text("date,price\n1,2\n")
    with pytest.raises(SettingsError, match=r"KRAKEN_BTC_USD_1h\.csv begins with 'date,price'"):
        RecordedCandles(tmp_path, ["BTC/USD"])


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "KRAKEN_BTC_USD_1h.csv").write_text("timestamp,open,high,low,close,volume\n")
    with pytest.raises(SettingsError, match=r"KRAKEN_BTC_USD_1h\.csv holds no candles"):
        RecordedCandles(tmp_path, ["BTC/USD"])


def test_a_parquet_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "KRAKEN_BTC_USD_1h.parquet").write_bytes(b"not parquet")
    with pytest.raises(SettingsError, match=r"KRAKEN_BTC_USD_1h\.parquet cannot be read as candles"):
        RecordedCandles(tmp_path, ["BTC/USD"])


@needs_shared_candles
def test_real_parquet_and_csv_files_make_one_history() -> None:
    history = RecordedCandles(SHARED_CANDLES, ["BTC/USDT", "ETH/USDT", "SOL/USDT"])
    assert (history.timeframe, history.exchange_name) == ("5m", "Binance")
    assert (history.start, history.end) == (datetime(2024, 12, 31, tzinfo=UTC), datetime(2025, 9, 1, tzinfo=UTC))
    days = history.columns("BTC/USDT", "1d")
    assert len(days) == 352
    assert history.omitted("BTC/USDT") == 0


@needs_shared_candles
def test_real_daily_candles_with_omitted_days_are_accepted() -> None:
    history = RecordedCandles(SHARED_CANDLES, ["BTC/USD", "ETH/USD", "XRP/USD"])
    assert (history.timeframe, history.exchange_name) == ("1d", "Kraken")
    assert history.omitted("ETH/USD") > 0
