"""As little of a bot as python-telegram-bot allows: `python -m tests.bench.echo_bot URL TOKEN` says what it hears."""

from __future__ import annotations

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main(url: str, token: str) -> None:
    bot = Application.builder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot").build()
    bot.add_handler(MessageHandler(filters.TEXT, echo))
    print("ready", flush=True)
    bot.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
