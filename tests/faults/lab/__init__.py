"""A simulation in virtual time that crosses crash points, faults of the line and the venue's slow eyes, by seed."""
