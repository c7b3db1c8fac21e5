"""One entry of a feed or sitemap in XML: its address, title and date, wherever they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from pipeline.discover.bounded import inner_text, local_name
from pipeline.discover.found import Collector, absolute_url
from pipeline.discover.hint_dates import date_says, read_hint_date

ENTRIES = ("item", "entry", "url", "sitemap")
_CHANGES = ("updated", "modified", "lastmod")
_DATES = ("publication_date", "pubdate", "published", "date", "issued", "created", *_CHANGES)
"""Names that carry a date, the one nearest to publication first."""
_ADDRESSES = ("loc", "origlink", "link", "guid", "id", "about", "content", "href")
"""What names the entry's page, the most particular first."""
_READ = frozenset(("loc", "origlink", "guid", "id", "title", *_DATES))
_PAGE_TYPES = ("", "text/html", "application/xhtml+xml")
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MOST_ASTRAY = 500
_WWW = re.compile(r"www\.[\w-]+\.[\w.-]+(?:/|$)", re.I)
_LINE_BREAK = re.compile(r"[ \t]*[\r\n]\s*")

_Values = dict[str, list[str]]


def add_entry(found: Collector, entry: etree._Element) -> None:
    """Add the entry under the first of its addresses that can be asked for."""
    values: _Values = {}
    own = _vocabulary(entry)
    for element in _said_of(entry, own):
        name = local_name(element)
        # The place of a picture or a film is not the page's.
        if name != "loc" or _vocabulary(element) == own:
            _read(values, name, element, found.base)
    _of_the_entry_itself(values, entry)
    title = values.get("title", [""])[0]
    named = next((name for name in _DATES if name in values), "")
    date = values[named][0] if named else ""
    dated, says = read_hint_date(date), "change" if named in _CHANGES else date_says(date)
    addresses = [text for name in _ADDRESSES for text in values.get(name, ())]
    if not any(found.add(text, title, dated, says) for text in addresses):
        any(found.add(text, title, dated, says) for text in _astray(entry, found.base))


def _read(values: _Values, name: str, element: etree._Element, base: str) -> None:
    if name == "link":
        _read_link(values, element, base)
    elif name == "content" and element.get("type", "").lower() in _PAGE_TYPES:
        _note(values, name, _on_its_base(element, element.get("src", ""), base))
    elif name in _READ:
        text = inner_text(element)
        # A name that is no address is none on this site either.
        if name not in ("guid", "id") or (_is_web(text) and _is_permanent(element)):
            _note(values, name, text if name in (*_DATES, "title") else _one_line(text))


def _read_link(values: _Values, element: etree._Element, base: str) -> None:
    """RSS has the address as text, Atom as an attribute, with the relation that it stands in; the
    relation may be written as its registered address."""
    href = element.get("href")
    text = _one_line(href if href else inner_text(element))
    if href and element.get("rel", "alternate").lower().rpartition("/")[2] != "alternate":
        return
    if _is_reference(text):
        is_page = element.get("type", "").partition(";")[0].strip().lower() in _PAGE_TYPES
        _note(values, "link" if is_page else "href", _on_its_base(element, text, base))


def _of_the_entry_itself(values: _Values, entry: etree._Element) -> None:
    """RSS 1.0 names an item by its address, CDF gives it as an attribute."""
    about = entry.get(_RDF_ABOUT, "")
    if _is_web(about):
        _note(values, "about", about)
    _note(values, "href", entry.get("href") or entry.get("HREF") or "")


def _astray(entry: etree._Element, base: str) -> Iterator[str]:
    """Links that stand deeper, because something before them was never closed."""
    own = _vocabulary(entry)
    for element in islice(entry.iterdescendants(etree.Element), _MOST_ASTRAY):
        if local_name(element) in ENTRIES:
            return
        if local_name(element) == "link" and _vocabulary(element) == own:
            values: _Values = {}
            _read_link(values, element, base)
            yield from values.get("link", ())


def _note(values: _Values, name: str, text: str) -> None:
    if text:
        values.setdefault(name, []).append(text)


def _is_web(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _is_permanent(guid: etree._Element) -> bool:
    said = next((v for k, v in guid.attrib.items() if str(k).lower() == "ispermalink"), "true")
    return str(said).strip().lower() != "false"


def _is_reference(text: str) -> bool:
    """Whether it can be an address at all: no markup, and no words with blanks between them."""
    return "<" not in text and (" " not in text or "/" in text or "." in text)


def _one_line(text: str) -> str:
    """An address that was broken for its length, or lacks its scheme."""
    text = _LINE_BREAK.sub("", text.strip())
    return f"//{text}" if _WWW.match(text) else text


def _said_of(entry: etree._Element, own: str) -> list[etree._Element]:
    """What speaks of the entry, its own vocabulary first.

    So media:title or the title of a source does not stand in for the headline.
    """
    children = list(entry.iterchildren(etree.Element))
    if any(_vocabulary(child) != own for child in children):
        children.sort(key=lambda child: _vocabulary(child) != own)
    news = [child for child in children if local_name(child) == "news"]
    within = [element for child in news for element in child.iterchildren(etree.Element)]
    return children + within


def _vocabulary(element: etree._Element) -> str:
    """The namespace, or the prefix where a document forgot to declare it."""
    tag = str(element.tag)
    return tag.rpartition("}")[0] or tag.rpartition(":")[0]


def _on_its_base(element: etree._Element, address: str, base: str) -> str:
    """The address on the element's xml:base, which may itself stand on the document's."""
    if not element.base:
        return address
    return absolute_url(absolute_url(base, element.base) or base, address) or address
