"""Salon Lindner: a hairdresser in Berlin, in German and in the dark theme."""

from datetime import timedelta

from bookwidget.ops.demo_content.appointments import Hours, add_place, add_services, add_team, cancel, visit
from bookwidget.ops.demo_content.business import Building, Business, Person

CLARA = Person("clara.vogt@example.com", "Clara", "Vogt", "stiller-abend-57", "+493023125042", has="Farbe und Schnitt")
PAUL = Person("paul.ahrens@example.com", "Paul", "Ahrens", "schwarzer-tee-36", has="Bart")
OTHERS = (
    Person("nele.wolff@example.com", "Nele", "Wolff"),
    Person("tom.rieger@example.com", "Tom", "Rieger"),
)
CUT, COLOUR, BEARD = "Haarschnitt", "Farbe und Schnitt", "Bart"

SERVICES = {
    CUT: (60, 5800, "Waschen, schneiden, föhnen. Wir hören erst zu und greifen dann zur Schere."),
    COLOUR: (
        150,
        14900,
        "Beratung, Farbe, Glanz und Schnitt. Bringen Sie Zeit und ein Bild mit, wenn Sie eines haben.",
    ),
    BEARD: (30, 3200, "Konturen, heißes Tuch, Öl. Ohne Gespräch, wenn Sie mögen."),
}
TEAM = {
    "Jule Lindner": Hours((1, 2, 3, 4, 5), 10, 19, (CUT, COLOUR)),
    "Mats Brügge": Hours((1, 2, 3, 4), 11, 20, (CUT, COLOUR, BEARD)),
    "Aylin Demir": Hours((3, 4, 5), 9, 17, (CUT, BEARD)),
}


def fill(building: Building) -> None:
    add_services(building, SERVICES, minutes_after=10)
    add_place(building, "Salon Lindner", "Linienstraße 84, 10119 Berlin")
    add_team(building, TEAM)
    for days in (-96, -63, -28):
        visit(building, CLARA, COLOUR, days=days)
    visit(building, CLARA, COLOUR, days=6, note="Bitte etwas dunkler als beim letzten Mal.")
    visit(building, CLARA, CUT, days=27)
    ill = visit(building, CLARA, CUT, days=-12)
    cancel(building, building.customer(CLARA), ill, building.at(-14, "08:10"), "Leider krank.")
    for days in (-40, -19, 3, 24):
        visit(building, PAUL, BEARD, days=days)
    away = visit(building, PAUL, CUT, days=16)
    cancel(building, building.customer(PAUL), away, building.now - timedelta(hours=30), "Auf Reisen.")
    for number, person in enumerate(OTHERS):
        for days in (2, 3, 6, 9):
            visit(building, person, CUT, days=days + number)


SALON_LINDNER = Business(
    slug="salon-lindner",
    name="Salon Lindner",
    email="hallo@salon-lindner.example.com",
    phone="+493023125000",
    locale="de_DE",
    timezone="Europe/Berlin",
    currency="EUR",
    theme="night",
    branding={},
    settings={"bookings.cancel_notice_hours": 24, "bookings.move_notice_hours": 24},
    owner=Person("jule.lindner@example.com", "Jule", "Lindner", "scharfe-schere-88"),
    customers=(CLARA, PAUL),
    others=OTHERS,
    fill=fill,
)
