"""The lines of a robots.txt that are rules, in the spelling that Protego reads as RFC 9309 does.

Lines end at CR, LF or both, and nowhere else. A line that is no rule parts no group. What site
owners write for the words is read too: no colon, ``dissallow``, ``user agent``.
Escapes that are no UTF-8 keep apart what they name: Protego would take all of them for U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

_FIELDS = {
    "user-agent": ("user-agent", "useragent", "user agent"),
    "disallow": ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"),
    "allow": ("allow",),
    "crawl-delay": ("crawl-delay", "crawl delay", "crawldelay"),
}
_NAMES = {spelling: field for field, spellings in _FIELDS.items() for spelling in spellings}
_LINE = re.compile(rf"({'|'.join(_NAMES)})(?:[ \t]{{0,99}}:|[ \t]{{1,99}})(.*)", re.I | re.S)
_END = re.compile(r"\r\n?|\n")
_BLANKS = " \t\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\ufeff"
_BREAKS_FOR_PYTHON = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_PRODUCT = re.compile(r"\*(?=\s|#|$)|[^\s/;,#(*]*")
_SECONDS = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,9}))?\s*(?:s|secs?|seconds?)?", re.I)
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_BYTE = re.compile("[\udc80-\udcff]")


def decoded(body: bytes) -> str:
    """The text of a file that should be UTF-8: a byte that is none becomes its escape, as a link
    to what it names has it. A byte order mark is left out, also one that was cut."""
    for length in (3, 2, 1):
        if body.startswith(codecs.BOM_UTF8[:length]):
            body = body[length:]
            break
    text = body.decode("utf-8", "surrogateescape")
    return _BYTE.sub(lambda byte: f"%{ord(byte.group()) - 0xDC00:02X}", text)


def rules_for(text: str, product: str) -> str:
    """The rules alone, the names of other crawlers replaced by ``-``. ``product`` is ours."""
    return "\n".join(f"{field}: {value}" for field, value in _rules(text, product))


def distinct_escapes(text: str) -> str:
    """``%ED`` as ``%25ED`` where the escapes around it are no UTF-8; else the text as it is."""
    return _ESCAPES.sub(_distinct, text) if "%" in text else text


def _rules(text: str, product: str) -> Iterator[tuple[str, str]]:
    for line in _END.split(text):
        found = _LINE.match(line.partition("#")[0].strip(_BLANKS))
        if found is None:
            continue
        field, value = _NAMES[found[1].lower()], found[2].strip(_BLANKS)
        if field == "user-agent":
            yield field, _name_alone(value, product)
        elif field == "crawl-delay":
            # Without a number it still ends the names of its group.
            number = _SECONDS.fullmatch(value)
            yield field, f"{number[1]}.{number[2] or 0}" if number else "-"
        else:
            yield field, distinct_escapes(_BREAKS_FOR_PYTHON.sub(_escaped, value))


def _name_alone(value: str, product: str) -> str:
    """The name that a user-agent line holds for us, ``*``, or one that is never ours.

    Protego takes "copy" for "copydesk", and neither "copydesk/2.1" nor "* # all" for what
    RFC 9309 section 2.2.1 reads there.
    """
    name = _PRODUCT.match(value)
    said = name.group().lower() if name else ""
    return said if said in ("*", product.lower()) else "-"


def _escaped(character: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in character.group().encode())


def _distinct(escapes: re.Match[str]) -> str:
    written, told, at = escapes.group(), [], 0
    for character in unquote_to_bytes(written).decode("utf-8", "surrogateescape"):
        is_broken = _BYTE.match(character)
        end = at + 3 * (1 if is_broken else len(character.encode()))
        told.append(f"%25{written[at + 1 : end].upper()}" if is_broken else written[at:end])
        at = end
    return "".join(told)
