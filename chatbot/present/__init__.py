"""From facts to messages: figures in words, cards, events, pictures."""
