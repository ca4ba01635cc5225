"""What may be sent: one pure function per limit, the review that asks them all, and the kill switch."""
