"""For the machines that watch the service."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from bookwidget.tenancy.database import DatabaseError
from bookwidget.tenancy.store import TENANT_OF_SLUG
from bookwidget.web.services import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """The process can serve: its database answers and holds our tables."""
    try:
        with services().database.all_tenants("readiness check") as connection:
            connection.execute(TENANT_OF_SLUG, {"slug": ""})
    except DatabaseError as error:
        return {"status": "unavailable", "problem": type(error).__name__}, 503
    return {"status": "ok"}
