"""Which charset a page's bytes are in: BOM, header, meta, guess, in the order of the HTML standard.

Labels mean what the WHATWG Encoding Standard says they mean, not what Python's codecs of the same
name do: ``iso-8859-1`` on the web is windows-1252, ``gb2312`` is gb18030.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from bs4.dammit import EncodingDetector, UnicodeDammit

from pipeline.models import CharsetOrigin

LOOK_AT_BYTES = 4096
"""Where browsers look for a meta charset is 1,024 bytes; pages put it later and mean it too."""
GUESS_BYTES = 64 * 1024

_ALIASES = {
    "cp1252": ("ascii", "us-ascii", "latin1", "latin-1", "iso-8859-1", "iso8859-1", "iso_8859-1",
               "l1", "windows-1252", "x-cp1252", "ansi_x3.4-1968"),
    "cp1254": ("iso-8859-9", "iso8859-9", "latin5", "windows-1254"),
    "cp874": ("iso-8859-11", "tis-620", "windows-874"),
    "gb18030": ("gb2312", "gbk", "gb_2312-80", "chinese", "x-gbk", "gb18030", "hz-gb-2312"),
    "big5hkscs": ("big5", "big5-hkscs", "cn-big5", "x-x-big5"),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j"),
    "cp949": ("euc-kr", "ks_c_5601-1987", "korean", "windows-949", "ksc5601"),
    "utf-8": ("utf8", "utf-8", "unicode-1-1-utf-8", "x-unicode20utf8", "utf-8-sig"),
    "koi8-r": ("koi", "koi8", "koi8_r", "koi8-r"),
    "mac-roman": ("macintosh", "x-mac-roman", "mac"),
}  # fmt: skip
CODECS = {label: codec for codec, labels in _ALIASES.items() for label in labels}

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]+)", re.I)


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
        (_in_header(content_type), "header"),
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


def codec_of(label: str | None) -> str | None:
    """The Python codec that decodes what the web calls ``label``; None for an unknown one."""
    name = (label or "").strip().lower()
    if name in CODECS:
        return CODECS[name]
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # Python also knows codecs that are no charsets (rot13, hex); they decode to no text.
    is_text = getattr(info, "_is_text_encoding", True)
    return info.name if is_text and not info.name.startswith(("utf-7", "idna", "puny")) else None


def _in_header(content_type: str) -> str | None:
    match = _HEADER.search(content_type)
    return match.group(1) if match else None


def _in_markup(body: bytes) -> str | None:
    found = EncodingDetector.find_declared_encoding(
        body[:LOOK_AT_BYTES], is_html=True, search_entire_document=True
    )
    # A declaration that could be read as ASCII cannot be in UTF-16: the standard says UTF-8.
    return "utf-8" if found and found.lower().startswith("utf-16") else found


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
