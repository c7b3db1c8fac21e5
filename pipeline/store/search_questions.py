"""What is asked for, in each database's own query language, and as conditions on documents."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, case, literal, text

from pipeline.search import Clause
from pipeline.store.search_index import OF_TITLE, TERMS
from pipeline.store.tables.search import search_documents as documents

_POSTGRES = f"SELECT document_id AS id FROM {TERMS} WHERE terms @@ CAST(:wanted AS tsquery)"
_SQLITE = f"SELECT rowid AS id FROM {TERMS} WHERE {TERMS} MATCH :wanted"


def tier_of(connection: Connection, wanted: Sequence[Clause]) -> ColumnElement[int]:
    if not wanted:
        return literal(0, literal_execute=True)
    whole = matches(connection, all_of(connection, wanted, title_only=True))
    if len(wanted) == 1:  # it has no part
        return case((whole, 2), else_=0)
    part = matches(connection, any_of(connection, wanted, title_only=True))
    return case((whole, 2), (part, 1), else_=0)


def matches(connection: Connection, wanted: str) -> ColumnElement[bool]:
    """Whether the index finds the article by the database's own query text."""
    is_postgres = connection.dialect.name == "postgresql"
    found = text(_POSTGRES if is_postgres else _SQLITE)
    asked = found.bindparams(bindparam("wanted", wanted, unique=True))
    return documents.c.id.in_(asked.columns(documents.c.id))


def single_words(clauses: Sequence[Clause]) -> list[Clause]:
    """The words of phrases, each a clause of its own."""
    return [
        Clause((term,), (), clause.is_prefix and n == len(clause.terms))
        for clause in clauses
        for n, term in enumerate(clause.terms, 1)
    ]


def all_of(connection: Connection, clauses: Sequence[Clause], *, title_only: bool = False) -> str:
    return _joined(connection, clauses, title_only, {"sqlite": " AND ", "postgresql": " & "})


def any_of(connection: Connection, clauses: Sequence[Clause], *, title_only: bool = False) -> str:
    return _joined(connection, clauses, title_only, {"sqlite": " OR ", "postgresql": " | "})


def _joined(
    connection: Connection, clauses: Sequence[Clause], title_only: bool, word: dict[str, str]
) -> str:
    if connection.dialect.name == "postgresql":
        mark = OF_TITLE if title_only else ""
        return word["postgresql"].join(_for_postgres(clause, mark) for clause in clauses)
    both = word["sqlite"].join(_for_sqlite(clause) for clause in clauses)
    return f"title : ({both})" if title_only else both


def _for_sqlite(clause: Clause) -> str:
    return f'"{" ".join(clause.terms)}"' + ("*" if clause.is_prefix else "")


def _for_postgres(clause: Clause, mark: str) -> str:
    spelt = " <-> ".join(f"'{mark}{term}'" for term in clause.terms)
    return f"({spelt}{':*' if clause.is_prefix else ''})"
