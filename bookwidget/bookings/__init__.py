"""Bookings, their tickets, and the waiting list."""
