"""Text as it should stand in a field, and how alike two texts are. Knows no fields and no tree."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

MAX_FIELD_CHARS = 2_000
TITLE_SEPARATOR = re.compile(
    r"(?=[\s|｜»«_＿])(?:\s+[|\-–—·•:»«›‹/~]+\s+|\s*[|｜»«_＿]\s*)"  # looks before it tries
)
"""What stands between the parts of ``<title>``: headline, section, site."""
SEPARATES = re.compile(r"[|\-–—·•:»«›‹/~｜_＿]")
"""Every separator has one of these: a title without is not worth the search for where it ends."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAKS = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.I)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_WORD = re.compile(r"[^\W_]+")
_NO_WORD = bytes(point for point in range(128) if not chr(point).isalnum())
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def clean(value: object) -> str:
    """A string's text without markup, entities and invisible characters; ``""`` for no string."""
    if not isinstance(value, str):
        return ""
    text = value[:MAX_FIELD_CHARS]
    if "&" in text:
        text = html.unescape(text)
        if "&" in text:  # pages escape twice: "&amp;quot;"
            text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", _BREAKS.sub(" ", text))
    squeezed = " ".join(text.split())
    if squeezed.isascii() and squeezed.isprintable():
        return squeezed
    if not squeezed.isprintable():  # seldom, and these patterns cost many times as much
        squeezed = _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()
    return unicodedata.normalize("NFC", squeezed)


@lru_cache(maxsize=512)
def fold(text: str) -> str:
    """Letters and digits alone, for comparing: without case, spaces and punctuation."""
    if text.isascii():
        return text.lower().encode().translate(None, _NO_WORD).decode()
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[str, ...]:
    """Words in lower case; in scripts without spaces every character is one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = _WORD.findall(folded)
    if not _UNSPACED.search(folded):
        return tuple(found)
    words: list[str] = []
    for word in found:
        words.extend(word if _UNSPACED.search(word) else (word,))
    return tuple(words)


def likeness(a: str, b: str) -> float:
    """Dice coefficient of the words of two texts, 0 to 1."""
    first, second = tokens(a), tokens(b)
    if not first or not second:
        return 0.0
    left = list(second)
    shared = 0
    for word in first:
        if word in left:
            left.remove(word)
            shared += 1
    return 2 * shared / (len(first) + len(second))
