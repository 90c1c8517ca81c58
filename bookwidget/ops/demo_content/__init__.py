"""The example businesses of the demo. Everything is relative to the day on which it is built."""

from bookwidget.ops.demo_content.bright_home import BRIGHT_HOME
from bookwidget.ops.demo_content.business import Business, Person
from bookwidget.ops.demo_content.harbour_yoga import HARBOUR_YOGA
from bookwidget.ops.demo_content.noor_physio import NOOR_PHYSIO
from bookwidget.ops.demo_content.salon_lindner import SALON_LINDNER

__all__ = ["BUSINESSES", "Business", "Person"]

BUSINESSES: tuple[Business, ...] = (HARBOUR_YOGA, BRIGHT_HOME, SALON_LINDNER, NOOR_PHYSIO)
