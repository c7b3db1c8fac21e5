"""Quotes: what somebody is quoted with, word for word, and who it is where the text says so.

Offsets are those of the words inside the quotation marks: ``body_text[start:end] == text``.
"""

from __future__ import annotations

from pipeline.enrich import speakers
from pipeline.enrich.enricher import Added
from pipeline.enrich.names.runs import NOUNS_CAPITALIZED
from pipeline.enrich.quote_marks import find_quoted
from pipeline.enrich.scripts import UNSPACED_CHARACTER, WORD
from pipeline.models import ParsedArticle, Quote

name = "quotes"
version = 1
owns = frozenset(("quotes",))

MAX_QUOTES = 500
MIN_WORDS = 2
"""One word in marks is a name, a title or distance from a word, not what somebody said."""
MIN_UNSPACED_CHARACTERS = 6
MAX_TITLE_WORDS = 5
"""So few words, each with a capital, are the name of a paper, a film, a party."""
_ENDS = ".!?,;…"


def run(article: ParsedArticle) -> Added:
    """``quotes`` in the text's order; ``speaker`` is null where the text names none nearby."""
    text = article.body_text
    spans = [span for span in find_quoted(text) if _is_saying(text[span[0] : span[1]])][:MAX_QUOTES]
    base = (article.language or "").partition("-")[0].lower()
    named = speakers.speakers_of(text, spans, german=base in NOUNS_CAPITALIZED)
    return {
        "quotes": tuple(
            Quote(text[start:end], speaker, start, end)
            for (start, end), speaker in zip(spans, named, strict=True)
        )
    }


def warm_up() -> None:
    """Read the verbs of saying."""
    speakers.warm_up()


def _is_saying(text: str) -> bool:
    words = WORD.findall(text)
    if (
        len(words) <= MAX_TITLE_WORDS
        and text[-1] not in _ENDS
        and all(word[0].isupper() for word in words)
    ):
        return len(UNSPACED_CHARACTER.findall(text)) >= MIN_UNSPACED_CHARACTERS
    return (
        len(words) >= MIN_WORDS or len(UNSPACED_CHARACTER.findall(text)) >= MIN_UNSPACED_CHARACTERS
    )
