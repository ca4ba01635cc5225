"""Replays: the core on recorded candles, as fast as the machine goes."""
