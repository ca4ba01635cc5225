"""Run the venue alone: `python -m tests.faults.kraken --port 8080 --key K --secret S`. Prints its address."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Sequence

from tests.faults.kraken.auth import TRADING, Key, Permission
from tests.faults.kraken.exchange import KrakenExchange
from tests.faults.kraken.limits import INTERMEDIATE, PRO, STARTER, UNLIMITED
from trading.clock import SystemClock

TIERS = {"starter": STARTER, "intermediate": INTERMEDIATE, "pro": PRO, "unlimited": UNLIMITED}


async def _serve(options: argparse.Namespace) -> None:
    clock = SystemClock()
    permissions = TRADING | {Permission(name) for name in options.permission}
    secret = {"secret": options.secret} if options.secret else {}
    key = Key(options.key, permissions=permissions, **secret)
    async with KrakenExchange(
        keys=[key],
        balances=_pairs(options.balance),
        clock=clock,
        port=options.port,
        tier=TIERS[options.tier],
        lag=options.lag,
    ) as kraken:
        for symbol, price in _pairs(options.price).items():
            kraken.set_price(symbol, float(price))
        print(kraken.url, flush=True)
        while True:
            await clock.sleep(1)
            kraken.tick()


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    return {name: value for name, _, value in (text.partition("=") for text in texts)}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A strict Kraken on loopback, for tests; /control injects faults.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", default="key")
    parser.add_argument("--secret", default="", help="base64; a built-in one without it")
    parser.add_argument("--balance", nargs="*", default=["USD=10000"], metavar="CODE=AMOUNT")
    parser.add_argument("--price", nargs="*", default=[], metavar="SYMBOL=PRICE", help="others move by themselves")
    parser.add_argument("--permission", nargs="*", default=[], help="what the key may do besides querying and trading")
    parser.add_argument("--tier", choices=TIERS, default="intermediate")
    parser.add_argument("--lag", type=float, default=0.0, help="seconds until questions see a new order")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
