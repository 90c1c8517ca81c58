"""The pieces of HTML that an owner pastes. `docs/protocol.md` says what each attribute means."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class SnippetWords:
    """What visitors of the owner's site read, in the business's language."""

    title: str
    """Of the frame, for screen readers."""
    link: str
    """Where the widget does not show."""
    error: str
    retry: str
    open: str
    button: str
    """On the button that opens the widget."""
    close: str


@dataclass(frozen=True)
class Snippets:
    """By the names of `host_steps`."""

    loader: str
    button: str
    plain: str
    address: str
    """Of the widget; it answers with the address for the page that frames it."""
    shortcode: str
    link: str
    """Of the business's own page."""


# The frame names its site by the referrer, which the page around it may have switched off: hence the policy.
PLAIN = Markup("""\
<iframe data-bookwidget src="{base}/w/{tenant}/{widget}"
  title="{title}"
  width="100%" height="{height}" style="border:0;width:100%"
  loading="lazy" referrerpolicy="strict-origin"></iframe>
<p><a href="{base}/p/{tenant}/" target="_blank" rel="noopener">{link}</a></p>
""")
LOADER = Markup("""\
<div data-bookwidget="{tenant}/{widget}"
  data-title="{title}"
  data-min-height="{height}"
  data-error="{error}"
  data-retry="{retry}"
  data-open="{open}">
  <a href="{base}/p/{tenant}/">{link}</a>
</div>
<script async src="{base}/embed.js"></script>
""")
BUTTON = Markup("""\
<a data-bookwidget-open="{tenant}/{widget}"
  data-title="{title}"
  data-close="{close}"
  href="{base}/p/{tenant}/">{button}</a>
<script async src="{base}/embed.js"></script>
""")
SHORTCODE = '[bookwidget widget="{widget}"]'
ADDRESS, LINK = "{base}/w/{tenant}/{widget}", "{base}/p/{tenant}/"


def make_snippets(base: str, tenant: str, widget: str, height: int, words: SnippetWords) -> Snippets:
    """`base` is the service's public address; `height` in CSS pixels is kept free until the widget is there."""
    values = {"base": base, "tenant": tenant, "widget": widget, "height": height, **vars(words)}
    marked = {"loader": LOADER, "button": BUTTON, "plain": PLAIN}
    texts = {"address": ADDRESS, "shortcode": SHORTCODE, "link": LINK}
    return Snippets(**{name: str(template.format(**values)) for name, template in {**marked, **texts}.items()})
