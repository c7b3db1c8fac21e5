"""Pages that stand in front of a page: proof of a human, consent, login. Named, never passed.

A wall is recognised by its own marks *and* by what it lacks: a story. An article that carries a
bot-detection script, a cookie banner or a login form keeps its text and is no wall.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from pipeline.errors import Drop

MOST_BYTES = 256 * 1024
"""Larger answers are not looked into: walls are small, the largest consent pages about 100 KB."""
STORY_CHARS = 1500
"""Visible text from which on a page may hold a story. The longest walls (consent texts in two
languages) stay below; a page with less text than that in front of a wall's marks is the wall."""
LOGIN_CHARS = 800

_STATUSES = frozenset((200, 202, 401, 403, 405, 429, 503))
_HEADERS = {"cf-mitigated": ("challenge",), "x-amzn-waf-action": ("challenge", "captcha")}

_CHALLENGE_TITLE = re.compile(
    rb"<title[^<>]{0,200}>\s*+(?:just a moment|attention required|one moment, please|please wait|"
    rb"checking your browser|verify(?:ing)? (?:you are|that you are|your)|"
    rb"are you a (?:robot|human)|security (?:check|verification)|human verification|"
    rb"bot (?:check|verification)|ddos[- ]guard|"
    rb"pardon our interruption|robot check|captcha|nur einen moment|einen moment|un momento|"
    rb"un instant|un attimo)[^<]{0,80}</title",
    re.I,
)
_CHALLENGE_MARKS = (
    b"captcha", b"challenge-platform", b"_cf_chl_opt", b"cf-challenge", b"_incapsula_resource",
    b"awswafintegration", b"verify you are human", b"verify you are a human",
    b"verify that you are human", b"are you a robot", b"are you a human", b"unusual traffic",
    b"enable javascript and cookies to continue", b"checking your browser",
    b"checking if the site connection",
)  # fmt: skip
_CONSENT_MARKS = (
    b"consent", b"einwillig", b"zustimm", b"consentimiento", b"consenso", b"toestemming",
    b"samtykke", b"samtycke", b"cookie",
)  # fmt: skip
_CONSENT_ACTION = re.compile(
    rb"<(?:form|button|input)\b[^<>]{0,1000}(?:consent|accept|agree|akzept|zustimm)|"
    rb">\s*(?:accept|agree|i agree|allow|ok|alle akzeptieren|akzeptieren|zustimmen|accepter|"
    rb"aceptar|accetta|akkoord|godta|godk[^<]{1,3}nn)\b[^<]{0,40}</(?:button|a|span)",
    re.I,
)
_PASSWORD = re.compile(rb"<input\b[^<>]{0,1000}\btype\s*=\s*[\"']?password", re.I)
_CONSENT_PLACE = re.compile(
    r"(?:^|[./_-])(?:consent|collectconsent|cookie-?wall|cookie-?consent|privacy-?gate|gdpr-?consent|"
    r"privacy-?wall|zustimmung|einwilligung)(?:$|[./_-])"
)
_LOGIN_PLACE = re.compile(
    r"(?:^|[./_-])(?:log-?in|sign-?in|anmelden|anmeldung|connexion|sso|oauth2?|openid|auth)(?:$|[./_-])"
)
_PARAGRAPH = re.compile(rb"<p\b[^<>]{0,500}>\s*+([^<>]{20,})", re.I)
_HIDDEN = re.compile(rb"<(?:!--|(script|style|noscript|svg|template|title)\b)")
_TAG = re.compile(rb"<[^<>]*>")
_SPACE = re.compile(rb"(?:\s|&nbsp;)+")


def wall_of(
    url: str, final_url: str, status: int, headers: Mapping[str, str], body: bytes
) -> Drop | None:
    """The wall that an answer is, as ``challenge``, ``consent_wall`` or ``login_required``; None
    for anything else. ``headers`` have lower-case names. Total."""
    for name, words in _HEADERS.items():
        if headers.get(name, "").strip().lower() in words:
            return Drop("challenge", f"{name}: {headers[name][:80]}")
    if status not in _STATUSES or len(body) > MOST_BYTES or _has_story(body):
        return None
    chars = visible_chars(body)
    if chars >= STORY_CHARS:
        return None
    lowered = body.lower()
    refused = status not in (200, 202)
    titled = _CHALLENGE_TITLE.search(lowered) is not None
    marked = titled or any(mark in lowered for mark in _CHALLENGE_MARKS)
    if marked and (refused or titled or chars < LOGIN_CHARS):
        return Drop("challenge", f"status {status}, asks for proof of a human")
    if refused:
        return None
    return _led_away(url, final_url) or _stands_in_place(lowered, chars)


def _has_story(body: bytes) -> bool:
    """Whether the paragraphs alone are story enough: the quick answer for nearly every page."""
    chars = 0
    for match in _PARAGRAPH.finditer(body):
        chars += len(match.group(1))
        if chars >= STORY_CHARS:
            return True
    return False


def _led_away(url: str, final_url: str) -> Drop | None:
    """A redirect to an address that says what it is."""
    if final_url == url:
        return None
    was, place = _place(url), _place(final_url)
    if _CONSENT_PLACE.search(place) and not _CONSENT_PLACE.search(was):
        return Drop("consent_wall", f"led to {final_url[:200]}")
    if _LOGIN_PLACE.search(place) and not _LOGIN_PLACE.search(was):
        return Drop("login_required", f"led to {final_url[:200]}")
    return None


def _stands_in_place(lowered: bytes, chars: int) -> Drop | None:
    if chars < LOGIN_CHARS and _PASSWORD.search(lowered):
        return Drop("login_required", "a password field and no story")
    asks = any(mark in lowered for mark in _CONSENT_MARKS) and _CONSENT_ACTION.search(lowered)
    if asks and b"<article" not in lowered:
        return Drop("consent_wall", "asks for consent and holds no story")
    return None


def visible_chars(body: bytes) -> int:
    """About how many bytes of text a reader would see; an estimate without a parser."""
    text = _TAG.sub(b" ", _without_hidden(body.lower()))
    return len(_SPACE.sub(b" ", text).strip())


def _without_hidden(lowered: bytes) -> bytes:
    """Without comments and elements that show nothing; one that is never closed hides the rest."""
    kept = []
    at = 0
    while match := _HIDDEN.search(lowered, at):
        kept.append(lowered[at : match.start()])
        close = b"</" + match.group(1) if match.group(1) else b"-->"
        end = lowered.find(close, match.end())
        if end < 0:
            return b" ".join(kept)
        at = end + len(close)
    return b" ".join([*kept, lowered[at:]])


def _place(url: str) -> str:
    """Host and path of a URL in lower case: what may say that it is a wall."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return unquote(f"{parts.hostname or ''}{parts.path}").lower()
