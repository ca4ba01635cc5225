"""Facts and rules of the field, in pure standard library: no I/O, no clock, no settings."""
