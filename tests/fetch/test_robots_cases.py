"""robots.txt as the RFC's authors test it: cases of our own along the lines of theirs.

A case is a file and, for each crawler, the paths that it may and may not ask for.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.errors import Drop
from pipeline.fetch.robots import Answer, Robots

Case = tuple[str | bytes, dict[str, tuple[str, str]]]
"""The file, and by crawler the paths allowed and the paths forbidden, apart by blanks."""

GROUPS = (
    "allow: /early/\n\nuser-agent: Heron\ndisallow: /\nallow: /x/\nuser-agent: Stork\ndisallow: /\n"
    "allow: /y/\n\n\nallow: /w/\nuser-agent: Egret\n\nuser-agent: Heron\nallow: /z/\ndisallow: /\n"
)
EVERYBODY = "user-agent: *\n"

LINES: dict[str, Case] = {
    "nothing but blanks": (" \n\t\r\n", {"Heron": ("/ /a", "")}),
    "other words for the fields": ("foo: Heron\nbar: /\n", {"Heron": ("/a", "")}),
    "no colons": ("user-agent Heron\ndisallow /a\n", {"Heron": ("/b", "/a /a/b")}),
    "no colon after one of them": ("user-agent: Heron\nDisallow\t/a\n", {"Heron": ("/b", "/a")}),
    "misspelled": ("useragent: *\nDissallow: /a\ndisalow: /b", {"Heron": ("/c", "/a /b")}),
    "a name without its hyphen": ("User agent: Heron\ndisallow: /a", {"Heron": ("/b", "/a")}),
    "part of a name without its hyphen": ("user agent: Her\ndisallow: /", {"Heron": ("/a", "")}),
    "part of a name without a colon": ("user-agent Her\ndisallow: /", {"Heron": ("/a", "")}),
    "any case of the fields": ("USER-AGENT: *\nDISALLOW: /\nAlLoW: /x", {"Heron": ("/x", "/a")}),
    "a word that begins like a field": (
        EVERYBODY + "allowed: /\ndisallow: /", {"Heron": ("", "/a")}
    ),
    "groups": (GROUPS, {
        "Heron": ("/x/b /z/d", "/y/c /early/ /a"),
        "Stork": ("/y/c /w/a", "/z/d /early/"),
        "Egret": ("/z/d", "/x/b /early/"),
        "Crane": ("/a /x/b /early/", ""),
    }),
    "other lines between names": (
        "User-agent: Stork\nSitemap: https://p.example/s\nNoindex: /\nUser-agent: *\nDisallow: /",
        {"Stork": ("", "/a"), "Heron": ("", "/a")},
    ),
    "nonsense between names": (
        "User-agent: Stork\nUnknown-line: so\nhello\n<p>\nUser-agent: *\nDisallow: /",
        {"Stork": ("", "/a"), "Heron": ("", "/a")},
    ),
    "a delay ends the names": (
        "User-agent: *\nCrawl-delay: 5\n\nUser-agent: Stork\nDisallow: /",
        {"Stork": ("", "/a"), "Heron": ("/a", "")},
    ),
    "a delay that is none ends them too": (
        "User-agent: *\nCrawl-delay: soon\n\nUser-agent: Stork\nDisallow: /",
        {"Stork": ("", "/a"), "Heron": ("/a", "")},
    ),
    "an empty rule ends them too": (
        "User-agent: *\nDisallow:\n\nUser-agent: Stork\nDisallow: /",
        {"Stork": ("", "/a"), "Heron": ("/a", "")},
    ),
    "a group without rules": (
        EVERYBODY + "disallow: /\nuser-agent: Heron", {"Heron": ("/a", "")}
    ),
    "an empty allow": (EVERYBODY + "allow:\ndisallow:", {"Heron": ("/a", "")}),
    "an empty allow beside a rule": (EVERYBODY + "disallow: /\nallow:", {"Heron": ("", "/a")}),
    "everybody comes second": ("user-agent: Stork\nallow: /\nuser-agent: *\ndisallow: /",
                               {"Stork": ("/a", ""), "Heron": ("", "/a")}),
    "everybody comes twice": (
        f"{EVERYBODY}disallow: /a\nuser-agent: Stork\ndisallow: /\n{EVERYBODY}disallow: /b",
        {"Heron": ("/c", "/a /b")},
    ),
    "a name up to its blank": ("User-Agent: *\nDisallow: /\nUser-Agent: Heron Bird\nAllow: /x/\n"
                               "Disallow: /", {"Heron": ("/x/y", "/a"), "Bird": ("", "/x/y")}),
    "any case of a name": (
        "user-agent: HERON\ndisallow: /", {"Heron": ("", "/a"), "heron": ("", "/a")}
    ),
    "a longer name": ("user-agent: Heron-Images\ndisallow: /", {"Heron": ("/a", "")}),
    "a name and a star": ("user-agent: Heron*\ndisallow: /", {"Heron": ("", "/a")}),
    "an empty name": ("user-agent:\ndisallow: /", {"Heron": ("/a", "")}),
    "a comment at the end of a name": ("user-agent: Heron#s\ndisallow: /", {"Heron": ("", "/a")}),
}  # fmt: skip

UTF8 = "/foo/\u30c4"
ENDS: dict[str, Case] = {
    "line feeds": ("user-agent: *\ndisallow: /a\nallow: /a/b\n", {"Heron": ("/a/b", "/a")}),
    "carriage returns": ("user-agent: *\rdisallow: /a\rallow: /a/b\r", {"Heron": ("/a/b", "/a")}),
    "both": ("user-agent: *\r\ndisallow: /a\r\nallow: /a/b\r\n", {"Heron": ("/a/b", "/a")}),
    "a mixture": ("user-agent: *\n\r\ndisallow: /a\r\rallow: /a/b", {"Heron": ("/a/b", "/a")}),
    **{
        f"U+{ord(sign):04X} ends no line": (
            f"{EVERYBODY}disallow: /a{sign}allow: /b\n#{sign}disallow: /c", {"Heron": ("/a /c", "")}
        )
        for sign in "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
    },
    "a vertical tab in a path": (EVERYBODY + "disallow: /a\vb", {"Heron": ("/a", "/a%0Bb")}),
    "a next-line sign in a path": (EVERYBODY + "disallow: /a\x85b", {"Heron": ("/a", "/a%C2%85b")}),
    "a byte order mark": ("\ufeff" + EVERYBODY + "disallow: /a", {"Heron": ("/b", "/a")}),
    "two of three bytes of one": (b"\xef\xbbuser-agent: *\ndisallow: /a", {"Heron": ("/b", "/a")}),
    "one of three bytes of one": (b"\xefuser-agent: *\ndisallow: /a", {"Heron": ("/b", "/a")}),
    "a broken one spoils its line": (
        b"\xef\x11\xbfuser-agent: *\ndisallow: /a", {"Heron": ("/a", "")}
    ),
    "a second one": (
        b"\xef\xbb\xbf\xef\xbb\xbfuser-agent: *\ndisallow: /a", {"Heron": ("/b", "/a")}
    ),
}  # fmt: skip

# Of everybody's group alone: the rules, the paths allowed, the paths forbidden.
MATCHES: dict[str, tuple[str | bytes, str, str]] = {
    "the longest, allowed": ("allow: /x/page.html\ndisallow: /x/", "/x/page.html", "/x/"),
    "the longest, forbidden": ("disallow: /x/page.html\nallow: /x/", "/x/", "/x/page.html"),
    "equal lengths": ("disallow: /x/page.html\nallow: /x/page.html", "/x/page.html", ""),
    "everything both ways": ("disallow: /\nallow: /", "/ /a", ""),
    "a slash decides": ("disallow: /x\nallow: /x/", "/x/ /x/a", "/x /xa"),
    "a longer star": ("allow: /page\ndisallow: /*.html", "/page", "/page.html"),
    "a longer path": ("allow: /x/page.\ndisallow: /*.html", "/x/page.html", "/x/y.html"),
    "case of a path": ("disallow: /X/", "/x/y", "/X/y"),
    "fish": ("disallow: /fish",
        "/Fish.asp /catfish /?id=fish",
        "/fish /fish.html /fish/salmon.html /fishheads /fish.html?id=a"),
    "fish and a star": ("disallow: /fish*",
        "/Fish.asp /catfish /?id=fish",
        "/fish /fish.html /fish/salmon.html /fishheads /fish.html?id=a"),
    "a folder of fish": ("disallow: /fish/",
        "/fish /fish.html /Fish/Salmon.asp", "/fish/ /fish/?salmon /fish/salmon.html /fish/?id=a"),
    "an ending anywhere": ("disallow: /*.php",
        "/php/ /index?php /windows.PHP",
        "/a.php /b/a.php /b/a.php?c //b/a.php.html /a.php/ /index?f=a.php/"),
    "an ending at the end": ("disallow: /*.php$",
        "/a.php?c /a.php/ /a.php5 /php/ /a?php /aaaphpaaa //windows.PHP", "/a.php /b/a.php"),
    "a star inside": ("disallow: /fish*.php", "/Fish.PHP", "/fish.php /fishheads/catfish.php?a=b"),
    "stars in a row": ("disallow: /a***b", "/a", "/ab /axb"),
    "a star instead of a slash": ("disallow: *.php", "/a", "/a.php"),
    "no slash": ("disallow: fish", "/fish /a/fish", ""),
    "a star one folder deep": ("disallow: /foo/bar/quz\nallow: /foo/*/qux",
        "/foo/quz /foo//quz /foo/bax/quz", "/foo/bar/quz"),
    "an end and a longer rule": ("disallow: /foo/bar$\nallow: /foo/bar/qux",
        "/foo/bar/qux /foo/bar/ /foo/bar/baz", "/foo/bar"),
    "a comment in a path": ("# disallow: /\ndisallow: /foo/quz#qux\nallow: /",
        "/foo/bar", "/foo/quz"),
    "the home page alone": ("allow: /$\ndisallow: /", "/", "/page.html /?a"),
    "an address in a query": ("disallow: /\nallow: /b?q=t&b=http://a.example?t&p",
        "/b?q=t&b=http://a.example?t&p", "/b?q=t"),
    "an address instead of a path": ("disallow: https://p.example/a", "/a", ""),
    "raw letters": (f"disallow: /\nallow: {UTF8}", "/foo/%E3%83%84 /foo/\u30c4", "/foo/"),
    "escaped letters": ("disallow: /\nallow: /foo/%E3%83%84", "/foo/%E3%83%84", "/foo/%E3"),
    "escapes that nobody needs": ("disallow: /%62%61%7A", "/b", "/baz /%62%61%7A"),
    "an escaped slash": ("disallow: /a%2Fb", "/a/b", "/a%2Fb /a%2fb"),
    "an escaped star": ("disallow: /a%2Ab", "/axb", "/a%2Ab /a*b"),
    "an escaped dollar": ("disallow: /a%24", "/a", "/a%24 /a$b"),
    "an escaped percent sign": ("disallow: /a%25b", "/a%b", "/a%25b"),
    "one old letter is not another": ("disallow: /caf%E9", "/caf%F1 /caf", "/caf%e9 /caf%E9s"),
    "a raw old letter": (b"disallow: /caf\xe9", "/caf%F1 /caf%C3%A9", "/caf%E9"),
    "a prefix before an old letter": ("disallow: /%C3%A9", "/", "/%C3%A9%E9"),
}  # fmt: skip


def robots(file: str | bytes, product: str) -> Robots:
    body = file if isinstance(file, bytes) else file.encode()
    answer: Answer = (200, body, None)
    return Robots(f"{product}/1.0", lambda _: answer, lambda: datetime(2026, 3, 2, tzinfo=UTC))


def allows(rules: Robots, path: str) -> bool:
    try:
        rules.check("https://post.example" + path)
    except Drop:
        return False
    return True


def _of_everybody(rules: str | bytes, allowed: str, forbidden: str) -> Case:
    raw = rules if isinstance(rules, bytes) else rules.encode()
    return EVERYBODY.encode() + raw, {"Heron": (allowed, forbidden)}


CASES = LINES | ENDS | {name: _of_everybody(*case) for name, case in MATCHES.items()}


@pytest.mark.parametrize(("file", "wanted"), CASES.values(), ids=list(CASES))
def test_each_crawler_may_ask_for_what_the_file_allows_it(
    file: str | bytes, wanted: dict[str, tuple[str, str]]
) -> None:
    for product, (allowed, forbidden) in wanted.items():
        rules = robots(file, product)
        assert [path for path in allowed.split() if not allows(rules, path)] == [], product
        assert [path for path in forbidden.split() if allows(rules, path)] == [], product


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("5", 5.0), ("0", 0.0), ("2.5", 2.5), ("2,5", 2.5), ("10s", 10.0), ("10 seconds", 10.0),
     ("1 sec", 1.0), (" 7 # slowly", 7.0), ("", None), ("ten", None), ("-1", None), ("1e3", None),
     ("nan", None), ("5-10", None), ("1/5", None), ("9" * 400, None), ("\u0663", None)],
)  # fmt: skip
def test_a_delay_is_read_in_the_forms_that_people_write(said: str, seconds: float | None) -> None:
    rules = robots(f"user-agent: *\nCrawl-delay: {said}", "Heron")
    assert rules.crawl_delay_seconds("https://post.example/") == seconds


def test_stars_by_the_thousand_are_matched_as_fast_as_one() -> None:
    """By backtracking this would take longer than the universe has been there."""
    rules = robots(EVERYBODY + "disallow: /" + "*a" * 2_000 + "*b", "Heron")
    assert allows(rules, "/" + "a" * 4_000)
