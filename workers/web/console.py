"""Pages for people: how it stands, and one article with where its values came from. Read only.

Everything that comes from outside passes :func:`text`; no page has a script, and its policy lets
none run.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pipeline.store.engine import Connection
from pipeline.store.ids import may_be_id
from pipeline.store.ledger.sources import standings
from pipeline.store.reading import find_article, newest_articles
from pipeline.store.transactions import transact
from workers.reports import newest, status
from workers.web.exchange import Answer, Call, HttpError
from workers.wiring import Services

NEWEST = 30
"""Runs and articles of the first page."""

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
table { border-collapse: collapse; margin: .5rem 0 2rem }
caption { text-align: left; font-weight: 600 }
td, th { text-align: left; padding: .15rem 1rem .15rem 0; vertical-align: top }
tr + tr td { border-top: 1px solid #ddd } article p { max-width: 42rem } small { color: #555 }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


class Markup(str):
    """HTML that is already safe."""

    __slots__ = ()


class Console:
    """The handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def overview(self, call: Call) -> Answer:
        """The account, what waits, who works, runs, articles and sources."""

        def read(connection: Connection) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
            known = standings(connection).values()
            told = [(source.name, source.hindrance or "polled") for source in known]
            return newest_articles(connection, NEWEST), told

        stands = status(self._services)
        articles, sources = transact(self._services.engine, read, read_only=True)
        counts = {k: v for k, v in stands["account"].items() if isinstance(v, int)}
        parts = [
            _table("Account", list(counts), [list(counts.values())]),
            _records("Waiting and at work", stands["backlog"], ("stage", "state", "count")),
            _records("Workers", stands["workers"], ("name", "heartbeat_at", "progressed_at")),
            _records(
                "Runs",
                newest(self._services, NEWEST, None),
                ("created_at", "kind", "run_key", "accepted", "pending", "dead", "run"),
            ),
            _table(
                "Articles",
                ("published (UTC)", "publisher", "headline", "authors"),
                [_article_row(article) for article in articles],
            ),
            _table("Sources", ("name", ""), sources),
        ]
        return _page("Copydesk", "".join(parts))

    def article(self, call: Call) -> Answer:
        """One article: its text, and the evidence of each field."""
        what = call.parts["id"]
        found = None
        if may_be_id(what):
            found = transact(self._services.engine, lambda c: find_article(c, what), read_only=True)
        if found is None:
            raise HttpError(404, "no_such_article", "there is no such article", "see /")
        authors = ", ".join(author["name"] for author in found["authors"])
        byline = [authors, found["publisher"], found["published_at"], found["language"]]
        evidence = [
            (name, one.get("from"), one.get("raw"), one.get("confidence"))
            for name, one in sorted((found.get("evidence") or {}).items())
        ]
        body = (
            f"<article><h1>{text(found['headline'])}</h1>"
            f"<p><small>{text(' · '.join(str(part) for part in byline if part))}</small><br>"
            f"{link(found['url'], found['url'])}</p>"
            + "".join(f"<p>{text(p)}</p>" for p in (found["body_text"] or "").split("\n\n"))
            + "</article>"
            + _table("Evidence", ("field", "from", "as found", "confidence"), evidence)
        )
        return _page(found["headline"] or "Untitled", body)


def text(value: object) -> Markup:
    """Any value as HTML text."""
    if isinstance(value, Markup):
        return value
    if value is None:
        return Markup("–")
    if isinstance(value, datetime):
        return Markup(f"{value:%Y-%m-%d %H:%M:%S}")
    return Markup(html.escape(str(value)))


def link(url: str, said: object) -> Markup:
    """A link to another site; only its text when it is none that a click may follow."""
    if not url.lower().startswith(("http://", "https://")):
        return text(said)
    return Markup(f'<a rel="noreferrer nofollow" href="{html.escape(url)}">{text(said)}</a>')


def _article_row(article: dict[str, Any]) -> Sequence[object]:
    here = f'<a href="/articles/{html.escape(article["id"])}">{text(article["headline"])}</a>'
    return (
        article["published_at"],
        article["publisher"],
        Markup(here),
        ", ".join(article["authors"]),
    )


def _records(caption: str, rows: Iterable[dict[str, Any]], names: Sequence[str]) -> str:
    return _table(caption, names, [[row[name] for name in names] for row in rows])


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{text(one.replace('_', ' '))}</th>" for one in heads)
    lines = (f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><caption>{text(caption)}</caption><tr>{head}</tr>{''.join(lines)}</table>"


def _page(title: str, body: str) -> Answer:
    document = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{text(title)}</title>"
        f"<meta name=viewport content='width=device-width'><style>{_STYLE}</style>{body}</html>"
    )
    headers = (("Content-Security-Policy", _POLICY), ("Referrer-Policy", "no-referrer"))
    return Answer(200, document.encode("utf-8", "replace"), "text/html; charset=utf-8", headers)
