"""What a page's owner says about its use: robots directives, text and data mining, licences.

Recorded with the page; nothing here decides what follows from it. Sources: X-Robots-Tag and meta
robots as the search engines document them; TDM Reservation Protocol (W3C community group, 2024)
for ``tdm-reservation`` and ``tdm-policy``; RFC 8288 for links; ``rel=license`` of HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

from pipeline.models import Rights
from pipeline.urls import absolute

HEAD_BYTES = 256 * 1024
"""Where metas are looked for: a page's head, with the scripts that some put before them."""
MOST_LICENCES = 10
MOST_DIRECTIVES = 20

_META = re.compile(rb"<meta\s[^<>]{0,2000}>")
_LINK_TAG = re.compile(rb"<(?:a|link)\s[^<>]{0,2000}>")
_LICENCE = re.compile(rb"rel\s{0,9}=[\s\"']{0,9}[a-z ]{0,50}licen")
_ATTRIBUTE = re.compile(
    r"(?<![a-z:-])([a-z:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.I
)
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_DIRECTIVE = re.compile(r"[a-z][a-z_-]{1,30}(?:\s*:\s*[^,]{1,60})?")
_WITH_VALUE = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
_WANTED = (b"robots", b"tdm-")


def rights_of(url: str, headers: Sequence[tuple[str, str]], body: bytes, product: str) -> Rights:
    """What headers and markup say. Total. ``product`` is our name in lower case, under which
    directives may be meant for us alone; those for other crawlers are left out."""
    said = _Said(product)
    for name, value in headers:
        said.header(url, name.lower(), value)
    lowered = body.lower()  # as long as the body, so that places in it are places in both
    for match in _META.finditer(lowered, 0, HEAD_BYTES):
        if any(word in match.group() for word in (*_WANTED, product.encode())):
            said.meta(url, _attributes(body[match.start() : match.end()]))
    if b"license" in lowered and _LICENCE.search(lowered):
        for match in _LINK_TAG.finditer(lowered):
            if _LICENCE.search(match.group()):
                found = _attributes(body[match.start() : match.end()])
                if "license" in found.get("rel", "").lower().split():
                    said.licence(url, found.get("href", ""))
    return said.rights()


class _Said:
    """Collects; the first word on each question counts, restrictions add up."""

    def __init__(self, product: str) -> None:
        self._product = product
        self._robots: list[str] = []
        self._reserved: bool | None = None
        self._policy: str | None = None
        self._licences: list[str] = []

    def header(self, url: str, name: str, value: str) -> None:
        if name == "x-robots-tag":
            agent, colon, rest = value.partition(":")
            named = agent.strip().lower()
            if colon and "," not in agent and named not in _WITH_VALUE:
                if named == self._product:
                    self._add(rest)
                return
            self._add(value)
        elif name.startswith("tdm-"):
            self._tdm(url, name, value)
        elif name == "link":
            for target, parameters in _LINK.findall(value):
                if re.search(r"\brel\s*=\s*\"?[^\";,]*\blicense\b", parameters, re.I):
                    self.licence(url, target)

    def meta(self, url: str, found: dict[str, str]) -> None:
        name = (found.get("name") or found.get("http-equiv") or "").strip().lower()
        content = found.get("content", "")
        if name in ("robots", self._product):
            self._add(content)
        elif name.startswith("tdm-"):
            self._tdm(url, name, content)

    def licence(self, url: str, href: str) -> None:
        target = absolute(url, href) if href.strip() else None
        if target and target not in self._licences and len(self._licences) < MOST_LICENCES:
            self._licences.append(target)

    def rights(self) -> Rights:
        return Rights(
            robots=tuple(self._robots),
            tdm_reserved=self._reserved,
            tdm_policy_url=self._policy,
            licence_urls=tuple(self._licences),
        )

    def _tdm(self, url: str, name: str, value: str) -> None:
        value = value.strip()
        if name == "tdm-reservation" and value in ("0", "1") and self._reserved is None:
            self._reserved = value == "1"
        elif name == "tdm-policy" and self._policy is None:
            self._policy = absolute(url, value)

    def _add(self, text: str) -> None:
        for directive in _directives(text):
            if directive not in self._robots and len(self._robots) < MOST_DIRECTIVES:
                self._robots.append(directive)


def _directives(text: str) -> Iterable[str]:
    parts = (part.strip().lower() for part in text.split(","))
    return (part for part in parts if _DIRECTIVE.fullmatch(part))


def _attributes(tag: bytes) -> dict[str, str]:
    return dict(_pairs(tag.decode("utf-8", "replace")))


def _pairs(tag: str) -> Iterator[tuple[str, str]]:
    for name, *values in reversed(_ATTRIBUTE.findall(tag)):  # the first of a name counts
        yield name.lower(), unescape("".join(values))
