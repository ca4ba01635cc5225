"""Drawing: matplotlib's Agg canvas in pixels. Import only from `chatbot.present.charts`, which does so lazily."""
