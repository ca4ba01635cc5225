"""Which notices go where, how loud, and when."""
