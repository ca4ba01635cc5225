"""How something is done here: the question names a deed, the answer names the command."""

from __future__ import annotations

import re

from chatbot.agent.grammar.heard import Heard
from chatbot.agent.queries import HowTo

_ASKS = (
    r"^(?:how (?:do|can|would|could|should) (?:i|we|you|one)|how to|where (?:do|can) (?:i|we)"
    r"|what is the command (?:to|for)|which command)\b"
)
_DEEDS = (
    ("stop", r"\bstop-? ?loss|\b(?:set|change|move|add|put)\b.*\bstops?\b"),
    ("target", r"\btake-? ?profit|\btargets?\b"),
    ("alert", r"\balerts?\b|\balarm"),
    ("unalert", r"\b(?:delete|remove)\b.*\balert"),
    ("cancel", r"\bcancel"),
    ("approve", r"\bapprov|\bconfirm an? (?:trade|order)"),
    ("threshold", r"\bthreshold\b"),
    ("halt", r"\bhalt\b|\bstop (?:the bot|trading|everything)"),
    ("pause", r"\bpause\b"),
    ("resume", r"\bresume\b|\brestart\b"),
    ("flatten", r"\b(?:sell|close) (?:everything|all)\b|\bflatten\b"),
    ("close", r"\bclose\b"),
    ("rebalance", r"\brebalance\b"),
    ("export", r"\bexport|\bcsv\b|\bdownload\b"),
    ("timezone", r"\btime ?zone\b"),
    ("live", r"\bgo live\b|\breal money\b|\blive (?:mode|trading)\b"),
    ("notify", r"\bnotif|\bmute\b|\bsilence\b"),
    ("pair", r"\b(?:invite|add)\b.*\b(?:user|person|friend|people)\b"),
    ("sell", r"\bsell\b"),
    ("buy", r"\bbuy\b"),
)


def how_to(heard: Heard) -> HowTo | None:
    """The command for what is asked; None for other questions."""
    if re.search(_ASKS, heard.text) is None:
        return None
    return next((HowTo(command) for command, pattern in _DEEDS if re.search(pattern, heard.text)), None)
