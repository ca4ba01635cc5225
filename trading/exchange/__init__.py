"""Markets and venues: the ports and their adapters."""
