"""The pages for people: everything escaped, nothing that runs."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from pipeline.models import SourceProfile
from pipeline.store.articles import save_articles
from pipeline.store.engine import Connection
from pipeline.store.ledger.sources import save_source
from pipeline.store.reading import find_article
from pipeline.store.transactions import transact
from tests.store.articles_fixture import BODY, to_store
from tests.web.conftest import Web
from workers.web.console import link, text

EVIL = "<script>alert(1)</script>\"'&"
TOKEN = "0123456789abcdef-token"


class Seen(HTMLParser):
    """Tags, and the text between them."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said = ""
        self.hrefs: list[str] = []
        self.feed(body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.hrefs += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.said += data


def test_an_empty_desk_has_a_page(web: Web) -> None:
    page = web.ask("GET", "/")
    assert page.status == 200
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "Account" in Seen(page.body).said


def test_whatever_stands_in_a_headline_or_a_key_is_text(web: Web) -> None:
    profile = SourceProfile(name=EVIL, domains=("post.example",))
    transact(web.services.engine, lambda c: save_source(c, profile, web.services.now()))
    web.start(EVIL, {"urls": ["https://post.example/b"]})
    now = web.services.now()

    def store(connection: Connection) -> str:
        url = "https://post.example/evil"
        item = to_store(connection, url, headline=EVIL, body_text=f"{BODY}\n\n{EVIL}")
        save_articles(connection, [item], now)
        found = find_article(connection, url)
        assert found is not None
        return str(found["id"])

    article_id = transact(web.services.engine, store)
    overview = Seen(web.ask("GET", "/").body)
    assert "script" not in overview.tags
    assert overview.said.count(EVIL) == 3
    assert f"/articles/{article_id}" in overview.hrefs
    article = web.ask("GET", f"/articles/{article_id}")
    seen = Seen(article.body)
    assert (article.status, "script" in seen.tags) == (200, False)
    assert seen.said.count(EVIL) >= 3, "title, heading and body"


def test_only_http_becomes_a_link() -> None:
    assert link("javascript:alert(1)", "x") == "x"
    assert "href" in link("https://a.example/?a=\"'&b", "x")
    assert "\"'" not in link("https://a.example/?a=\"'&b", "x")
    assert text(None) == "–"


def test_an_article_that_is_none_is_not_found(web: Web) -> None:
    for what in ("nope", "%00", "%ff", "x" * 2000):
        assert web.ask("GET", f"/articles/{what}").status == 404


@pytest.mark.parametrize("scheme", ["Basic", "Bearer"])
def test_a_browser_may_show_the_token_as_a_password(
    serve: Callable[..., Web], sqlite_url: str, scheme: str
) -> None:
    from base64 import b64encode

    web = serve(database_url=sqlite_url, web_token=TOKEN)
    refused = web.ask("GET", "/")
    assert refused.status == 401
    asked = refused.headers["WWW-Authenticate"]
    assert asked.startswith("Basic")
    secret = b64encode(f"me:{TOKEN}".encode()).decode() if scheme == "Basic" else TOKEN
    assert web.ask("GET", "/", Authorization=f"{scheme} {secret}").status == 200
    wrong = b64encode(f"{TOKEN}:me".encode()).decode()
    for given in (f"Basic {wrong}", "Basic !!!", "Basic ", f"Basic {TOKEN}"):
        assert web.ask("GET", "/", Authorization=given).status == 401
