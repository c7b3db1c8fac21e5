"""How each publisher lays a story out: from full structured data down to bare paragraphs.

Around every story stands what real pages have around theirs: navigation, teasers, a newsletter
box, comments, a cookie note, a footer.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from workers.demo.stories import Story

Layout = Callable[[Story, str], str]

_RTL = frozenset(("ar", "he", "fa", "ur"))


def json_ld(story: Story, url: str) -> str:
    """Everything in a JSON-LD block, as a content management system writes it."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.headline,
        "datePublished": story.published.isoformat(),
        "dateModified": (story.modified or story.published).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": "Harbour Post"},
        "articleSection": story.section,
        "keywords": list(story.tags),
        "inLanguage": story.language,
        "isAccessibleForFree": not story.paywall,
        "mainEntityOfPage": url,
        "description": story.deck or story.paragraphs[0][:150],
    }
    head = f"""<script type="application/ld+json">{json.dumps(data)}</script>
<link rel="canonical" href="{escape(url)}"><meta property="og:site_name" content="Harbour Post">
<meta property="og:title" content="{escape(story.headline)} - Harbour Post">"""
    wall = (
        '<aside class="paywall"><p>Your free articles are used up. Subscribe to go on.</p></aside>'
        if story.paywall
        else ""
    )
    body = f"""<nav class="main-nav"><a href="/">Home</a> <a href="/local">Local</a>
<a href="/politics">Politics</a> <a href="/culture">Culture</a></nav>
<main><article><p class="kicker">{escape(story.section)}</p><h1>{escape(story.headline)}</h1>
{_deck(story)}<p class="byline">By {escape(" and ".join(story.authors))}</p>{_figure(story)}
<div class="article-body">{_paragraphs(story, after_second=_READ_ALSO)}</div>{wall}</article>
<section class="newsletter"><h3>The morning tide</h3><p>Our newsletter, at six every day.
Sign up and never miss a story again.</p></section>
<section id="comments"><h3>Comments</h3><p>Old salt: They said the same in 1998.</p></section>
</main>"""
    return _page(story, f"{story.headline} - Harbour Post", head, body)


def open_graph(story: Story, url: str) -> str:
    """Metadata in meta elements only."""
    metas = {
        "og:type": "article",
        "og:title": story.headline,
        "og:site_name": "Nordstern Anzeiger",
        "og:url": url,
        "article:published_time": story.published.isoformat(),
        "article:section": story.section,
        "author": ", ".join(story.authors),
    }
    head = "\n".join(
        f'<meta {"name" if name == "author" else "property"}="{name}" content="{escape(value)}">'
        for name, value in metas.items()
    )
    head += "".join(f'<meta property="article:tag" content="{escape(t)}">' for t in story.tags)
    body = f"""<header><ul class="menu"><li><a href="/">Start</a></li><li><a href="/umwelt">Umwelt
</a></li><li><a href="/wirtschaft">Wirtschaft</a></li></ul></header>
<div id="content"><h1>{escape(story.headline)}</h1>{_deck(story)}
<div class="author">Von {escape(" und ".join(story.authors))}</div>{_figure(story)}
{_paragraphs(story)}
<div class="teaser-box"><h4>Lesen Sie auch</h4><a href="/x">Fähre fällt wegen Niedrigwasser aus</a>
</div></div>
<div class="cookie-hinweis">Wir verwenden Cookies. <button>Einverstanden</button></div>"""
    return _page(story, f"{story.headline} | Nordstern Anzeiger", head, body)


def microdata(story: Story, url: str) -> str:
    """Metadata as attributes of the visible text."""
    authors = ", ".join(
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{escape(name)}</span></span>'
        for name in story.authors
    )
    paragraphs = _paragraphs(story)
    body = f"""<div class="top"><a href="/">Delta</a></div>
<div itemscope itemtype="https://schema.org/NewsArticle">
<meta itemprop="inLanguage" content="{story.language}">
<h1 itemprop="headline">{escape(story.headline)}</h1>{_deck(story)}
<p class="signature">{authors} <time itemprop="datePublished"
 datetime="{story.published.isoformat()}">{story.published:%d/%m/%Y}</time></p>{_figure(story)}
<div itemprop="articleBody">{paragraphs}</div></div>
<div class="related"><h2>+</h2><ul><li><a href="/a">Le phare</a></li><li><a href="/b">Le port</a>
</li></ul></div>"""
    head = '<meta property="og:site_name" content="Courrier du Delta">'
    return _page(story, f"{story.headline} - Courrier du Delta", head, body)


def graph(story: Story, url: str) -> str:
    """JSON-LD as a graph with references, as a popular plugin writes it."""
    nodes = [
        {"@type": "WebSite", "@id": "#site", "name": "World Wire"},
        *(
            {"@type": "Person", "@id": f"#author-{n}", "name": name}
            for n, name in enumerate(story.authors)
        ),
        {
            "@type": ["Article", "NewsArticle"],
            "headline": story.headline,
            "datePublished": story.published.isoformat(),
            "author": [{"@id": f"#author-{n}"} for n in range(len(story.authors))],
            "articleSection": [story.section],
            "keywords": list(story.tags),
            "inLanguage": story.language,
            "isPartOf": {"@id": "#site"},
        },
    ]
    data = json.dumps({"@context": "https://schema.org", "@graph": nodes}, ensure_ascii=False)
    head = f"""<script type="application/ld+json" class="seo-graph">{data}</script>
<meta property="og:site_name" content="World Wire"><meta property="og:type" content="article">"""
    body = f"""<div class="site-header"><a href="/">World Wire</a></div>
<div class="entry"><h1 class="entry-title">{escape(story.headline)}</h1>
<div class="entry-meta">{escape(", ".join(story.authors))}</div>
<div class="entry-content">{_paragraphs(story)}</div></div>
<div class="widget-area"><ul><li><a href="/1">1</a></li><li><a href="/2">2</a></li></ul></div>"""
    return _page(story, f"{story.headline} – World Wire", head, body)


def bare(story: Story, url: str) -> str:
    """No markup that means anything: a page as a reader sees it, line after line."""
    lines = [story.promo, story.headline]
    lines.append(f"by {story.authors[0]} {story.published_text} 2 min read")
    if story.image:
        lines.append(f"{story.image['caption']} ({story.image['credit']})")
    lines += story.paragraphs
    lines += [*story.teaser, f"The Gazette{story.authors[0]}", f"Author: {story.authors[0]}"]
    lines += story.last_teaser
    body = "\n".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f"<html><body>\n{body}\n</body></html>\n"


_READ_ALSO = (
    '<div class="read-also"><a href="/local/eel"><strong>Read also:</strong> Eel escapes from '
    "the aquarium for the third time</a></div>"
)


def _page(story: Story, title: str, head: str, body: str) -> str:
    direction = ' dir="rtl"' if story.language in _RTL else ""
    return f"""<!doctype html>
<html lang="{story.language}"{direction}><head><meta charset="utf-8"><title>{escape(title)}</title>
{head}
</head><body>
{body}
<footer><p>© 2026. All rights reserved. <a href="/imprint">Imprint</a>
<a href="/privacy">Privacy</a></p></footer></body></html>
"""


def _deck(story: Story) -> str:
    return f'<p class="deck">{escape(story.deck)}</p>' if story.deck else ""


def _figure(story: Story) -> str:
    if not story.image:
        return ""
    caption = escape(story.image["caption"])
    return f"""<figure><img src="/images/lead.jpg" alt=""><figcaption>{caption}
<span class="credit">{escape(story.image["credit"])}</span></figcaption></figure>"""


def _paragraphs(story: Story, after_second: str = "") -> str:
    made = [f"<p>{escape(text, quote=False)}</p>" for text in story.paragraphs]
    if after_second:
        made.insert(2, after_second)
    return "\n".join(made)
