"""From free words to a query, by rules and without a model."""

from __future__ import annotations

from chatbot.agent.grammar.messages import parse

__all__ = ["parse"]
