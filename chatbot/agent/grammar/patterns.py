"""Pieces of patterns that several tables share."""

from __future__ import annotations


def any_of(*words: str, also: tuple[str, ...] = ()) -> str:
    """A pattern for any of `words` as whole words; `also` are patterns of their own."""
    whole = [rf"\b(?:{'|'.join(words)})\b"] if words else []
    return "|".join([*whole, *also])


SELF = "you|we|i|it|the bot"
US = r"(?:i|we|my|our|us|me|it|things|the bot|(?:my|our|the|your) (?:portfolio|bot|account|money|funds|book|bag))"
