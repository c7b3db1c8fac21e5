"""Feeds and sitemaps of every kind give their entries; hostile ones a name."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.discover.bounded import inner_text, parse_xml
from pipeline.discover.found import MAX_ENTRIES, Entry, Undiscoverable
from pipeline.discover.listings import read_listing

BASE = "https://paper.example/list"
WHEN = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
WANTED = Entry("https://paper.example/a", "Rain & wind", WHEN, "instant")
SM = "http://www.sitemaps.org/schemas/sitemap/0.9"

SAMPLES = {
    "rss": "<rss version='2.0'><channel><title>P</title><item><title>Rain &amp; wind</title>"
    "<link>/a</link><pubDate>Tue, 03 Nov 2026 09:30:00 +0100</pubDate></item></channel></rss>",
    "rdf": "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
    "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><item>"
    "<title>Rain &amp; wind</title><link>https://paper.example/a</link>"
    "<dc:date>2026-11-03T08:30:00Z</dc:date></item></rdf:RDF>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Rain &amp; wind</title>"
    "<link rel='self' href='/self'/><link href='/a'/><updated>2026-11-04T00:00:00Z</updated>"
    "<published>2026-11-03T08:30:00Z</published></entry></feed>",
    "json_feed": '{"items": [{"url": "/a", "title": "Rain & wind", '
    '"date_published": "2026-11-03T08:30:00Z"}, 7]}',
    "urlset": f"<urlset xmlns='{SM}' xmlns:news='urn:n'><url><loc>https://paper.example/a</loc>"
    "<lastmod>2026-11-05</lastmod><news:news><news:publication><news:name>P</news:name>"
    "</news:publication><news:publication_date>2026-11-03T08:30:00Z</news:publication_date>"
    "<news:title>Rain &amp; wind</news:title></news:news></url></urlset>",
}


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_gives_address_title_and_date(kind: str) -> None:
    listing = read_listing(SAMPLES[kind].encode(), BASE)
    assert (listing.kind, listing.entries) == (kind, (WANTED,))


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_is_read_through_gzip(kind: str) -> None:
    assert read_listing(gzip.compress(SAMPLES[kind].encode()), BASE).entries == (WANTED,)


def test_a_sitemap_index_names_its_sitemaps_and_a_text_its_lines() -> None:
    index = b"<sitemapindex><sitemap><loc>/one.xml</loc></sitemap></sitemapindex>"
    listing = read_listing(index, BASE)
    assert listing.kind == "sitemap_index"
    assert listing.entries == (Entry("https://paper.example/one.xml"),)
    text = read_listing(b"https://paper.example/a\nnone\nhttps://paper.example/a\n", BASE)
    assert text.kind == "sitemap_text"
    assert [e.url for e in text.entries] == ["https://paper.example/a"]


def test_a_feed_that_breaks_off_gives_what_came_before() -> None:
    assert read_listing(SAMPLES["rss"].encode()[:-25] + b"<item><li", BASE).entries[0] == WANTED


def test_a_guid_that_is_no_address_is_not_taken_for_one() -> None:
    item = b"<rss><item><guid isPermaLink='false'>https://paper.example/x</guid></item></rss>"
    assert read_listing(item, BASE).entries == ()


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/?a=1&b=2&c", "/?a=1&b=2&c"),
        ("/?a=1&amp;section=2&amp;region=3", "/?a=1&section=2&region=3"),
        ("/?a=1&section=2&copy=3", "/?a=1&section=2&copy=3"),
        ("<![CDATA[/?a=1&amp;b=2&param=3]]>", "/?a=1&b=2&param=3"),
        ("\n /caf&#233;&amp;amp;x \n", "/caf%C3%A9&x"),
        ("/a story of rain?by=a b", "/a%20story%20of%20rain?by=a%20b"),
        ("\n  /a/long\r\n    /address\n", "/a/long/address"),
    ],
)
def test_an_ampersand_in_an_address_stays_one(link: str, url: str) -> None:
    body = f"<rss><channel><item><link>{link}</link></item></channel></rss>"
    assert read_listing(body.encode(), BASE).entries == (Entry("https://paper.example" + url),)


def test_a_relative_link_stands_on_the_bases_around_it() -> None:
    feed = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/world/'><entry xml:base='rain/'>"
        "<link rel='http://www.iana.org/assignments/relation/alternate' href='a'/></entry></feed>"
    )
    urls = [entry.url for entry in read_listing(feed.encode(), BASE).entries]
    assert urls == ["https://paper.example/world/rain/a"]


@pytest.mark.parametrize(
    ("name", "urls"),
    [("https://paper.example/a", ["https://paper.example/a"]), ("urn:uuid:7", []), ("7", [])],
)
def test_an_atom_id_stands_in_for_a_link_only_when_it_is_an_address(
    name: str, urls: list[str]
) -> None:
    feed = f"<feed><entry><id>{name}</id><title>T</title></entry></feed>"
    assert [entry.url for entry in read_listing(feed.encode(), BASE).entries] == urls


@pytest.mark.parametrize("name", ["issued", "created", "modified"])
def test_the_dates_of_old_atom_and_of_dublin_core_terms_are_read(name: str) -> None:
    feed = f"<feed><entry><link href='/a'/><{name}>2026-11-03T08:30Z</{name}></entry></feed>"
    assert read_listing(feed.encode(), BASE).entries[0].dated == WHEN


@pytest.mark.parametrize(
    ("element", "says"),
    [
        ("<pubDate>Tue, 03 Nov 2026 09:30:00 +0100</pubDate>", "instant"),
        ("<publication_date>2026-11-03T09:30:00+01:00</publication_date>", "instant"),
        ("<pubDate>Tue, 03 Nov 2026 00:00:00 GMT</pubDate>", "day"),
        ("<publication_date>2026-11-03</publication_date>", "day"),
        ("<published>2026-11-03T09:30:00</published>", "day"),
        ("<updated>2026-11-03T08:30:00Z</updated>", "change"),
        ("<lastmod>2026-11-03T08:30:00Z</lastmod>", "change"),
        (
            "<lastmod>2026-11-05</lastmod><pubDate>Tue, 03 Nov 2026 09:30:00 GMT</pubDate>",
            "instant",
        ),
    ],
)
def test_a_date_says_whether_it_is_an_instant_a_day_or_only_a_change(
    element: str, says: str
) -> None:
    feed = f"<feed><entry><link href='/a'/>{element}</entry></feed>"
    [entry] = read_listing(feed.encode(), BASE).entries
    assert entry.dated is not None
    assert (entry.dated.day, entry.date_says) == (3, says)


def test_the_title_of_a_picture_or_a_source_is_not_the_headline() -> None:
    item = (
        "<rss xmlns:m='http://search.yahoo.com/mrss/'><item><m:title>A picture</m:title>"
        "<source><title>An agency</title></source><link>/a</link><title>Rain</title></item></rss>"
    )
    assert read_listing(item.encode(), BASE).entries[0].title == "Rain"


@pytest.mark.parametrize("junk", [b"\xef\xbb\xbf\n\n", b"Warning: line 7\n"])
def test_what_stands_before_the_declaration_does_no_harm(junk: bytes) -> None:
    body = junk + b"<?xml version='1.0'?>" + SAMPLES["rss"].encode()
    assert read_listing(body, BASE).entries == (WANTED,)


def test_entries_beyond_the_limit_are_cut_and_said() -> None:
    lines = "\n".join(f"https://paper.example/{n}" for n in range(MAX_ENTRIES + 1))
    listing = read_listing(lines.encode(), BASE)
    assert (len(listing.entries), listing.cut) == (MAX_ENTRIES, True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!DOCTYPE r [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><rss>&b;</rss>", "entities"),
        (b"<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><rss>&f;</rss>", "entities"),
        (gzip.compress(bytes(51 * 1024 * 1024), 1), "too_large"),
        (b"\x1f\x8bbroken", "bad_gzip"),
        (b"", "not_xml"),
        (b"{" * 9, "not_json"),
        (b'{"items":' + b"[" * 200_000, "not_json"),
        (b"<html><body/></html>", "unknown_format"),
    ],
)
def test_a_hostile_document_ends_with_its_name(body: bytes, reason: str) -> None:
    with pytest.raises(Undiscoverable) as caught:
        read_listing(body, BASE)
    assert caught.value.reason == reason


def test_prefixes_that_are_not_declared_are_read_all_the_same() -> None:
    body = (
        b"<urlset><url><image:image><image:loc>/i</image:loc></image:image><image:loc>/j"
        b"</image:loc><loc><![CDATA[ /b?x=1&y=2 ]]></loc></url></urlset>"
    )
    urls = [entry.url for entry in read_listing(body, BASE).entries]
    assert urls == ["https://paper.example/b?x=1&y=2"]


def test_a_text_of_very_many_pieces_is_read_in_part() -> None:
    body = b"<rss><item><link>/a</link><title>" + b"<x>y</x>" * 300_000 + b"</title></item></rss>"
    root = parse_xml(body)
    title = root.find(".//title")
    assert title is not None
    assert inner_text(title) == "y" * 2_000


def test_a_deep_document_is_read_within_bounds() -> None:
    body = b"<rss><item><link>/a</link></item>" + b"<x>" * 100_000
    assert [e.url for e in read_listing(body, BASE).entries] == ["https://paper.example/a"]


@settings(deadline=None, max_examples=150)
@given(st.sampled_from([*SAMPLES.values(), ""]), st.binary(max_size=60), st.integers(0, 400))
def test_nothing_but_the_named_error_is_raised(sample: str, noise: bytes, at: int) -> None:
    body = sample.encode()
    try:
        read_listing(body[:at] + noise + body[at:], BASE)
    except Undiscoverable as error:
        assert error.reason
