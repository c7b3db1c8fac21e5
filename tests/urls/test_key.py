"""Which addresses mean the same page, and which do not: cases of our own, then properties."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.urls import explain_url_key, url_key
from pipeline.urls.key import STEPS, TRACKING_NAMES

PAGE = "https://post.example/local/2026/pier-rebuilt-4711"

SAME = {
    "scheme": "http://post.example/local/2026/pier-rebuilt-4711",
    "no scheme": "//post.example/local/2026/pier-rebuilt-4711",
    "bare": "post.example/local/2026/pier-rebuilt-4711",
    "upper-case host": "https://POST.Example/local/2026/pier-rebuilt-4711",
    "upper-case scheme": "HTTPS://post.example/local/2026/pier-rebuilt-4711",
    "dot at the end of the host": "https://post.example./local/2026/pier-rebuilt-4711",
    "www": "https://www.post.example/local/2026/pier-rebuilt-4711",
    "www2": "https://www2.post.example/local/2026/pier-rebuilt-4711",
    "m": "https://m.post.example/local/2026/pier-rebuilt-4711",
    "mobile": "https://mobile.post.example/local/2026/pier-rebuilt-4711",
    "www.m": "https://www.m.post.example/local/2026/pier-rebuilt-4711",
    "amp host": "https://amp.post.example/local/2026/pier-rebuilt-4711",
    "port of https": "https://post.example:443/local/2026/pier-rebuilt-4711",
    "port of http": "http://post.example:80/local/2026/pier-rebuilt-4711",
    "user": "https://reader:secret@post.example/local/2026/pier-rebuilt-4711",
    "fragment": PAGE + "#comments",
    "text fragment": PAGE + "#:~:text=the%20pier",
    "slash": PAGE + "/",
    "slashes": PAGE + "///",
    "double slash": "https://post.example//local//2026/pier-rebuilt-4711",
    "blanks around": "  " + PAGE + "\n",
    "empty query": PAGE + "?",
    "index.html": PAGE + "/index.html",
    "index.php": PAGE + "/index.php",
    "default.aspx": PAGE + "/Default.aspx",
    "amp part": PAGE + "/amp",
    "amp part with slash": PAGE + "/amp/",
    "amp ending": PAGE + ".amp",
    "amp.html": PAGE + "/amp.html",
    "amp section": "https://post.example/amp/local/2026/pier-rebuilt-4711",
    "amp query": PAGE + "?amp=1",
    "amp word": PAGE + "?amp",
    "outputType": PAGE + "?outputType=amp",
    "amp cache": "https://post-example.cdn.ampproject.org/c/s/post.example/local/2026/pier-rebuilt-4711",
    "amp viewer": "https://www.google.com/amp/s/post.example/local/2026/pier-rebuilt-4711",
    "escaped letter": "https://post.example/%6Cocal/2026/pier-rebuilt-4711",
    "session in the path": PAGE + ";jsessionid=0A1B2C",
    "session in the query": PAGE + "?PHPSESSID=0a1b2c3d",
    "print view": PAGE + "?print=1",
    "referring word": PAGE + "?ref=homepage",
    "source word": PAGE + "?source=newsletter",
    "facebook": "https://l.facebook.com/l.php?u=https%3A%2F%2Fpost.example%2Flocal%2F2026%2Fpier-"
    "rebuilt-4711&h=AT0x",
    "google": "https://www.google.com/url?sa=t&url=https%3A%2F%2Fpost.example%2Flocal%2F2026%2F"
    "pier-rebuilt-4711",
    "redirector in a redirector": "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2F"
    "url%3Fq%3Dhttps%253A%252F%252Fpost.example%252Flocal%252F2026%252Fpier-rebuilt-4711",
    "archive": "https://web.archive.org/web/20260301120000/https://post.example/local/2026/"
    "pier-rebuilt-4711",
    "archive's bare bytes": "https://web.archive.org/web/20260301120000id_/https://post.example/"
    "local/2026/pier-rebuilt-4711",
    "everything at once": "http://m.post.example:80/local/2026/pier-rebuilt-4711/amp/?utm_source=x"
    "&fbclid=y&ref=front#top",
}


@pytest.mark.parametrize("spelling", SAME.values(), ids=list(SAME))
def test_another_spelling_of_a_page_has_its_key(spelling: str) -> None:
    assert url_key(spelling) == url_key(PAGE) == "post.example/local/2026/pier-rebuilt-4711"


TRACKING = (
    "utm_source", "UTM_Campaign", "utm_anything_new", "fbclid", "gclid", "gbraid", "msclkid",
    "mc_cid", "mc_eid", "mtm_group", "pk_source", "piwik_x", "ocid", "cmpid", "ito", "igshid",
    "_ga", "_gl", "_hsenc", "mkt_tok", "ncid", "at_medium", "xtor", "hsa_acc", "ref_src",
)  # fmt: skip


@pytest.mark.parametrize("name", TRACKING)
def test_a_name_that_tracks_readers_says_nothing_of_the_page(name: str) -> None:
    assert url_key(f"{PAGE}?{name}=Ab-1") == url_key(PAGE)
    assert url_key(f"{PAGE}?id=9&{name}=Ab-1") == url_key(f"{PAGE}?id=9")


def test_the_list_of_tracking_names_is_lower_case_sorted_and_without_repeats() -> None:
    from importlib import resources

    text = resources.files("pipeline.urls").joinpath("tracking_names.txt").read_text()
    names = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert names == sorted({name.lower() for name in names})
    assert set(names) == TRACKING_NAMES


SAME_PAIRS = {
    "order of the query": ("https://p.example/s?id=1&page=2", "https://p.example/s?page=2&id=1"),
    "a field said twice": ("https://p.example/s?id=1&id=1", "https://p.example/s?id=1"),
    "case of an escape": ("https://p.example/caf%c3%a9", "https://p.example/caf%C3%A9"),
    "an escaped umlaut": ("https://p.example/m%C3%BCll", "https://p.example/müll"),
    "composed and decomposed": ("https://p.example/mu\u0308ll", "https://p.example/m\u00fcll"),
    "decomposed in a query": ("https://p.example/?q=u\u0308", "https://p.example/?q=%C3%BC"),
    "plus and %20": ("https://p.example/s?q=a+b", "https://p.example/s?q=a%20b"),
    "a name in its own letters": ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    "home page": ("https://p.example", "http://www.p.example/index.html"),
    "route with tracking": (
        "https://p.example/?utm_source=x#!/story/1",
        "https://p.example/#!/story/1",
    ),
}


@pytest.mark.parametrize(("a", "b"), SAME_PAIRS.values(), ids=list(SAME_PAIRS))
def test_two_spellings_of_one_page_share_a_key(a: str, b: str) -> None:
    assert url_key(a) == url_key(b)


DIFFERENT = {
    "another page": ("https://p.example/a", "https://p.example/b"),
    "another case of the path": ("https://p.example/AbC", "https://p.example/abc"),
    "another page of the story": ("https://p.example/a", "https://p.example/a?page=2"),
    "an id in the query": ("https://p.example/s?id=1", "https://p.example/s?id=2"),
    "the id under a referring name": (
        "https://p.example/s?source=20261101",
        "https://p.example/s?source=20261102",
    ),
    "a language edition": ("https://p.example/en/a", "https://p.example/de/a"),
    "a language in the query": ("https://p.example/a?lang=en", "https://p.example/a?lang=de"),
    "another subdomain": ("https://sport.p.example/a", "https://p.example/a"),
    "another suffix": ("https://p.example/a", "https://p.test/a"),
    "a parent": ("https://p.example/a/b", "https://p.example/a"),
    "a client-side route": ("https://p.example/#!/story/1", "https://p.example/#!/story/2"),
    "an escaped slash": ("https://p.example/a%3Fb", "https://p.example/a?b"),
    "a story about amplifiers": ("https://p.example/amps", "https://p.example/"),
    "a site called m": ("https://m.example/a", "https://example/a"),
    "a page called index": ("https://p.example/index", "https://p.example/"),
    "a search for an address": (
        "https://www.google.com/search?q=https://p.example/a",
        "https://p.example/a",
    ),
    "a publisher's page with an address in it": (
        "https://post.example/url?u=https://p.example/a",
        "https://p.example/a",
    ),
}


@pytest.mark.parametrize(("a", "b"), DIFFERENT.values(), ids=list(DIFFERENT))
def test_other_pages_have_other_keys(a: str, b: str) -> None:
    assert url_key(a) != url_key(b)


@pytest.mark.parametrize(
    "text",
    ["", " ", "not a url", "http://", "http:///a", "https://[::1", "http://[", "javascript:x()",
     "mailto:desk@post.example", "\x00", "\ud800", "http://\ud800.example/", "https://?", "%",
     "http://a\u3002example/", "https://" + "a" * 300 + ".example/", "https://-x-.example/"],
)  # fmt: skip
def test_what_is_no_address_has_a_key_too(text: str) -> None:
    assert url_key(url_key(text)) == url_key(text)


# ------------------------------------------------------------------ explanations
def test_each_step_that_did_something_is_told_in_the_order_of_the_list() -> None:
    told = explain_url_key(
        "http://www.post.example//b;sid=1/index.html/amp?utm_source=x&print=1&z=1&a=2"
    )
    order = ["unwrap", "read", *(name for name, _ in STEPS)]
    names = [name for name, _ in told]
    assert names == sorted(names, key=order.index)
    assert set(names) == {
        "read",
        "host",
        "session",
        "slashes",
        "amp",
        "index",
        "tracking",
        "print",
        "order",
    }
    assert told[-1][1] == "post.example/b?a=2&z=1"


def test_what_an_earlier_step_could_not_see_is_told_in_another_round() -> None:
    told = explain_url_key("https://post.example/b/amp/index.html")
    assert told == [
        ("read", "post.example/b/amp/index.html"),
        ("index", "post.example/b/amp"),
        ("amp", "post.example/b"),
    ]


def test_a_key_needs_no_explanation() -> None:
    assert explain_url_key("post.example/a?id=1") == []


def test_a_redirector_is_named_as_unwrapped() -> None:
    assert explain_url_key(SAME["facebook"])[0] == ("unwrap", PAGE)


# ------------------------------------------------------------------ properties
PIECES = st.sampled_from(
    ["https://", "http://", "//", "www.", "m.", "amp.", "post.example", "l.facebook.com/l.php?u=",
     "https%3A%2F%2F", "www.google.com/url?q=", "web.archive.org/web/2026/", "/amp", ".amp",
     "/index.html", "/", "//", "%2F", "%25", "%", "?", "&", "=", "#", "#!", "utm_source=1", "ref=a",
     "id=1", ";jsessionid=1", ":443", ":0", "@", "[", "]", "\\", " ", "\t", "\x00", "ü", "\u0301",
     "\ud800", "。", "İ", "ß", "xn--", ".", "..", "a", "cdn.ampproject.org/c/s/"]
)  # fmt: skip
ADDRESSES = st.one_of(st.text(), st.lists(PIECES, max_size=14).map("".join))


@given(ADDRESSES)
@example("https://post.example/a%2525252Famp/amp/index.html/amp")
@example("http://www.m.www.m.www.m.www.m.www.m.www.m.www.m.post.example/")
def test_every_text_has_a_key_and_the_key_of_a_key_is_itself(text: str) -> None:
    key = url_key(text)
    assert url_key(key) == key


@given(ADDRESSES)
def test_the_last_explanation_is_the_key(text: str) -> None:
    told = explain_url_key(text)
    assert (told[-1][1] if told else text) == url_key(text)


@given(
    st.lists(st.tuples(st.sampled_from(TRACKING), st.text("ab1-", max_size=4)), max_size=4),
    st.randoms(use_true_random=False),
)
def test_tracking_anywhere_in_a_query_changes_nothing(
    extra: list[tuple[str, str]], rng: object
) -> None:
    fields = [("id", "1"), ("page", "2"), *extra]
    rng.shuffle(fields)  # type: ignore[attr-defined]
    query = "&".join(f"{name}={value}" for name, value in fields)
    assert url_key(f"https://post.example/a?{query}") == "post.example/a?id=1&page=2"
