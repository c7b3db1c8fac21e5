"""The one MetaData, with names for every constraint so that migrations can name them too."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData

from pipeline.store.types import RowId

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

AT_COMMIT: Any = {"deferrable": True, "initially": "DEFERRED", "use_alter": True}
"""Of a foreign key between tables that name each other."""


def one_of(column: str, words: tuple[str, ...]) -> str:
    """The CHECK text that ``column`` holds one of ``words``; text and CHECK instead of enums,
    because both databases have it and a word is added by one migration line."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def article_key(*, primary_key: bool = False) -> Column[int]:
    """The column that ties a row to its article and goes with it."""
    return Column(
        "article_id",
        RowId,
        ForeignKey("articles.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )
