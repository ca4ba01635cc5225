"""Telegram, end to end: the real python-telegram-bot application against the strict server in `bot_api`."""
