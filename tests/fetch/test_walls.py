"""Walls in front of pages are named; pages that carry their marks and a story are pages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.fetch import Client
from pipeline.fetch.walls import wall_of
from tests.fetch.conftest import PAGE, Ends, Serve, page
from tests.fetch.server import redirect, response

URL = "https://post.example/local/pier"

PARAGRAPH = (
    b"<p>The council voted on Saturday night to rebuild the northern pier before the storms.</p>"
)
STORY = b"<article><h1>Pier rebuilt</h1>" + PARAGRAPH * 30 + b"</article>"


def html(title: bytes, body: bytes) -> bytes:
    return b"<!doctype html><html><head><title>" + title + b"</title></head><body>" + body


def named(body: bytes, status: int = 200, final_url: str = URL, **headers: str) -> str | None:
    lowered = {name.replace("_", "-"): value for name, value in headers.items()}
    wall = wall_of(URL, final_url, status, lowered, body)
    return wall.reason if wall else None


CHALLENGES = {
    "a waiting room": (
        503,
        html(b"Just a moment...", b"<p>Enable JavaScript and cookies to continue</p>"),
    ),
    "a waiting room in German": (
        403,
        html(b"Nur einen Moment\xe2\x80\xa6", b"<script src=/c.js></script>"),
    ),
    "a waiting room with 200": (200, html(b"Just a moment...", b"<div id=challenge></div>")),
    "a script of a challenge": (
        403,
        html(b"post.example", b"<script>window._cf_chl_opt={}</script>"),
    ),
    "a picture riddle": (
        403,
        html(b"", b"<form><div class=g-recaptcha></div><p>Please solve it</p></form>"),
    ),
    "a riddle with 200": (200, html(b"Post", b"<div id=px-captcha></div><p>Press and hold</p>")),
    "a question": (
        429,
        html(b"Post", b"<h1>Are you a robot?</h1><p>Confirm that you are not.</p>"),
    ),
    "unusual traffic": (
        429,
        html(b"Sorry", b"<p>We have detected unusual traffic from your network.</p>"),
    ),
    "an interruption": (
        200,
        html(b"Pardon Our Interruption", b"<p>Something about your browser</p>"),
    ),
    "a check of the browser": (
        503,
        html(b"Post", b"<h1>Checking your browser before accessing</h1>"),
    ),
    "an accepted request": (
        202,
        html(b"Human Verification", b"<script>AwsWafIntegration.x</script>"),
    ),
    "an incident": (200, html(b"", b'<iframe src="/_Incapsula_Resource?x=1"></iframe>')),
}


@pytest.mark.parametrize(("status", "body"), CHALLENGES.values(), ids=list(CHALLENGES))
def test_a_page_that_asks_for_proof_of_a_human_is_a_challenge(status: int, body: bytes) -> None:
    assert named(body, status) == "challenge"


def test_a_header_that_says_challenge_is_believed() -> None:
    assert named(STORY, 403, cf_mitigated="challenge") == "challenge"
    assert named(b"", 202, x_amzn_waf_action="challenge") == "challenge"
    assert named(b"", 405, x_amzn_waf_action="captcha") == "challenge"
    assert named(STORY, 200, cf_mitigated="") is None


CONSENTS = {
    "led away to a host": (
        "https://consent.post.example/v2?return=x",
        html(b"Privacy", b"<p>We care</p>"),
    ),
    "led away to a path": (
        "https://post.example/cookie-wall?u=/local/pier",
        html(b"Post", b"<p>Hello</p>"),
    ),
    "led away to another domain": (
        "https://cmp.example/collectConsent?session=1",
        html(b"", b"<form></form>"),
    ),
    "in place": (
        URL,
        html(b"Post", b"<h1>Cookies</h1><p>We and our partners.</p><button>Accept all</button>"),
    ),
    "in place, a form": (
        URL,
        html(b"Post", b"<p>consent</p><form action=/consent><button>OK</button></form>"),
    ),
    "in place, in German": (
        URL,
        html(b"Post", b"<p>Ihre Einwilligung</p><button>Alle akzeptieren</button>"),
    ),
    "in place, in Dutch": (URL, html(b"Post", b"<p>Wij vragen uw toestemming</p><a>Akkoord</a>")),
}


@pytest.mark.parametrize(("final_url", "body"), CONSENTS.values(), ids=list(CONSENTS))
def test_a_page_that_asks_for_consent_and_holds_no_story_is_a_consent_wall(
    final_url: str, body: bytes
) -> None:
    assert named(body, final_url=final_url) == "consent_wall"


LOGINS = {
    "led away to a host": (
        "https://login.post.example/?next=/local/pier",
        html(b"Post", b"<p>Hello</p>"),
    ),
    "led away to a path": (
        "https://post.example/account/signin?r=1",
        html(b"Post", b"<p>Hello</p>"),
    ),
    "led away in German": ("https://post.example/anmelden", html(b"Post", b"<p>Hallo</p>")),
    "in place": (URL, html(b"Sign in", b"<form><input name=u><input type=password name=p></form>")),
}


@pytest.mark.parametrize(("final_url", "body"), LOGINS.values(), ids=list(LOGINS))
def test_a_page_for_users_alone_is_a_login(final_url: str, body: bytes) -> None:
    assert named(body, final_url=final_url) == "login_required"


BANNER = b"<div id=consent><p>We use cookies.</p><button>Accept all</button></div>"
NO_WALLS = {
    "a story": STORY,
    "a story under a banner": html(b"Pier", BANNER + STORY),
    "a story with a watching script": html(
        b"Pier", STORY + b"<script src=/cdn-cgi/challenge-platform/x></script>"
    ),
    "a story with a riddle in its form": html(b"Pier", STORY + b"<div class=g-recaptcha></div>"),
    "a story with a login form": html(b"Pier", STORY + b"<input type=password>"),
    "a story about robots": html(b"Are you a robot? A test of new machines", STORY),
    "a story called a moment": html(b"Just a moment: the pier in pictures", STORY),
    "a short notice": html(
        b"Pier closed", b"<article><p>The pier is closed today.</p></article>" + BANNER
    ),
    "a short plain page": PAGE,
    "nothing": b"",
    "bytes": bytes(range(256)) * 20,
}


@pytest.mark.parametrize("body", NO_WALLS.values(), ids=list(NO_WALLS))
def test_a_page_is_no_wall_for_carrying_a_walls_marks(body: bytes) -> None:
    assert named(body) is None


@pytest.mark.parametrize(
    "final_url",
    ["https://post.example/opinion/author-of-the-month", "https://post.example/local/pier-2",
     "https://post.example/news/consenting-adults", "https://post.example/authors/ines"],
)  # fmt: skip
def test_a_redirect_to_another_page_is_no_wall(final_url: str) -> None:
    assert named(html(b"Post", b"<p>Short.</p>"), final_url=final_url) is None


def test_a_redirect_to_a_login_with_the_story_on_it_is_no_wall() -> None:
    assert named(STORY, final_url="https://login.post.example/pier") is None


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_an_ordinary_error_page_keeps_its_own_reason(status: int) -> None:
    assert named(html(b"Error", b"<h1>Not for you</h1>" + BANNER), status) is None


def test_an_error_page_with_a_whole_sites_text_is_no_challenge() -> None:
    assert named(html(b"503", STORY + b"<script src=recaptcha.js></script>"), 503) is None


@given(st.binary(max_size=2000), st.text(max_size=50), st.text(max_size=50), st.integers(100, 599))
def test_any_answer_is_decided(body: bytes, url: str, final_url: str, status: int) -> None:
    wall = wall_of(url, final_url, status, {}, body)
    assert wall is None or wall.reason in ("challenge", "consent_wall", "login_required")


@pytest.mark.timeout(60)
def test_looking_at_a_hostile_page_takes_no_time() -> None:
    """Patterns that go back and forth would take hours on these."""
    for piece in (b"<p ", b"<script ", b"<!--", b"<", b"<title>captcha ", b"<input ", b"> accept "):
        wall_of(URL, URL, 200, {}, piece * (200_000 // len(piece)))


# ------------------------------------------------------------------ through the client
def test_walls_end_a_fetch_by_their_names(serve: Serve, ends: Ends) -> None:
    waiting = response(503, html(b"Just a moment...", b""), "Retry-After: 5")
    ends(serve(waiting).url(), "challenge")
    away = serve(
        {
            "/": redirect("/consent?back=/"),
            "/consent": response(200, html(b"Privacy", b"<p>We</p>")),
        }
    )
    ends(away.url(), "consent_wall")
    login = {"/": redirect("/login"), "/login": response(200, html(b"Hello", b"<p>You</p>"))}
    ends(serve({**login}).url(), "login_required")


def test_a_wall_is_asked_once_and_never_answered(serve: Serve, ends: Ends) -> None:
    server = serve(response(403, html(b"Just a moment...", b"<form action=/solve></form>")))
    ends(server.url(), "challenge")
    assert [asked.path for asked in server.asked] == ["/"]


CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not part of the repository")
def test_no_real_article_is_called_a_wall() -> None:
    called = []
    for line in (CORPUS / "manifest.jsonl").read_text(encoding="utf-8").strip("\n").split("\n"):
        row = json.loads(line)
        body = gzip.decompress((CORPUS / "pages" / f"{row['id']}.html.gz").read_bytes())
        if wall := wall_of(row["url"], row["url"], 200, {}, body):
            called.append((row["url"], str(wall)))
    assert called == []


def test_a_page_under_a_banner_is_fetched_as_ever(serve: Serve, client: Client) -> None:
    assert page(client, serve(response(200, html(b"Pier", BANNER + STORY))).url()).status == 200
