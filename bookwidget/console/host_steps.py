"""What to paste into which website builder, and where: facts about other people's editors, in our own words."""

from dataclasses import dataclass

from bookwidget.kernel.text import Text, _

LOADER, BUTTON, PLAIN, ADDRESS, SHORTCODE, LINK = "loader", "button", "plain", "address", "shortcode", "link"
"""Forms of the snippet: with script, a button that opens it over the page, a bare frame, the widget's address, a
shortcode of our WordPress plugin, a link.
"""


@dataclass(frozen=True)
class WebHost:
    """A website builder. `forms` are those that work there, the best first."""

    title: Text
    forms: tuple[str, ...]
    steps: tuple[Text, ...]
    note: Text | None = None


LOOK = _("Publish the page and look at it. If the widget says that the website is not connected yet, allow it below.")

HOSTS: dict[str, WebHost] = {
    "html": WebHost(
        _("My own HTML"),
        (LOADER, BUTTON, PLAIN),
        (
            _("Open the page’s HTML file."),
            _("Paste the snippet where the widget shall stand. Several widgets on one page need several snippets."),
            LOOK,
        ),
    ),
    "wordpress-plugin": WebHost(
        _("WordPress, with our plugin"),
        (SHORTCODE,),
        (
            _("Download the plugin."),
            _("In WordPress, open Plugins, Add New, Upload Plugin; choose the file, install it and activate it."),
            _("On the page, add the block “bookwidget”, or write the shortcode. Authors may do this, too."),
            LOOK,
        ),
        _("It is made for your business. Download it again when your widgets’ address changes."),
    ),
    "wordpress": WebHost(
        _("WordPress, without a plugin"),
        (LOADER, BUTTON, PLAIN),
        (
            _("Edit the page as an administrator or editor; authors may not paste scripts."),
            _("Add a block of the kind “Custom HTML”. A paragraph would show the snippet as text."),
            _("Paste the snippet into it, and update the page."),
            LOOK,
        ),
    ),
    "wordpress-com": WebHost(
        _("WordPress.com, plans without plugins"),
        (LINK,),
        (
            _("Frames and scripts are removed there, so a link leads to your booking page."),
            _("Add a block of the kind “Buttons”, name it “Book”, and paste the address as its link."),
        ),
    ),
    "squarespace": WebHost(
        _("Squarespace"),
        (LOADER, BUTTON, PLAIN),
        (
            _("Edit the page, add a block of the kind “Code”, and choose HTML in it."),
            _("Paste the snippet and save. In the editor it may stay empty; the published page shows it."),
            LOOK,
        ),
        _("If your plan allows no scripts, take the snippet without script."),
    ),
    "wix": WebHost(
        _("Wix"),
        (ADDRESS,),
        (
            _("Choose Add elements, then Embed Code, then “Embed a site”."),
            _("Paste the address, and make the element as wide as the page and about 640 pixels high."),
            LOOK,
        ),
        _("Take “Embed a site”, not “Embed HTML”: what is pasted there runs in a closed box that cannot grow."),
    ),
    "webflow": WebHost(
        _("Webflow"),
        (LOADER, BUTTON, PLAIN),
        (
            _("Drag a “Code Embed” element to its place and paste the snippet."),
            _("Publish. The preview is another website: allow it below, too, if you want to see the widget there."),
            LOOK,
        ),
    ),
    "shopify": WebHost(
        _("Shopify"),
        (LOADER, BUTTON, PLAIN),
        (
            _("Open the theme editor, choose the page, and add a section of the kind “Custom Liquid”."),
            _("Paste the snippet and save."),
            LOOK,
        ),
    ),
    "notion": WebHost(
        _("Notion and others that take an address"),
        (ADDRESS, LINK),
        (
            _("Type /embed, paste the address, and press Enter. Other services call it “Embed” or “Insert link”."),
            LOOK,
        ),
        _("Where nothing can be embedded, a link to your booking page works everywhere."),
    ),
    "google-sites": WebHost(
        _("Google Sites"),
        (LINK,),
        (
            _("Embedded pages stand in a closed box there, in which nobody can log in; so take a button."),
            _("Choose Insert, then Button, name it “Book”, and paste the address as its link."),
        ),
    ),
    "joomla": WebHost(
        _("Joomla"),
        (PLAIN, LOADER, BUTTON),
        (
            _("Log in as a Super User: for others Joomla removes frames and scripts without a word."),
            _("Make a module of the kind “Custom”, switch the editor to code, and paste the snippet."),
            LOOK,
        ),
    ),
    "drupal": WebHost(
        _("Drupal"),
        (PLAIN, LOADER, BUTTON),
        (
            _("Add a custom block, and choose the text format “Full HTML”; others remove frames and scripts."),
            _("Switch the editor to its source, paste the snippet, and place the block on the page."),
            LOOK,
        ),
    ),
}
TITLES: dict[str, Text] = {
    LOADER: _("With script"),
    BUTTON: _("A button that opens it"),
    PLAIN: _("Without script"),
    ADDRESS: _("Address of the widget"),
    SHORTCODE: _("Shortcode"),
    LINK: _("Address of your booking page"),
}
HINTS: dict[str, Text] = {
    LOADER: _("Adjusts its height, and follows light and dark. Without scripts it becomes a link."),
    BUTTON: _("Opens the widget over the page. With data-float, the button stays in the corner of the window."),
    PLAIN: _("A plain frame of fixed height, with a link below it for visitors whose browser blocks the frame."),
    ADDRESS: _("For editors that ask for a web address instead of code."),
    SHORTCODE: _("The address of the widget on a line of its own does the same."),
    LINK: _("Opens in a page of its own, in your look."),
}
