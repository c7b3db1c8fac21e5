"""Which charset a page's bytes are in: BOM, header, meta, guess, in the order of the HTML standard.

What a label means: :mod:`pipeline.charset_labels`.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from bs4.dammit import EncodingDetector, UnicodeDammit

from pipeline.charset_labels import codec_of, label_in
from pipeline.models import CharsetOrigin

LOOK_AT_BYTES = 4096
"""Where browsers look for a meta charset is 1,024 bytes; pages put it later and mean it too."""
GUESS_BYTES = 64 * 1024

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Charset:
    """``codec`` is a Python codec; ``replacement_ratio`` the share (0 to 1) of the decoded
    characters that are U+FFFD."""

    codec: str
    origin: CharsetOrigin
    replacement_ratio: float


def detect_charset(body: bytes, content_type: str | None) -> Charset:
    """The charset of a page. Total: any bytes have one."""
    codec, origin = _decide(body, content_type or "")
    text = body.decode(codec, errors="replace")
    return Charset(codec, origin, text.count("\ufffd") / len(text) if text else 0.0)


def _decide(body: bytes, content_type: str) -> tuple[str, CharsetOrigin]:
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return codec, "bom"
    said: list[tuple[str | None, CharsetOrigin]] = [
        (label_in(content_type), "header"),
        (_in_markup(body), "meta"),
    ]
    for label, origin in said:
        codec_name = codec_of(label)
        if codec_name and _plausible(body, codec_name):
            return codec_name, origin
    if _is_utf8(body):
        return "utf-8", "default" if body.isascii() else "guess"
    guessed = codec_of(UnicodeDammit(body[:GUESS_BYTES], is_html=True).original_encoding)
    return (guessed, "guess") if guessed else ("cp1252", "default")


def _in_markup(body: bytes) -> str | None:
    found = EncodingDetector.find_declared_encoding(
        body[:LOOK_AT_BYTES], is_html=True, search_entire_document=True
    )
    # A declaration that could be read as ASCII cannot be in UTF-16: the standard says UTF-8.
    return "utf-8" if (codec_of(found) or "").startswith("utf-16") else found


def _plausible(body: bytes, codec: str) -> bool:
    """Whether what was said can be true: not UTF-8 where much is broken, and nothing else where
    all the bytes beyond ASCII are valid UTF-8, which other charsets hardly ever are by chance."""
    if codec in ("utf-8", "utf-8-sig"):
        head = body[:GUESS_BYTES].decode("utf-8", errors="replace")
        return head.count("\ufffd") <= max(3, len(head) // 100)
    return body.isascii() or not _is_utf8(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
