"""Each run as a row of numbers for the classifier: its text, its place, its neighbours.

No column depends on a language or a site. Rows are made for a whole page at once; the names of
the columns are :data:`COLUMNS`, in order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.parse.body.characters import (
    BRACKET,
    BREAK,
    COMMA,
    DENSE,
    DIGIT,
    LOWER,
    MARK,
    QUOTE,
    STOP,
    UPPER,
    Characters,
    Floats,
    Hashes,
    Ints,
    characters,
    hash_words,
)
from pipeline.parse.body.layout import Layout
from pipeline.parse.body.markup import TRAITS
from pipeline.parse.body.places import Places, places

_TAG_COLUMNS = ("p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4", "span", "figcaption", "dd")
_BITS = np.arange(len(TRAITS), dtype=np.int64)
_MAX_GAP = 40
_LABEL_CHARS = 40


@dataclass(frozen=True, slots=True)
class Hints:
    """What other evidence says of the story: headline, description, text of ``articleBody``."""

    headline: str = ""
    description: str = ""
    article_body: str = ""
    authors: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The table of a page and what it was made from."""

    rows: NDArray[np.float32]
    layout: Layout
    chars: Characters
    places: Places


def page_facts(layout: Layout, hints: Hints) -> PageFacts:
    """Rows of all runs of ``layout``, shape (runs, columns), dtype float32."""
    chars = characters([run.text for run in layout.runs])
    headline = hash_words(hints.headline) if hints.headline else None
    where = places(layout, chars, _headline_run(layout, chars, headline))
    columns: dict[str, Floats] = {}
    _text_columns(columns, layout, chars, where)
    _place_columns(columns, layout, where)
    _picture_columns(columns, layout)
    _position_columns(columns, layout, where)
    _word_columns(columns, chars, where, headline, hints)
    _neighbour_columns(columns, where)
    table = np.column_stack(list(columns.values()))
    rows = np.hstack([table, _trait_bits(where)]).astype(np.float32)
    return PageFacts(rows, layout, chars, where)


def column_names() -> list[str]:
    """The names of the columns, in order."""
    layout = Layout(parents=[-1], tags=["body"], traits=[0], kinds=[0], depths=[0])
    layout.first_runs, layout.end_runs = [0], [0]
    chars = characters([])
    where = places(layout, chars, -1)
    columns: dict[str, Floats] = {}
    _text_columns(columns, layout, chars, where)
    _place_columns(columns, layout, where)
    _picture_columns(columns, layout)
    _position_columns(columns, layout, where)
    _word_columns(columns, chars, where, None, Hints())
    _neighbour_columns(columns, where)
    return [*columns, *(f"in {name}" for name in TRAITS), *(f"at {name}" for name in TRAITS)]


# ------------------------------------------------------------------ the headline's place
def _headline_run(layout: Layout, chars: Characters, headline: Hashes | None) -> int:
    """The run that is the headline: most of its words, best an ``h1``; -1 when there is none."""
    runs = layout.runs
    if headline is not None and len(headline):
        hits = np.isin(chars.words, headline)
        found = np.bincount(chars.word_text[hits], minlength=len(runs))
        agreement = 2 * found / (chars.word_counts + len(headline))
        bonus = np.array([_heading_bonus(run.tag) for run in runs])
        best = int(np.argmax(agreement + bonus)) if len(runs) else -1
        if best >= 0 and agreement[best] >= 0.6:
            return best
    return next((i for i, run in enumerate(runs) if run.tag == "h1"), -1)


def _heading_bonus(tag: str) -> float:
    return 0.3 if tag == "h1" else 0.1 if tag == "h2" else 0.0


# ------------------------------------------------------------------ groups of columns
def _text_columns(
    columns: dict[str, Floats], layout: Layout, chars: Characters, where: Places
) -> None:
    runs, counts = layout.runs, chars.counts
    length = np.maximum(chars.lengths, 1).astype(np.float64)
    words = np.maximum(chars.word_counts, 1).astype(np.float64)
    letters = np.maximum(counts[:, LOWER] + counts[:, UPPER] + counts[:, DENSE], 1)
    columns["mass"] = np.log1p(where.mass)
    columns["mass, linear"] = np.minimum(where.mass / 400, 2.0)
    columns["words"] = np.log1p(chars.word_counts)
    columns["letters a word"] = np.minimum(letters / words, 15) / 10
    columns["upper share"] = counts[:, UPPER] / letters
    columns["dense share"] = counts[:, DENSE] / letters
    columns["digit share"] = counts[:, DIGIT] / length
    columns["stops"] = np.log1p(counts[:, STOP])
    columns["stops a word"] = np.minimum(counts[:, STOP] / words, 1.0)
    columns["commas"] = np.log1p(counts[:, COMMA])
    columns["quotes"] = np.log1p(counts[:, QUOTE])
    columns["marks"] = np.log1p(counts[:, MARK])
    columns["brackets"] = np.log1p(counts[:, BRACKET])
    columns["lines"] = np.log1p(counts[:, BREAK])
    columns["link share"] = np.array([run.link_chars for run in runs]) / length
    columns["links"] = np.log1p(np.array([len(run.links) for run in runs], np.float64))
    columns["bold share"] = np.array([run.bold_chars for run in runs]) / length
    columns["italic share"] = np.array([run.italic_chars for run in runs]) / length
    columns["ends in link"] = np.array(
        [bool(run.links) and run.text.endswith(run.links[-1][1]) for run in runs], np.float64
    )
    columns["label"] = np.array([_is_labelled(run.text) for run in runs], np.float64)
    columns["address"] = np.array(
        ["@" in run.text or "http" in run.text or "www." in run.text for run in runs], np.float64
    )
    columns["has time"] = np.array([run.time is not None for run in runs], np.float64)
    columns["at break"] = np.array([run.at_break for run in runs], np.float64)
    for kind, name in ((LOWER, "lower"), (UPPER, "upper"), (DIGIT, "digit"), (QUOTE, "quote")):
        columns[f"starts {name}"] = (chars.first == kind).astype(np.float64)
    columns["starts mark"] = ((chars.first == MARK) | (chars.first == BRACKET)).astype(np.float64)
    for kind, name in ((STOP, "stop"), (COMMA, "comma"), (BRACKET, "bracket"), (MARK, "mark")):
        columns[f"ends {name}"] = (chars.last == kind).astype(np.float64)
    tags = np.array([run.tag for run in runs], dtype="U10")
    for tag in _TAG_COLUMNS:
        columns[f"tag {tag}"] = (tags == tag).astype(np.float64)


def _is_labelled(text: str) -> bool:
    """Whether it begins with a few words and a colon."""
    return ":" in text[:_LABEL_CHARS] or "：" in text[:_LABEL_CHARS]


def _picture_columns(columns: dict[str, Floats], layout: Layout) -> None:
    """Images right before and after the run, and inside its parent."""
    count = len(layout.runs)
    spots = np.array([picture.next_run for picture in layout.pictures], np.int64)
    at = np.bincount(spots, minlength=count + 1)[: count + 1]
    columns["images before"] = np.minimum(at[:count], 3).astype(np.float64)
    columns["images after"] = np.minimum(at[1 : count + 1], 3).astype(np.float64)
    parents = np.maximum(np.array(layout.parents, np.int64), 0)
    held = np.bincount(
        np.array([picture.container for picture in layout.pictures], np.int64),
        minlength=len(layout.parents),
    )
    element = np.array([run.container for run in layout.runs], np.int64)
    for level in ("own", "parent"):
        columns[f"{level}: images"] = np.minimum(held[element], 3).astype(np.float64)
        element = parents[element]
    first, end = np.array(layout.first_runs), np.array(layout.end_runs)
    element = parents[np.array([run.container for run in layout.runs], np.int64)]
    sums = np.concatenate(([0], np.cumsum(at)))
    inside = sums[np.minimum(end[element] + 1, count + 1)] - sums[first[element]]
    columns["parent: images a run"] = np.minimum(
        inside / np.maximum(end[element] - first[element], 1), 3.0
    )


def _place_columns(columns: dict[str, Floats], layout: Layout, where: Places) -> None:
    """How much story the run's element, its ancestors and its look-alikes hold."""
    runs = layout.runs
    parents = np.maximum(np.array(layout.parents, np.int64), 0)
    end = np.array(layout.end_runs, np.int64)
    first = np.array(layout.first_runs, np.int64)
    total = max(float(where.element_running[0]), 1.0)
    clean = max(float(where.element_clean[0]), 1.0)
    element = np.array([run.container for run in runs], np.int64)
    depths = np.array(layout.depths, np.int64)
    columns["depth"] = depths[element] / 20
    for level in ("parent", "grandparent", "great-grandparent"):
        element = parents[element]
        mass = np.maximum(where.element_mass[element], 1.0)
        columns[f"{level}: running share"] = where.element_running[element] / total
        columns[f"{level}: clean share"] = where.element_clean[element] / clean
        columns[f"{level}: running density"] = where.element_running[element] / mass
        columns[f"{level}: link density"] = where.element_links[element] / mass
        columns[f"{level}: runs"] = np.log1p(end[element] - first[element])
    _look_alike_columns(columns, layout, where, parents, total)


def _look_alike_columns(
    columns: dict[str, Floats], layout: Layout, where: Places, parents: Ints, total: float
) -> None:
    """Share of the page's running text in runs whose element, and parent, look the same."""
    element = np.array([run.container for run in layout.runs], np.int64)
    kinds = np.array(layout.kinds, np.int64)
    size = int(kinds.max()) + 1
    own = kinds[element]
    pair = own * size + kinds[parents[element]]
    for name, group in (("same kind", own), ("same kind and parent", pair)):
        _, inverse = np.unique(group, return_inverse=True)
        count = np.bincount(inverse)
        columns[f"{name}: share"] = np.bincount(inverse, where.running)[inverse] / total
        columns[f"{name}: clean"] = np.bincount(inverse, where.clean)[inverse] / total
        columns[f"{name}: runs"] = np.log1p(count[inverse])
        mean = np.bincount(inverse, where.mass)[inverse] / np.maximum(count[inverse], 1)
        columns[f"{name}: mean mass"] = np.log1p(mean)


def _position_columns(columns: dict[str, Floats], layout: Layout, where: Places) -> None:
    """Where the run stands against the headline, the main element and the page's end."""
    count = len(layout.runs)
    index = np.arange(count)
    first, end = layout.first_runs[where.main], layout.end_runs[where.main]
    columns["in main"] = ((index >= first) & (index < end)).astype(np.float64)
    columns["before main"] = (index < first).astype(np.float64)
    columns["into main"] = (index - first) / max(end - first, 1)
    columns["into main"] = np.clip(columns["into main"], -1, 2)
    up = np.array(layout.depths, np.int64)[[run.container for run in layout.runs]]
    columns["below main"] = np.clip(up - layout.depths[where.main], -5, 10) / 5
    headline = where.headline_run
    columns["headline known"] = np.full(count, float(headline >= 0))
    columns["after headline"] = (index > headline).astype(np.float64)
    columns["is headline"] = (index == headline).astype(np.float64)
    far = np.clip(index - max(headline, 0), -_MAX_GAP, _MAX_GAP)
    columns["from headline"] = np.sign(far) * np.log1p(np.abs(far))
    columns["through page"] = index / max(count, 1)
    for name, values in (("running", where.running), ("clean", where.clean)):
        before = np.cumsum(values) - values
        columns[f"{name} before"] = before / max(float(values.sum()), 1.0)
    columns["page runs"] = np.full(count, np.log1p(count))
    columns["page running"] = np.full(count, np.log1p(where.running.sum()))
    columns["page clean"] = np.full(count, where.clean.sum() / max(where.running.sum(), 1.0))


def _word_columns(
    columns: dict[str, Floats],
    chars: Characters,
    where: Places,
    headline: Hashes | None,
    hints: Hints,
) -> None:
    """Words shared with the headline, the description, the article body and other paragraphs."""
    count = np.maximum(chars.word_counts, 1)
    runs = len(chars.word_counts)
    long_words = (chars.word_chars >= 4) | (chars.counts[chars.word_text, DENSE] > 0)

    def share(hits: NDArray[np.bool_]) -> Floats:
        return np.bincount(chars.word_text[hits], minlength=runs) / count

    columns["headline words"] = (
        share(np.isin(chars.words, headline) & long_words)
        if headline is not None
        else np.zeros(runs)
    )
    description = hash_words(hints.description) if hints.description else None
    columns["description words"] = (
        share(np.isin(chars.words, description) & long_words)
        if description is not None
        else np.zeros(runs)
    )
    for name, text in (("author words", hints.authors), ("site words", hints.site)):
        columns[name] = (
            share(np.isin(chars.words, hash_words(text)) & long_words) if text else np.zeros(runs)
        )
        columns[f"{name}, any"] = (columns[name] > 0).astype(np.float64)
        columns[f"{name} known"] = np.full(runs, float(bool(text)))
    columns["article body"] = (
        share(_in_sequence(chars, hash_words(hints.article_body)))
        if hints.article_body
        else np.zeros(runs)
    )
    columns["article body known"] = np.full(runs, float(len(hints.article_body) > 500))
    _vocabulary_columns(columns, chars, where, long_words, count)


def _in_sequence(chars: Characters, text: Hashes) -> NDArray[np.bool_]:
    """Which words stand in ``text`` together with the word before or after them."""
    factor = np.uint64(0x9E3779B97F4A7C15)
    if len(text) < 2 or len(chars.words) < 2:
        return np.isin(chars.words, text)
    found = np.isin(chars.words[:-1] * factor + chars.words[1:], text[:-1] * factor + text[1:])
    found &= chars.word_text[:-1] == chars.word_text[1:]
    either = np.zeros(len(chars.words), bool)
    either[:-1] |= found
    either[1:] |= found
    return either


def _vocabulary_columns(
    columns: dict[str, Floats], chars: Characters, where: Places, long_words: Ints, count: Ints
) -> None:
    """Share of a run's words that occur in other clean paragraphs; texts that occur twice."""
    runs = len(chars.word_counts)
    owner = chars.word_text
    _, number = np.unique(chars.words, return_inverse=True)
    kinds = int(number.max()) + 1 if len(number) else 1
    clean = (where.clean > 0)[owner]
    pairs = np.unique(number[clean] * max(runs, 1) + owner[clean])
    known = np.bincount(pairs // max(runs, 1), minlength=kinds)
    elsewhere = known[number] - clean > 0
    columns["vocabulary"] = np.bincount(owner[elsewhere & long_words], minlength=runs) / count
    columns["vocabulary, any"] = np.bincount(owner[elsewhere], minlength=runs) / count
    everywhere = np.bincount(number, minlength=kinds)
    columns["repetition"] = np.log1p(
        np.bincount(owner, everywhere[number].astype(np.float64), minlength=runs) / count
    )
    digest = np.bincount(owner, (chars.words >> np.uint64(24)).astype(np.float64), minlength=runs)
    _, same, times = np.unique(digest, return_inverse=True, return_counts=True)
    columns["copies"] = np.minimum(times[same] - 1, 3).astype(np.float64)


def _neighbour_columns(columns: dict[str, Floats], where: Places) -> None:
    """Distances to the clean paragraphs around, and the nearest runs' own numbers."""
    count = len(where.mass)
    index = np.arange(count)
    long = where.clean > 0
    before = np.maximum.accumulate(np.where(long, index, -_MAX_GAP))
    before = np.concatenate(([-_MAX_GAP], before[:-1])) if count else before
    after = np.minimum.accumulate(np.where(long, index, count + _MAX_GAP)[::-1])[::-1]
    after = np.concatenate((after[1:], [count + _MAX_GAP])) if count else after
    columns["since clean"] = np.log1p(np.clip(index - before, 0, _MAX_GAP))
    columns["until clean"] = np.log1p(np.clip(after - index, 0, _MAX_GAP))
    columns["any clean before"] = (before >= 0).astype(np.float64)
    columns["any clean after"] = (after < count).astype(np.float64)
    for name in ("mass", "link share", "clean", "ends stop", "tag p"):
        values = columns[name] if name in columns else np.log1p(where.clean)
        padded = np.concatenate((np.zeros(2), values, np.zeros(2)))
        for offset in (-2, -1, 1, 2):
            columns[f"{name} at {offset:+d}"] = padded[2 + offset : 2 + offset + count]


def _trait_bits(where: Places) -> Floats:
    around = (where.traits[:, None] >> _BITS) & 1
    near = (where.near[:, None] >> _BITS) & 1
    return np.hstack([around, near]).astype(np.float64)
