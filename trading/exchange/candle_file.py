"""One file of recorded candles: its name says what is inside, its rows are checked before they are used.

Files are named EXCHANGE_BASE_QUOTE_TIMEFRAME.csv or .parquet, with the columns timestamp (UTC
milliseconds at which the candle opened), open, high, low, close, volume. A candle in which nothing
traded may be missing; everything else that is odd is refused with the file and the row.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from trading.domain.market import TIMEFRAMES
from trading.errors import SettingsError
from trading.exchange.columns import Columns, Floats, Times, length_ms

FIELDS = ("timestamp", "open", "high", "low", "close", "volume")

_NAME = re.compile(r"(?P<exchange>[^_]+)_(?P<base>[^_]+)_(?P<quote>[^_]+)_(?P<timeframe>[^_.]+)\.(csv|parquet)")


@dataclass(frozen=True, slots=True)
class CandleFile:
    """A candle file and what its name says about it."""

    path: Path
    exchange: str
    symbol: str
    timeframe: str


def candle_files(folder: Path) -> Iterator[CandleFile]:
    """The candle files in `folder`, by name; other files are passed over. Raises SettingsError."""
    if not folder.is_dir():
        raise SettingsError(f"CANDLES_DIR is {folder}, and there is no such folder; give the candle files' folder.")
    for path in sorted(folder.iterdir()):
        name = _NAME.fullmatch(path.name)
        if name and name["timeframe"] in TIMEFRAMES:
            symbol = f"{name['base']}/{name['quote']}".upper()
            yield CandleFile(path, name["exchange"].upper(), symbol, name["timeframe"])


def read_candles(file: CandleFile) -> Columns:
    """The file's candles, checked. Raises SettingsError with one sentence naming the file and the first bad row."""
    opened_at, prices = _read_parquet(file.path) if file.path.suffix == ".parquet" else _read_csv(file.path)
    if not len(opened_at):
        raise SettingsError(f"{file.path.name} holds no candles; replace or remove it.")
    columns = Columns(opened_at, *prices)
    _check(columns, file)
    return columns


def _read_parquet(path: Path) -> tuple[Times, list[Floats]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path, columns=list(FIELDS))
        arrays = [table[name].to_numpy() for name in FIELDS]
    except (pa.ArrowException, KeyError, OSError) as error:
        raise SettingsError(f"{path.name} cannot be read as candles ({_first_line(error)}).") from error
    return arrays[0].astype(np.int64), [array.astype(np.float64) for array in arrays[1:]]


def _read_csv(path: Path) -> tuple[Times, list[Floats]]:
    with path.open(newline="", encoding="utf-8") as lines:
        rows = csv.reader(lines)
        header = tuple(next(rows, ()))
        if header[: len(FIELDS)] != FIELDS:
            raise SettingsError(f"{path.name} begins with {','.join(header)!r} and not with {','.join(FIELDS)}.")
        table = np.array([_numbers(row, number, path) for number, row in enumerate(rows, 1)], dtype=np.float64)
    table = table.reshape(-1, len(FIELDS))
    times = np.nan_to_num(table[:, 0], nan=-1.0, posinf=-1.0, neginf=-1.0).astype(np.int64)
    return times, [np.ascontiguousarray(table[:, column]) for column in range(1, len(FIELDS))]


def _numbers(row: list[str], number: int, path: Path) -> list[float]:
    try:
        numbers = [float(cell) for cell in row[: len(FIELDS)]]
    except ValueError as error:
        raise SettingsError(f"{path.name}, row {number} below the header: {_first_line(error)}.") from error
    if len(numbers) != len(FIELDS):
        raise SettingsError(f"{path.name}, row {number} below the header: {len(numbers)} of {len(FIELDS)} columns.")
    return numbers


def _check(c: Columns, file: CandleFile) -> None:
    """Refuse the first row that cannot be a candle."""
    body_high, body_low = np.maximum(c.open, c.close), np.minimum(c.open, c.close)
    prices = np.column_stack((c.open, c.high, c.low, c.close))
    steps = np.diff(c.opened_at, prepend=c.opened_at[0] - 1)
    faults: tuple[tuple[str, Any], ...] = (
        ("a value is not a finite number", ~np.isfinite(np.column_stack((prices, c.volume))).all(axis=1)),
        ("a price is not above zero", ~(prices > 0).all(axis=1)),
        ("the high is below the low", c.high < c.low),
        ("the open or close lies outside low to high", (body_high > c.high) | (body_low < c.low)),
        ("the volume is below zero", c.volume < 0),
        (f"the time is not the start of a {file.timeframe} candle", c.opened_at % length_ms(file.timeframe) != 0),
        ("the time is the same as in the row before", steps == 0),
        ("the time is earlier than in the row before", steps < 0),
    )
    for fault, bad in faults:
        if bad.any():
            row = int(np.argmax(bad)) + 1
            raise SettingsError(f"{file.path.name}, row {row} below the header: {fault}; repair or remove the file.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
