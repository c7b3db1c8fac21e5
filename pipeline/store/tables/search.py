"""What full-text search finds, and when it became news. The words themselves stand in
``search_terms``, which each database has in a form of its own (:mod:`pipeline.store.search_index`).
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from pipeline.store.tables.metadata import metadata
from pipeline.store.types import RowId, UtcTime

search_documents = Table(
    "search_documents",
    metadata,
    # The revision whose words they are; apart from `articles`, whose rows are long: a question
    # that a hundred thousand articles answer reads a few megabytes here.
    Column(
        "id",
        RowId,
        ForeignKey("article_revisions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "article_id",
        RowId,
        ForeignKey("articles.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("time", UtcTime, nullable=False),  # as published, and never later than we saw it
)
