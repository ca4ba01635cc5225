"""What the chat must remember across restarts."""
