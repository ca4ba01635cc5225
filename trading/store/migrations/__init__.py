"""The schema's history, one revision per change, run at every start by :mod:`trading.store.sql_schema`."""

HEAD = "0004"
"""The revision this program reads and writes."""
