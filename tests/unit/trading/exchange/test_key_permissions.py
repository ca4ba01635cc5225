"""A key that can withdraw never trades live, nor one whose powers cannot be told: all subsets of permissions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

import pytest

from tests.proof import Proof
from trading.exchange.key_permissions import KeyPermissions, Unverifiable, from_kraken, reason_against_live

NEEDED = frozenset({"modify-trades", "query-funds", "query-open-trades", "query-closed-trades", "query-ledger"})
HARMLESS = frozenset({"close-trades", "add-funds", "earn-funds", "export-data", "create-ws-token"})
WITHDRAWING = frozenset({"withdraw-funds"})
NEW_WITHDRAWING = (
    "Withdraw Funds",
    "WITHDRAW_FUNDS",
    "withdraw-funds-v2",
    "auto-withdrawal",
    "wallet-transfer",
    "subaccount-transfer",
)
UNHEARD_OF = ("send-funds", "payout", "manage-keys", "spend", "")


def subsets(names: frozenset[str]) -> Iterator[frozenset[str]]:
    every = sorted(names)
    return map(frozenset, chain.from_iterable(combinations(every, size) for size in range(len(every) + 1)))


def test_every_subset_of_the_permissions_is_refused_exactly_where_it_must_be(proof: Proof) -> None:
    cases = violations = 0
    for names in subsets(NEEDED | HARMLESS | WITHDRAWING):
        for strange in (frozenset(), *map(lambda name: frozenset({name}), NEW_WITHDRAWING + UNHEARD_OF)):
            may_run = names >= NEEDED and not names & WITHDRAWING and not strange
            may_withdraw = bool(names & WITHDRAWING or strange & set(NEW_WITHDRAWING))
            reason = reason_against_live(from_kraken(names | strange))
            cases += 1
            violations += (reason is None) != may_run or ("can withdraw" in (reason or "")) != may_withdraw
    assert cases == 2**11 * 12
    proof(16, cases, violations)


@pytest.mark.parametrize("name", [*WITHDRAWING, *NEW_WITHDRAWING])
def test_a_key_that_can_withdraw_is_told_so(name: str) -> None:
    assert reason_against_live(from_kraken(NEEDED | {name})) == (
        "The key can withdraw funds; make one at the exchange that can only query and trade."
    )


def test_every_missing_permission_is_named() -> None:
    reason = reason_against_live(from_kraken(frozenset({"query-funds", "query-ledger"})))
    assert reason == (
        "The key lacks permissions; allow it modify-trades, query-closed-trades, query-open-trades at the exchange."
    )


def test_a_permission_nobody_has_heard_of_is_named() -> None:
    reason = reason_against_live(from_kraken(NEEDED | {"send-funds"}))
    assert reason is not None
    assert "may also send-funds, which this program does not know" in reason


def test_what_cannot_be_verified_is_refused_with_its_reason() -> None:
    assert reason_against_live(Unverifiable("It does not tell.")) == "It does not tell."


def test_a_key_of_another_exchange_that_can_only_query_and_trade_may_run() -> None:
    assert reason_against_live(KeyPermissions(False, True, True)) is None
    for can_withdraw, can_trade, can_query in ((True, True, True), (False, False, True), (False, True, False)):
        assert reason_against_live(KeyPermissions(can_withdraw, can_trade, can_query)) is not None
