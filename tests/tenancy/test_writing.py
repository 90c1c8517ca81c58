"""`with writing(session)`: one declared write transaction, which loses nothing and undoes all or nothing."""

import multiprocessing

import pytest
from sqlalchemy import select, update

from bookwidget.bookings.models import Booking
from bookwidget.tenancy.database import Database
from bookwidget.tenancy.session import TenantSession, writing
from bookwidget.tenancy.wall import UndeclaredWrite
from tests.tenancy.victims import B, booking

PROCESSES, ROUNDS = 6, 50
NOTE, PRICE = select(Booking.note), select(Booking.price)


def race(url: str, rounds: int) -> None:
    """One of several processes that read, think and write the same row."""
    database = Database(url)
    for _ in range(rounds):
        with database.session(B) as session:
            session.scalars(PRICE).one()  # a page has read before it writes
            with writing(session):
                price = session.scalars(PRICE.with_for_update()).one()
                session.execute(update(Booking).values(price=price + 1))
    database.dispose()


def test_six_processes_that_read_and_write_lose_nothing(attacked: Database) -> None:
    """On SQLite the plain BEGIN loses most of them to "database is locked"; on PostgreSQL the row is locked."""
    attacked.dispose()  # no process may inherit a connection
    fork = multiprocessing.get_context("fork")
    racers = [fork.Process(target=race, args=(attacked.url, ROUNDS)) for _ in range(PROCESSES)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert [racer.exitcode for racer in racers] == [0] * PROCESSES
    with attacked.session(B) as session:
        assert session.scalars(PRICE).one() == 1 + PROCESSES * ROUNDS


def test_a_savepoint_inside_undoes_its_part_only(attacked: Database) -> None:
    with attacked.session(B) as session, writing(session):
        session.execute(update(Booking).values(note="kept"))
        with session.begin_nested() as point:
            session.execute(update(Booking).values(note="undone"))
            point.rollback()
        assert session.scalar(NOTE) == "kept"
    with attacked.session(B) as session:
        assert session.scalar(NOTE) == "kept"


def write_and_fail(session: TenantSession) -> None:
    with writing(session):
        session.execute(update(Booking).values(note="undone"))
        raise ZeroDivisionError


def test_an_error_undoes_everything(attacked: Database) -> None:
    with attacked.session(B) as session:
        with pytest.raises(ZeroDivisionError):
            write_and_fail(session)
        assert session.scalar(NOTE) != "undone"
        with writing(session):  # and the session goes on
            session.execute(update(Booking).values(note="done"))
        assert session.scalar(NOTE) == "done"


def test_what_was_read_before_is_read_again(attacked: Database) -> None:
    with attacked.session(B) as session:
        mine = session.scalars(select(Booking)).one()
        with attacked.session(B) as faster, writing(faster):
            faster.execute(update(Booking).values(note="faster"))
        with writing(session):
            assert mine.note == "faster"
            mine.note = "then me"
    with attacked.session(B) as session:
        assert session.scalar(NOTE) == "then me"


def test_nothing_may_be_changed_before(attacked: Database) -> None:
    with attacked.session(B) as session:
        session.add(Booking(**booking(B)))
        with pytest.raises(UndeclaredWrite), writing(session):
            pass


def test_writing_does_not_nest(attacked: Database) -> None:
    """The inner one would roll back what the outer one has done, without a word."""
    with attacked.session(B) as session:
        with writing(session):
            session.execute(update(Booking).values(note="outer"))
            with pytest.raises(UndeclaredWrite), writing(session):
                pass
        assert session.scalar(NOTE) == "outer"
