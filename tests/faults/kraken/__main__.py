"""Run the venue alone: `python -m tests.faults.kraken --port 8080 --key K --secret S`. Prints its address."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Sequence

from tests.faults.kraken.auth import Key
from tests.faults.kraken.exchange import KrakenExchange
from tests.faults.kraken.limits import INTERMEDIATE, PRO, STARTER, UNLIMITED
from trading.clock import SystemClock

TIERS = {"starter": STARTER, "intermediate": INTERMEDIATE, "pro": PRO, "unlimited": UNLIMITED}


async def _serve(options: argparse.Namespace) -> None:
    clock = SystemClock()
    key = Key(options.key, options.secret) if options.secret else Key(options.key)
    async with KrakenExchange(
        keys=[key],
        balances=_balances(options.balance),
        clock=clock,
        port=options.port,
        tier=TIERS[options.tier],
        lag=options.lag,
    ) as kraken:
        print(kraken.url, flush=True)
        while True:
            await clock.sleep(1)
            kraken.tick()


def _balances(texts: Sequence[str]) -> dict[str, str]:
    return {code: amount for code, _, amount in (text.partition("=") for text in texts)}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="A strict Kraken on loopback, for tests; /control injects faults.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--key", default="key")
    parser.add_argument("--secret", default="", help="base64; a built-in one without it")
    parser.add_argument("--balance", nargs="*", default=["USD=10000"], metavar="CODE=AMOUNT")
    parser.add_argument("--tier", choices=TIERS, default="intermediate")
    parser.add_argument("--lag", type=float, default=0.0, help="seconds until questions see a new order")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
