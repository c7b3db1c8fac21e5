"""The schema as a document: diagrams in Mermaid's notation and every rule, from the tables."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint

from pipeline.store.tables import articles, duplicates, events, ledger, lists, metadata, pages

HEAD = """# The tables

Written by `scripts/schema-drawing` from `pipeline/store/tables`; a test holds it equal. These are
our own: they change with each release. Readers use the views ([reading.md](reading.md)).

The full-text index `search_documents` is not drawn: each database has its own kind.
"""
PICTURES = (
    ("Articles and what belongs to them", (articles,)),
    ("Copies and the change feed", (duplicates, events)),
    ("The ledger: what was accepted and where it stands", (ledger, lists)),
    ("What was fetched", (pages,)),
)


def drawing() -> str:
    """The whole of docs/schema.md."""
    parts = [HEAD]
    for title, modules in PICTURES:
        inside = [t for m in modules for t in vars(m).values() if isinstance(t, Table)]
        tables = [table for table in metadata.sorted_tables if table in inside]
        parts.append(f"## {title}\n\n```mermaid\nerDiagram\n{_boxes(tables)}{_lines(tables)}```\n")
        parts.append(_rules(tables))
    return "\n".join(parts)


def _boxes(tables: Iterable[Table]) -> str:
    return "".join(
        f"    {table.name} {{\n{''.join(map(_column, table.columns))}    }}\n" for table in tables
    )


def _column(column: Column[object]) -> str:
    keys = ["PK"] if column.primary_key else []
    keys += ["FK"] if column.foreign_keys else []
    unique = any(
        isinstance(c, UniqueConstraint) and list(c.columns) == [column]
        for c in column.table.constraints
    )
    keys += ["UK"] if unique or column.unique else []
    null = ' "may be null"' if column.nullable else ""
    kind = str(column.type).split("(")[0].lower().replace(" ", "_")
    return f"        {kind} {column.name}{' ' + ', '.join(keys) if keys else ''}{null}\n"


def _lines(tables: Iterable[Table]) -> str:
    drawn = []
    for table in tables:
        for key in table.foreign_key_constraints:
            end = "|o" if any(column.nullable for column in key.columns) else "||"
            names = ", ".join(column.name for column in key.columns)
            drawn.append(f'    {key.referred_table.name} {end}--o{{ {table.name} : "{names}"\n')
    return "".join(sorted(drawn))


def _rules(tables: Iterable[Table]) -> str:
    """Checks and unique sets of columns: what the database refuses."""
    lines = ["| table | the database holds |", "|---|---|"]
    for table in tables:
        rules = [
            str(c.sqltext) if isinstance(c, CheckConstraint) else f"unique: {_names(c.columns)}"
            for c in sorted(table.constraints, key=lambda c: str(c.name))
            if isinstance(c, (CheckConstraint, UniqueConstraint))
        ]
        rules += [
            f"unique: {_names(index.columns)}"
            + (
                f" where {where}"
                if (where := index.dialect_options["sqlite"]["where"]) is not None
                else ""
            )
            for index in sorted(table.indexes, key=lambda i: str(i.name))
            if index.unique
        ]
        escaped = (rule.replace("|", "\\|") for rule in rules)
        lines += [f"| {table.name} | `{rule}` |" for rule in escaped]
    return "\n".join(lines) + "\n" if len(lines) > 2 else ""


def _names(columns: Iterable[Column[object]]) -> str:
    return ", ".join(column.name for column in columns)
