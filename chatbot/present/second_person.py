"""Whether anybody could be the second of two people who must agree."""

from __future__ import annotations

from chatbot.access.roles import Access
from chatbot.message import Role
from chatbot.present import numbers as n
from trading.contract import World
from trading.contract.controls import ThresholdView


def second_person_note(access: Access, threshold: ThresholdView, world: World) -> str:
    """The sentence for whoever runs it where two must press and one is known; empty where all is well."""
    if threshold.second_person is None or not _is_alone(access):
        return ""
    limit = n.whole_money(threshold.second_person, world.quote)
    return (
        f"APPROVAL_SECOND_ABOVE is {limit}, but only one person is known who may approve: cards above it can never be "
        "carried out. Invite somebody with /pair trader, or clear the setting."
    )


def _is_alone(access: Access) -> bool:
    """Whether at most one person may decide cards. Whoever sits at this machine is taken to be one of the others."""
    if any(role >= Role.TRADER for role in access.groups.values()):
        return False  # How many hold a role of the server, only Discord knows.
    keys = {*access.granted, *(account.key for person in access.people.everybody() for account in person.accounts)}
    allowed = {key for key in keys if (standing := access.standing_of(key)) and standing.role >= Role.TRADER}
    return len({known.id if (known := access.people.of(key)) else key for key in allowed}) < 2
