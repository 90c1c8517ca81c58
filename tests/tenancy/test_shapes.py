"""Statements that are right must work through the wall, not only fail closed."""

from sqlalchemy import func, select

from bookwidget.catalog.models import Service
from bookwidget.tenancy.session import writing
from tests.factories import World


def test_a_subquery_of_an_owned_table(yoga: World, other: World) -> None:
    inner = select(Service.name, Service.id).subquery()
    whole = select(Service).subquery("whole")
    with yoga.database.session(yoga.tenant_id) as session:
        assert sorted(session.scalars(select(inner.c.name))) == ["Massage", "Slow Flow"]
        assert len(session.execute(select(whole.c.name).join(inner, inner.c.id == whole.c.id)).all()) == 2


def test_lower_case_of_every_script(yoga: World) -> None:
    yoga.add(Service(name="ÜBUNG", kind="class", minutes=60))
    with yoga.database.session(yoga.tenant_id) as session:
        assert "übung" in session.scalars(select(func.lower(Service.name))).all()


def test_an_entity_is_deleted_in_its_own_tenant(yoga: World, other: World) -> None:
    same_id = yoga.ids["flow"]
    other.add(Service(id=same_id, name="Namesake", kind="class", minutes=60))
    with yoga.database.session(yoga.tenant_id) as session, writing(session):
        session.delete(session.get_one(Service, (yoga.tenant_id, same_id)))
    with yoga.database.session(yoga.tenant_id) as session:
        assert session.get(Service, (yoga.tenant_id, same_id)) is None
    with other.database.session(other.tenant_id) as session:
        assert session.get_one(Service, (other.tenant_id, same_id)).name == "Namesake"
