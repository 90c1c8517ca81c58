"""Messages made from events, and their delivery."""
