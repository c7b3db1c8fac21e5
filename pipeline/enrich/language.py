"""The language of the text, weighed against the one that the page names.

A page is believed unless its text is plainly in another language: templates carry a wrong
``lang`` far more often than they carry none, but a guess on little text, or between close
relatives, is worse than the template.
"""

from __future__ import annotations

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from pipeline.enrich.enricher import Added
from pipeline.models import Evidence, ParsedArticle

name = "language"
version = 1
owns = frozenset(("language", "evidence"))

ORIGIN = "text:py3langid"
MAX_CHARACTERS = 1_000
MIN_LETTERS = 40
"""Below this the guess says nothing."""
MIN_CONFIDENCE = 0.6
"""To name a language where the page names none."""
MIN_LETTERS_TO_OVERRULE = 150
CONFIDENCE_TO_OVERRULE = 0.9

RELATIVES = (
    frozenset(("bs", "hr", "sh", "sr", "cnr", "mk")),
    frozenset(("no", "nb", "nn", "da")),
    frozenset(("id", "ms", "jv", "su")),
    frozenset(("zh", "yue", "wuu")),
    frozenset(("tl", "fil", "bcl", "ceb")),
    frozenset(("en", "pcm")),
    frozenset(("fa", "prs", "tg")),
    frozenset(("ar", "arz", "ary")),
    frozenset(("ro", "mo")),
    frozenset(("cs", "sk")),
    frozenset(("pt", "gl")),
    frozenset(("de", "lb", "gsw", "nds")),
    frozenset(("it", "vec", "lij")),
    frozenset(("es", "ast", "an", "gl")),
    frozenset(("fr", "oc", "wa", "gcf", "gcr")),
    frozenset(("hi", "mr", "ne", "sa")),
    frozenset(("az", "tr", "crh")),
)
"""Languages that one text can hardly be told apart in: the page's own word decides."""

OLD_CODES = {"iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cn": "zh", "ua": "uk", "gr": "el"}
"""Withdrawn ISO codes, and country codes that pages put where a language belongs."""


def run(article: ParsedArticle) -> Added:
    """``language`` and its evidence; the losing word stays among the evidence's ``others``."""
    page = _page_evidence(article)
    guess, confidence, letters = guess_language(_sample(article))
    text = Evidence(ORIGIN, guess or "", round(confidence, 3))
    stated = _stated(article, page)
    if stated is not None and page is None:
        page = Evidence("page", stated, 0.5)
    if stated is None:
        if guess is None or confidence < MIN_CONFIDENCE:
            return {}
        return _decided(article, guess, text, page)
    if guess is None or _same(stated, guess):
        return _decided(article, stated, page, text if guess else None)
    if confidence >= CONFIDENCE_TO_OVERRULE and letters >= MIN_LETTERS_TO_OVERRULE:
        return _decided(article, guess, text, page)
    return _decided(article, stated, page, text)


def warm_up() -> None:
    """Load the model: 0.9 s once."""
    _identifier()


def guess_language(text: str) -> tuple[str | None, float, int]:
    """ISO 639 code (None for too little text), confidence 0 to 1, and the letters looked at."""
    letters = sum(character.isalpha() for character in text)
    # a character of a dense script says about as much as three letters
    weight = (
        letters if text.isascii() else letters + 2 * sum("\u3040" <= c <= "\u9fff" for c in text)
    )
    if weight < MIN_LETTERS:
        return None, 0.0, weight
    code, confidence = _identifier().classify(text)
    return (None if code == "zxx" else code), float(confidence), weight


def base_language(tag: str | None) -> str | None:
    """``pt`` for ``pt-BR``, ``PT_br``; None for what is no language tag."""
    first = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    if not (2 <= len(first) <= 3 and first.isascii() and first.isalpha()) or first == "und":
        return None
    return OLD_CODES.get(first, first)


def _sample(article: ParsedArticle) -> str:
    text = article.body_text or " ".join(filter(None, (article.headline, article.subheadline)))
    # one address or symbol run must not speak for the text
    return text[:MAX_CHARACTERS].replace("\x00", " ")


def _page_evidence(article: ParsedArticle) -> Evidence | None:
    """The page's own word: on a rerun it may stand among the ``others`` of our decision."""
    known = article.evidence.get("language")
    if known is None or known.origin != ORIGIN:
        return known
    return next((other for other in known.others if other.origin != ORIGIN), None)


def _stated(article: ParsedArticle, page: Evidence | None) -> str | None:
    known = article.evidence.get("language")
    if known is not None and known.origin == ORIGIN:
        return page.raw if page is not None and base_language(page.raw) else None
    return article.language if base_language(article.language) else None


def _same(stated: str, guess: str) -> bool:
    base = base_language(stated)
    return base == guess or any(base in group and guess in group for group in RELATIVES)


def _decided(
    article: ParsedArticle, language: str, winner: Evidence | None, loser: Evidence | None
) -> Added:
    """The language with its evidence: the winner, then the loser, then what both had beaten."""
    if winner is None:
        return {"language": language}
    others = [] if loser is None else [_plain(loser), *loser.others]
    others += [one for one in winner.others if one.origin != ORIGIN]
    kept = Evidence(winner.origin, winner.raw, winner.confidence, tuple(others))
    return {"language": language, "evidence": {**article.evidence, "language": kept}}


def _plain(evidence: Evidence) -> Evidence:
    return Evidence(evidence.origin, evidence.raw, evidence.confidence)


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
