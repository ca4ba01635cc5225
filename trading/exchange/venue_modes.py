"""Asking an exchange for its modes: Kraken in its own words, any other one through ccxt, where that has a way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.kraken_reading import result_of
from trading.exchange.venue_status import ONLINE, Modes, ModeSource


def mode_source(line: PrivateClient) -> ModeSource:
    """The source for `line`'s exchange. Only public questions are asked."""
    if line.id == "kraken":
        return KrakenModes(line)
    return UnifiedModes(line) if line.client.has.get("fetchStatus") is True else AlwaysOnline(line)


class KrakenModes:
    """SystemStatus for the whole, AssetPairs for the pairs."""

    def __init__(self, line: PrivateClient) -> None:
        self._line = line

    @property
    def name(self) -> str:
        return self._line.name

    async def modes(self, symbols: Sequence[str]) -> Modes:
        """Raises Retryable."""
        status = await self._result("public_get_systemstatus", {})
        with self._line.asking():
            whole = str(status["status"])
        # In maintenance Kraken answers nothing else.
        return Modes(whole, {} if whole == "maintenance" else await self._pairs(symbols))

    async def _pairs(self, symbols: Sequence[str]) -> Mapping[str, str]:
        ids = {(await self._line.market(symbol))["id"]: symbol for symbol in symbols}
        pairs = await self._result("public_get_assetpairs", {"pair": ",".join(ids)}) if ids else {}
        with self._line.asking():
            return {ids[id_]: str(pair["status"]) for id_, pair in pairs.items()}

    async def _result(self, method: str, request: Mapping[str, str]) -> Mapping[str, Any]:
        with self._line.asking():
            return result_of(await self._line.send(method, dict(request)))


class UnifiedModes:
    """What ccxt makes of an exchange's status: up or not, for the whole exchange."""

    def __init__(self, line: PrivateClient) -> None:
        self._line = line

    @property
    def name(self) -> str:
        return self._line.name

    async def modes(self, symbols: Sequence[str]) -> Modes:
        """Raises Retryable."""
        with self._line.asking():
            status = (await self._line.send("fetch_status"))["status"]
            return Modes(ONLINE if status == "ok" else "maintenance")


class AlwaysOnline:
    """For exchanges that do not tell; their refusals will."""

    def __init__(self, line: PrivateClient) -> None:
        self._line = line

    @property
    def name(self) -> str:
        return self._line.name

    async def modes(self, symbols: Sequence[str]) -> Modes:
        return Modes()
