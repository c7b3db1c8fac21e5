"""Other extractors on the same pages, as far as the ``bench`` extra has them installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

from pipeline.models import FetchedPage

Extract = Callable[[FetchedPage], dict[str, Any]]


def installed_peers() -> Iterator[tuple[str, Extract]]:
    """``(name, extract)`` of each; every one gets the page's bytes, as its documents recommend."""
    for name, extract in (
        ("trafilatura", _trafilatura),
        ("newspaper", _newspaper),
        ("newsplease", _newsplease),
    ):
        if find_spec(name):
            yield name, extract


def _trafilatura(page: FetchedPage) -> dict[str, Any]:
    from trafilatura import bare_extraction

    found = bare_extraction(page.body, url=page.final_url, with_metadata=True)
    if found is None:
        return {}
    return {
        "title": found.title,
        "authors": [name.strip() for name in (found.author or "").split(";") if name.strip()],
        "published": found.date,
        "body": found.text or "",
        "topics": [*(found.categories or ()), *(found.tags or ())],
        "image": found.image,
    }


def _newspaper(page: FetchedPage) -> dict[str, Any]:
    from newspaper import Article, Config

    config = Config()
    config.fetch_images = False  # it would ask the network for each of them
    article = Article(page.final_url, config=config)
    article.download(input_html=page.text)
    article.parse()
    published = article.publish_date
    return {
        "title": article.title,
        "authors": list(article.authors),
        "published": published.isoformat() if published else None,
        "body": article.text,
        "topics": sorted(article.tags or article.keywords or ()),
        "image": article.top_image or None,
    }


def _newsplease(page: FetchedPage) -> dict[str, Any]:
    from newsplease import NewsPlease

    found = NewsPlease.from_html(page.text, url=page.final_url, fetch_images=False)
    published = getattr(found, "date_publish", None)
    return {
        "title": found.title,
        "authors": list(found.authors or ()),
        "published": published.isoformat() if published else None,
        "body": found.maintext or "",
        "topics": [],
        "image": found.image_url,
    }
