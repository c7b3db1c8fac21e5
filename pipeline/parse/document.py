"""A page opened once: its tree, its metadata and its structured data, for all kinds of evidence.

One lxml parse a page, from UTF-8 bytes. Plain text becomes one ``<pre>``. Nothing here decides
what is a headline or an author, and no page may make it raise.
"""

from __future__ import annotations

import threading
from codecs import utf_8_decode
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree, html
from lxml.html import HtmlElement

from pipeline.models import FetchedPage, SourceProfile
from pipeline.parse.limits import ParseLimits
from pipeline.parse.source_caps import cap_source
from pipeline.parse.structured import Node, read_structured
from pipeline.urls import absolute

_LANDMARKS = ("a", "base", "h1", "h2", "link", "meta", "script", "time", "title")
_ENDS_HEAD = (
    *("article", "aside", "details", "dialog", "figure", "footer", "header", "hgroup"),
    *("main", "nav", "search", "section"),
)
_MARKUP_STARTS = ("<!doctype html", "<html", "<head", "<body")
_UTF8 = frozenset(("utf-8", "utf8", "utf-8-sig"))
_DECODED_AT_ONCE = 32_768
_META_CHARS = 20_000
_META_VALUES = 200


@dataclass(slots=True)
class Document:
    """What every kind of evidence reads; nobody writes to it but :func:`open_document`."""

    root: HtmlElement
    url: str
    final_url: str
    base_url: str
    """What relative addresses on the page are relative to."""
    meta: dict[str, list[str]] = field(default_factory=dict)
    """Lower-case name, property, itemprop or http-equiv of ``<meta>`` -> contents, page order."""
    structured: list[Node] = field(default_factory=list)
    """The page's JSON-LD objects, ``@graph`` and nesting flattened, references resolved once."""
    landmarks: dict[str, list[HtmlElement]] = field(default_factory=dict)
    """Elements by tag, in page order: a, base, h1, h2, link, meta, script, time, title."""
    relations: dict[str, list[HtmlElement]] = field(default_factory=dict)
    """Elements by each lower-case word of their ``rel``: every ``link``, then every ``a``."""
    elements: list[HtmlElement] = field(default_factory=list)
    """All of the page's, kept alive: lxml need not make their Python objects again and again."""
    shown: list[HtmlElement] = field(default_factory=list)
    """Those of its body, or all where it has none."""
    classes: list[str] = field(default_factory=list)
    """The class attribute of each of these, "" for none."""
    limits: list[str] = field(default_factory=list)
    """Names of the caps that cut the page."""
    source: SourceProfile | None = None
    plain_text: bool = False
    """True when the page is text without markup, held in one ``<pre>``."""

    def first_meta(self, *names: str) -> str:
        """The content of the first of these meta elements that is there, ``""`` for none."""
        return next((self.meta[name][0] for name in names if self.meta.get(name)), "")


def open_document(
    page: FetchedPage, source: SourceProfile | None = None, limits: ParseLimits | None = None
) -> Document:
    """The page as a document; an empty one when there is nothing to read. Never raises."""
    limits = limits or ParseLimits()
    text, source_bytes = _decode(page, limits)
    source_bytes, cut = cap_source(source_bytes, limits)
    plain = text is not None and _is_plain_text(text)
    root = _plain_text_tree(text or "") if plain else _tree(source_bytes, cut)
    if len(page.body) > limits.max_bytes and "max_bytes" not in cut:
        cut.insert(0, "max_bytes")
    document = Document(
        root=root,
        url=page.url,
        final_url=page.final_url,
        base_url=page.final_url or page.url,
        limits=cut,
        source=source,
        plain_text=plain,
        elements=list(islice(root.iter(), limits.max_nodes)),
    )
    document.shown = _shown(root, document.elements, limits)
    document.classes = [element.get("class", "") for element in document.shown]
    landmarks = document.landmarks
    for element in root.iter(*_LANDMARKS):
        tag = element.tag
        if tag in landmarks:
            landmarks[tag].append(element)
        else:
            landmarks[tag] = [element]
    document.relations = _relations(document.landmarks)
    document.base_url = _base_url(document)
    document.meta = _meta(document.landmarks.get("meta", []))
    scripts = document.landmarks.get("script", [])
    document.structured = read_structured(_structured_sources(scripts), document.limits)
    return document


def _decode(page: FetchedPage, limits: ParseLimits) -> tuple[str | None, bytes]:
    """The page's characters, if they are to be read as plain text, and the same as UTF-8, without
    NULs and lone surrogates, which libxml2 stumbles over."""
    body = page.body[: limits.max_bytes]
    is_text = page.media_type == "text/plain"
    try:
        if page.charset.lower() in _UTF8 and b"\0" not in body and _is_utf8(body):
            # Most pages: there is nothing to encode again.
            return (body.decode("utf-8").removeprefix("\ufeff") if is_text else None), body
        text = body.decode(page.charset, errors="replace")
    except (LookupError, UnicodeError, ValueError):
        text = body.decode("utf-8", errors="replace")
    text = text.removeprefix("\ufeff").replace("\0", "")
    return text if is_text else None, text.encode("utf-8", "replace")


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8. They are decoded bit by bit: to make a string of the whole page
    takes fresh memory, which costs more than the decoding."""
    if body.isascii():
        return True
    view, place = memoryview(body), 0
    try:
        while place < len(body):
            end = place + _DECODED_AT_ONCE
            place += utf_8_decode(view[place:end], "strict", end >= len(body))[1]
    except UnicodeDecodeError:
        return False
    return True


def _is_plain_text(text: str) -> bool:
    return not text[:512].lstrip().lower().startswith(_MARKUP_STARTS)


def _plain_text_tree(text: str) -> HtmlElement:
    """The lines of a text as one preformatted element; characters XML forbids are left out."""
    root: HtmlElement = html.document_fromstring("<html><body><pre></pre></body></html>")
    allowed = "".join(c for c in text if c >= " " or c in "\t\n\r\f")
    root[0][0].text = allowed.replace("\f", "\n").translate(_NONCHARACTERS)
    return root


_NONCHARACTERS = dict.fromkeys([*range(0xD800, 0xE000), 0xFFFE, 0xFFFF], "\ufffd")


class _Parser(threading.local):
    """Each thread's own: to make one takes a tenth of a parse, and two threads cannot use one."""

    def __init__(self) -> None:
        # huge_tree lifts libxml2's depth from 256, beyond which it drops the rest of the page, to
        # 2048. Nobody asks for an element by its id; to keep a table of them is a fifth of the
        # parse.
        self.html = html.HTMLParser(
            encoding="utf-8",
            remove_comments=True,
            remove_pis=True,
            huge_tree=True,
            collect_ids=False,
        )
        # One class for every element, chosen in C: lxml.html's own choice calls Python for each.
        self.html.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))


_PARSER = _Parser()


def _tree(source: bytes, cut: list[str]) -> HtmlElement:
    parser = _PARSER.html
    try:
        root = html.document_fromstring(source, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return html.document_fromstring("<html><body></body></html>")
    if any("Excessive depth" in entry.message for entry in parser.error_log.filter_from_fatals()):
        cut.append("max_depth")
    _end_head(root)
    return root


def _end_head(root: HtmlElement) -> None:
    """Move what stands in the head and belongs to the body, with all behind it, as the standard
    has it: libxml2 knows no HTML5, and where a page leaves ``<body>`` out its story would be
    lost with the head."""
    head, body = root.find("head"), root.find("body")
    first = next(head.iterchildren(*_ENDS_HEAD), None) if head is not None else None
    if first is None:
        return
    if body is None:
        body = etree.SubElement(root, "body")
    moved = [first, *first.itersiblings()]
    moved[-1].tail = f"{moved[-1].tail or ''}{body.text or ''}"
    body.text = None
    body[0:0] = moved


def _shown(
    root: HtmlElement, elements: list[HtmlElement], limits: ParseLimits
) -> list[HtmlElement]:
    body = next(root.iterchildren("body"), None)
    if body is None:
        return elements
    if body.getnext() is not None or body not in elements:  # the list does not end with it
        return list(islice(body.iter(), limits.max_nodes))
    return elements[elements.index(body) :]


def _base_url(document: Document) -> str:
    for element in document.landmarks.get("base", []):
        if href := element.get("href"):  # the first that has one, as browsers take it
            return absolute(document.base_url, href) or document.base_url
    return document.base_url


def _relations(landmarks: dict[str, list[HtmlElement]]) -> dict[str, list[HtmlElement]]:
    related: dict[str, list[HtmlElement]] = {}
    for element in (*landmarks.get("link", ()), *landmarks.get("a", ())):
        if words := element.get("rel"):
            for word in {*words.lower().split()}:
                related.setdefault(word, []).append(element)
    return related


def _meta(elements: list[HtmlElement]) -> dict[str, list[str]]:
    meta: dict[str, list[str]] = {}
    for element in elements:
        content = element.get("content") or element.get("value")  # some makers confuse the two
        if content is None or not content.strip():
            continue
        for key in ("property", "name", "itemprop", "http-equiv"):
            for name in (element.get(key) or "").lower().split():
                values = meta.setdefault(name, [])
                if len(values) < _META_VALUES:
                    values.append(content[:_META_CHARS].strip())
    return meta


def _structured_sources(scripts: list[HtmlElement]) -> list[str]:
    return [
        element.text
        for element in scripts
        if "ld+json" in element.get("type", "").lower() and element.text
    ]
