"""The demo site's home and section pages: menus, and teasers of the stories below them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workers.demo.pages import Page

NAMES = {
    "harbour": ("Harbour Post", "en"),
    "nordstern": ("Nordstern Anzeiger", "de"),
    "delta": ("Courrier du Delta", "fr"),
    "wire": ("World Wire", "en"),
    "gazette": ("The Gazette", "en"),
}
"""Each publisher's name, and the language of its front pages."""


def sections_of(pages: Sequence[Page]) -> list[str]:
    """The first parts of the stories' paths, in order: ``/local``, ``/culture``."""
    paths = (page.path.split("/") for page in _stories(pages))
    return list(dict.fromkeys(f"/{parts[1]}" for parts in paths if len(parts) > 2))


def home(host: str, pages: Sequence[Page]) -> bytes:
    """Every story of the publisher, and where its feed is."""
    return _page(host, "", pages, _stories(pages))


def section(host: str, path: str, pages: Sequence[Page]) -> bytes:
    """The section's stories first, then the others."""
    stories = _stories(pages)
    own = [page for page in stories if page.path.startswith(path + "/")]
    return _page(host, path, pages, own + [page for page in stories if page not in own])


def _stories(pages: Sequence[Page]) -> list[Page]:
    return [page for page in pages if page.listed and page.outcome == "stored"]


def _page(host: str, path: str, pages: Sequence[Page], stories: Sequence[Page]) -> bytes:
    name, language = NAMES[host]
    menu = "".join(
        f'<li><a href="{place}">{place[1:].title()}</a></li>' for place in sections_of(pages)
    )
    teasers = "".join(
        f'<article class="teaser"><a href="{page.path}"><img src="/images/lead.jpg" alt=""></a>'
        f'<h2><a href="{page.path}">{escape(_title(page))}</a></h2></article>'
        for page in stories
    )
    most_read = "".join(
        f'<li><a href="{page.path}">{escape(_title(page))}</a></li>' for page in reversed(stories)
    )
    place = path[1:].title()
    title = f"{place} - {name}" if place else name
    return f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<title>{title}</title><meta property="og:site_name" content="{name}">
<link rel="alternate" type="application/rss+xml" title="{name}" href="/feed.xml"></head><body>
<header><a href="/">{name}</a><nav><ul>{menu}<li><a href="/imprint">Imprint</a></li></ul></nav>
</header><main><h1>{place or name}</h1>{teasers}</main>
<aside class="most-read"><ol>{most_read}</ol></aside>
<footer><a href="/privacy">Privacy</a></footer></body></html>""".encode()


def _title(page: Page) -> str:
    if page.story:
        return page.story.headline
    return page.path.rpartition("/")[2].replace("-", " ").capitalize()
