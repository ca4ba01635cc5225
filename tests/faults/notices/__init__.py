"""A channel that follows a journal while it is killed between any two calls, by seed, in virtual time."""
