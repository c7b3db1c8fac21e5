"""What a new reading of an article changed, whether that is a revision, and why it came about.

Pure: two articles in, the difference out. The store and the dry run of ``reprocess`` both ask
here, so that the one does what the other announced.

What counts depends on who changed. When the page was fetched again, only what it shows to readers
counts, compared so that a page which merely prints itself anew is unchanged. When the same bytes
were read again, everything counts that a reader of the database may look at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from pipeline.codec import to_plain
from pipeline.models import EnrichedArticle, Image, Notice
from pipeline.repeated import RAW_CHARS, set_apart
from pipeline.store.paragraphs import ParagraphChange, changed_paragraphs

Kind = Literal["edit", "correction", "metadata", "extractor"]

SHOWN_FIELDS = (
    "headline", "subheadline", "authors", "published_at", "published_precision",
    "published_zone", "language", "section", "tags", "access", "article_type", "images",
    "canonical_url", "notices",
)  # fmt: skip
"""Compared when the page was fetched again. ``modified_at`` is not among them: many pages stamp
the time at which they were printed. Neither are links, names and other things that follow from
the text."""
READ_FIELDS = (
    *SHOWN_FIELDS, "modified_at", "links", "word_count", "entities", "citations", "quotes",
    "topics", "keywords",
)  # fmt: skip
"""Compared when the same bytes were read again, besides the body."""
TEXT_FIELDS = frozenset(("body_text", "headline", "subheadline"))
MOST_SHOWN = 20
"""Paragraphs, and entries of a list, that a summary holds."""
MOST_CHARS = 300
"""Characters of each text in a summary. With 20 fields it stays under about 150 kB, and that of an
ordinary edit is about 1 kB."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``fields`` are old and new as plain values, bounded; ``body_text`` is among them when it
    changed, as its first changed paragraphs. ``note`` is what the page says of the change."""

    kind: Kind
    fields: dict[str, tuple[Any, Any]]
    note: str | None
    summary: str
    """JSON, described in ``docs/reading.md``."""


def difference(
    old: EnrichedArticle, new: EnrichedArticle, *, same_words: bool, same_page: bool
) -> Difference | None:
    """What a reader gets to see of it; None when nothing counts.

    ``same_words`` says that both bodies have the same content hash, or differ by nothing but what
    one of them sets apart (:func:`only_set_apart`); ``same_page`` that the same bytes were read
    again.
    """
    names = READ_FIELDS if same_page else SHOWN_FIELDS
    fields = {name: found for name in names if (found := _changed(name, old, new, same_page))}
    paragraphs: list[ParagraphChange] = []
    if old.body_text != new.body_text and (same_page or not same_words):
        paragraphs = changed_paragraphs(old.body_text, new.body_text)
        fields["body_text"] = _body(paragraphs)
    if not fields:
        return None
    notices = _new_notices(old, new)
    note = "\n".join(notice.text for notice in notices) or None
    return Difference(
        _kind(fields, notices, same_page, old.extractor != new.extractor),
        fields,
        note,
        _summary(old, new, fields, paragraphs),
    )


def only_set_apart(old: EnrichedArticle, new: EnrichedArticle) -> bool:
    """Whether the bodies differ, and by nothing but blocks that the other reading has beside the
    story: then we know more of the host, and its page is what it was."""
    if old.body_text == new.body_text:
        return False
    apart = set_apart(old) | set_apart(new)
    return bool(apart) and _story(old, apart) == _story(new, apart)


def _story(article: EnrichedArticle, apart: Collection[str]) -> list[str]:
    """The story's blocks without those and without headings, which go with what stands below."""
    return [
        block.text
        for block in article.blocks
        if block.start is not None
        and block.type != "heading"
        and block.text[:RAW_CHARS] not in apart
    ]


def _kind(
    fields: dict[str, Any], notices: Iterable[Notice], same_page: bool, other_extractor: bool
) -> Kind:
    if same_page:
        return "extractor"
    if any(notice.kind != "update" for notice in notices):
        return "correction"
    if not TEXT_FIELDS.isdisjoint(fields):
        return "edit"
    return "extractor" if other_extractor else "metadata"


def _changed(
    name: str, old: EnrichedArticle, new: EnrichedArticle, same_page: bool
) -> tuple[Any, Any] | None:
    """The field's old and new value as they are shown, or None when it is the same."""
    if name == "notices" and not _looked_for_notices(old):
        return None
    compared = _VALUES.get(name) or (lambda article: getattr(article, name))
    if compared(old) == compared(new):
        return None
    if name.startswith("published_") and not same_page and old.published_raw == new.published_raw:
        return None  # the same words, read with other eyes ("two hours ago")
    return _side_by_side(shown_value(name, old), shown_value(name, new))


def shown_value(name: str, article: EnrichedArticle) -> Any:
    """A field as people read it, a plain value."""
    shown = _SHOWN.get(name) or _VALUES.get(name) or (lambda one: getattr(one, name))
    return to_plain(shown(article))


def _side_by_side(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two lists, what went and what came."""
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        went, came = [x for x in old if x not in new], [x for x in new if x not in old]
        if went or came:
            old, new = went, came
    return _cut(old), _cut(new)


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= MOST_CHARS else value[: MOST_CHARS - 1] + "…"
    if isinstance(value, (list, tuple)):
        return [_cut(one) for one in value[:MOST_SHOWN]]
    return value


def _images(article: EnrichedArticle) -> list[tuple[str, str | None, str | None]]:
    return [(_picture(image), image.caption, image.credit) for image in article.images]


def _picture(image: Image) -> str:
    """The address without its query: sizes and signatures change from one visit to the next."""
    try:
        return urlsplit(image.url)._replace(query="", fragment="").geturl()
    except ValueError:
        return image.url


_VALUES: dict[str, Callable[[EnrichedArticle], Any]] = {
    "authors": lambda a: [(author.name, author.role) for author in a.authors],
    "tags": lambda a: sorted(set(a.tags)),
    "images": _images,
}
"""What two articles are compared by where it is not the field itself."""
_SHOWN: dict[str, Callable[[EnrichedArticle], Any]] = {
    "authors": lambda a: [author.name for author in a.authors],
    "images": lambda a: [" | ".join(filter(None, parts)) for parts in _images(a)],
    "links": lambda a: [link.url for link in a.links],
    "entities": lambda a: [f"{entity.type}: {entity.name}" for entity in a.entities],
    "citations": lambda a: [citation.outlet for citation in a.citations],
    "quotes": lambda a: [f"{quote.speaker or '-'}: {quote.text}" for quote in a.quotes],
    "notices": lambda a: [notice.text for notice in a.notices],
}
"""What a summary shows where it is not what was compared."""


def _looked_for_notices(article: EnrichedArticle) -> bool:
    """Whether somebody looked: what an older version did not see is not new on the page."""
    return any(run.name == "notices" and run.error is None for run in article.enrichers)


def _new_notices(old: EnrichedArticle, new: EnrichedArticle) -> list[Notice]:
    if not _looked_for_notices(old):
        return []
    known = {notice.text for notice in old.notices}
    return [notice for notice in new.notices if notice.text not in known]


def _body(paragraphs: list[ParagraphChange]) -> tuple[Any, Any]:
    shown = paragraphs[:MOST_SHOWN]
    return (
        _cut([one.old for one in shown if one.old is not None]),
        _cut([one.new for one in shown if one.new is not None]),
    )


def _summary(
    old: EnrichedArticle,
    new: EnrichedArticle,
    fields: dict[str, tuple[Any, Any]],
    paragraphs: list[ParagraphChange],
) -> str:
    made: dict[str, Any] = {
        "fields": {name: list(pair) for name, pair in fields.items() if name != "body_text"},
        "paragraphs_added": sum(one.change == "added" for one in paragraphs),
        "paragraphs_removed": sum(one.change == "removed" for one in paragraphs),
        "paragraphs_changed": sum(one.change == "changed" for one in paragraphs),
        "characters_before": len(old.body_text),
        "characters_after": len(new.body_text),
        "paragraphs": [
            {"change": one.change, "at": one.at, "old": _cut(one.old), "new": _cut(one.new)}
            for one in paragraphs[:MOST_SHOWN]
        ],
    }
    if old.extractor != new.extractor:
        made["extractor"] = [old.extractor, new.extractor]
    return json.dumps(_storable(made), ensure_ascii=False)


def _storable(value: Any) -> Any:
    """Without NUL and lone surrogates, which PostgreSQL and UTF-8 do not take."""
    if isinstance(value, str):
        clean = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return clean.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {key: _storable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_storable(one) for one in value]
    return value
