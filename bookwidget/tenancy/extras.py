"""Which of the widgets and plugins that somebody has installed besides the shipped ones a business uses."""

from bookwidget.kernel.text import _
from bookwidget.tenancy.settings import Group, Setting, Settings, declare

EXTRAS = declare(
    Setting(
        "extras.on",
        "",
        _("Additional widgets and plugins"),
        _("Names of what was installed for you, with a space between them. What comes with the product needs no name."),
        Group.PORTAL,
    )
)


def extras_of(settings: Settings) -> frozenset[str]:
    return frozenset(settings[EXTRAS].split())
