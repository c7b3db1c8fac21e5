"""Feeds written for tests, and what is read of them in one line an entry."""

from __future__ import annotations

from pipeline.discover.listings import read_listing

SITE = "https://paper.example"
BASE = SITE + "/list/feed.xml"
ATOM = "xmlns='http://www.w3.org/2005/Atom'"
MEDIA = "xmlns:media='http://search.yahoo.com/mrss/'"
ITUNES = "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
RDF = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
A = "<link>/a</link>"


def rss(*items: str, more: str = "") -> str:
    return f"<rss version='2.0' {more}><channel>{''.join(map(in_item, items))}</channel></rss>"


def in_item(text: str) -> str:
    return f"<item>{text}</item>"


def atom(entry: str, more: str = "") -> str:
    return f"<feed {ATOM} {more}><entry>{entry}</entry></feed>"


def rdf(vocabulary: str, item: str) -> str:
    return f"<rdf:RDF {RDF} xmlns='{vocabulary}'><channel><link>/</link></channel>{item}</rdf:RDF>"


def entries(document: str | bytes, content_type: str = "") -> list[str]:
    """``address title`` of each entry, its date behind it where it has one."""
    body = document.encode() if isinstance(document, str) else document
    headers = [("Content-Type", content_type)] if content_type else []
    return [
        " ".join(
            part
            for part in (
                entry.url.removeprefix(SITE),
                entry.title,
                entry.dated.strftime("%d.%m.") if entry.dated else "",
            )
            if part
        )
        for entry in read_listing(body, BASE, headers).entries
    ]
