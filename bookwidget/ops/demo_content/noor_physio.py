"""Noor: physiotherapy in Dubai, in Arabic, right to left, in the theme with full contrast."""

from datetime import timedelta

from bookwidget.ops.demo_content.appointments import Hours, add_place, add_services, add_team, cancel, visit
from bookwidget.ops.demo_content.business import Building, Business, Person

SARA = Person("sara.khatib@example.com", "سارة", "الخطيب", "bright-palm-64", has="جلسة علاج طبيعي")
OMAR = Person("omar.nasser@example.com", "عمر", "ناصر", "calm-harbour-29", has="تدليك علاجي")
OTHERS = (
    Person("huda.salem@example.com", "هدى", "سالم"),
    Person("ali.rashid@example.com", "علي", "راشد"),
)
FIRST, SESSION, MASSAGE = "تقييم أول", "جلسة علاج طبيعي", "تدليك علاجي"

SERVICES = {
    FIRST: (45, 25000, "نستمع إليك ونفحص الحركة ونضع معك خطة واضحة."),
    SESSION: (45, 35000, "تمارين وعلاج يدوي بحسب خطتك، مع واجب صغير للبيت."),
    MASSAGE: (60, 42000, "للظهر والرقبة والكتفين، بعد يوم طويل أو تمرين شاق."),
}
TEAM = {
    "د. ليلى منصور": Hours((0, 1, 2, 3, 6), 8, 16, (FIRST, SESSION)),
    "يوسف حداد": Hours((0, 1, 2, 3, 5, 6), 12, 20, (SESSION, MASSAGE)),
}


def fill(building: Building) -> None:
    add_services(building, SERVICES, minutes_after=15)
    add_place(building, "مركز نور", "شارع الوصل، جميرا، دبي")
    add_team(building, TEAM)
    visit(building, SARA, FIRST, days=-31)
    for days in (-24, -17, -10, -3, 4, 11):
        visit(building, SARA, SESSION, days=days)
    visit(building, SARA, MASSAGE, days=8, note="أفضّل ضغطاً خفيفاً على الكتف الأيمن.")
    travel = visit(building, SARA, SESSION, days=18)
    cancel(building, building.customer(SARA), travel, building.now - timedelta(hours=26), "سفر.")
    for days in (-20, 5):
        visit(building, OMAR, MASSAGE, days=days)
    for number, person in enumerate(OTHERS):
        for days in (2, 4, 8, 9):
            visit(building, person, SESSION, days=days + number)


NOOR_PHYSIO = Business(
    slug="noor-physio",
    name="مركز نور للعلاج الطبيعي",
    email="hello@noor-physio.example.com",
    phone="",
    locale="ar_AE",
    timezone="Asia/Dubai",
    currency="AED",
    theme="clear",
    branding={"accent": "#6a2c7a"},
    settings={"bookings.cancel_notice_hours": 12, "bookings.move_notice_hours": 12},
    owner=Person("layla.mansour@example.com", "ليلى", "منصور", "steady-hands-41"),
    customers=(SARA, OMAR),
    others=OTHERS,
    fill=fill,
)
