"""A PostgreSQL role that can read the published views and nothing else."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

INSUFFICIENT_PRIVILEGE = "42501"


class MayNotCreateRoles(Exception):
    """The database's user lacks CREATEROLE, or does not own the views."""


def make_reader_role(connection: Connection, name: str) -> bool:
    """Let the role read every view of version 1, also those to come; False when it was there.

    It cannot log in: it is granted to those who do. A view reads its tables with its owner's
    rights, so the role needs none on them. Safe to repeat. Raises :class:`MayNotCreateRoles`.
    """
    quoted = connection.dialect.identifier_preparer.quote_identifier(name)
    known = text("SELECT count(*) FROM pg_roles WHERE rolname = :name")
    is_new = not connection.execute(known, {"name": name}).scalar_one()
    statements = [
        f"GRANT USAGE ON SCHEMA news_v1 TO {quoted}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA news_v1 TO {quoted}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA news_v1 GRANT SELECT ON TABLES TO {quoted}",
    ]
    if is_new:
        statements.insert(0, f"CREATE ROLE {quoted} NOLOGIN")
    try:
        for statement in statements:
            connection.exec_driver_sql(statement)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
            raise
        raise MayNotCreateRoles(str(error.orig).strip()) from error
    return is_new
