"""Sizes and limits on trial: random markets, random wishes, and a judge who knows nothing of the program's rules."""
