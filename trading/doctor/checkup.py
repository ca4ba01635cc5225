"""Every check in the order in which one rests on another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from trading.clock import Clock
from trading.doctor.books import Books, check_books, check_confirmation
from trading.doctor.findings import Finding, fail, note, ok
from trading.doctor.logins import Discord, Model, Telegram, check_discord, check_model, check_telegram
from trading.doctor.machine import check_machine
from trading.errors import Fatal, SettingsError
from trading.instance import Instance
from trading.settings import CoreSettings


@dataclass(frozen=True, slots=True)
class Logins:
    """What is configured besides the exchange."""

    telegram: Telegram | None = None
    discord: Discord | None = None
    model: Model | None = None


async def check_up(settings: CoreSettings, logins: Logins, env_file: Path, clock: Clock) -> Sequence[Finding]:
    """Look at everything that `settings` need. Nothing is changed anywhere."""
    findings = list(check_machine(settings.state_dir, env_file))
    books = await check_books(settings)
    findings += books.findings
    findings += [finding async for finding in _prices(settings, books, clock)]
    others = check_telegram(logins.telegram), check_discord(logins.discord), check_model(logins.model)
    return [*findings, *await asyncio.gather(*others)]


async def _prices(settings: CoreSettings, books: Books, clock: Clock) -> AsyncIterator[Finding]:
    """Where prices come from and, for LIVE, where orders go."""
    if settings.market != "exchange":
        yield _candles(settings)
        return
    # ccxt takes most of a second to import.
    from trading.doctor.account import check_account
    from trading.doctor.market import check_cash, check_market

    market = await check_market(settings, clock)
    for finding in market.findings:
        yield finding
    if settings.mode == "paper":
        yield check_cash(market.smallest, settings.starting_cash, settings.quote, "STARTING_CASH")
        return
    try:
        # Two programs with one key spoil each other's nonces: a bot that starts now has to wait for us.
        with Instance(settings.state_dir) if settings.state_dir.exists() else nullcontext():
            async for finding in check_account(settings, clock, market.smallest, books.nonce_mark):
                yield finding
    except Fatal:
        yield note("Account", "not asked: the running bot uses the key; ask it with /live.")
    yield check_confirmation(books)


def _candles(settings: CoreSettings) -> Finding:
    if settings.market == "simulated":
        return ok("Market", "simulated; nothing outside is needed.")
    from trading.exchange.recorded import RecordedCandles

    if settings.candles_dir is None:
        return fail("Market", "MARKET is recorded, but CANDLES_DIR is not set; name the folder with the candles.")
    try:
        candles = RecordedCandles(settings.candles_dir, settings.symbols, settings.timeframe)
    except SettingsError as error:
        return fail("Market", str(error))
    return ok("Market", f"{candles.timeframe} candles of every pair from {candles.start:%Y-%m-%d} on.")
