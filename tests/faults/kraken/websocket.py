"""WebSocket v2 on loopback: status, ticker, ohlc, executions, heartbeat, pings; public and private on one path."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from tests.contract.kraken_market import MINUTES, KrakenMarket, Pair, dumps, pair_of
from tests.faults.kraken.auth import Gate
from tests.faults.kraken.faults import Fault, Faults, Injection
from tests.faults.kraken.frames import execution
from tests.faults.kraken.matching import Engine, Event
from tests.faults.kraken.records import Order, Trade

Frame = dict[str, Any]
SNAPSHOT_TRADES = 50


@dataclass(slots=True, eq=False)
class _Connection:
    socket: web.WebSocketResponse
    frames: asyncio.Queue[Frame | None] = field(default_factory=asyncio.Queue)
    tickers: dict[str, Pair] = field(default_factory=dict)
    candles: dict[tuple[str, int], Pair] = field(default_factory=dict)
    executions: bool = False
    sequence: int = 0
    held: list[Frame] = field(default_factory=list)

    def send(self, frame: Frame, injection: Injection | None = None) -> None:
        """Queue `frame`, or what `injection` makes of it; a frame that was held back comes after the next one."""
        fault = injection.fault if injection else None
        held, self.held = self.held, []
        match fault:
            case Fault.LOST_FRAME:
                queued: list[Frame | None] = []
            case Fault.DUPLICATED_FRAME:
                queued = [frame, frame]
            case Fault.REORDERED_FRAME:
                queued, self.held = [], [frame]
            case Fault.STREAM_CUT:
                queued = [None]
            case _:
                queued = [frame]
        for due in (*queued, *held):
            self.frames.put_nowait(due)

    def numbered(self, kind: str, data: list[Frame]) -> Frame:
        """A frame of the executions channel with its place in the sequence."""
        self.sequence += 1
        return {"channel": "executions", "type": kind, "data": data, "sequence": self.sequence}

    async def pump(self) -> None:
        """Send what is queued, in turn; None ends the connection."""
        while (frame := await self.frames.get()) is not None:
            await self.socket.send_json(frame, dumps=dumps)
        await self.socket.close(code=1001)


class Streams:
    """Every open connection. `violate` is told what a proper client never sends."""

    def __init__(self, market: KrakenMarket, gate: Gate, faults: Faults, violate: Callable[[str], None]) -> None:
        self._market = market
        self._gate = gate
        self._faults = faults
        self._violate = violate
        self._connections: set[_Connection] = set()
        self._changed = asyncio.Condition()
        self.engine: Engine | None = None

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = _Connection(socket)
        self._connections.add(connection)
        connection.send(self._market.status_frame())
        pump = asyncio.create_task(connection.pump())
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._told(connection, message.data)
        finally:
            self._connections.discard(connection)
            pump.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await pump
        return socket

    def tell(self, event: Event) -> None:
        """Pass on what happened to an order."""
        kind, order, trade = event
        told = self._execution(kind, order, trade)
        listeners = [connection for connection in self._connections if connection.executions]
        injection = self._faults.take("executions") if listeners else None
        for connection in listeners:
            connection.send(connection.numbered("update", [told]), injection)

    def announce(self) -> None:
        """Tell everybody what state the system is in."""
        for connection in self._connections:
            connection.send(self._market.status_frame())

    def tick(self) -> None:
        """Send the present prices to whoever asked for them, and a heartbeat to all."""
        for connection in self._connections:
            for pair in connection.tickers.values():
                connection.send(self._market.ticker_frame(pair, "update"), self._faults.take("ticker"))
            for (_, minutes), pair in connection.candles.items():
                connection.send(self._market.candle_frame(pair, minutes, "update"), self._faults.take("ohlc"))
            connection.send({"channel": "heartbeat"})

    async def drop(self) -> None:
        """Close every connection, as Kraken does at times."""
        for connection in list(self._connections):
            await connection.socket.close(code=1001)

    async def wait_for(self, channel: str) -> None:
        """Return once somebody listens to `channel`: "executions", or a symbol's ticker or candles."""
        async with self._changed:
            await self._changed.wait_for(lambda: any(_listens(one, channel) for one in self._connections))

    async def _told(self, connection: _Connection, text: str) -> None:
        try:
            message = orjson.loads(text)
            method, wish = message.get("method"), message.get("params") or {}
        except (orjson.JSONDecodeError, AttributeError):
            self._refuse(connection, {}, "Malformed request")
            return
        if method == "ping":
            connection.send(self._market.reply(message) | {"method": "pong"})
        elif method == "subscribe":
            self._subscribe(connection, message, wish)
            async with self._changed:
                self._changed.notify_all()
        else:
            self._refuse(connection, message, "Method or channel not supported")

    def _subscribe(self, connection: _Connection, message: Frame, wish: Mapping[str, Any]) -> None:
        channel = wish.get("channel")
        if channel == "executions":
            self._subscribe_executions(connection, message, wish)
        elif channel == "ticker" or (channel == "ohlc" and wish.get("interval", 1) in MINUTES):
            for symbol in wish.get("symbol", []):
                self._subscribe_prices(connection, message, wish, symbol)
        else:
            self._refuse(connection, message, "Method or channel not supported")

    def _subscribe_executions(self, connection: _Connection, message: Frame, wish: Mapping[str, Any]) -> None:
        if not self._gate.token_holds(wish.get("token"), self._market.now()):
            self._refuse(connection, message, "ESession:Invalid session", status="error")
            return
        snap_orders, snap_trades = bool(wish.get("snap_orders", True)), bool(wish.get("snap_trades", False))
        result = {"channel": "executions", "snap_orders": snap_orders, "snap_trades": snap_trades, "snapshot": True}
        self._confirm(connection, message, result)
        connection.executions = True
        connection.send(connection.numbered("snapshot", self._snapshot(snap_orders, snap_trades)))

    def _subscribe_prices(self, connection: _Connection, message: Frame, wish: Mapping[str, Any], symbol: str) -> None:
        try:
            pair = pair_of(symbol)
        except KeyError:
            self._refuse(connection, message, f"Currency pair not supported {symbol}", symbol=symbol)
            return
        minutes = wish.get("interval", 1)
        candles = wish["channel"] == "ohlc"
        extra = {"interval": minutes} if candles else {"event_trigger": wish.get("event_trigger", "trades")}
        self._confirm(connection, message, {"channel": wish["channel"], "snapshot": True, "symbol": symbol} | extra)
        if candles:
            connection.candles[symbol, minutes] = pair
            connection.send(self._market.candle_frame(pair, minutes, "snapshot"))
        else:
            connection.tickers[symbol] = pair
            connection.send(self._market.ticker_frame(pair, "snapshot"))

    def _snapshot(self, orders: bool, trades: bool) -> list[Frame]:
        assert self.engine is not None
        told: list[Frame] = []
        if trades:
            latest = list(self.engine.trades.values())[-SNAPSHOT_TRADES:]
            told += [self._execution("trade", self.engine.orders[trade.order_id], trade) for trade in latest]
        if orders:
            told += [self._execution("pending_new", order, None) for order in self.engine.open_orders()]
        return told

    def _execution(self, kind: str, order: Order, trade: Trade | None) -> Frame:
        return execution(kind, order, trade, self._market.reply({})["time_in"])

    def _confirm(self, connection: _Connection, message: Frame, result: Frame) -> None:
        connection.send(self._market.reply(message) | {"method": "subscribe", "result": result, "success": True})

    def _refuse(self, connection: _Connection, message: Frame, error: str, **extra: str) -> None:
        self._violate(f"WS {error}")
        refusal = {"method": message.get("method"), "error": error, "success": False} | extra
        connection.send(self._market.reply(message) | refusal)


def _listens(connection: _Connection, channel: str) -> bool:
    if channel == "executions":
        return connection.executions
    return channel in connection.tickers or any(channel == symbol for symbol, _ in connection.candles)
