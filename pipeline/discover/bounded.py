"""Bytes from strangers, opened within bounds: gzip and XML."""

from __future__ import annotations

import html
import zlib
from typing import Any

from lxml import etree

from pipeline.discover.found import Undiscoverable

MAX_BYTES = 50 * 1024 * 1024
"""Bytes of one document, unpacked: the limit of the sitemap protocol."""


def unpack(body: bytes) -> bytes:
    """The body without its gzip. Raises :class:`Undiscoverable`: too_large, bad_gzip."""
    if len(body) > MAX_BYTES:
        raise Undiscoverable("too_large")
    if not body.startswith(b"\x1f\x8b"):
        return body
    inflate = zlib.decompressobj(wbits=31)
    try:
        plain = inflate.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise Undiscoverable("bad_gzip") from error
    if len(plain) > MAX_BYTES:
        raise Undiscoverable("too_large")
    return plain


def parse_xml(body: bytes) -> etree._Element:
    """The root of a document, broken or not: what could be read of it.

    Raises :class:`Undiscoverable` with not_xml or entities. Nothing is loaded, no entity is
    resolved, and libxml2's own bounds on depth (256) and sizes hold.
    """
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise Undiscoverable("not_xml") from error
    if root is None:
        raise Undiscoverable("not_xml")
    dtd: Any = root.getroottree().docinfo.internalDTD  # the stubs do not know iterentities
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise Undiscoverable("entities")
    return root


def local_name(element: etree._Element) -> str:
    """The tag in lower case without its namespace; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def inner_text(element: etree._Element) -> str:
    """The text within, character references undone twice as feeds double them."""
    # Entity nodes give their own spelling, which unescape knows.
    return html.unescape("".join(str(piece) for piece in element.itertext())).strip()
