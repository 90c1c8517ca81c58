"""The append-only event log, which is also the outbox, and the jobs that follow from it."""
