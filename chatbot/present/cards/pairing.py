"""What people are told about pairing codes. A code never stands in the first line, which lock screens and logs show."""

from __future__ import annotations

from chatbot.access.admission import Paired, Pairless
from chatbot.access.pairing import LIFE, WRONG_EACH
from chatbot.message import Reply, Role, Tone
from chatbot.present import marks
from chatbot.present import numbers as n
from chatbot.present.layout import prose
from trading.contract import World

_MAY = {
    Role.VIEWER: "A viewer looks on: figures, charts, questions.",
    Role.TRADER: "A trader also previews and decides orders, pauses and halts.",
    Role.OWNER: "An owner may do everything, also let people in.",
}


def first_contact(platform: str, code: str) -> str:
    """The line that the terminal prints for a platform without an owner."""
    return f"{platform.capitalize()}: send  /pair {code}  to the bot to become its owner."


def welcome(paired: Paired, world: World) -> Reply:
    """Somebody came in."""
    role = paired.role.name.lower()
    return Reply(
        text=prose(
            f"{marks.APPROVED} {marks.place(world)} · You are {_article(role)} {role} now.",
            "This account and your other one count as one person." if paired.linked else _MAY[paired.role],
            "This chat is served from now on: it gets the notices, and who is in it may look on."
            if paired.serves
            else "",
            "Begin with /status. What you may do: /help",
        ),
        tone=Tone.GOOD,
    )


def invitation(code: str, role: Role, overheard: bool) -> Reply:
    """A code for somebody else."""
    name = role.name.lower()
    return Reply(
        text=prose(
            f"{marks.ANSWER} A code that makes one person {_article(name)} {name}:",
            f"/pair {code}",
            f"They send that line to the bot. It works once, within {n.duration(LIFE)}.",
            _MAY[role],
            f"{marks.ATTENTION} Everybody in this chat can read it, and the first to send it comes in."
            if overheard
            else "",
        ),
        private=True,
    )


def for_myself(code: str) -> Reply:
    """A code for another account of the same person."""
    return Reply(
        text=prose(
            f"{marks.ANSWER} A code for another account of yours:",
            f"/pair {code}",
            f"Send that line to the bot from there. It works once, within {n.duration(LIFE)}.",
            "Both accounts then have the same role, and count as one person.",
        ),
        private=True,
    )


def explained(role: Role) -> Reply:
    """What /pair is for."""
    return Reply(
        text=prose(
            f"{marks.ANSWER} Pairing lets people in with a code that works once.",
            "With a code: /pair ABCD-2345",
            "A code for another account of yours: /pair me",
            "A code for somebody else: /pair viewer, /pair trader, /pair owner" if role is Role.OWNER else "",
        )
    )


def refused(why: Pairless) -> Reply:
    """A code that let nobody in."""
    sentences = {
        Pairless.WRONG: prose(
            f"{marks.REFUSED} That code is wrong, used, or older than {n.duration(LIFE)}.",
            "A fresh one: /pair from an owner, or main.py pair on the bot's machine.",
        ),
        Pairless.SILENT: prose(
            f"{marks.REFUSED} Too many wrong codes; {WRONG_EACH} an hour are read.",
            "Wait an hour, or ask an owner: /role",
        ),
        Pairless.NOT_NEEDED: prose(
            f"{marks.ANSWER} You may do that already; the code was not used.", "Your role: /whoami"
        ),
        Pairless.HIGHER: prose(
            f"{marks.REFUSED} This account may do more than the one that made the code.",
            "Write /pair me here, and send the code from the other one.",
        ),
    }
    return Reply(text=sentences[why], ok=False, private=True)


def owners_only(role: Role) -> Reply:
    return Reply(
        text=prose(
            f"{marks.REFUSED} Only an owner lets people in; you are a {role.name.lower()} here.",
            "For another account of yours: /pair me",
        ),
        ok=False,
    )


def no_self() -> Reply:
    """Somebody whose role hangs on the chat, not on the person."""
    return Reply(
        text=prose(
            f"{marks.REFUSED} Your role comes from this chat, not from you, so no other account can share it.",
            "An owner can let you in by name: /role",
        ),
        ok=False,
    )


def not_here() -> Reply:
    return Reply(
        text=prose(
            f"{marks.ANSWER} You are the owner here already; a code is sent from Telegram or Discord.",
            "Make one with: /pair me, or /pair trader",
        ),
        ok=False,
    )


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
