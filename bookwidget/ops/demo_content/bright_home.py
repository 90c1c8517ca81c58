"""Bright Home Cleaning: appointments at the customer's home, with cleaners who have their hours."""

from datetime import timedelta

from bookwidget.bookings.actions import move_booking
from bookwidget.catalog.actions import QuestionKind, WantedQuestion, add_question
from bookwidget.ops.demo_content.appointments import (
    Hours,
    add_services,
    add_team,
    cancel,
    come_every,
    first_slot,
    repeat,
    visit,
)
from bookwidget.ops.demo_content.business import Building, Business, Person
from bookwidget.schedule.models import TimeOff
from bookwidget.schedule.rules import local_day

EMMA = Person("emma.carter@example.com", "Emma", "Carter", "lemon-meadow-27", "+15035550142", has="Standard Clean")
NOAH = Person("noah.bennett@example.com", "Noah", "Bennett", "silver-window-64", "+15035550178", has="Windows")
RUTH = Person("ruth.delgado@example.com", "Ruth", "Delgado", "paper-garden-15", has="Deep Clean")
OTHERS = (
    Person("hal.jensen@example.com", "Hal", "Jensen"),
    Person("joy.tran@example.com", "Joy", "Tran"),
)
STANDARD, DEEP, WINDOWS = "Standard Clean", "Deep Clean", "Windows"

SERVICES = {
    STANDARD: (120, 12900, "Kitchen, bathrooms, floors and dusting: the house as you like to come home to it."),
    DEEP: (240, 24900, "Inside the oven and the fridge, behind the furniture, along every baseboard."),
    WINDOWS: (90, 9900, "All panes inside and out, frames and sills wiped, up to the second floor."),
}

TEAM = {
    "Dana Whitlock": Hours((0, 1, 2, 3, 4), 8, 16, (STANDARD, DEEP)),
    "Marcus Lee": Hours((1, 2, 3, 4, 5), 9, 17, (STANDARD, DEEP, WINDOWS)),
    "Priya Shah": Hours((0, 2, 4), 8, 14, (STANDARD, WINDOWS)),
}


def fill(building: Building) -> None:
    add_services(building, SERVICES, minutes_after=30, is_at_customer=True)
    repeat(building, STANDARD)
    add_questions(building)
    add_team(building, TEAM)
    add_time_off(building)
    add_emma(building)
    add_noah(building)
    visit(building, RUTH, DEEP, days=-41)
    visit(building, RUTH, DEEP, days=6, note="The dog is friendly; please mind the gate.")
    for number, person in enumerate(OTHERS):
        for days in (2, 3, 8, 10):
            visit(building, person, STANDARD, days=days + number)


def add_questions(building: Building) -> None:
    ways = ("Somebody is home", "A neighbor has the key", "A key box at the door")
    how = WantedQuestion(QuestionKind.CHOICE, "How do we get in?", options=ways, is_required=True)
    photo = WantedQuestion(QuestionKind.FILE, "Photo of the room", "So that we bring the right things.")
    with building.acting(building.owner()) as scope:
        for question in (how, photo):
            add_question(scope, question)


def add_time_off(building: Building) -> None:
    today, away = local_day(building.now, building.tenant.zone), building.providers["Priya Shah"].id
    building.add(TimeOff(provider_id=away, first_day=today + timedelta(days=17), last_day=today + timedelta(days=24)))


def add_emma(building: Building) -> None:
    """Every other week with Dana, who is never away; one was rescheduled, some are past, and two were cancelled."""
    now = building.now
    for days in (-70, -56, -42, -28, -14):
        visit(building, EMMA, STANDARD, days=days)
    key = "The key is with the neighbor on the left."
    come_every(building, EMMA, STANDARD, 2, days=4, note=key, provider="Dana Whitlock")
    moved = visit(building, EMMA, WINDOWS, days=9)
    with building.acting(building.customer(EMMA), now - timedelta(hours=22)) as scope:
        move_booking(scope, moved, first_slot(building, scope.actor, WINDOWS, 12, scope.now).key, moves=None)
    sick = visit(building, EMMA, DEEP, days=-21)
    cancel(building, building.customer(EMMA), sick, building.at(-23, "10:00"), "We have the flu, sorry!")
    closed = visit(building, EMMA, DEEP, days=25)
    cancel(building, building.owner(), closed, now - timedelta(hours=3), "Our van is in the shop that day.")


def add_noah(building: Building) -> None:
    for days in (-90, -45):
        visit(building, NOAH, WINDOWS, days=days)
    visit(building, NOAH, WINDOWS, days=5)
    visit(building, NOAH, STANDARD, days=13)
    away = visit(building, NOAH, STANDARD, days=20)
    cancel(building, building.customer(NOAH), away, building.now - timedelta(days=3), "Out of town.")


BRIGHT_HOME = Business(
    slug="bright-home",
    name="Bright Home Cleaning",
    email="office@bright-home.example.com",
    phone="+15035550100",
    locale="en_US",
    timezone="America/Los_Angeles",
    currency="USD",
    theme="quiet",
    branding={"accent": "#15c6a2", "radius": "round"},
    settings={"bookings.cancel_notice_hours": 24, "bookings.move_notice_hours": 48, "bookings.max_moves": 2},
    owner=Person("gloria.marsh@example.com", "Gloria", "Marsh", "sunny-kitchen-83"),
    customers=(EMMA, NOAH, RUTH),
    others=OTHERS,
    fill=fill,
)
