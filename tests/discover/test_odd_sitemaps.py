"""Sitemaps as they are: each oddity that the protocol allows, or that sites write all the same."""

from __future__ import annotations

import gzip

import pytest

from pipeline.discover import found
from pipeline.discover.found import Undiscoverable
from pipeline.discover.listings import read_listing

SITE = "https://paper.example"
BASE = SITE + "/maps/s.xml"
NAMESPACE = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
LOC = f"<loc>{SITE}/a</loc>"
TOLD = "<{0}publication_date>2026-11-03</{0}publication_date><{0}title>T</{0}title>"


def urlset(*urls: str, namespace: str = NAMESPACE) -> str:
    return f"<urlset {namespace}>{''.join(f'<url>{url}</url>' for url in urls)}</urlset>"


def read(body: str | bytes) -> list[str]:
    """The kind, then ``address title date`` of each entry."""
    listing = read_listing(body.encode() if isinstance(body, str) else body, BASE)
    entries = (
        (e.url.removeprefix(SITE), e.title, e.dated.isoformat() if e.dated else "")
        for e in listing.entries
    )
    return [
        listing.kind,
        *(" ".join(filter(None, entry)).removesuffix("T00:00:00+00:00") for entry in entries),
    ]


ONE = ["urlset", "/a"]
NEWS_ONE = ["urlset", "/a T 2026-11-03"]
CASES: dict[str, tuple[str | bytes, list[str]]] = {
    "as it should be": (urlset(LOC), ONE),
    "no namespace": (urlset(LOC, namespace=""), ONE),
    "an old namespace": (
        urlset(LOC, namespace="xmlns='http://www.google.com/schemas/sitemap/0.84'"),
        ONE,
    ),
    "a prefix": (
        f"<s:urlset {NAMESPACE.replace('xmlns', 'xmlns:s')}><s:url><s:loc>/a</s:loc></s:url>"
        "</s:urlset>",
        ONE,
    ),
    "capitals": ("<URLSET><URL><LOC>/a</LOC></URL></URLSET>", ONE),
    "news": (
        urlset(f"{LOC}<news:news xmlns:news='{NEWS}'>{TOLD.format('news:')}</news:news>"),
        NEWS_ONE,
    ),
    "news by another prefix": (
        urlset(f"{LOC}<n:news xmlns:n='{NEWS}'>{TOLD.format('n:')}</n:news>"),
        NEWS_ONE,
    ),
    "news without a prefix": (
        urlset(f"{LOC}<news xmlns='{NEWS}'>{TOLD.format('')}</news>"),
        NEWS_ONE,
    ),
    "news that nobody declared": (
        urlset(f"{LOC}<news:news>{TOLD.format('news:')}</news:news>"),
        NEWS_ONE,
    ),
    "news without its element": (urlset(LOC + TOLD.format("news:")), NEWS_ONE),
    "news and a change": (
        urlset(f"{LOC}<lastmod>2026-12-01</lastmod><news:news>{TOLD.format('news:')}</news:news>"),
        NEWS_ONE,
    ),
    "a picture and a film": (
        urlset(
            "<image:image xmlns:image='urn:i'><image:loc>/i</image:loc><image:title>I</image:title>"
            "</image:image><v:video xmlns:v='urn:v'><v:title>V</v:title><v:publication_date>2020"
            f"</v:publication_date></v:video>{LOC}"
        ),
        ONE,
    ),
    "other languages": (
        urlset(f"<x:link xmlns:x='urn:x' rel='alternate' hreflang='de' href='/de'/>{LOC}"),
        ONE,
    ),
    "CDATA": (urlset(f"<loc><![CDATA[ {SITE}/a?b&c ]]></loc>"), ["urlset", "/a?b&c"]),
    "blanks around": (urlset(f"<loc>\n\t {SITE}/a\n </loc>"), ONE),
    "entities": (urlset(f"<loc>{SITE}/a?b&amp;c=&#39;</loc>"), ["urlset", "/a?b&c='"]),
    "a bare ampersand": (urlset(f"<loc>{SITE}/a?b&c=2</loc>"), ["urlset", "/a?b&c=2"]),
    "a blank inside": (urlset(f"<loc>{SITE}/a b</loc>"), ["urlset", "/a%20b"]),
    "its own letters": (
        urlset("<loc>https://päper.example/ü</loc>"),
        ["urlset", "https://xn--pper-loa.example/%C3%BC"],
    ),
    "relative ones": (
        urlset("<loc>b</loc>", "<loc>/c</loc>", "<loc>//o.example/d</loc>"),
        ["urlset", "/maps/b", "/c", "https://o.example/d"],
    ),
    "no scheme": (
        urlset("<loc>www.paper.example/a</loc>"),
        ["urlset", "https://www.paper.example/a"],
    ),
    "another host": (urlset("<loc>https://o.example/a</loc>"), ["urlset", "https://o.example/a"]),
    "two in one": (urlset("<loc>/a</loc><loc>/b</loc>"), ONE),
    "none in one": (urlset("<loc/>", "", LOC), ONE),
    "an address beyond the protocol": (urlset(f"<loc>/{'a' * 2048}</loc>"), ["urlset"]),
    "comments": (urlset(f"<!-- <url><loc>/x</loc></url> -->{LOC}<!-- x -->"), ONE),
    "broken off": ("<urlset><url><loc>/a</loc></url><url><loc>/b", ["urlset", "/a", "/b"]),
    "empty": ("<urlset/>", ["urlset"]),
    "an index": (
        f"<sitemapindex {NAMESPACE}><sitemap><loc>/b.xml.gz</loc><lastmod>2026-11-03</lastmod>"
        "</sitemap></sitemapindex>",
        ["sitemap_index", "/b.xml.gz 2026-11-03"],
    ),
    "an index of pages": (
        urlset(LOC).replace("urlset", "sitemapindex"),
        ONE,
    ),
    "sitemaps called pages": (
        "<urlset><sitemap><loc>/b.xml</loc></sitemap></urlset>",
        ["sitemap_index", "/b.xml"],
    ),
    "pages and sitemaps": (
        f"<urlset><sitemap><loc>/b.xml</loc></sitemap><url>{LOC}</url></urlset>",
        ONE,
    ),
    "a feed": ("<rss><channel><item><link>/a</link></item></channel></rss>", ["rss", "/a"]),
    "a feed of films": (
        "<rss xmlns:media='http://search.yahoo.com/mrss/'><channel><item><link>/a</link>"
        "<media:content url='/v'><media:player url='/p'/><media:title>M</media:title>"
        "</media:content></item></channel></rss>",
        ["rss", "/a"],
    ),
    "UTF-16": (urlset(LOC).encode("utf-16"), ONE),
    "gzipped": (gzip.compress(urlset(LOC).encode()), ONE),
    "gzipped in two streams": (
        gzip.compress(urlset(LOC, LOC)[:90].encode())
        + gzip.compress(urlset(LOC, LOC)[90:].encode()),
        ONE,
    ),
    "gzipped and broken off": (gzip.compress(urlset(LOC).encode())[:-9], ONE),
    "gzipped and followed by noise": (gzip.compress(urlset(LOC).encode()) + b"noise", ONE),
    "gzipped and followed by a broken stream": (
        gzip.compress(urlset(LOC).encode()) + b"\x1f\x8bnoise",
        ONE,
    ),
    "lines": (f"{SITE}/a\r\n{SITE}/b\r{SITE}/c\n", ["sitemap_text", "/a", "/b", "/c"]),
    "lines behind a mark": (f"\ufeff{SITE}/a\n{SITE}/b", ["sitemap_text", "/a", "/b"]),
    "lines behind blank ones": (f"\n \n  {SITE}/a\n", ["sitemap_text", "/a"]),
    "lines behind a remark": (f"# pages\n{SITE}/a\n", ["sitemap_text", "/a"]),
    "lines with words behind": (f"{SITE}/a 2026-11-03\n{SITE}/b\tx", ["sitemap_text", "/a", "/b"]),
    "lines in capitals": (f"{SITE.upper()}/a", ["sitemap_text", "/a"]),
    "lines in an old charset": (f"{SITE}/ü".encode("latin-1"), ["sitemap_text", "/%C3%BC"]),
    "lines that are gzipped": (gzip.compress(f"{SITE}/a".encode()), ["sitemap_text", "/a"]),
}


@pytest.mark.parametrize(("body", "wanted"), CASES.values(), ids=list(CASES))
def test_an_odd_sitemap_gives_the_entries_that_it_has(body: str | bytes, wanted: list[str]) -> None:
    assert read(body) == wanted


@pytest.mark.parametrize("body", ["<!doctype html><p>404", "Not found", "", "www.paper.example/a"])
def test_what_lists_nothing_is_refused(body: str) -> None:
    with pytest.raises(Undiscoverable):
        read(body)


LASTMODS = {
    "2026": "2026-01-01", "2026-11": "2026-11-01", "2026-11-03": "2026-11-03",
    "2026-11-03T08:30Z": "2026-11-03T08:30:00+00:00",
    "2026-11-03T08:30:15+01:00": "2026-11-03T07:30:15+00:00",
    "2026-11-03T08:30:15.000-05:00": "2026-11-03T13:30:15+00:00",
    "2026-11-03 08:30": "2026-11-03T08:30:00+00:00", "\n2026-11-03\t": "2026-11-03",
    "20261103": "2026-11-03", "yesterday": "", "": "",
}  # fmt: skip


@pytest.mark.parametrize(("said", "moment"), LASTMODS.items())
def test_a_change_is_dated_in_every_form_of_w3c_datetime(said: str, moment: str) -> None:
    body = urlset(f"{LOC}<lastmod>{said}</lastmod>")
    assert read(body) == ["urlset", f"/a {moment}".strip()]


def test_very_many_streams_of_nothing_are_left_alone() -> None:
    body = gzip.compress(b"") * 20_000 + gzip.compress(urlset(LOC).encode())
    with pytest.raises(Undiscoverable):
        read(body)


def test_more_than_is_kept_is_cut_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(found, "MAX_ENTRIES", 100)
    listing = read_listing(urlset(*(f"<loc>/{n}</loc>" for n in range(101))).encode(), BASE)
    assert (len(listing.entries), listing.cut) == (100, True)


@pytest.mark.parametrize(
    "body",
    [
        f"{SITE}/a\n" * 600,
        urlset(*[LOC] * 600),
        urlset(*["<loc>mailto:a@b.example</loc>"] * 600),
        '{"items": [' + ",".join(['{"url": "/a"}'] * 600) + "]}",
    ],
)
def test_ever_more_of_the_same_is_not_read_to_the_end(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found, "MOST_LOOKED_AT", 500)
    listing = read_listing(body.encode(), BASE)
    assert (len(listing.entries) <= 1, listing.cut) == (True, True)
