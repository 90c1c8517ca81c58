import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.console.desks import HOSTILE_LINES, events, owner, tenant
from tests.web_fixtures import HERE, Visitor, Web

LOOK = {"theme": "quiet", "radius": "", "font": "", "scheme": ""}


def save(visitor: Visitor, **changes: Any) -> TestResponse:
    fields = {**visitor.form("branding/"), **LOOK, **changes}
    return visitor.post("branding/", fields)


def upload(visitor: Visitor, data: bytes, name: str = "logo.png") -> TestResponse:
    fields = visitor.form("branding/", "/console/branding/logo")
    return visitor.client.post(
        "/console/branding/logo", base_url=HERE, headers={"Origin": HERE},
        data={**fields, "logo": (BytesIO(data), name)},
    )  # fmt: skip


def png(colour: str = "#a8492a") -> bytes:
    data = BytesIO()
    Image.new("RGB", (80, 40), colour).save(data, "PNG")
    return data.getvalue()


def files(web: Web) -> list[Path]:
    folder = web.services.config.files / web.yoga.tenant_id.hex
    return sorted(folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize(
    ("theme", "scheme", "shown"),
    [("quiet", "", None), ("night", "", "dark"), ("night", "auto", None), ("night", "light", "light")],
)
def test_who_says_light_or_dark(web: Web, theme: str, scheme: str, shown: str | None) -> None:
    """The owner, else the theme, else the visitor's device."""
    save(owner(web), name="Harbour Yoga", theme=theme, scheme=scheme)
    found = re.search(r'data-scheme="(\w+)"', web.visitor().get("login/").text)
    assert (found and found[1]) == shown


def test_a_theme_may_ask_for_contrast(web: Web) -> None:
    save(owner(web), name="Harbour Yoga", theme="clear")
    assert 'data-contrast="more"' in web.visitor().get("login/").text


def test_the_look_is_saved_shown_and_written_down(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor = owner(web)
    look = {"name": " Harbour <Yoga> ", "accent": "#A8492A", "surface": "#fdf8f2", "theme": "warm"}
    answer = save(visitor, **look, radius="round", font="serif", scheme="dark")
    assert (answer.status_code, answer.location) == (303, "/console/branding/?saved=look")
    stored = tenant(web.yoga)
    assert stored.name == "Harbour <Yoga>"
    assert stored.theme == "warm"
    expected = {"accent": "#a8492a", "surface": "#fdf8f2", "radius": "round", "font": "serif", "scheme": "dark"}
    assert stored.branding == expected
    page = visitor.get(answer.location).text
    assert "Harbour &lt;Yoga&gt;" in page
    assert 'value="#a8492a"' in page
    widget = web.visitor().get("login/").text
    assert 'data-scheme="dark"' in widget
    ((kind, facts),) = events(web.yoga)
    assert kind == "branding.changed"
    assert facts["before"] == {"name": "Yoga", "theme": "quiet"}
    assert facts["after"] == {"name": "Harbour <Yoga>", "theme": "warm", **expected}


def test_saving_the_same_again_is_no_event(web: Web) -> None:
    visitor = owner(web)
    assert save(visitor).status_code == 303
    assert events(web.yoga) == []


def test_another_tenant_stays_as_it_is(web: Web) -> None:
    save(owner(web), name="New name", accent="#a8492a")
    assert (tenant(web.other).name, tenant(web.other).branding) == ("Other", {})


def test_an_unreadable_accent_is_refused_with_its_ratio_and_repaired_on_request(web: Web) -> None:
    visitor = owner(web)
    answer = save(visitor, name="Typed & kept", accent="#ffdd00")
    assert answer.status_code == 422
    assert "a contrast of only 1.3:1; it needs 4.5:1" in answer.text
    assert 'value="Typed &amp; kept"' in answer.text
    assert 'value="#ffdd00"' in answer.text
    assert 'name="repair"' in answer.text
    assert tenant(web.yoga).branding == {}
    assert save(visitor, accent="#ffdd00", repair="1").status_code == 303
    nearest = tenant(web.yoga).branding["accent"]
    assert f"Use {nearest} and save" in answer.text


def test_the_page_colour_counts_in_the_judgement(web: Web) -> None:
    visitor = owner(web)
    assert save(visitor, accent="#767676", surface="#ffffff").status_code == 303
    answer = save(visitor, accent="#767676", surface="#dddddd")
    assert answer.status_code == 422
    assert "4.5:1" in answer.text


@pytest.mark.parametrize(
    ("changes", "accent"),
    [
        ({"accent": "", "accent_picked": "#7a1f5c"}, "#7a1f5c"),
        ({"accent": "#7a1f5c"}, "#7a1f5c"),
        ({"accent": "#7a1f5c", "accent_picked": "#115511"}, "#7a1f5c"),
        ({"accent": "7a1f5c "}, None),
        ({"accent": "#abc"}, None),
        ({}, None),
    ],
)
def test_picker_and_text_work_without_script(web: Web, changes: dict[str, str], accent: str | None) -> None:
    save(owner(web), **changes)
    assert tenant(web.yoga).branding.get("accent") == accent


def test_the_picker_also_wins_over_a_stored_colour(web: Web) -> None:
    visitor = owner(web)
    save(visitor, accent="#7a1f5c")
    save(visitor, accent_picked="#115511")
    assert tenant(web.yoga).branding["accent"] == "#115511"
    save(visitor, accent="")
    assert "accent" not in tenant(web.yoga).branding, "an empty text gives it back to the theme"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", line) for line in HOSTILE_LINES],
        ("name", "  "),
        ("accent", "red"),
        ("accent", "#12"),
        ("accent", "#fff;}body{display:none"),
        ("accent", "url(//evil.example)"),
        ("surface", "#ggg"),
        ("radius", "9rem"),
        ("font", "Comic Sans"),
        ("scheme", "sepia"),
        ("theme", "../warm"),
        ("theme", ""),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field_and_stays_typed(web: Web, field: str, value: str) -> None:
    answer = save(owner(web), **{"name": "Typed name", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if field != "name":
        assert 'value="Typed name"' in answer.text
    assert (tenant(web.yoga).name, tenant(web.yoga).branding, tenant(web.yoga).theme) == ("Yoga", {}, "quiet")
    assert events(web.yoga) == []


def test_a_logo_comes_is_served_replaced_and_goes(web_everywhere: Web) -> None:
    web = web_everywhere
    visitor = owner(web)
    save(visitor, accent="#7a1f5c")
    answer = upload(visitor, png())
    assert (answer.status_code, answer.location) == (303, "/console/branding/?saved=logo")
    (first,) = files(web)
    with web.visitor().get(f"/media/yoga/{first.name}") as served:
        assert (served.status_code, served.mimetype) == (200, "image/png")
    assert web.visitor().get(f"/media/other/{first.name}").status_code == 404
    assert f"/media/yoga/{first.name}" in web.visitor().get("login/").text
    upload(visitor, png("#115511"))
    (second,) = files(web)
    assert second != first, "the old file is gone"
    upload(visitor, png("#115511"))
    assert files(web) == [second], "the same picture again stays"
    save(visitor, accent="#115511")
    assert tenant(web.yoga).branding["logo"]["file"] == second.name, "saving the look keeps it"
    visitor.send("branding/logo/remove", page="branding/")
    assert files(web) == []
    assert tenant(web.yoga).branding == {"accent": "#115511"}
    assert web.visitor().get(f"/media/yoga/{second.name}").status_code == 404
    assert [kind for kind, _ in events(web.yoga)] == ["branding.changed"] * 5


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "Choose a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG pictures cannot be used"),
        (b"GIF89a", "Only PNG"),
        (png()[:40], "damaged"),
    ],
)
def test_a_refused_picture_changes_nothing(web: Web, data: bytes, reason: str) -> None:
    visitor = owner(web)
    upload(visitor, png())
    kept = files(web)
    answer = upload(visitor, data, "../../evil.php")
    assert answer.status_code == 422
    assert reason in answer.text
    assert 'id="logo-error"' in answer.text
    assert files(web) == kept


def test_a_file_that_is_too_large_is_said_beside_the_field(web: Web) -> None:
    visitor = owner(web)
    answer = upload(visitor, bytes(web.services.config.max_upload + 1))
    answer.request.environ["wsgi.input"].close()  # the test client's own file, which nobody read
    assert answer.status_code == 413
    assert "up to 5 MB" in answer.text
    assert 'id="logo-error"' in answer.text
    assert files(web) == []


def test_a_logo_without_its_guard_is_refused(web: Web) -> None:
    visitor = owner(web)
    data = {"logo": (BytesIO(png()), "logo.png")}
    answer = visitor.client.post("/console/branding/logo", base_url=HERE, headers={"Origin": HERE}, data=data)
    assert answer.status_code == 403
    assert files(web) == []
