"""The platforms people speak on. Each module here turns one platform into the shapes of `chatbot.message`."""
