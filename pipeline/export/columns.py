"""An article as one row: the columns of CSV and Parquet. They are only ever added, at the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["text", "texts", "integer", "time"]

COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("article_id", "text"),
    ("url", "text"),
    ("canonical_url", "text"),
    ("publisher_domain", "text"),
    ("publisher", "text"),
    ("revision", "integer"),
    ("headline", "text"),
    ("subheadline", "text"),
    ("authors", "texts"),
    ("published_at", "time"),
    ("published_precision", "text"),
    ("published_zone", "text"),
    ("published_offset_minutes", "integer"),
    ("published_raw", "text"),
    ("modified_at", "time"),
    ("language", "text"),
    ("section", "text"),
    ("access", "text"),
    ("article_type", "text"),
    ("tags", "texts"),
    ("topics", "texts"),
    ("keywords", "texts"),
    ("cited_outlets", "texts"),
    ("lead_image_url", "text"),
    ("body_text", "text"),
    ("word_count", "integer"),
    ("reading_minutes", "integer"),
    ("cluster_id", "text"),
    ("first_seen_at", "time"),
    ("last_seen_at", "time"),
    ("withdrawn_at", "time"),
    ("withdrawn_reason", "text"),
    ("change_seq", "integer"),
)
"""Name and kind; ``url`` is where it was read from, redirects followed, as in the views."""


def cells(article: Mapping[str, Any]) -> list[Any]:
    """The article's values in the order of :data:`COLUMNS`; times aware, in UTC."""
    made = {
        **article,
        "article_id": article["id"],
        "url": article["final_url"],
        "authors": [author["name"] for author in article.get("authors", ())],
        "cited_outlets": list(dict.fromkeys(c["outlet"] for c in article.get("citations", ()))),
        "lead_image_url": next(
            (image["url"] for image in article.get("images", ()) if image["role"] == "lead"), None
        ),
    }
    return [_cell(made.get(name), kind) for name, kind in COLUMNS]


def _cell(value: Any, kind: Kind) -> Any:
    if kind == "texts":
        return list(value or ())
    if kind == "time" and isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else value
