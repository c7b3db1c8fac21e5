"""A site on loopback whose pages a test writes, and somebody who asks it by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import pytest

from pipeline.fetch import Client
from tests.fetch.conftest import POLICY
from tests.fetch.server import Server, response
from workers.sources.asking import Asker

TITLES = ("Eel seen in the harbour again", "Ferry is late for the ninth time", "Pier to be mended")
STORY = "".join(
    f"<p>{text}</p>"
    for text in (
        "The harbour council voted on Tuesday night to rebuild the northern pier before winter, "
        "ending a quarrel that had lasted for three years and two elections.",
        "Engineers told the meeting that the old piles had rotted below the water line, and that "
        "waiting another year would double the price of the work.",
        "Fishermen, who moor there from October on, were promised a berth at the dry dock until "
        "the new pier is open, which the harbour master expects in May.",
    )
)


def article(headline: str, head: str = "") -> str:
    return (
        f'<html lang="en"><head>{head}<meta property="og:site_name" content="The Quay"></head>'
        f'<body><article><h1>{headline}</h1><div class="text">{STORY}</div></article></body></html>'
    )


def feed(*links: str) -> str:
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'


def sitemap(*links: str) -> str:
    rows = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


@dataclass
class Site:
    """Its pages are by path; ``ask`` fetches from it, and ``pauses`` are the seconds it slept."""

    server: Server
    ask: Asker
    pauses: list[float] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        return self.server.url(quote(path, safe="/?=&"))

    def put(self, path: str, text: str, content_type: str = "text/html; charset=utf-8") -> str:
        assert isinstance(self.server.answer, dict)
        self.server.answer[quote(path)] = response(200, text.encode(), content_type=content_type)
        return self.url(path)

    def stories(self, section: str = "/news") -> list[str]:
        """Three articles below a section; their addresses."""
        return [
            self.put(f"{section}/{title.lower().replace(' ', '-')}", article(title))
            for title in TITLES
        ]

    @property
    def asked(self) -> list[str]:
        return [one.path for one in self.server.asked]


@pytest.fixture
def site() -> Iterator[Site]:
    server = Server({})
    client = Client(POLICY)
    pauses: list[float] = []
    asker = Asker(client, 0.5, sleep=pauses.append)
    yield Site(server, asker, pauses)
    client.close()
    server.close()
