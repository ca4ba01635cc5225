"""The check-up before a start: everything that the configured mode needs, looked at without changing anything."""
