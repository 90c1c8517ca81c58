"""What messages hold of persons, and how it goes."""

from sqlalchemy import bindparam, delete

from bookwidget.notices.models import Message

COLUMNS = frozenset({"address", "reply_to", "subject", "text", "html"})
"""Of messages to and about customers. They go before the events that they follow from."""
FORGET_MESSAGES = delete(Message).where(Message.event_id.in_(bindparam("events", expanding=True)))
