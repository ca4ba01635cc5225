"""The books: what is held, what it earned, and how that compares."""
