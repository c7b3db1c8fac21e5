"""The address inside an address: archives, AMP caches and link redirectors taken off."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl

from pipeline.urls.read import read

MAX_UNWRAPS = 4
"""Redirectors inside redirectors that are followed: more is no address anybody shared."""

REDIRECTOR_HOSTS = re.compile(
    r"(?:l|lm|m|www)\.(?:facebook|instagram)\.com|(?:www\.)?google\.[a-z.]{2,6}|"
    r"(?:out|exit)\.[a-z0-9.-]+|(?:www\.)?youtube\.com|slack-redir\.net|vk\.com|t\.umblr\.com|"
    r"href\.li|(?:www\.)?linkedin\.com|steamcommunity\.com|news\.url\.google\.com|"
    r"safelinks\.protection\.outlook\.com|[a-z0-9]+\.safelinks\.protection\.outlook\.com"
)
REDIRECTOR_PATHS = re.compile(
    r"/(?:l\.php|url|redirect|redir|away\.php|linkfilter/?|link|out|goto|z)?/?", re.I
)
REDIRECTOR_FIELDS = ("u", "url", "q", "to", "target", "dest", "destination", "redirect", "z")

ARCHIVE = re.compile(
    r"^(?:https?://)?(?:web|wayback)\.archive\.org/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:)", re.I
)
AMP_CACHE = re.compile(
    r"^(?:https?://)?(?:[^/]+\.)?(?:cdn\.ampproject\.org/(?:[cvi]/)*(s/)?|"
    r"(?:www\.)?google\.[a-z.]{2,6}/amp/(s/)?|[^/]+\.bing-amp\.com/c/(s/)?)",
    re.I,
)


def unwrap(url: str) -> str:
    """The address inside an AMP cache, an archive or a link redirector; then trimmed."""
    url = unicodedata.normalize("NFC", url.strip())
    for _ in range(MAX_UNWRAPS):
        inner = _archived(url) or _amp_cached(url) or _redirected(url)
        if inner is None:
            return url
        url = inner.strip()
    return url


def _archived(url: str) -> str | None:
    match = ARCHIVE.match(url)
    return url[match.end() :] if match else None


def _amp_cached(url: str) -> str | None:
    match = AMP_CACHE.match(url)
    rest = url[match.end() :] if match else ""
    return rest if re.match(r"[^/?#]+\.[^/?#]+", rest) else None


def _redirected(url: str) -> str | None:
    parts = read(url)
    if not REDIRECTOR_HOSTS.fullmatch(parts.host) or not REDIRECTOR_PATHS.fullmatch(parts.path):
        return None
    fields = dict(parse_qsl(parts.query))
    found = (fields.get(name, "") for name in REDIRECTOR_FIELDS)
    return next((value for value in found if re.match(r"https?://", value, re.I)), None)
