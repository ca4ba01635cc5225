"""Where facts are kept: one port, an SQL adapter and a memory adapter."""
