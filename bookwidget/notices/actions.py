"""What widgets do with messages."""

from bookwidget.notices.wishes import choose_messages, list_wishes

__all__ = ["choose_messages", "list_wishes"]
