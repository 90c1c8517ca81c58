"""Row-level security on PostgreSQL: what the wall in the compiler misses, the database still refuses.

The web role owns nothing, cannot log in and cannot bypass the policies. Each owned table has two: `own` lets
the web role at the rows of the transaction's tenant, `platform` lets the owner (worker, migrations) at all,
who would otherwise be bound too, because the policies are forced.
"""

from typing import NamedTuple

from sqlalchemy import Connection, MetaData, Table

from bookwidget.tenancy.wall import is_append_only, tenant_key

WEB_ROLE = "bookwidget_web"
"""PostgreSQL's role for tenants' statements."""

ALL_VERBS, APPEND_ONLY, OWN_ROW = "SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT", "SELECT, UPDATE"

# Empty after a transaction that had it; so that is no tenant too, and no error.
TENANT_OF_TRANSACTION = "NULLIF(current_setting('app.tenant', true), '')::uuid"

RIGHTS_OF_WEB_ROLE = f"""
    SELECT table_name, privilege_type FROM information_schema.role_table_grants
    WHERE grantee = '{WEB_ROLE}' AND table_schema = 'public'
"""  # noqa: S608 - a name of ours


class Protection(NamedTuple):
    """What the web role may do with a table, within its tenant."""

    table: str
    key: str
    """The column that says whose row it is; empty for a shared table, which anybody may read."""
    verbs: str


def protection_of(table: Table) -> Protection:
    key = tenant_key(table)
    if key is None:
        return Protection(table.name, "", "SELECT")
    if key != "tenant_id":
        return Protection(table.name, key, OWN_ROW)
    return Protection(table.name, key, APPEND_ONLY if is_append_only(table) else ALL_VERBS)


def ensure_web_role(connection: Connection) -> None:
    """Roles belong to the server, not to the database: another database's migration may make it right now."""
    for statement in (f"CREATE ROLE {WEB_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS", f"GRANT {WEB_ROLE} TO CURRENT_USER"):
        connection.exec_driver_sql(
            f"DO $$ BEGIN {statement}; "
            "EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$"
        )
    connection.exec_driver_sql(f"SET LOCAL ROLE {WEB_ROLE}")  # fails here if somebody else must make or grant it
    connection.exec_driver_sql("RESET ROLE")


def protect(connection: Connection, table: str, key: str, verbs: str) -> None:
    """Rights and policies of a new table; nothing on SQLite. Revisions call it with the values of `Protection`."""
    if connection.dialect.name != "postgresql":
        return
    run = connection.exec_driver_sql
    run(f"GRANT {verbs} ON {table} TO {WEB_ROLE}")
    if not key:
        return
    run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    run(f"CREATE POLICY platform ON {table} TO CURRENT_USER USING (true)")
    own = f"{key} = {TENANT_OF_TRANSACTION}"
    if verbs == ALL_VERBS:
        run(f"CREATE POLICY own ON {table} TO {WEB_ROLE} USING ({own})")
        return
    run(f"CREATE POLICY own ON {table} FOR SELECT TO {WEB_ROLE} USING ({own})")
    if "INSERT" in verbs:
        run(f"CREATE POLICY own_new ON {table} FOR INSERT TO {WEB_ROLE} WITH CHECK ({own})")
    if "UPDATE" in verbs:
        run(f"CREATE POLICY own_change ON {table} FOR UPDATE TO {WEB_ROLE} USING ({own})")


def check_row_level_security(connection: Connection, metadata: MetaData) -> list[str]:
    """Where the rights and policies differ from what the tables say, one line each."""
    run = connection.exec_driver_sql
    guarded = set(run("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity").scalars())
    policies = {tuple(row) for row in run("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")}
    rights = {tuple(row) for row in run(RIGHTS_OF_WEB_ROLE)}
    found: list[str] = []
    for table in metadata.sorted_tables:
        name, key, verbs = protection_of(table)
        if key and name not in guarded:
            found.append(f"{name}: row-level security is not enabled and forced")
        found += [f"{name}: no policy {one}" for one in ("own", "platform") if key and (name, one) not in policies]
        has = {verb for owner, verb in rights if owner == name}
        if has != set(verbs.split(", ")):
            found.append(f"{name}: the web role may {', '.join(sorted(has))}; it should {verbs}")
    return found
