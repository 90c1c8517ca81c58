"""The errors of the domain; a view catches these and no others."""

from bookwidget.kernel.text import Text


class DomainError(Exception):
    """Something that a person may be told."""


class Refused(DomainError):
    """What was sent breaks a rule; the form shows the reason beside the field. HTTP 422."""

    def __init__(self, field: str, reason: Text) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class Denied(DomainError):
    """This actor may not do this, or not any more. HTTP 403."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Missing(DomainError):
    """There is no such thing for this actor, whether or not it exists for another. HTTP 404."""


class TooMany(DomainError):
    """Tried too often; the caller may try again after `retry_after` seconds. HTTP 429."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after
