"""The parse stage: from a page's bytes to an article whose every field says where it came from.

``parse`` reads, ``refuse`` says whether the pipeline may store what was read. Nothing here
downloads, stores or asks the network.
"""

from __future__ import annotations

from pipeline.errors import Drop
from pipeline.models import ParsedArticle
from pipeline.parse.assemble import EXTRACTOR, parse
from pipeline.parse.limits import ParseLimits
from pipeline.urls import is_home

__all__ = ["EXTRACTOR", "ParseLimits", "parse", "refuse"]


def refuse(article: ParsedArticle) -> None:
    """Raise ``Drop`` when the page holds no article that the pipeline may store."""
    if is_home(article.final_url) and not is_home(article.url):
        # Sites send addresses they no longer have to their front page, with status 200.
        raise Drop("moved_elsewhere", f"to {article.final_url}"[:500])
    if article.article_type in ("listing", "not_an_article"):
        raise Drop("not_an_article", article.article_type_reason or article.article_type)
    if not article.body_text.strip():
        raise Drop("no_body")
