"""Bytes from strangers, opened within bounds: gzip and XML."""

from __future__ import annotations

import codecs
import html
import re
import zlib
from html.entities import html5
from itertools import islice
from typing import Any

from lxml import etree

from pipeline.discover.decoding import in_utf8
from pipeline.discover.found import Undiscoverable

MAX_BYTES = 50 * 1024 * 1024
"""Bytes of one document, unpacked: the limit of the sitemap protocol."""
MAX_NODES = 3_000_000
"""Elements, attributes and references of one XML document: 540 MB as a tree. Without a bound 50 MB,
which are 50 KB on the wire, were 2.6 GB. 50,000 addresses in ten languages have 2.3 million."""
_MOST_STREAMS = 64
_SHORT_TEXT = re.compile(r"(?:[^&<%]|&#(?:[0-9]{1,7}|x[0-9a-fA-F]{1,6});){0,64}")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_PIECES = 2_000
"""Pieces of one text: entries within entries would have the same text read again and again."""
_MOST_REPAIRS = 1_000_000
_AMPERSAND = re.compile(rb"&(?!#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};)(?:([A-Za-z_:][\w.:-]{0,63});)?")
_OF_NAMESPACES = range(200, 300)
"""Errors after which a document is well-formed all the same."""
_ROOT = re.compile(rb"<(?:rss|feed|rdf:rdf|urlset|sitemapindex|channel|opml)\b", re.I)


def unpack(body: bytes) -> bytes:
    """The body without its gzip, as far as it goes. Raises :class:`Undiscoverable`: too_large,
    bad_gzip."""
    if len(body) > MAX_BYTES:
        raise Undiscoverable("too_large")
    if not body.startswith(b"\x1f\x8b"):
        return body
    plain = bytearray()
    for _ in range(_MOST_STREAMS):  # one after the other, as tools that append leave them
        if not body.startswith(b"\x1f\x8b"):
            break
        inflate = zlib.decompressobj(wbits=31)
        try:
            plain += inflate.decompress(body, MAX_BYTES + 1 - len(plain))
        except zlib.error as error:
            if plain:
                break
            raise Undiscoverable("bad_gzip") from error
        if len(plain) > MAX_BYTES:
            raise Undiscoverable("too_large")
        body = inflate.unused_data
    return bytes(plain)


def parse_xml(body: bytes, content_type: str = "") -> etree._Element:
    """The root of a document, broken or not: what could be read of it.

    Raises :class:`Undiscoverable` with not_xml, entities or too_large. Nothing is loaded, of the
    document's own entities only short plain text is resolved, and libxml2's own bounds on depth
    (256) and sizes hold.
    """
    if len(body) > MAX_NODES and _nodes(body) > MAX_NODES:
        raise Undiscoverable("too_large")
    utf8 = in_utf8(body, content_type)
    body, encoding = (body, None) if utf8 is None else (_from_its_beginning(utf8), "utf-8")
    root, is_broken = _parsed(body, encoding)
    if is_broken and encoding and b"&" in body:
        # After its first error the parser leaves out "&amp;" and "&b", and with them a part of
        # "?a=1&amp;b=2": the address of another page. Numbers it reads to the end.
        body = _in_numbers(body)
        root, _ = _parsed(body, encoding)
    if root is None:
        raise Undiscoverable("not_xml")
    declared = _entities(root)
    if not all(map(_is_harmless, declared)):
        raise Undiscoverable("entities")
    if declared:
        root, _ = _parsed(body, encoding, resolve_entities="internal")
    if root is None:
        raise Undiscoverable("not_xml")
    return root


def _nodes(body: bytes) -> int:
    """About how many nodes the tree would have, and never far fewer."""
    plain = sum(map(body.count, (b"&lt;", b"&gt;", b"&amp;", b"&quot;", b"&apos;", b"&#")))
    return body.count(b"<") + body.count(b"=") + body.count(b"&") - plain


def _entities(root: etree._Element) -> list[Any]:
    dtd: Any = root.getroottree().docinfo.internalDTD  # the stubs do not know iterentities
    return list(islice(dtd.iterentities(), 1_000)) if dtd is not None else []


def _is_harmless(entity: Any) -> bool:
    """Whether it stands for a few characters and for nothing further, as ``&nbsp;`` does."""
    written, text = entity.orig or "&", entity.content or ""
    is_short = _SHORT_TEXT.fullmatch(written) is not None
    return is_short and entity.system_url is None and set("&<%").isdisjoint(text)


def _from_its_beginning(body: bytes) -> bytes:
    """Without what programs print before the document: blanks, marks, warnings."""
    body = body.removeprefix(codecs.BOM_UTF8).lstrip()
    if body.startswith(b"<?xml"):
        return body
    begin = body.find(b"<?xml ", 0, 4096)
    if begin > 0 and not _ROOT.search(body, 0, begin):
        return body[begin:]
    return body[max(body.find(b"<", 0, 4096), 0) :]


def _in_numbers(body: bytes) -> bytes:
    """The document with a number for every ampersand that begins none: of a name of XML or HTML,
    of one that nobody declared, and one that is only meant as itself."""
    declares = b"<!ENTITY" in body

    def numbers(found: re.Match[bytes]) -> bytes:
        name = (found[1] or b"").decode("ascii", "replace")
        meant = html5.get(f"{name};")
        if meant:
            return "".join(f"&#{ord(sign)};" for sign in meant).encode()
        return found[0] if name and declares else b"&#38;" + found[0][1:]

    return _AMPERSAND.sub(numbers, body, count=_MOST_REPAIRS)


def _parsed(
    body: bytes, encoding: str | None, resolve_entities: Any = False
) -> tuple[etree._Element | None, bool]:
    """The root, and whether errors had to be recovered from."""
    parser = etree.XMLParser(
        encoding=encoding,
        recover=True,
        resolve_entities=resolve_entities,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise Undiscoverable("not_xml") from error
    return root, any(error.type not in _OF_NAMESPACES for error in parser.error_log)


def local_name(element: etree._Element) -> str:
    """The tag in lower case without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def inner_text(element: etree._Element) -> str:
    """The text within, character references undone twice as feeds double them.

    Only those that end in a semicolon: HTML would read "&section=" as a section sign.
    """
    # Entity nodes give their own spelling, which unescape knows.
    text = "".join(str(piece) for piece in islice(element.itertext(), _MOST_PIECES))
    return _REFERENCE.sub(lambda match: html.unescape(match.group()), text).strip()
