"""Who is who, who may do what, and who did what."""
