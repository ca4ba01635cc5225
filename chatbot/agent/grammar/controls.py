"""Wishes to set or switch something: stops, alerts, cancelling, the switches; each as the command that would do it."""

from __future__ import annotations

import re

from chatbot.agent.asked.wished import Lacks, SetStops, Unclear, WishToAct
from chatbot.agent.grammar.amounts import in_digits

Control = WishToAct | Unclear | SetStops

_SWITCHES = (
    (re.compile(r"^(?:panic|emergency(?: stop)?|pull the plug|abort(?: everything| all)?)$"), "/panic"),
    (re.compile(r"^(?:halt|kill|kill ?switch|freeze)\b(?! .*\b(?:card|order)s?\b)|^stop$|^(?:stop|shut down"
                r"|turn off|disable|switch off) "
                r"(?:all |the |my |your )*(?:trading|everything|bot|trader)"), "/halt"),
    (re.compile(r"^pause\b|^(?:stop|no more|only) (?:buying|new (?:buys|purchases|entries|positions)"
                r"|buy anything|sells?)\b"
                r"|^(?:exits?|sells?) only\b"), "/pause"),
    (re.compile(r"^(?:resume|unpause|unhalt)\b|^(?:restart|continue)(?: (?:the |my )?(?:trading|bot|trader))?$|"
                r"^(?:start|go|begin) (?:again|trading)\b"
                r"|^(?:start|turn on|switch on|enable) (?:all |the "
                r"|my )*(?:trading|bot|trader)"),
     "/resume"),
    (re.compile(r"^rebalance\b(?! (?:when|at|schedule))(?!.*\?)|^(?:run|do|start|trigger) (?:a |the )?rebalanc(?:e"
                r"|ing)"), "/rebalance"),
    (re.compile(r"^(?:skip|cancel|leave out|no) (?:the )?(?:next |tomorrow |today )?(?:rebalanc(?:e|ing)"
                r"|run)\b"), "/skip"),
    (re.compile(r"^turn (?:trading|(?:the |my )?(?:bot|trader)|it) (?:back )?on$"), "/resume"),
    (re.compile(r"^turn (?:trading|(?:the |my )?(?:bot|trader)|it) off$"), "/halt"),
    (re.compile(r"^(?:do not (?:trade|buy(?: anything| more)?)|no trading)"
                r"(?: today| now| anymore| any more)?$"), "/pause"),
    (re.compile(r"^(?:mute|silence|snooze|unmute)\b"), "/notify"),
    (re.compile(r"^(?:un ?skip|do not skip)\b"), "/skip off"),
    (re.compile(r"^(?:delete|remove|clear|cancel|drop) (?:the |all |my |that |this )*(?:price )?(?:alerts?"
                r"|alarms?)\b"), "/unalert"),
)  # fmt: skip
_CANCEL = re.compile(
    r"^(?:cancel|call (?:back|off)|pull|revoke|delete|remove)\b.*\b(?:orders?|buys?|sells?)\b"
    r"|^cancel(?: (?:it|that|this|them|all|everything))?(?: now)?$"
)
_ALL = re.compile(r"\b(?:all|every|everything|any|both)\b|\borders\b")
_ORDER_ID = re.compile(r"\border (?:number |id )?([0-9a-f]*\d[0-9a-f]*)\b")
_THRESHOLD = re.compile(
    r"\b(?:approval |approve )?threshold\b.*?(\d+(?:\.\d+)?k?)|^(?:only )?ask me (?:only )?(?:above|over"
    r"|from) \$?(\d+(?:\.\d+)?k?)"
)
_SET = (
    r"(?:set|move|change|raise|lower|tighten|loosen|add|put|place|trail|cancel|remove|delete|turn off|clear|drop|use"
    r"|give me|make)"
)
_EXIT = re.compile(
    rf"^{_SET}\b.*\b(?P<stop>(?:trailing )?stops?|stop-? ?loss(?:es)?|sl|trailing)\b"
    rf"|^(?P<take>take (?:some )?profits?)\b.*\b(?:at|when|once)\b.*\d"
    rf"|^{_SET}\b.*\b(?P<target>take-? ?profits?|targets?|tp)\b"
    r"|^(?P<bare>(?:stop-? ?loss|sl|stop|take-? ?profit|tp|target)s?)(?: \w+)? (?:(?:at|to|of|for)\b|\d).*\d?"
)
_OFF = re.compile(r"^(?:cancel|remove|delete|turn off|clear|drop)\b|\boff$")
_PERCENT = re.compile(r"([-+]?)(\d+(?:\.\d+)?) ?(?:%|percent\b|pct\b)")
_PRICE = re.compile(r"(?<![\w.%/-])\$? ?(\d+(?:\.\d+)?k?)(?![\w%]|\.\d| ?(?:%|percent|pct))")
_TELL = re.compile(
    r"^(?:alert|notify|ping|warn|remind|text|message|wake|call|buzz)\b|^(?:tell|let) (?:me|us)(?: know)? (?:if|when"
    r"|once|as soon)"
    r"|^(?:set|add|create|make|put|new)\b.*\b(?:alerts?|alarms?|reminder)\b|^(?:price )?(?:alert|alarm)s?\b.*\d"
    r"|^(?:watch|keep an eye on)\b.*\d"
)
_BELOW = re.compile(
    r"\b(?:below|under|beneath|drops?|falls?|dips?|down|dumps?|loses?|lower|less than|crash(?:es)?|sinks?)\b|<"
)
_ABOVE = re.compile(
    r"\b(?:above|over|exceeds?|rises?|goes up|up|pumps?|gains?|higher|more than|breaks|jumps?|climbs?|past)\b|>"
)


def control(text: str, symbols: tuple[str, ...]) -> Control | None:
    """What `text`, stripped of politeness, wishes to set or switch; None when nothing."""
    if re.search(r"\d", text) is None and (switch := _switch(text)) is not None:
        return switch
    return _told(text, symbols) or _exit(text, symbols) or _switch(text) or _threshold(text) or _cancel(text)


def alert_command(text: str, symbol: str) -> str | None:
    """The alert that `text` is about: "/alert ETH below 3500"; None without a price or a percentage."""
    words, below, above = in_digits(text), _BELOW.search(text), _ABOVE.search(text)
    if percent := _PERCENT.search(words):
        down = percent[1] == "-" or (below is not None and percent[1] != "+")
        return f"/alert {symbol} {'-' if down else '+'}{percent[2]}%{_within(words)}"
    price = _PRICE.search(words)
    if price is None:
        return None
    side = "below " if below else "above " if above else ""
    return f"/alert {symbol} {side}{price[1]}"


def _within(words: str) -> str:
    """The time in which a price must move so far, where it is said."""
    if re.search(r"\b(?:24 ?(?:h|hours?)|(?:a|one|1|the) day|daily)\b", words):
        return " 24h"
    return " 1h" if re.search(r"\b(?:1 ?h|(?:an|one|1) hour|hourly)\b", words) else ""


def _told(text: str, symbols: tuple[str, ...]) -> Control | None:
    if _TELL.search(text) is None or re.search(r"\b(?:stop|rebalanc\w+|report|fills?|filled|trades?|orders?)\b", text):
        return None
    if not symbols:
        command = alert_command(text, "{}")
        return Unclear(Lacks.COIN, command) if command else None
    command = alert_command(text, symbols[0])
    if command is None:
        return Unclear(Lacks.LEVEL, f"/alert {symbols[0]} {{}}")
    both = _PERCENT.search(in_digits(text)) and not (
        _BELOW.search(text) or _ABOVE.search(text) or re.search(r"[-+]\d", text)
    )
    return WishToAct(command, others=(command.replace("+", "-"),) if both else ())


def _exit(text: str, symbols: tuple[str, ...]) -> Control | None:
    found = _EXIT.search(text)
    if found is None:
        return None
    named = found["bare"] or found["take"] or ("target" if found["target"] and not found["stop"] else "stop")
    kind = "target" if named.startswith(("t", "take")) else "stop"
    level = _level(text, kind)
    if level is None:
        return Unclear(Lacks.LEVEL, f"/{kind} {symbols[0]} {{}}") if symbols else SetStops(kind, "")
    if not symbols or re.search(r"\b(?:all|every|each|everything)\b", text):
        return SetStops(kind, level)
    first, *others = (f"/{kind} {symbol} {level}" for symbol in symbols)
    return WishToAct(first, others=tuple(others))


def _level(text: str, kind: str) -> str | None:
    """A stop lies below and a target above, whatever sign was written."""
    words = in_digits(text)
    if percent := _PERCENT.search(words):
        return f"{'-' if kind == 'stop' else '+'}{percent[2]}%"
    if price := _PRICE.search(words):
        return price[1]
    return "off" if _OFF.search(text) else None


def _switch(text: str) -> WishToAct | None:
    return next((WishToAct(command) for pattern, command in _SWITCHES if pattern.search(text)), None)


def _threshold(text: str) -> WishToAct | None:
    found = (
        _THRESHOLD.search(in_digits(text)) if re.search(r"^(?:set|raise|lower|change|make|only|ask)\b", text) else None
    )
    return WishToAct(f"/threshold {found[1] or found[2]}") if found else None


def _cancel(text: str) -> WishToAct | None:
    if _CANCEL.search(text) is None:
        return None
    named = _ORDER_ID.search(text)
    if named:
        return WishToAct(f"/cancel {named[1]}")
    return WishToAct("/cancel all" if _ALL.search(text) else "/cancel")
