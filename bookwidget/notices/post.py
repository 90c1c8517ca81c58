"""What the process lends to the notices: how mail leaves, and where its links lead."""

from dataclasses import dataclass, field

from bookwidget.notices.compose import Composer
from bookwidget.notices.links import Links
from bookwidget.notices.texting import LogOnly, Texting
from bookwidget.notices.transport import Transport, transport_of
from bookwidget.theming.i18n import Catalogs
from bookwidget.theming.themes import Themes


@dataclass(frozen=True)
class Post:
    """One of the worker's services."""

    transport: Transport
    composer: Composer
    links: Links
    sender: str
    """The service's own address; it is shown under the business's name."""
    host: str
    """The right side of Message-IDs. Must stay the same, or receivers take a repetition for a new mail."""
    texting: Texting = field(default_factory=LogOnly)


def make_post(
    mail_url: str, texting: Texting, *, sender: str, host: str, links: Links, themes: Themes, catalogs: Catalogs
) -> Post:
    """`mail_url` as `transport_of` reads it; ValueError if it cannot."""
    return Post(transport_of(mail_url, own_name=host), Composer(themes, catalogs, links), links, sender, host, texting)
