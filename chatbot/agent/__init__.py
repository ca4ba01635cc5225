"""Free-text questions: code picks a query from the words, and the figures come from the books."""
