"""The business's own questions in the form: the files that come with them."""

from collections.abc import Iterator
from uuid import UUID

from flask import request

from bookwidget.bookings.actions import forget_upload, keep_upload
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.ids import parse_uuid
from bookwidget.web import address, place

from .forms import question_of


def take_files(hold_id: UUID) -> Iterator[Refused]:
    """Keeps what this request brought, whatever button was pressed: a page cannot fill a file in again. Gives what is
    wrong with it.
    """
    for name, file in request.files.items():
        question = question_of(name)
        if question is None or not file.filename:
            continue
        try:
            keep_upload(place().scope(), hold_id, question, file.filename, file.read(), address=address())
        except Refused as refused:
            yield refused


def forget_file(hold_id: UUID) -> None:
    """The one that the pressed button names."""
    question = parse_uuid(request.form.get("do", "").partition("-")[2])
    if question:
        forget_upload(place().scope(), hold_id, question)
