"""The business's own questions as `asking.html` shows them: in the booking form, and to the owner beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bookwidget.bookings.actions import Asked
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.text import Text


@dataclass(frozen=True)
class QuestionField:
    """A question with what has been typed so far, and what is wrong with that."""

    asked: Asked
    errors: Sequence[Text] = ()


def with_errors(form: Iterable[Asked], wrong: Sequence[Refused] = ()) -> list[QuestionField]:
    return [QuestionField(one, [refused.reason for refused in wrong if refused.field == one.field]) for one in form]
