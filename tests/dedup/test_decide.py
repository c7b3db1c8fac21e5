"""The decision table, one case on each side of every boundary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup import judge
from pipeline.models import Fingerprint


def pair(
    shared: int,
    only_a: int,
    only_b: int,
    *,
    tokens: tuple[int, int],
    figures: tuple[str, str] = ("", ""),
) -> tuple[Fingerprint, Fingerprint]:
    """Two fingerprints that keep all their shingles, so that their overlap is exact."""

    def made(numbers: list[int], count: int, words: str) -> Fingerprint:
        hashes = tuple(sorted(numbers))
        return Fingerprint(b"", hashes, len(hashes), count, frozenset(words.split()))

    common = list(range(shared))
    a = made(common + [1000 + n for n in range(only_a)], tokens[0], figures[0])
    b = made(common + [2000 + n for n in range(only_b)], tokens[1], figures[1])
    return a, b


# (tokens of the shorter text, same site, shared, only in a, only in b, related?)
TABLE = [
    # under 40 tokens: Jaccard of 0.9
    (39, False, 90, 5, 5, True),
    (39, False, 89, 6, 5, False),
    (39, True, 89, 6, 5, False),
    (1, False, 90, 5, 5, True),
    # 40 to 119 tokens: Jaccard of 0.8, or containment of 0.8
    (40, False, 80, 10, 10, True),
    (40, False, 80, 20, 40, True),
    (40, False, 79, 21, 40, False),
    (119, False, 80, 20, 40, True),
    (119, False, 79, 21, 40, False),
    (119, True, 79, 21, 40, False),
    # 120 tokens and more on different sites: containment of 0.575 alone
    (120, False, 23, 17, 40, True),
    (120, False, 57, 43, 60, False),
    (120, False, 50, 40, 60, False),
    # 120 tokens and more on one site: Jaccard of 0.5 or containment of 0.75
    (120, True, 50, 25, 25, True),
    (120, True, 49, 26, 25, False),
    (120, True, 75, 25, 100, True),
    (120, True, 74, 26, 100, False),
    (120, True, 58, 42, 60, False),
]


@pytest.mark.parametrize(("tokens", "same_site", "shared", "only_a", "only_b", "related"), TABLE)
def test_the_decision_follows_the_table_at_each_boundary(
    tokens: int, same_site: bool, shared: int, only_a: int, only_b: int, related: bool
) -> None:
    a, b = pair(shared, only_a, only_b, tokens=(tokens, tokens))
    found = judge(a, b, same_site)
    assert (found is not None) == related
    assert judge(b, a, same_site) == found
    if found is not None:
        assert found.relation == "copy"
        assert found.jaccard == shared / (shared + only_a + only_b)
        assert found.containment == shared / (shared + min(only_a, only_b))


def test_a_templated_report_with_other_figures_is_no_copy() -> None:
    overlap = {"tokens": (100, 100)}
    a, b = pair(80, 20, 40, **overlap, figures=("14.2 2025", "11.8 2025"))
    assert judge(a, b, same_site=False) is None
    a, b = pair(80, 20, 40, **overlap, figures=("14.2 2025", "14.2 2025 1989"))
    assert judge(a, b, same_site=False) is not None, "figures that were only added are an update"


def test_nearly_the_same_words_are_a_copy_whatever_their_figures() -> None:
    a, b = pair(80, 10, 10, tokens=(100, 100), figures=("1", "2"))
    assert judge(a, b, same_site=False) is not None


def test_figures_do_not_matter_in_long_texts() -> None:
    a, b = pair(80, 20, 40, tokens=(120, 120), figures=("1", "2"))
    assert judge(a, b, same_site=False) is not None


@pytest.mark.parametrize(
    ("tokens", "relation"), [((100, 300), "copy"), ((100, 301), "excerpt"), ((301, 100), "excerpt")]
)
def test_a_text_of_less_than_a_third_is_an_excerpt(tokens: tuple[int, int], relation: str) -> None:
    a, b = pair(90, 0, 10, tokens=tokens)
    found = judge(a, b, same_site=False)
    assert found is not None and found.relation == relation


def test_nothing_is_no_copy_of_nothing() -> None:
    nothing = Fingerprint(b"", (), 0, 0, frozenset())
    assert judge(nothing, nothing, same_site=True) is None
    assert judge(nothing, pair(5, 0, 0, tokens=(9, 9))[0], same_site=True) is None


@given(
    *(st.integers(0, 60) for _ in range(3)),
    st.integers(1, 400),
    st.integers(1, 400),
    st.booleans(),
)
def test_the_order_of_two_texts_says_nothing(
    shared: int, only_a: int, only_b: int, tokens_a: int, tokens_b: int, same_site: bool
) -> None:
    a, b = pair(shared, only_a, only_b, tokens=(tokens_a, tokens_b))
    assert judge(a, b, same_site) == judge(b, a, same_site)


@pytest.mark.parametrize(
    ("same_site", "shared", "kept", "related"),
    [
        (True, 80, 2, True),  # half of the figures are there: an update
        (True, 80, 1, False),
        (True, 95, 1, True),  # hardly a word is another
        (False, 60, 3, True),
        (False, 60, 2, False),
        (False, 75, 2, True),
    ],
)
def test_one_wording_with_most_of_its_figures_changed_is_another_report(
    same_site: bool, shared: int, kept: int, related: bool
) -> None:
    same = " ".join(f"s{n}" for n in range(kept))
    figures = tuple(" ".join([same, *(f"{x}{n}" for n in range(4 - kept))]) for x in "ab")
    apart = 100 - shared
    only = (5, 5) if shared == 95 else (apart, apart)
    a, b = pair(shared, *only, tokens=(200, 200), figures=(figures[0], figures[1]))
    assert (judge(a, b, same_site) is not None) is related
