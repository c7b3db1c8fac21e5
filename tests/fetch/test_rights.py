"""What owners say about the use of their pages is recorded as they said it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import from_json, to_json
from pipeline.fetch import Client
from pipeline.fetch.rights import rights_of
from pipeline.models import FetchedPage, Rights
from tests.fetch.conftest import PAGE, Serve, page
from tests.fetch.server import response

URL = "https://post.example/local/pier"


def said(*headers: tuple[str, str], markup: str = "") -> Rights:
    return rights_of(URL, headers, markup.encode(), "copydesk")


HEADERS = {
    "one": (["noarchive"], ("noarchive",)),
    "several": (["noarchive, NoIndex"], ("noarchive", "noindex")),
    "twice": (["noarchive", "noindex, noarchive"], ("noarchive", "noindex")),
    "for us": (["copydesk: noarchive"], ("noarchive",)),
    "for us in capitals": (["CopyDesk: noarchive"], ("noarchive",)),
    "for another": (["otherbot: noarchive"], ()),
    "for another, then for all": (["otherbot: noindex", "noarchive"], ("noarchive",)),
    "with a value": (
        ["max-snippet:-1, max-image-preview:large"],
        ("max-snippet:-1", "max-image-preview:large"),
    ),
    "no training": (["noai, noimageai"], ("noai", "noimageai")),
    "rubbish": (["<script>, , ;;"], ()),
    "nothing": ([""], ()),
}


@pytest.mark.parametrize(("values", "robots"), HEADERS.values(), ids=list(HEADERS))
def test_x_robots_tag_is_read_for_everybody_and_for_us(
    values: list[str], robots: tuple[str, ...]
) -> None:
    assert said(*(("X-Robots-Tag", value) for value in values)).robots == robots


METAS = {
    "plain": ('<meta name="robots" content="noarchive">', ("noarchive",)),
    "other order": ("<META content='NOARCHIVE, nofollow' NAME=robots>", ("noarchive", "nofollow")),
    "unquoted": ("<meta name=robots content=noarchive>", ("noarchive",)),
    "for us": ('<meta name="copydesk" content="noarchive"/>', ("noarchive",)),
    "for another": ('<meta name="otherbot" content="noarchive">', ()),
    "escaped": ('<meta name="robots" content="no&#97;rchive">', ("noarchive",)),
    "two lines": ('<meta\n name="robots"\n content="noarchive">', ("noarchive",)),
    "another meta": ('<meta name="description" content="robots noarchive">', ()),
    "the first of a name": ('<meta name="robots" content="noindex" content="all">', ("noindex",)),
}


@pytest.mark.parametrize(("markup", "robots"), METAS.values(), ids=list(METAS))
def test_meta_robots_is_read_for_everybody_and_for_us(markup: str, robots: tuple[str, ...]) -> None:
    assert said(markup=f"<head>{markup}</head>").robots == robots


@pytest.mark.parametrize(
    ("value", "reserved"), [("1", True), ("0", False), ("yes", None), ("", None)]
)
def test_a_reservation_of_text_and_data_mining_is_recorded(
    value: str, reserved: bool | None
) -> None:
    assert said(("TDM-Reservation", value)).tdm_reserved is reserved
    meta = f'<meta name="tdm-reservation" content="{value}">'
    assert said(markup=meta).tdm_reserved is reserved


def test_the_header_speaks_before_the_markup() -> None:
    found = said(("tdm-reservation", "1"), markup='<meta name="tdm-reservation" content="0">')
    assert found.tdm_reserved is True


def test_the_policy_is_an_address() -> None:
    assert said(("tdm-policy", "/tdm.json")).tdm_policy_url == "https://post.example/tdm.json"
    assert said(("tdm-policy", "javascript:x()")).tdm_policy_url is None


LICENCES = {
    "header": (
        [("Link", '<https://licence.example/by>; rel="license"')],
        "",
        ["https://licence.example/by"],
    ),
    "header among others": (
        [("Link", '</a.css>; rel=preload, </by>; rel=license, </c>; rel="next"')],
        "",
        ["https://post.example/by"],
    ),
    "link": ([], '<link rel="license" href="/by">', ["https://post.example/by"]),
    "anchor": (
        [],
        '<p><a href="/by" rel="license nofollow">CC BY</a>',
        ["https://post.example/by"],
    ),
    "capitals": ([], "<A REL=LICENSE HREF=/by>CC BY</A>", ["https://post.example/by"]),
    "twice": (
        [],
        '<a rel=license href="/by"></a><a rel=license href="/by"></a>',
        ["https://post.example/by"],
    ),
    "a word of it": ([], '<a rel="sublicense" href="/by"></a><a href="/license">x</a>', []),
    "no address": ([], '<a rel="license" href="javascript:x()"></a><a rel=license></a>', []),
}


@pytest.mark.parametrize(("headers", "markup", "urls"), LICENCES.values(), ids=list(LICENCES))
def test_licence_links_are_recorded(
    headers: list[tuple[str, str]], markup: str, urls: list[str]
) -> None:
    assert list(said(*headers, markup=markup).licence_urls) == urls


def test_floods_are_cut() -> None:
    many = "".join(f'<a rel=license href="/{n}"></a>' for n in range(1000))
    words = ", ".join("no" + "a" * n for n in range(1, 25)) + ", x" * 1000
    found = said(("X-Robots-Tag", words), markup=many)
    assert len(found.licence_urls) == 10
    assert len(found.robots) == 20


@pytest.mark.timeout(60)
def test_a_hostile_page_takes_no_time() -> None:
    for piece in (
        "<meta ",
        "<a rel=licen ",
        "<link ",
        "< a rel=license href=",
        "<meta name=robots ",
    ):
        said(markup=piece * 20_000)


@given(st.text(), st.binary(), st.text())
def test_any_page_has_rights(url: str, body: bytes, value: str) -> None:
    headers = [(name, value) for name in ("X-Robots-Tag", "TDM-Policy", "TDM-Reservation", "Link")]
    found = rights_of(url, headers, body, "copydesk")
    assert from_json(Rights, to_json(found)) == found


def test_a_fetched_page_carries_them_through_json(serve: Serve, client: Client) -> None:
    sent = response(200, PAGE, "X-Robots-Tag: noarchive", "TDM-Reservation: 1")
    found = page(client, serve(sent).url())
    assert found.rights == Rights(robots=("noarchive",), tdm_reserved=True)
    assert from_json(FetchedPage, to_json(found)) == found
