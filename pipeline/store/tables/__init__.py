"""Every table, by what it is about. ``metadata`` knows them all."""

from __future__ import annotations

from pipeline.store.tables import articles, duplicates, events, ledger, lists, pages, search
from pipeline.store.tables.metadata import metadata

__all__ = ["articles", "duplicates", "events", "ledger", "lists", "metadata", "pages", "search"]
