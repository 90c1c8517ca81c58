"""The example businesses of the demo. Everything is relative to the day on which it is built."""

from bookwidget.ops.demo_content.bright_home import BRIGHT_HOME
from bookwidget.ops.demo_content.business import Business, Person
from bookwidget.ops.demo_content.harbour_yoga import HARBOUR_YOGA

__all__ = ["BUSINESSES", "Business", "Person"]

BUSINESSES: tuple[Business, ...] = (HARBOUR_YOGA, BRIGHT_HOME)
