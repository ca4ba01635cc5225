"""From a query to its answer: every figure comes from a read model of the desk."""

from __future__ import annotations

from chatbot.agent.answers.answering import answer

__all__ = ["answer"]
