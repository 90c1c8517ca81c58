"""Who works for a business: invitations, roles, ends, and the table of permissions."""

import re
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from bookwidget.accounts.team import change_role, end_access
from bookwidget.console.team import ROLE_WORDS
from bookwidget.kernel.actors import member
from bookwidget.kernel.errors import Denied, Refused
from bookwidget.kernel.permissions import Permission
from bookwidget.tenancy import policy
from bookwidget.tenancy.models import Member
from tests.console.desks import events, hire, link_in, mails, nobody, owner, sign_in
from tests.factories import PASSWORD, World
from tests.web_fixtures import Visitor, Web

NEW = "another horse battery"


def invite(visitor: Visitor, email: str = "sam@staff.example", role: str = "staff", name: str = "Sam Staff") -> str:
    answer = visitor.send("team/new", name=name, email=email, role=role)
    assert answer.status_code == 303, answer.text
    return visitor.get(answer.location or "").text


def id_of(world: World, email: str) -> str:
    with world.database.session(world.tenant_id) as session:
        return session.scalars(select(Member.id).where(Member.email == email)).one().hex


def role_of(world: World, email: str) -> str:
    with world.database.session(world.tenant_id) as session:
        found = session.scalars(select(Member).where(Member.email == email)).one()
        return "ended" if found.ended_at else found.role


def send(visitor: Visitor, member_id: str, deed: str, **fields: str) -> int:
    return visitor.send(f"team/{member_id}/{deed}", f"team/{member_id}/", **fields).status_code


def test_somebody_is_invited_accepts_once_and_stands_in_the_list(web_everywhere: Web) -> None:
    web = web_everywhere
    boss = owner(web)
    page = invite(boss)
    assert "The invitation is on its way" in page
    assert "Invited" in page
    invite(boss)  # a second click
    [mail] = mails(web)
    assert (mail["To"], mail["Subject"]) == ("sam@staff.example", "You are invited to Yoga")
    link, visitor = link_in(mail), nobody(web)
    assert "the role: Staff" in visitor.get(link).text
    assert visitor.send(link, password="password").status_code == 422
    assert visitor.send(link, password=NEW).location == "/console/"
    assert visitor.get("bookings/").status_code == 200
    assert nobody(web).get(link).status_code == 410
    assert "Last log-in" in boss.get("team/").text
    assert sign_in(nobody(web), "sam@staff.example", NEW).get("team/").status_code == 403
    facts = {"member": id_of(web.yoga, "sam@staff.example"), "name": "Sam Staff", "role": "staff"}
    assert events(web.yoga) == [(f"member.{kind}", {"before": {}, "after": facts}) for kind in ("invited", "joined")]
    answer = boss.send("team/new", name="Sam", email="sam@staff.example", role="manager")
    assert answer.status_code == 422
    assert "on the team already" in answer.text


def test_who_works_elsewhere_accepts_with_that_password_and_only_with_it(web: Web) -> None:
    hire(web.other, "bo@both.example", "staff")
    invite(owner(web), "bo@both.example", "manager", "Bo")
    [mail] = mails(web)
    link, visitor = link_in(mail), nobody(web)
    assert "Type that password" in visitor.get(link).text
    guard = visitor.form(link)["csrf_token"]
    wrong = visitor.post(link, {"csrf_token": guard, "known": "wrong"})
    assert wrong.status_code == 422
    assert "not the password" in wrong.text
    assert visitor.post(link, {"csrf_token": guard, "known": PASSWORD}).location == "/console/"
    assert "Which business?" in nobody(web).send("login", email="bo@both.example", password=PASSWORD).text
    assert nobody(web).get(link).status_code == 410


def test_who_works_elsewhere_may_have_a_password_of_its_own(web: Web) -> None:
    hire(web.other, "bo@both.example", "staff")
    invite(owner(web), "bo@both.example")
    [mail] = mails(web)
    visitor = nobody(web)
    link = link_in(mail)
    guard = visitor.form(link)["csrf_token"]
    assert visitor.post(link, {"csrf_token": guard, "password": NEW}).status_code == 303
    assert sign_in(nobody(web), "bo@both.example", NEW).get("embed/").text.count("/w/yoga/") > 0
    assert sign_in(nobody(web), "bo@both.example", PASSWORD).get("embed/").text.count("/w/other/") > 0


def test_an_invitation_is_sent_again_withdrawn_and_runs_out(web: Web) -> None:
    boss = owner(web)
    invite(boss)
    sam = id_of(web.yoga, "sam@staff.example")
    [first] = mails(web)
    assert send(boss, sam, "again") == 303
    assert mails(web) == [], "a second press within a minute"
    web.now += timedelta(minutes=2)
    send(boss, sam, "again")
    [second] = mails(web)
    assert nobody(web).get(link_in(first)).status_code == 410
    assert nobody(web).get(link_in(second)).status_code == 200
    web.now += timedelta(days=7, minutes=1)
    assert nobody(web).get(link_in(second)).status_code == 410
    boss = owner(web)
    assert "Invitation expired" in boss.get("team/").text
    send(boss, sam, "again")
    [third] = mails(web)
    kept = nobody(web)
    fields = kept.form(link_in(third))
    assert send(boss, sam, "end") == 303
    assert kept.post(link_in(third), {**fields, "password": NEW}).status_code == 410
    assert events(web.yoga)[-1][0] == "member.invitation_withdrawn"
    assert "No longer here" in boss.get("team/").text
    invite(boss, role="manager")
    assert id_of(web.yoga, "sam@staff.example") == sam, "who comes back is the same in the history"


def test_a_role_holds_from_the_next_click_and_an_end_at_once(web_everywhere: Web) -> None:
    web = web_everywhere
    hire(web.yoga, "mia@manager.example", "manager")
    boss, mia = owner(web), sign_in(nobody(web), "mia@manager.example")
    her = id_of(web.yoga, "mia@manager.example")
    assert mia.get("settings/").status_code == 200
    assert send(boss, her, "role", role="staff") == 303
    assert mia.get("settings/").status_code == 403
    assert send(boss, her, "role", role="king") == 422
    assert send(boss, her, "end") == 303
    assert mia.get("bookings/").status_code == 303
    assert nobody(web).send("login", email="mia@manager.example", password=PASSWORD).status_code == 422
    assert mia.get("login").status_code == 200
    assert [kind for kind, _facts in events(web.yoga)] == ["member.role_changed", "member.ended"]


def test_managers_do_not_touch_owners_nor_make_them(web: Web) -> None:
    hire(web.yoga, "mia@manager.example", "manager")
    mia, boss = sign_in(nobody(web), "mia@manager.example"), web.yoga.ids["owner"].hex
    assert "Only owners of the business" in mia.get(f"team/{boss}/").text
    her = id_of(web.yoga, "mia@manager.example")
    guards = {name: mia.form(f"team/{her}/", f"team/{her}/{name}")["csrf_token"] for name in ("role", "end")}
    for path, fields in ((f"team/{boss}/role", {"role": "staff"}), (f"team/{her}/role", {"role": "owner"}),
                         (f"team/{boss}/end", {})):  # fmt: skip
        answer = mia.post(path, {**fields, "csrf_token": guards[path.rpartition("/")[2]]})
        assert answer.status_code == 403, path
        assert "Only owners of the business" in answer.text
    assert mia.send("team/new", name="X", email="x@x.example", role="owner").status_code == 403
    assert events(web.yoga) == []


def test_the_only_owner_stays(web: Web) -> None:
    boss, own = owner(web), web.yoga.ids["owner"].hex
    assert "always has an owner" in boss.get("team/").text
    for deed, fields in (("role", {"role": "staff"}), ("end", {})):
        answer = boss.send(f"team/{own}/{deed}", f"team/{own}/", **fields)
        assert answer.status_code == 422
        assert "only owner" in answer.text
    invite(boss, "new@owner.example", "owner", "Nora")
    assert send(boss, own, "role", role="manager") == 422, "who has not accepted is no owner yet"
    hire(web.yoga, "second@owner.example", "owner")
    assert send(boss, own, "role", role="staff") == 303
    assert boss.get("team/").status_code == 403


@pytest.mark.parametrize("deed", ["demote", "end", "themselves"])
def test_two_owners_at_once_leave_one(yoga: World, deed: str) -> None:
    hire(yoga, "second@owner.example", "owner")
    pair = [yoga.ids["owner"], UUID(hex=id_of(yoga, "second@owner.example"))]
    start, refused = threading.Barrier(2), []

    def act(me: UUID, whom: UUID) -> None:
        scope = yoga.scope(member(me))
        with scope.session:
            start.wait()
            try:
                if deed == "end":
                    end_access(scope, whom)
                else:
                    change_role(scope, me if deed == "themselves" else whom, "manager")
            except (Denied, Refused) as error:
                refused.append(error)

    threads = [threading.Thread(target=act, args=pair[::step]) for step in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(role_of(yoga, email) == "owner" for email in ("owner@yoga.example", "second@owner.example")) == [
        False,
        True,
    ]
    assert len(refused) == 1


def test_the_table_says_what_the_policy_says(web: Web) -> None:
    assert policy.WORDS.keys() == policy.ROLES.keys()
    text = owner(web).get("team/").text
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', text, re.DOTALL)
    assert len(rows) == len(policy.ROLES)
    shown = {words: re.findall(r'<span class="bw-vh">(Yes|No)</span>', cells) for words, cells in rows}
    for permission in Permission:
        if permission in policy.ROLES:
            expected = ["Yes" if policy.may(role, permission) else "No" for role in ROLE_WORDS]
            assert shown[str(policy.WORDS[permission])] == expected, permission
