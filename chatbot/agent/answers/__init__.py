"""From a query to its answer: every figure comes from a read model of the desk."""
