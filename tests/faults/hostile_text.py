"""Texts that try to be more than text: markup, formulas, paths, control sequences, whole or in pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator

WHOLE = (
    "<script>alert(1)</script>",
    "</pre><b>LIVE</b><pre>",
    '<a href="tg://user?id=1">owner</a>',
    "&lt;b&gt;&amp;#60;",
    "<!-- -->",
    "**bold** __under__ ~~gone~~ ||hidden||",
    "```\n@everyone\n```",
    "`code` ``more``",
    "[Approve](https://example.org/x)",
    "<@1> <@&2> <#3> <:x:4> <t:0:R> </status:5>",
    "# Title\n> quote\n- item\n1. one\n-# small",
    "\\*not\\* \\\\",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-2+3+cmd|' /C calc'!D2",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    " =1",
    '"=1","=2"',
    "a,b\nc,d",
    "\uff1d1+1",
    "../../etc/passwd",
    "..\\..\\boot.ini",
    "/etc/passwd",
    "C:\\x.csv",
    "con.csv\x00.png",
    ".bashrc",
    "..",
    'a"; filename="b.exe',
    "\x1b[2J\x1b[1;1H",
    "\x1b]0;owned\x07",
    "\x9b31m",
    "\x08\x08\x08",
    "\r\nPAPER is LIVE",
    "line\u2028break\u2029here\x85now",
    "\u202egnp.exe",
    "$\\frac{1}{$",
    "$$ \\undefined{x} $",
    "$x^2_$",
    "{{ 7*7 }} {% raw %}",
    "%s %(x)s {0} {name}",
    "level=error event=forged\nlevel=info event=fine",
    "' OR 1=1 --",
    "\ud800",
    "\u0000",
    "",
)
_PIECES = (
    *"<>&\"'`*_~|[]()#\\$={}%-+@,;:/.\n\r\t\x1b\x07\x9b\u202e\u2028 ",
    "```",
    "](",
    "</pre>",
    "pre",
    "http://x/",
    "1",
    "a",
)


def hostile_texts(count: int, seed: int = 37) -> Iterator[str]:
    """`count` texts: the known ones, then mixtures of their pieces."""
    yield from WHOLE[:count]
    chance = random.Random(seed)
    for _ in range(count - len(WHOLE)):
        mixed = [chance.choice(_PIECES) for _ in range(chance.randint(1, 12))]
        yield chance.choice(("", chance.choice(WHOLE))) + "".join(mixed)
