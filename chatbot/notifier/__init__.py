"""What happened, told to every channel."""
