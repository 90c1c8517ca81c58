"""What goes wrong at the command line and is told there in one line."""


class PortTaken(Exception):
    """Another process listens there; the message names the port."""


class ChildDied(Exception):
    """A child ended before it was told to; the message says which, and what it wrote last."""


class DemoError(Exception):
    """The demo cannot start; the message says why and what helps."""
