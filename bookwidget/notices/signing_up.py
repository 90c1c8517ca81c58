"""The mail to whoever signs a business up, in the service's own name; and the end of what nobody confirmed."""

from collections.abc import Iterable
from dataclasses import replace

from bookwidget.events.dispatch import Effect, subscribes
from bookwidget.events.jobs import Services
from bookwidget.events.store import Happened
from bookwidget.kernel.ids import uuid7
from bookwidget.notices.kinds import EMAIL, OWNER
from bookwidget.notices.links import CustomerFacts
from bookwidget.notices.mail import SUBJECT_LENGTH, one_line
from bookwidget.notices.models import Message
from bookwidget.notices.post import Post
from bookwidget.notices.wording import SEND
from bookwidget.tenancy.scope import Scope

SERVICE = "bookwidget"


@subscribes("business.signed_up")
def send_the_link(scope: Scope, event: Happened, services: Services) -> Iterable[Effect]:
    """Known people get another mail, and nobody else learns that they are known."""
    tenant = scope.tenant
    owner = CustomerFacts(tenant.id, tenant.email, "", "", "", tenant.locale, False, "")
    letter = services[Post].composer.letter(replace(tenant, name=SERVICE, email="", phone=""), event, OWNER, owner)
    message = Message(
        id=uuid7(),
        event_id=event.id,
        template=f"{event.kind}.{OWNER}",
        recipient=OWNER,
        channel=EMAIL,
        address=tenant.email,
        sender_name=SERVICE,
        subject=one_line(letter.subject, SUBJECT_LENGTH),
        text=letter.text,
        html=letter.html,
        created_at=scope.now,
    )
    yield Effect(SEND, f"{event.id.hex}:{OWNER}:{EMAIL}", {"message": str(message.id)}, rows=(message,))
