"""What is known about prices: the newest quotes with their age, and indicators over candles."""
