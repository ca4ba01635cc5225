"""What the program costs, measured beside the bare libraries it stands on: `python -m tests.bench`."""
