"""A replay's request from the command line's words, and its result as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from trading.contract import Line
from trading.domain.market import TIMEFRAMES
from trading.domain.order import Fill
from trading.errors import SettingsError
from trading.research.session import ReplayRequest, ReplayResult
from trading.settings import day_start

ENOUGH_RETURNS = 30
UTC_ZONE = ZoneInfo("UTC")


def replay_request(
    candles: Path,
    symbols: str,
    timeframe: str,
    start: str,
    end: str,
    strategy: str,
    parameters: Sequence[str],
    cash: str,
    fee: str,
    stop: str,
    target: str,
) -> ReplayRequest:
    """Raises SettingsError with one sentence that names the option."""
    pairs = tuple(part.strip().upper() for part in symbols.split(",") if part.strip())
    if not pairs or len({pair.partition("/")[2] for pair in pairs}) != 1 or not all("/" in pair for pair in pairs):
        raise SettingsError(f'--symbols is "{symbols}"; write pairs of one quote currency, like BTC/USDT,ETH/USDT.')
    if timeframe and timeframe not in TIMEFRAMES:
        raise SettingsError(f'--timeframe is "{timeframe}"; allowed are {", ".join(TIMEFRAMES)}.')
    return ReplayRequest(
        candles=candles,
        symbols=pairs,
        timeframe=timeframe or None,
        start=day_start(start, UTC_ZONE) if start else None,
        end=day_start(end, UTC_ZONE) if end else None,
        strategy=strategy,
        parameters=dict(_pair(parameter) for parameter in parameters),
        cash=_number("--cash", cash, Decimal("0.01"), Decimal("1e12")),
        fee=_number("--fee", fee, Decimal(0), Decimal("0.1")),
        stop=_number("--stop", stop, Decimal(0), Decimal(99)) / 100 or None,
        target=_number("--target", target, Decimal(0), Decimal(1000)) / 100 or None,
    )


def as_text(result: ReplayResult) -> str:
    """The result for a terminal."""
    counts, quote = result.counts, result.request.symbols[0].partition("/")[2]
    lines = [
        f"{result.request.strategy} on {', '.join(result.request.symbols)}, {result.timeframe} candles, "
        f"{result.start:%Y-%m-%d} to {result.end:%Y-%m-%d}",
        f"{counts.bars:,} bars, {len(result.fills):,} fills, fees {_fees(result):,.2f} {quote}, "
        f"ends with {result.equity:,.2f} {quote}",
        f"Engine {result.candles_per_second:,.0f} candles a second of CPU; "
        f"ledger residual {result.residual.normalize():f}",
    ]
    if counts.refused or counts.untradable:
        lines.append(f"{counts.refused:,} batches refused, {counts.untradable:,} trades too small for the minimums")
    if result.performance is None:
        return "\n".join([*lines, "Too short for figures."])
    lines += ["", f"{'':22}{'return':>12}{'worst fall':>12}{'Sharpe':>9}"]
    lines += [_row(line) for line in result.performance.lines]
    if result.performance.daily_returns < ENOUGH_RETURNS:
        lines.append(f"Only {result.performance.daily_returns} daily returns: too few to judge by.")
    return "\n".join(lines)


def as_json(result: ReplayResult) -> dict[str, Any]:
    """Everything, amounts as exact text; fills oldest first."""
    performance = result.performance
    return {
        "strategy": result.request.strategy,
        "parameters": dict(result.request.parameters),
        "symbols": list(result.request.symbols),
        "timeframe": result.timeframe,
        "from": result.start.isoformat(),
        "to": result.end.isoformat(),
        "bars": result.counts.bars,
        "decisions": result.counts.decisions,
        "refused": result.counts.refused,
        "too_small": result.counts.untradable,
        "engine_cpu_seconds": result.engine_seconds,
        "candles_per_second": result.candles_per_second,
        "cash": str(result.request.cash),
        "equity": str(result.equity),
        "fees": str(_fees(result)),
        "residual": f"{result.residual.normalize():f}",
        "lines": [_line(line) for line in performance.lines] if performance else [],
        "fills": [_fill(result, fill) for fill in result.fills],
    }


def _fees(result: ReplayResult) -> Decimal:
    return sum((fill.fee.amount for fill in result.fills), Decimal(0))


def _row(line: Line) -> str:
    sharpe = "unknown" if line.sharpe is None else f"{line.sharpe:.2f}"
    return f"{line.name:22}{line.total_return:>+12.2%}{line.max_drawdown:>12.2%}{sharpe:>9}"


def _line(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "total_return": str(line.total_return),
        "max_drawdown": str(line.max_drawdown),
        "sharpe": line.sharpe,
    }


def _fill(result: ReplayResult, fill: Fill) -> dict[str, Any]:
    return {
        "at": fill.at.isoformat(),
        "symbol": fill.symbol,
        "side": fill.side.value,
        "price": str(fill.price),
        "quantity": str(fill.quantity),
        "fee": str(fill.fee.amount),
        "realized": str(fill.realized),
        "reason": result.reasons[fill.client_order_id],
    }


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise SettingsError(f'--set is "{text}"; write it like fast=10.')
    return key.strip(), value.strip()


def _number(option: str, text: str, least: Decimal, most: Decimal) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not least <= number <= most:
        raise SettingsError(f'{option} is "{text}"; allowed is a number from {least} to {most:f}.')
    return number
