"""What only developers see: the workbench, and the mails that a development service kept instead of sending them."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import Blueprint, abort, make_response
from flask.typing import ResponseReturnValue

from bookwidget.notices.transport import ReceivedMail, recent_mail
from bookwidget.theming.formats import formats_for
from bookwidget.web.headers import LINKS_OPEN_OUTSIDE, MAIL_POLICY
from bookwidget.web.product import render_product
from bookwidget.web.services import services
from bookwidget.web.workbench import sent_page, workbench

blueprint = Blueprint("development", __name__, url_prefix="/dev")

blueprint.add_url_rule("/workbench", view_func=workbench)
blueprint.add_url_rule("/workbench/sent", view_func=sent_page)

SHOWN = 200
"""Older mails stay in the folder, but are not listed."""


@blueprint.get("/mailbox")
def mailbox() -> ResponseReturnValue:
    """All mails, the newest first."""
    return render_product("development/mailbox.html", mails=kept_mails(), moment=moment, is_kept=folder() is not None)


@blueprint.get("/mailbox/<id>")
def mail(id: str) -> ResponseReturnValue:
    """One mail, as its reader sees it and as plain text."""
    return render_product("development/mail.html", mail=find(id), moment=moment)


@blueprint.get("/mailbox/<id>/html")
def mail_html(id: str) -> ResponseReturnValue:
    """What stands in the frame of that page."""
    response = make_response(LINKS_OPEN_OUTSIDE + find(id).html)
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def folder() -> Path | None:
    """The Maildir; None where mails really leave."""
    parts = urlsplit(services().config.mail_url)
    return Path(unquote(parts.path)) if parts.scheme == "maildir" else None


def kept_mails() -> list[ReceivedMail]:
    path = folder()
    return [] if path is None else recent_mail(path, SHOWN)


def find(id: str) -> ReceivedMail:
    """404 for a mail that is not listed."""
    return next((mail for mail in kept_mails() if mail.id == id), None) or abort(404)


def moment(mail: ReceivedMail) -> str:
    """Businesses have their zones, developers have UTC."""
    return f"{formats_for('en_GB', 'UTC', 'GBP').moment(mail.at)} UTC"
