"""Deciding what to do: the daily rebalance, and exits that never wait."""
