"""Columns that a run's own text gives, and those of the runs around it."""

from __future__ import annotations

import numpy as np

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
)
from pipeline.parse.body.layout import Run
from pipeline.parse.body.places import Places

_TAGS = ("p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4", "span", "figcaption", "dd")
_PLACE_OF_TAG = {tag: place for place, tag in enumerate(_TAGS)}
_COUNTED = {
    "stops": STOP,
    "commas": COMMA,
    "quotes": QUOTE,
    "marks": MARK,
    "brackets": BRACKET,
    "lines": BREAK,
}
_STARTS = {"lower": LOWER, "upper": UPPER, "digit": DIGIT, "quote": QUOTE}
_ENDS = {"stop": STOP, "comma": COMMA, "bracket": BRACKET, "mark": MARK}
_OF_RUN = (
    "link chars",
    "link count",
    "bold chars",
    "italic chars",
    "ends in link",
    "label",
    "address",
    "has time",
    "at break",
)
_NEIGHBOURS = ("mass", "link share", "clean", "ends stop", "tag p")
_MAX_GAP = 40
_LABEL_CHARS = 40


def text_columns(runs: list[Run], chars: Characters, where: Places) -> dict[str, Floats]:
    """Lengths, kinds of characters, links, beginnings and endings, tag."""
    counts = chars.counts
    length = np.maximum(chars.lengths, 1).astype(np.float64)
    words = np.maximum(chars.word_counts, 1).astype(np.float64)
    letters = np.maximum(counts[:, LOWER] + counts[:, UPPER] + counts[:, DENSE], 1)
    of_run = dict(zip(_OF_RUN, np.array([_of_run(run) for run in runs]).T, strict=True))
    columns: dict[str, Floats] = {
        "mass": np.log1p(where.mass),
        "mass, linear": np.minimum(where.mass / 400, 2.0),
        "words": np.log1p(chars.word_counts),
        "letters a word": np.minimum(letters / words, 15) / 10,
        "upper share": counts[:, UPPER] / letters,
        "dense share": counts[:, DENSE] / letters,
        "digit share": counts[:, DIGIT] / length,
        "stops a word": np.minimum(counts[:, STOP] / words, 1.0),
        "link share": of_run["link chars"] / length,
        "links": np.log1p(of_run["link count"]),
        "bold share": of_run["bold chars"] / length,
        "italic share": of_run["italic chars"] / length,
    }
    columns.update({name: of_run[name] for name in _OF_RUN[4:]})
    logs = np.log1p(counts[:, list(_COUNTED.values())]).T
    columns.update(zip(_COUNTED, logs, strict=True))
    first, last = chars.first, chars.last
    columns.update({f"starts {name}": (first == kind) * 1.0 for name, kind in _STARTS.items()})
    columns["starts mark"] = ((first == MARK) | (first == BRACKET)) * 1.0
    columns.update({f"ends {name}": (last == kind) * 1.0 for name, kind in _ENDS.items()})
    tags = np.zeros((len(_TAGS) + 1, len(runs)))
    tags[[_PLACE_OF_TAG.get(run.tag, -1) for run in runs], np.arange(len(runs))] = 1.0
    columns.update({f"tag {tag}": tags[place] for place, tag in enumerate(_TAGS)})
    return columns


def _of_run(run: Run) -> tuple[float, ...]:
    """The numbers of :data:`_OF_RUN`."""
    text, links = run.text, run.links
    opening = text[:_LABEL_CHARS]
    return (
        run.link_chars,
        len(links),
        run.bold_chars,
        run.italic_chars,
        bool(links) and text.endswith(links[-1][1]),
        ":" in opening or "：" in opening,
        "@" in text or "http" in text or "www." in text,
        run.time is not None,
        run.at_break,
    )


def neighbour_columns(columns: dict[str, Floats], where: Places) -> dict[str, Floats]:
    """Distances to the clean paragraphs around, and the nearest runs' own numbers."""
    count = len(where.mass)
    index = np.arange(count)
    long = where.clean > 0
    before = np.maximum.accumulate(np.where(long, index, -_MAX_GAP))
    before = np.concatenate(([-_MAX_GAP], before[:-1]))
    after = np.minimum.accumulate(np.where(long, index, count + _MAX_GAP)[::-1])[::-1]
    after = np.concatenate((after[1:], [count + _MAX_GAP]))
    found: dict[str, Floats] = {
        "since clean": np.asarray(np.log1p(np.minimum(index - before, _MAX_GAP)), np.float64),
        "until clean": np.asarray(np.log1p(np.minimum(after - index, _MAX_GAP)), np.float64),
        "any clean before": (before >= 0).astype(np.float64),
        "any clean after": (after < count).astype(np.float64),
    }
    columns = {**columns, "clean": np.log1p(where.clean)}
    padded = np.zeros((len(_NEIGHBOURS), count + 4))
    padded[:, 2:-2] = [columns[name] for name in _NEIGHBOURS]
    for name, values in zip(_NEIGHBOURS, padded, strict=True):
        for offset in (-2, -1, 1, 2):
            found[f"{name} at {offset:+d}"] = values[2 + offset : 2 + offset + count]
    return found
