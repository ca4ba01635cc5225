"""Words of a model, held against the books: what cannot be bound to a figure does not reach the chat."""
