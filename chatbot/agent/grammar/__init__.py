"""From free words to a query, by rules and without a model."""
