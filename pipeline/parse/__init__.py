"""The parse stage: from a page's bytes to an article whose every field says where it came from.

``parse`` reads, ``refuse`` says whether the pipeline may store what was read. Nothing here
downloads, stores or asks the network.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.errors import Drop
from pipeline.models import FetchedPage, ParsedArticle
from pipeline.parse.assemble import EXTRACTOR, parse
from pipeline.parse.limits import ParseLimits
from pipeline.urls import is_home

__all__ = ["EXTRACTOR", "ParseLimits", "parse", "refuse", "warm_up"]


def refuse(article: ParsedArticle) -> None:
    """Raise ``Drop`` when the page holds no article that the pipeline may store."""
    if is_home(article.final_url) and not is_home(article.url):
        # Sites send addresses they no longer have to their front page, with status 200.
        raise Drop("moved_elsewhere", f"to {article.final_url}"[:500])
    if article.article_type in ("listing", "not_an_article"):
        raise Drop("not_an_article", article.article_type_reason or article.article_type)
    if not article.body_text.strip():
        raise Drop("no_body")


def warm_up() -> None:
    """Load weights and tables, by reading a page that needs them all. Call it before forking:
    children then share them, and none pays for them at its first page."""
    url = "https://www.example.com/news/warm-up"
    body = (
        b"<html lang=en><title>Warm | Example</title><body><article><h1>Warm</h1>"
        b"<p class=byline>By Ada Byron</p><p class=date>March 2, 2026</p>"
        b"<p>The first page takes what all pages share.</p></article>"
    )
    parse(FetchedPage(url, url, 200, (), body, datetime(2026, 3, 2, tzinfo=UTC)))
