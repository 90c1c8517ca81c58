"""The page Portal: places and names of the sections."""

from tests.console.desks import hire, nobody, owner, sign_in
from tests.web_fixtures import Web, hidden


def test_u2_places_and_names_are_saved_and_customers_see_them(web: Web) -> None:
    mara = owner(web)
    moved = {"place:book": "1", "place:bookings": "2", "word:book:en": "  Timetable ", "word:book:de": "Kursplan"}
    assert mara.send("portal/", **moved).location.endswith("saved=1")
    assert "Timetable" in web.customer().get("bookings/").text
    assert web.customer().get("portal/").location == "/w/yoga/0/book/"
    assert mara.send("portal/").location.endswith("saved=0")
    back = {"place:book": "2", "place:bookings": "1", "word:book:en": "", "word:book:de": ""}
    mara.send("portal/", **back)
    assert web.yoga.scope().tenant.portal == {}


def test_u2_what_is_not_right_is_refused_and_stays_typed(web: Web) -> None:
    mara = owner(web)
    twice = mara.send("portal/", **{"place:book": "1", "word:book:en": "Kept"})
    assert twice.status_code == 422
    assert "Two stand at the same place" in twice.text
    assert 'value="Kept"' in twice.text
    long = mara.send("portal/", **{"word:book:en": "x" * 31, "word:profile:en": "a\u202eb"})
    assert long.status_code == 422
    assert 'aria-invalid="true"' in long.text
    assert web.yoga.scope().tenant.portal == {}
    first, second = mara.form("portal/"), mara.form("portal/")
    mara.post("portal/", {**first, "word:book:en": "Mine"})
    late = mara.post("portal/", {**second, "word:book:en": "Yours"})
    assert late.status_code == 422
    assert "Somebody else has changed the menu" in late.text
    assert 'value="Yours"' in late.text
    slip = mara.post("portal/", {**second, "word:book:en": "x" * 31})
    again = mara.post("portal/", {**second, "word:book:en": "Yours", "seen": hidden(slip, "seen")})
    assert again.status_code == 422, "nobody has told them yet that it is different now"
    assert web.yoga.scope().tenant.portal == {"words": {"book": {"en": "Mine"}}}
    hire(web.yoga, "bo@example.com", "staff")
    assert sign_in(nobody(web), "bo@example.com").get("portal/").status_code == 403
