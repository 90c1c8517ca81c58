"""The portal's menu, as the business arranges it: the order of its sections, and its own words for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bookwidget.events.record import record
from bookwidget.kernel.errors import Refused
from bookwidget.kernel.lines import clean_line
from bookwidget.kernel.permissions import Permission
from bookwidget.kernel.text import _
from bookwidget.tenancy.models import Tenant
from bookwidget.tenancy.policy import require
from bookwidget.tenancy.scope import Scope
from bookwidget.tenancy.session import writing

LONGEST_WORD = 30
"""Characters of a section's name: a menu of three still fits on a phone."""


@dataclass(frozen=True)
class PortalMenu:
    """What the business chose. A section that it says nothing of has its usual place and name."""

    order: tuple[str, ...] = ()
    """Slugs of sections, the first first. One that is not there any more does no harm."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By slug and language, such as "de"."""

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "PortalMenu":
        return cls(tuple(stored.get("order", ())), dict(stored.get("words", {})))

    def to_json(self) -> dict[str, Any]:
        """Nothing for what is as it comes, so that a better order of ours reaches who never chose."""
        chosen = {"order": list(self.order), "words": {slug: dict(own) for slug, own in self.words.items() if own}}
        return {name: value for name, value in chosen.items() if value}

    def word(self, slug: str, locale: str) -> str:
        """The business's own name for a section in a language such as "de_AT"; empty if it has none."""
        own = self.words.get(slug)
        if not own:
            return ""
        tag = locale.replace("_", "-")
        return own.get(tag) or own.get(tag.partition("-")[0]) or ""


def word_field(slug: str, language: str) -> str:
    """The name under which a word is typed and refused."""
    return f"word:{slug}:{language}"


def arrange_menu(scope: Scope, seen: Mapping[str, Any], wanted: PortalMenu) -> bool:
    """Saves the menu; whether anything changed. `seen` is what was stored when the form was shown.

    Raises `Denied`, and `Refused` under `word_field` or, if somebody else changed the menu meanwhile, under "".
    Event: `portal.arranged`.
    """
    words = {
        slug: {
            language: word
            for language, text in own.items()
            if (word := clean_line(text, word_field(slug, language), longest=LONGEST_WORD))
        }
        for slug, own in wanted.words.items()
    }
    after = PortalMenu(wanted.order, words).to_json()
    with writing(scope.session) as session:
        require(scope, Permission.SETTINGS_CHANGE)
        tenant = session.get_one(Tenant, scope.tenant.id, with_for_update=True)
        before = dict(tenant.portal)
        if after == before:
            return False
        if before != seen:
            raise Refused("", _("Somebody else has changed the menu meanwhile. Save again to use your choice."))
        tenant.portal = after
        record(scope, "portal.arranged", before=before, after=after)
    return True
