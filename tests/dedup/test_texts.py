"""Texts to fingerprints and to relations: typography, excerpts, unspaced scripts, hostile text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.codec import from_json, to_json
from pipeline.dedup import fingerprint, judge
from pipeline.dedup.sketch import SKETCH_SIZE
from pipeline.dedup.tokens import _tokens as whole_text_tokens
from pipeline.dedup.tokens import tokens
from pipeline.models import Fingerprint
from pipeline.overlap import compare

SYLLABLES = ("ka", "lo", "mi", "ren", "to", "sha", "vel", "du", "pra", "nis", "ol", "eth")


def story(seed: int, words: int) -> list[str]:
    """Words of an invented language; the same seed gives the same text on every machine."""
    rng = random.Random(seed)
    return ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(words)]


def related(a: str, b: str, *, same_site: bool = False) -> str | None:
    found = judge(fingerprint(a), fingerprint(b), same_site)
    return found.relation if found else None


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("“We won’t wait,” she said.", '"We won\'t wait," she said.'),
        ("The pier — rebuilt at last", "The pier - rebuilt at last"),
        ("The\u00a0pier\n\nreopens  today", "the PIER reopens today"),
        ("Straße nach Köln", "STRASSE nach Ko\u0308ln"),
        ("ﬁrst oﬃcer", "first officer"),
        ("Ｆｕｌｌ width １２", "full width 12"),
        ("har\u00adbour\u2060 master", "harbour master"),
    ],
)
def test_texts_that_differ_in_typography_alone_have_one_hash(a: str, b: str) -> None:
    assert fingerprint(a).content_hash == fingerprint(b).content_hash


@pytest.mark.parametrize(
    ("a", "b"),
    [("the pier reopens", "the pier reopened"), ("14 killed", "15 killed"), ("a b", "b a"),
     ("", "a"), ("日本の首相", "日本の首都"), ("resume", "résumé")],
)  # fmt: skip
def test_texts_that_differ_in_words_have_different_hashes(a: str, b: str) -> None:
    assert fingerprint(a).content_hash != fingerprint(b).content_hash


def test_fingerprints_are_the_same_on_every_machine() -> None:
    made = fingerprint("The northern pier was rebuilt in 2026 before the winter storms.")
    assert made.hashes[:3] == (3898621886403664567, 5107632854344032557, 6049619746909644251)
    assert made.content_hash.hex()[:16] == "19fb21beb8f2ab28"
    assert (made.tokens, made.shingles, made.figures) == (11, 7, frozenset({"2026"}))


def test_a_sketch_keeps_the_smallest_hashes_in_order_and_counts_everything() -> None:
    made = fingerprint(" ".join(story(1, 3000)))
    assert len(made.hashes) == SKETCH_SIZE
    assert list(made.hashes) == sorted(set(made.hashes))
    assert all(0 <= value < 2**63 for value in made.hashes), "they fit a signed BIGINT"
    assert made.keys == made.hashes[:16]
    assert made.tokens == 3000 and 2900 < made.shingles <= 2996


def test_a_fingerprint_survives_json() -> None:
    made = fingerprint("Twelve of 40 planks were replaced, the council said.")
    assert from_json(Fingerprint, to_json(made)) == made


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_the_estimated_overlap_is_near_the_true_one(share: float) -> None:
    """The standard error is 1/sqrt(128) = 0.09; three of them are allowed."""
    a = story(2, 4000)
    b = a[: int(4000 * share)] + story(3, 4000 - int(4000 * share))
    found = compare(fingerprint(" ".join(a)), fingerprint(" ".join(b)))
    assert abs(found.containment - share) < 0.27
    assert abs(found.jaccard - share / (2 - share)) < 0.27


@pytest.mark.parametrize("words", [30, 80, 400, 4000])
def test_another_story_is_not_related_and_the_same_one_is(words: int) -> None:
    a, b = " ".join(story(4, words)), " ".join(story(5, words))
    assert related(a, a) == "copy"
    assert related(a, b) is None


def test_a_long_story_with_its_end_cut_off_is_a_copy() -> None:
    words = story(6, 600)
    assert related(" ".join(words), " ".join(words[:400])) == "copy"


def test_a_short_piece_of_a_long_story_is_an_excerpt() -> None:
    words = story(7, 1200)
    assert related(" ".join(words), " ".join(words[:300])) == "excerpt"


def test_a_quote_in_a_story_of_its_own_is_not_related() -> None:
    words = story(8, 500)
    assert related(" ".join(words), " ".join([*story(9, 400), *words[:60]])) is None


def test_a_dateline_and_a_few_edits_leave_a_copy() -> None:
    words = story(10, 300)
    edited = ["dateline", "city", "march", *words]
    for place in (20, 90, 160, 240):
        edited[place] = "edited"
    assert related(" ".join(words), " ".join(edited)) == "copy"


def test_a_short_item_in_a_house_text_is_not_related() -> None:
    house = tokens("The council meets on Monday at seven in the town hall; on the agenda is")
    a, b = [*house, *story(11, 8)], [*house, *story(12, 8)]
    assert related(" ".join(a), " ".join(b)) is None


UNSPACED = {
    "Chinese": (0x4E00, 0x5000),
    "Japanese kana": (0x3041, 0x3096),
    "Thai": (0x0E01, 0x0E2E),
    "Lao": (0x0E81, 0x0EAE),
    "Burmese": (0x1000, 0x102A),
    "Khmer": (0x1780, 0x17B3),
}


@pytest.mark.parametrize("block", UNSPACED.values(), ids=list(UNSPACED))
def test_scripts_without_spaces_are_compared_sign_by_sign(block: tuple[int, int]) -> None:
    rng = random.Random(13)
    signs = [c for c in map(chr, range(*block)) if c.isalnum()]
    a = "".join(rng.choices(signs, k=400))
    other = "".join(rng.choices(signs, k=400))
    assert len(tokens(a)) == 400
    assert related(a, "。".join((a[:150], a[150:]))) == "copy", "punctuation says nothing"
    assert related(a, a[:300]) == "copy"
    assert related(a, other) is None


def test_latin_words_among_unspaced_signs_stay_words() -> None:
    assert tokens("東京でAI企業2社が") == ["東", "京", "で", "ai", "企", "業", "2", "社", "が"]


@pytest.mark.parametrize(
    "text",
    ["", " \n\t", "!!! ... ???", "\x00", "\ud800", "\ud800 \udfff word", "\u200b\u200c\ufeff",
     "👩‍👩‍👧 🏴", "a\u0301" * 50, "\u0301" * 500, "ﷺ" * 20, "½ ² ①",
     "word " * 20_000, "x" * 200_000],
)  # fmt: skip
def test_hostile_text_has_a_fingerprint_and_is_equal_to_itself(text: str) -> None:
    made = fingerprint(text)
    assert made == fingerprint(text)
    assert len(made.content_hash) == 32
    assert len(made.hashes) <= SKETCH_SIZE
    assert (related(text, text) == "copy") == bool(made.tokens)


@given(st.text(), st.text())
def test_any_two_texts_can_be_compared(a: str, b: str) -> None:
    one, two = fingerprint(a), fingerprint(b)
    found = compare(one, two)
    assert 0 <= found.jaccard <= found.containment <= 1
    assert judge(one, two, True) == judge(two, one, True)
    if one.content_hash == two.content_hash and one.tokens:
        assert judge(one, two, False) is not None


@given(st.text())
def test_tokens_word_by_word_are_those_of_the_whole_text(text: str) -> None:
    text = f"Said “{text}” – 港口 {text} é\u0301"
    assert tokens(text) == whole_text_tokens(text)
