"""Customers, how they sign in, and what they may change of themselves."""
