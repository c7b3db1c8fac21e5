"""An article as schema.org's NewsArticle in JSON-LD.

Dates are as exact as the page was: a day stays a day, and a time without a known zone has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

_TYPES = {"opinion": "OpinionNewsArticle", "live": "LiveBlogPosting"}
_KINDS = {"person": "Person", "organization": "Organization", "place": "Place", "other": "Thing"}
_DAYS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}
_FREE = {"open": True, "paywalled": False}


def news_article(article: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON-LD document; what is not known is left out."""
    made = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(article["article_type"], "NewsArticle"),
        "@id": f"urn:uuid:{article['id']}",
        "identifier": article["id"],
        "url": article["final_url"],
        "mainEntityOfPage": article.get("canonical_url") or article["final_url"],
        "headline": article.get("headline"),
        "alternativeHeadline": article.get("subheadline"),
        "author": [_author(author) for author in article.get("authors", ())],
        "publisher": _named("Organization", article.get("publisher")),
        "datePublished": _published(article),
        "dateModified": article.get("modified_at"),
        "inLanguage": article.get("language"),
        "articleSection": article.get("section"),
        "keywords": list(article.get("tags", ())),
        "about": [_named("Thing", topic) for topic in article.get("topics", ())],
        "isAccessibleForFree": _FREE.get(article.get("access", "")),
        "image": [_image(image) for image in article.get("images", ())],
        "articleBody": article["body_text"],
        "wordCount": article.get("word_count"),
        "timeRequired": f"PT{article.get('reading_minutes', 0)}M",
        "mentions": [_named(_KINDS[e["type"]], e["name"]) for e in article.get("entities", ())],
        "citation": [_citation(citation) for citation in article.get("citations", ())],
        "version": article["revision"],
        "creativeWorkStatus": "Withdrawn" if article.get("withdrawn_at") else None,
    }
    return _known(made)


def _known(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if value not in (None, "", [], {})}


def _named(kind: str, name: str | None) -> dict[str, Any]:
    return {"@type": kind, "name": name} if name else {}


def _author(author: Mapping[str, Any]) -> dict[str, Any]:
    return _known({"@type": "Person", "name": author["name"], "jobTitle": author.get("role")})


def _image(image: Mapping[str, Any]) -> dict[str, Any]:
    made = {
        "@type": "ImageObject",
        "url": image["url"],
        "caption": image.get("caption"),
        "creditText": image.get("credit"),
    }
    return _known(made)


def _citation(citation: Mapping[str, Any]) -> dict[str, Any]:
    outlet = _named("Organization", citation["outlet"])
    if citation.get("domain"):
        outlet["url"] = f"https://{citation['domain']}/"
    return {"@type": "CreativeWork", "publisher": outlet, "text": citation["sentence"]}


def _published(article: Mapping[str, Any]) -> str | None:
    if not article.get("published_at"):
        return None
    at = datetime.fromisoformat(article["published_at"])
    offset = article.get("published_offset_minutes")
    try:
        if offset is not None:
            at = at.astimezone(timezone(timedelta(minutes=offset)))
    except (OverflowError, ValueError):
        pass  # at the ends of the calendar; UTC is as true
    if shape := _DAYS.get(article.get("published_precision") or ""):
        return at.strftime(shape)
    return (
        at.replace(tzinfo=None).isoformat()
        if article["published_zone"] == "unknown"
        else at.isoformat()
    )
