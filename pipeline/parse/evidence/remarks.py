"""Texts that a page's markup sets apart as remarks on itself: corrections, editors' notes.

They often stand below the story or beside it, where no block of the article is. What they say is
for others to read (:mod:`pipeline.enrich.notices`); here only their places are known.
"""

from __future__ import annotations

from pipeline.parse.document import Document
from pipeline.parse.evidence.visible import visible_text

MOST_REMARKS = 10
MOST_CHARACTERS = 1_500
"""A longer one is no remark but a container so named."""
_WORDS = (
    "orrection", "larification", "ditor-note", "ditors-note", "ditor-s-note", "ditorsnote",
    "ditornote", "ditor_note", "ditors_note", "ditorNote", "ditorsNote", "rratum", "rrata",
    "ectificat", "erichtigung", "orrektur", "orrige", "orrezione", "orreccion", "ettelse",
    "attelse", "ikaisu", "prostowanie", "pdate-note", "pdate_note", "mendment",
)  # fmt: skip
"""Parts of class names and ids, without the letter that may be a capital."""


def find_remarks(document: Document, names: list[str]) -> tuple[str, ...]:
    """The texts, in page order, each once; ``names`` are all classes and ids of the page."""
    together = "\n".join(names)
    for word in _WORDS:
        if word in together:
            break
    else:
        return ()  # as on nearly all pages
    telling = {name for name in names if any(word in name for word in _WORDS)}
    found: dict[str, None] = {}
    for element in document.elements:
        if element.get("class") not in telling and element.get("id") not in telling:
            continue
        text = " ".join(visible_text(element).split())
        # What holds another one that was found already says the same once more.
        if text and len(text) <= MOST_CHARACTERS and not any(text in known for known in found):
            found[text] = None
        if len(found) == MOST_REMARKS:
            break
    return tuple(found)
