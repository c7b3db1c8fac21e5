"""Lines in which the house says that it earns by the links of its page.

They stand among the story's paragraphs and read like them. Such a line speaks of this very page
("this post contains affiliate links") or of the house and its reader ("if you buy something, we may
earn a commission"); a story about affiliate marketing does neither.
"""

from __future__ import annotations

import re

DISCLOSURE_CHARS = 400
"""A longer line says more than that, and is read."""

_HINTS = ("ffili", "afili", "ommission", "rovision", "партн", "アフィリ")
"""Each disclosure has one of these, and few other lines do."""
_PAGE = r"\b(?:post|article|page|site|website|blog|guide|story|links|review|list)s?\b"
_LINKS = r"affiliate (?:links?|ones|partner\w*)"
_HOUSE = (
    r"(?:we|i|us|(?:this|our) (?:site|page|website)|(?-i:[A-Z])[\w’']+(?: (?-i:[A-Z])[\w’']+){0,2})"
)
_EARNS = r"(?:may |might |could |will |can |’ll |'ll )?(?:also |even )?(?:earn|receive|get|make)s?"
_FEE = r"(?:commissions?|percentage|kickback|(?:affiliate|referral) fee)\b"
_DISCLOSURES = (
    # English
    rf"{_PAGE}[^.!?]{{0,60}}\b(?:contains?|includes?|uses?|are|have|has)\b[^.!?]{{0,30}}\b{_LINKS}",
    rf"(?:may|might) (?:contain|include|use) (?:\w+ )?{_LINKS}",
    rf"{_LINKS}[^.!?]{{0,20}} (?:are|is|may be) (?:used|included) in (?:the|this|our) ",
    rf"\b(?:if|when|should) you\b[^.!?]{{0,140}}\b{_HOUSE} {_EARNS} (?:an? |some )?[^.!?]{{0,25}}{_FEE}",
    r"as an? [\w ]{0,20}(?:associate|affiliate)[\w ]{0,20}, (?:i|we|this \w+)[^.!?]{0,20} earns? ",
    # German, Dutch, Swedish
    r"(?:artikel|beitrag|text|seite|links)\b[^.!?]{0,60}\b(?:enthält|enthalten|sind)[^.!?]{0,40}affiliate-?links?",
    r"artikel (?:sind|enthalten)[^.!?]{0,30}affiliate-?links?|affiliate-?links? (?:sind|enthalten)\b",
    r"(?:erhalten wir|bekommen wir|erhalte ich|wir erhalten|wir bekommen)\b[^.!?]{0,60}provision",
    r"(?:bevat|bevatten)[^.!?]{0,30} affiliate-?\s?links?|innehåller[^.!?]{0,30} affiliatelänk",
    # Romance
    r"(?:contient|contiennent|comporte)[^.!?]{0,30} liens? (?:d['’])?affili",
    r"(?:contiene|contienen|incluye)[^.!?]{0,30} (?:enlaces?|links?) (?:de )?afiliad",
    r"(?:contém|contêm)[^.!?]{0,30} links? (?:de )?afiliad|contiene[^.!?]{0,30} link (?:di )?affilia",
    # Slavic, Japanese
    r"zawiera[^.!?]{0,30} linki (?:afiliac|partnersk)|(?:содержит|есть)[^.!?]{0,30} партн[её]рски",
    r"アフィリエイト(?:広告|リンク|プログラム)[^。]{0,12}(?:利用し|含み|含まれ|使用し|参加し)",
)
_DISCLOSURE = re.compile("|".join(_DISCLOSURES), re.I)


def discloses_links(text: str) -> bool:
    """Whether a line of at most :data:`DISCLOSURE_CHARS` says so; it looks at no longer ones."""
    if len(text) > DISCLOSURE_CHARS or not any(map(text.__contains__, _HINTS)):
        return False
    return _DISCLOSURE.search(text) is not None
