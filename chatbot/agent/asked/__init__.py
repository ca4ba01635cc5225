"""What people may mean, as data: `chatbot.agent.queries` joins it."""
