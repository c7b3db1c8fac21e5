"""No text makes an enricher fail, and all offsets lead to what is said."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.enrich.articles import enriched

PIECES = st.sampled_from(
    [
        *("Anna Berg", "Dr.", "said", "van", "de", "al-", "of", "Ministry of", "Paris", "Reuters"),
        *("reported", "according to", "U.S.", "U.S", "Ankara'da", ", 43,", "O'", "l'", "I", "A."),
        *("“", "”", '"', "'", "«", "»", "(", ")", "「", "」", "\n\n", "\n", ". ", ": ", "、", "。"),
        *("北京", "大学", "总统", "特朗普", "表示", "さん", "首相", "서울에서", "대통령", "김민수"),
        *("दिल्ली", "ने", "الرئيس", "قال", "وبغداد", "Москве", "Путина", "Αθήνας"),
        *("\u00a0", "\u200d", "\u0301", "-", "–"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=40).map("".join),
)
LANGUAGES = st.sampled_from([None, "en", "de", "fr", "tr", "ru", "zh", "ja", "ko", "hi", "ar", "x"])


@settings(max_examples=60, deadline=None)
@given(TEXTS, LANGUAGES, st.text(max_size=30))
@example("\x00\ud7ff\U0001f600", None, "")
@example("İ" * 50 + " said “x y” İİ", "tr", "İ")
def test_every_text_is_enriched_without_a_failure(
    text: str, language: str | None, headline: str
) -> None:
    result = enriched(text, language=language, headline=headline)
    for each in result.entities:
        for mention in each.mentions:
            assert text[mention.start : mention.end] == mention.text != ""
    for quote in result.quotes:
        assert text[quote.start : quote.end] == quote.text != ""
    for citation in result.citations:
        assert text[citation.start : citation.end] == citation.sentence != ""
    assert result.word_count >= 0
