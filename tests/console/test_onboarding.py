"""From the first step to the snippet, with at most twelve fields; each step can be left and taken up again."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from bookwidget.accounts.models import Onboarding
from bookwidget.catalog.models import Service
from bookwidget.schedule.models import Occurrence, OpeningHours
from bookwidget.theming.branding import check_accent
from bookwidget.theming.pictures import main_colours
from tests.console.desks import events, hire, nobody, origins, owner, sign_in, tenant
from tests.console.signing_up import Newcomer, newcomer
from tests.web_fixtures import Forms, Visitor, Web

MOST_FIELDS = 12
STEPS = ("trade", "look", "home", "service", "site", "snippet")
NOT_TYPED = {"csrf_token", "service", "username", "step"}


def picture(*colours: str) -> tuple[BytesIO, str]:
    image = Image.new("RGBA", (120, 60), (255, 255, 255, 0))
    for n, colour in enumerate(colours):
        image.paste(colour, (n * 40, 10, n * 40 + 36, 50))
    data = BytesIO()
    image.save(data, "PNG")
    data.seek(0)
    return data, "logo.png"


def use_logo(visitor: Visitor, *colours: str) -> None:
    fields = visitor.form("start/look")
    answer = visitor.post("start/look", {**fields, "logo": picture(*colours)})
    assert answer.location == "/console/start/look", answer.text


def walk(visitor: Visitor, trade: str) -> None:
    """To the snippet, as everything is proposed."""
    assert visitor.send("start/trade", trade=trade).location == "/console/start/look"
    use_logo(visitor, "#a01d4e")
    assert visitor.send("start/skip", "start/look", step="look").location == "/console/start/home"
    assert visitor.send("start/home").location == "/console/start/service"
    assert visitor.send("start/service").location == "/console/start/site"
    assert visitor.send("start/site", origin="https://harbour.example/yoga").location == "/console/start/snippet"


def test_the_walk_has_at_most_twelve_fields(web: Web) -> None:
    """Of everything between the first page and the snippet, for the trade that asks most. Buttons are no fields."""
    found: list[str] = []
    pages = [Visitor(web.app, "/").get("/signup/").text]
    new = newcomer(web)
    visitor = new.visitor
    for trade in ("fitness", "beauty"):
        visitor.send("start/trade", trade=trade)
        asked = [visitor.get(f"start/{step}").text for step in STEPS]
        found = [name for page in (*pages, *asked) for form in Forms(page).found.values() for name in form]
        fields = [name for name in found if name not in NOT_TYPED]
        assert len(fields) + len(["password", "logo"]) - fields.count("logo") <= MOST_FIELDS, fields
        assert {"email", "business", "locale", "timezone", "currency", "name", "minutes", "price"} <= set(fields)


@pytest.mark.parametrize("trade", ["fitness", "beauty"])
def test_everything_proposed_makes_something_that_can_be_booked(web_everywhere: Web, trade: str) -> None:
    web = web_everywhere
    new = newcomer(web, language="de-DE")
    assert new.visitor.get("/console/").location == "/console/start/"
    walk(new.visitor, trade)
    page = new.visitor.get("start/snippet").text
    assert "harbour-yoga/book" in page
    assert origins(new.world) == ["https://harbour.example"]
    with web.database.session(new.world.tenant_id) as session:
        [service] = session.scalars(select(Service))
        assert session.scalars(select(OpeningHours)).first()
        dates = session.scalars(select(Occurrence).order_by(Occurrence.starts_at)).all()
    assert service.name in ("Yogakurs", "Schneiden und Stylen"), "in the business's language"
    assert len(dates) == (8 if trade == "fitness" else 0)
    customer = Visitor(web.app, "/w/harbour-yoga/0/")
    assert service.name in customer.get("book/").text
    assert 'name="slot"' in customer.get(f"book/{service.id.hex}").text
    assert new.visitor.send("start/end", "start/snippet").location == "/console/"
    assert new.visitor.get("/console/").location == "/console/today/"


def test_a_second_press_makes_one_service(web: Web) -> None:
    new = newcomer(web)
    new.visitor.send("start/trade", trade="lessons")
    fields = new.visitor.form("start/service")
    for _press in range(2):
        assert new.visitor.post("start/service", fields).status_code == 303
    with web.database.session(new.world.tenant_id) as session:
        assert len(session.scalars(select(Service)).all()) == 1
    assert [kind for kind, _facts in events(new.world)].count("service.saved") == 1


def test_steps_are_left_and_taken_up_again(web: Web) -> None:
    new = newcomer(web)
    visitor = new.visitor
    assert visitor.get("start/").location == "/console/start/trade"
    visitor.send("start/trade", trade="health")
    visitor.send("start/skip", "start/home", step="home")
    assert visitor.get("bookings/").status_code == 200, "nobody is kept here"
    assert visitor.get("start/").location == "/console/start/look"
    page = visitor.get("start/look").text
    assert "/preview/login/" in page, "it has a button in the colour, and nothing can be booked yet"
    assert page.count("bw-step--done") == 2
    assert 'value="30"' in visitor.get("start/service").text, "of the trade that was chosen"
    again = sign_in(nobody(web), "noor@harbour.example", "a new day for us")
    assert again.get("/console/").location == "/console/start/"
    assert again.get("start/").location == "/console/start/look"
    assert visitor.send("start/end", "start/look").location == "/console/"
    assert again.get("/console/").location == "/console/today/"
    with web.database.session(new.world.tenant_id) as session:
        assert session.scalars(select(Onboarding)).one().ended_at == web.now


def test_colours_come_from_the_logo_and_can_be_read(web: Web) -> None:
    new = newcomer(web)
    use_logo(new.visitor, "#f6d32d", "#a01d4e", "#808080")
    page = new.visitor.get("start/look").text
    offered = [piece[:7] for piece in page.split('name="accent" value="')[1:]]
    assert len(offered) == 2, "grey is no colour"
    assert all(check_accent(colour).readable for colour in offered)
    assert "#a01d4e" in offered
    new.visitor.send("start/colour", "start/look", accent="#f6d32d")
    accent = tenant(new.world).branding["accent"]
    assert accent != "#f6d32d"
    assert check_accent(accent).readable
    assert new.visitor.send("start/colour", "start/look", accent="red").status_code == 422
    assert (
        new.visitor.post("start/look", {**new.visitor.form("start/look"), "logo": (BytesIO(b"x"), "x")}).status_code
        == 422
    )


def test_a_logo_has_colours_or_none() -> None:
    assert main_colours(picture("#a01d4e", "#a01d4e", "#1d6ea0")[0].getvalue()) == ["#a01d4e", "#1d6ea0"]
    assert main_colours(picture("#000000", "#ffffff", "#888888")[0].getvalue()) == []
    assert main_colours(picture()[0].getvalue()) == []
    assert main_colours(b"no picture") == []


@pytest.mark.parametrize(
    ("step", "field", "typed"),
    [
        ("home", "locale", "xx_YY"), ("home", "timezone", "Mars/Base"), ("home", "currency", "???"),
        ("service", "name", ""), ("service", "minutes", "x"), ("service", "price", "much"), ("service", "who", " "),
        ("site", "origin", "http://harbour.example"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(web: Web, step: str, field: str, typed: str) -> None:
    new = newcomer(web)
    new.visitor.send("start/trade", trade="beauty")
    answer = new.visitor.send(f"start/{step}", **{field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert step not in progress(web, new)


def progress(web: Web, new: Newcomer) -> str:
    with web.database.session(new.world.tenant_id) as session:
        return session.scalars(select(Onboarding)).one().done


@pytest.mark.parametrize("typed", ["", "never", "2020-01-01T18:00"])
def test_a_class_begins_in_the_future(web: Web, typed: str) -> None:
    new = newcomer(web)
    new.visitor.send("start/trade", trade="fitness")
    answer = new.visitor.send("start/service", starts=typed)
    assert answer.status_code == 422
    assert 'id="starts-error"' in answer.text


def test_the_currency_stays_once_there_are_prices(web: Web) -> None:
    visitor = owner(web)
    assert visitor.send("start/home", currency="EUR").status_code == 422
    assert visitor.send("start/home", timezone="Europe/Berlin").status_code == 303
    assert tenant(web.yoga).timezone == "Europe/Berlin"
    assert [kind for kind, _facts in events(web.yoga)] == ["business.moved"]


def test_who_never_signed_up_is_led_nowhere_and_staff_see_nothing(web: Web) -> None:
    assert owner(web).get("/console/").location == "/console/today/"
    new = newcomer(web)
    hire(new.world, "sam@harbour.example", "staff")
    staff = sign_in(nobody(web), "sam@harbour.example")
    assert staff.get("/console/").location == "/console/today/"
    assert {staff.get(f"start/{step}").status_code for step in STEPS} == {403}
    assert new.visitor.send("start/trade", trade="mining").status_code == 404
    assert new.visitor.send("start/skip", "start/look", step="mining").status_code == 404
