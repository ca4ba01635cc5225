"""What other exchanges tell about a key, in the shapes that they document, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import SimpleNamespace
from typing import Any, cast

import ccxt.async_support
import pytest

from trading.exchange.ccxt_private import PrivateClient
from trading.exchange.key_checks import KEY_CHECKS
from trading.exchange.key_permissions import Unverifiable, reason_against_live
from trading.exchange.unified_api import UnifiedApi

KEY = "our-key"

BINANCE = {
    "ipRestrict": False,
    "createTime": 1698645219000,
    "enableReading": True,
    "enableWithdrawals": False,
    "enableInternalTransfer": False,
    "enableMargin": False,
    "enableFutures": False,
    "permitsUniversalTransfer": False,
    "enableVanillaOptions": False,
    "enableFixApiTrade": False,
    "enableFixReadOnly": True,
    "enableSpotAndMarginTrading": True,
    "enablePortfolioMarginTrading": False,
}
BYBIT = {
    "retCode": 0,
    "result": {
        "apiKey": KEY,
        "readOnly": 0,
        "permissions": {"ContractTrade": [], "Spot": ["SpotTrade"], "Wallet": ["AccountTransfer"], "Exchange": []},
    },
}
OKX = {"code": "0", "data": [{"uid": "1", "perm": "read_only,trade", "ip": ""}]}
KUCOIN = {"code": "200000", "data": {"remark": "bot", "apiKey": KEY, "permission": "General,Spot,InnerTransfer"}}
GATE = [
    {"key": "another", "perms": [{"name": "withdraw", "read_only": False}]},
    {"key": KEY, "perms": [{"name": "spot", "read_only": False}, {"name": "wallet", "read_only": True}]},
]
COINBASE = {"can_view": True, "can_trade": True, "can_transfer": False, "portfolio_uuid": "x"}
BITFINEX = [["orders", 1, 1], ["wallets", 1, 0], ["history", 1, 0], ["withdraw", 0, 0]]
GEMINI = {"isAuditor": False, "isFundManager": False, "isTrader": True}

GOOD: Mapping[str, Any] = {
    "binance": BINANCE,
    "bitfinex": BITFINEX,
    "bybit": BYBIT,
    "coinbase": COINBASE,
    "gate": GATE,
    "gemini": GEMINI,
    "kucoin": KUCOIN,
    "okx": OKX,
}

WITHDRAWING = [
    ("binance", ("enableWithdrawals",), True),
    ("binance", ("enableInternalTransfer",), True),
    ("binance", ("permitsUniversalTransfer",), True),
    ("binance", ("enableSubAccountTransfer",), True),
    ("bybit", ("result", "permissions", "Wallet"), ["AccountTransfer", "Withdraw"]),
    ("bybit", ("result", "permissions", "Wallet"), ["SubMemberTransfer"]),
    ("okx", ("data", 0, "perm"), "read_only,withdraw,trade"),
    ("kucoin", ("data", "permission"), "General,Spot,Withdrawal"),
    ("kucoin", ("data", "permission"), "General,Spot,Transfer"),
    ("gate", (1, "perms", 1, "read_only"), False),
    ("gate", (1, "perms", 1), {"name": "withdraw", "read_only": False}),
    ("coinbase", ("can_transfer",), True),
    ("bitfinex", (3, 2), 1),
    ("gemini", ("isFundManager",), True),
    ("gemini", ("isAccountAdmin",), True),
]
NOT_TRADING = [
    ("binance", ("enableSpotAndMarginTrading",), False),
    ("binance", ("enableReading",), False),
    ("bybit", ("result", "permissions", "Spot"), []),
    ("bybit", ("result", "readOnly"), 1),
    ("okx", ("data", 0, "perm"), "read_only"),
    ("kucoin", ("data", "permission"), "General"),
    ("gate", (1, "perms", 0, "read_only"), True),
    ("coinbase", ("can_trade",), False),
    ("bitfinex", (0, 2), 0),
    ("gemini", ("isTrader",), False),
]


def changed(exchange: str, path: tuple[Any, ...], value: Any) -> Any:
    """The good answer with something else at `path`."""
    answer = deepcopy(GOOD[exchange])
    inside = answer
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    return answer


def reason(exchange: str, answer: Any) -> str | None:
    return reason_against_live(KEY_CHECKS[exchange].read(answer, KEY))


@pytest.mark.parametrize("exchange", KEY_CHECKS)
def test_the_question_exists_in_ccxt(exchange: str) -> None:
    assert callable(getattr(getattr(ccxt.async_support, exchange), KEY_CHECKS[exchange].method))


@pytest.mark.parametrize("exchange", GOOD)
def test_a_key_that_can_query_and_trade_only_may_run(exchange: str) -> None:
    assert reason(exchange, GOOD[exchange]) is None


@pytest.mark.parametrize(("exchange", "path", "value"), WITHDRAWING)
def test_a_key_that_moves_money_out_is_refused(exchange: str, path: tuple[Any, ...], value: Any) -> None:
    assert "can withdraw" in (reason(exchange, changed(exchange, path, value)) or "")


@pytest.mark.parametrize(("exchange", "path", "value"), NOT_TRADING)
def test_a_key_that_cannot_trade_or_query_is_refused(exchange: str, path: tuple[Any, ...], value: Any) -> None:
    assert "lacks permissions" in (reason(exchange, changed(exchange, path, value)) or "")


class Answering:
    """A line to `id` that answers every question with `answer`."""

    def __init__(self, id: str, answer: Any) -> None:
        self.id, self.name = id, id.title()
        self.client = SimpleNamespace(apiKey=KEY)
        self._answer = answer

    async def ask(self, method: str) -> Any:
        return self._answer


@pytest.mark.parametrize("exchange", GOOD)
@pytest.mark.parametrize("answer", [None, "", "<html>", {}, [], [{}], {"data": []}, {"result": {}}, [[]]])
async def test_an_answer_of_another_shape_verifies_nothing(exchange: str, answer: Any) -> None:
    found = await UnifiedApi(cast(PrivateClient, Answering(exchange, answer))).permissions()
    assert reason_against_live(found)


async def test_an_exchange_that_cannot_be_asked_is_not_traded_live() -> None:
    found = await UnifiedApi(cast(PrivateClient, Answering("bitvavo", {}))).permissions()
    assert found == Unverifiable(
        "What the key may do at Bitvavo cannot be verified, so LIVE is off there; use Kraken, or paper."
    )
