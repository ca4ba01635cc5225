"""Questions in people's words: what each must be taken for, and how many are. `python -m tests.questions` tells."""
