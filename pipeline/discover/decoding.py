"""The text of a list in UTF-8, whatever its server, its declaration and its bytes say of it."""

from __future__ import annotations

import codecs
import re

from pipeline.charset_labels import codec_of, label_in

_UNICODE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARED = re.compile(rb"<\?xml\s[^<>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]{1,60})", re.I)
_SEVEN_BITS = "iso2022"


def in_utf8(body: bytes, content_type: str = "") -> bytes | None:
    """The document in UTF-8, what is broken in it replaced; None for UTF-16 and UTF-32, which the
    parser tells by itself.

    Bytes that are UTF-8 are nothing else, whatever is said of them; other bytes are in the charset
    that is named, or in that of Windows.
    """
    if b"\0" in body[:4] or body.startswith(_UNICODE_MARKS):
        return None
    named = [codec for codec in _named(body, content_type) if not codec.startswith("utf")]
    if body.isascii() and not any(codec.startswith(_SEVEN_BITS) for codec in named):
        return body
    if _is_utf8(body):
        return body
    # Servers name ISO 8859-1 for whatever they send, so another name says more.
    named.sort(key=lambda codec: codec == "cp1252")
    return body.decode((*named, "cp1252")[0], "replace").encode()


def _named(body: bytes, content_type: str) -> list[str]:
    declared = _DECLARED.search(body[:1024])
    labels = (declared and declared[1].decode("ascii"), label_in(content_type))
    return [codec for label in labels if label and (codec := codec_of(label))]


def _is_utf8(body: bytes) -> bool:
    """Whether it is UTF-8 but for a few bytes: more characters of it are whole than broken."""
    try:
        return not body.isascii() and bool(body.decode())
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return len(text) - sum(map(str.isascii, text)) >= 2 * broken
