"""Feeds and sitemaps may be of other types, gzipped and larger than a page; still bounded."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from pipeline.errors import Drop
from pipeline.fetch import Client, bodies
from pipeline.models import FetchRequest
from tests.fetch.conftest import POLICY, Serve
from tests.fetch.server import response

SITEMAP = b"<urlset><url><loc>https://paper.example/a</loc></url></urlset>"
Make = Callable[..., Client]


@pytest.mark.parametrize(
    "media_type",
    ["application/gzip", "application/x-gzip", "binary/octet-stream", "application/x-rss"],
)
def test_a_gzipped_list_comes_as_it_is_under_any_label_and_is_no_page(
    serve: Serve, make_client: Make, media_type: str
) -> None:
    packed = gzip.compress(SITEMAP)
    server = serve(response(200, packed, content_type=media_type))
    url = server.url("/sitemap.xml.gz")
    page = make_client().fetch(FetchRequest(url, purpose="list"))
    assert page.body == packed
    assert "application/rss+xml" in server.asked[0].headers["accept"]
    with pytest.raises(Drop, match="not_text"):
        make_client().fetch(FetchRequest(url))


def test_a_list_may_be_larger_than_a_page_and_no_larger_than_the_protocol_allows(
    serve: Serve, make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LIST_BYTES", 2 * POLICY.max_decoded_bytes)
    large = SITEMAP.ljust(POLICY.max_decoded_bytes + 1)
    url = serve(response(200, large, content_type="text/xml")).url("/")
    assert len(make_client().fetch(FetchRequest(url, purpose="list")).body) == len(large)
    huge = gzip.compress(bytes(2 * POLICY.max_decoded_bytes + 1))
    bomb = response(200, huge, "Content-Encoding: gzip", content_type="text/xml")
    with pytest.raises(Drop, match="too_large"):
        make_client().fetch(FetchRequest(serve(bomb).url("/"), purpose="list"))


@pytest.mark.parametrize(
    ("body", "media_type", "reason"),
    [(SITEMAP, "image/png", "not_text"), (b" \n", "text/xml", "empty")],
)
def test_what_cannot_be_a_list_is_refused_by_name(
    serve: Serve, make_client: Make, body: bytes, media_type: str, reason: str
) -> None:
    url = serve(response(200, body, content_type=media_type)).url("/")
    with pytest.raises(Drop, match=reason):
        make_client().fetch(FetchRequest(url, purpose="list"))
