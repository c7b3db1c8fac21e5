"""Alembic's entry: runs the migrations on the connection that ``pipeline.store.schema`` gives."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from pipeline.store.schema import COMPARISON
from pipeline.store.tables import metadata
from pipeline.store.types import CleanText, UtcTime


def render_item(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """Migrations name plain types: what they did must not change when ours change."""
    if kind == "type" and isinstance(value, CleanText):
        return "sa.Text()"
    if kind == "type" and isinstance(value, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    **COMPARISON,
    render_as_batch=True,  # SQLite cannot alter a column in place
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
