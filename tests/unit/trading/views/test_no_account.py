"""A world without an account at an exchange says so, and confirms nothing."""

from __future__ import annotations

from tests.world import started
from trading.domain.discrepancy import Resolution
from trading.domain.risk import RefusalCode, Refused
from trading.views.no_account import NoAccount


async def test_there_is_nothing_to_compare_to_decide_or_to_confirm() -> None:
    room = NoAccount()
    assert await room.discrepancies() == ()
    assert (await room.discrepancy("any"), await room.live(), await room.account_check()) == (None, None, None)
    check, confirmation = await room.check_account("@ana"), await room.confirm_live("TRADE REAL MONEY", "@ana", "web")
    assert isinstance(check, Refused) and check.code is RefusalCode.NOTHING_TO_DO
    assert isinstance(confirmation, Refused) and confirmation.code is RefusalCode.NOTHING_TO_DO
    resolved = await room.resolve("any", Resolution.ADOPT, "@ana", "web")
    assert isinstance(resolved, Refused) and resolved.code is RefusalCode.UNKNOWN_CARD


async def test_a_paper_desk_has_no_account() -> None:
    desk = (await started()).desk
    assert await desk.discrepancies() == () and await desk.live() is None
    assert isinstance(await desk.check_account("@ana"), Refused)
