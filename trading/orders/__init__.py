"""From wish to fill: the one entrance, approvals, the one caller of the venue, and recovery."""
