"""When the business is open, and the occurrences and free slots that follow from it."""
