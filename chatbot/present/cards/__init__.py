"""The messages people see: a headline as prose, figures as a monospace card."""
