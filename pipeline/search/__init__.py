"""Search: texts to terms, what people type to a query, a hit to the words around it. Pure: the
index itself is the database's (:mod:`pipeline.store.search_index`)."""

from __future__ import annotations

from pipeline.search.query import Clause, Query, parse_query
from pipeline.search.snippets import Snippet, snippet
from pipeline.search.terms import Document, document

__all__ = ["Clause", "Document", "Query", "Snippet", "document", "parse_query", "snippet"]
