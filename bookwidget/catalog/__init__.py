"""What the business offers, who performs it, and where."""
