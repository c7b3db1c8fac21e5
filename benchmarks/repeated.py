#!/usr/bin/env python3
"""What it is worth to know which blocks a publisher repeats.

    python benchmarks/repeated.py CORPUS TRAINING_CORPUS [--scores FILE.npz] [--rules] [--show]

Pages of publishers (registered domains) that have several in the two corpora. Each is parsed alone,
then with the memory that all other pages of its publisher make. The pipeline asks for three other
articles; corpora have two or three pages of a publisher, so what one and two would do is measured
too. Scores are those of CORPUS/score.py on exactly these pages. "wrong" are blocks set apart of
which at least half stands in the page's true text.

``--scores`` reads (or makes, in half an hour, and keeps) block scores out of fold: of networks
that have seen no page of the publisher. Without it the shipped networks score, which have seen
all of them. ``--rules`` scores without networks, ``--show`` prints what was set apart.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
import train_blocks
from block_training.samples import FOLDS, read_samples
from block_training.word_weights import WordCounts
from quality import Entry, load_scorer, page_of

from pipeline import repeated
from pipeline.models import FetchedPage, ParsedArticle
from pipeline.parse import parse
from pipeline.parse.body import find
from pipeline.parse.body.rules import rule_scores
from pipeline.repeated import Repeated, lesson

Scores = dict[str, np.ndarray]
NETS = 2
"""Networks of each fold whose mean decides."""


@dataclass
class Case:
    corpus: Path
    entry: Entry
    page: FetchedPage
    alone: ParsedArticle


def main() -> None:
    options = _options()
    scores = _out_of_fold(options) if options.scores else {}
    scorer = load_scorer(options.corpora[0])
    cases = list(_cases(options, scores))
    publishers = defaultdict(list)
    for case in cases:
        publishers[case.entry["publisher"]].append(case)
    print(f"{len(cases)} pages of {len(publishers)} publishers")
    _report(scorer, "each page alone", cases, {id(case): case.alone for case in cases})
    for least in (1, 2, 3):
        found = {}
        with patch.multiple(repeated, LEAST_ARTICLES=least, LEAST_SHARE=0.0):
            for same in publishers.values():
                for case in same:
                    found[id(case)] = _read(
                        case.entry, case.page, options, scores, _taught(same, case)
                    )
        _report(scorer, f"{least} other articles", cases, found)
        if options.show:
            _show(cases, found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpora", type=Path, nargs=2)
    parser.add_argument("--scores", type=Path)
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--show", action="store_true")
    return parser.parse_args()


def _cases(options: argparse.Namespace, scores: Scores) -> Iterator[Case]:
    entries = [
        (corpus, json.loads(line))
        for corpus in options.corpora
        for line in (corpus / "manifest.jsonl").open(encoding="utf-8")
    ]
    pages = defaultdict(int)
    for _, entry in entries:
        pages[entry["publisher"]] += 1
    for corpus, entry in entries:
        if pages[entry["publisher"]] > 1:
            page = page_of(corpus, entry)
            yield Case(corpus, entry, page, _read(entry, page, options, scores, None))


def _read(
    entry: Entry,
    page: FetchedPage,
    options: argparse.Namespace,
    scores: Scores,
    host: Repeated | None,
) -> ParsedArticle:
    of_page = scores.get(entry["id"])
    if options.rules:
        with patch.object(find, "story_scores", rule_scores):
            return parse(page, repeated=host)
    if of_page is None:
        return parse(page, repeated=host)
    with patch.object(find, "story_scores", lambda facts: of_page):
        return parse(page, repeated=host)


def _taught(same: list[Case], but: Case) -> Repeated:
    """What the publisher's other pages teach, in the corpus's order."""
    host = Repeated()
    for number, case in enumerate(same):
        if case is not but:
            host = host.learned(lesson(number, case.alone))
    return host


# ------------------------------------------------------------------ out of fold
def _out_of_fold(options: argparse.Namespace) -> Scores:
    if options.scores.exists():
        with np.load(options.scores) as kept:
            return dict(kept)
    samples = list(read_samples(options.corpora[0], scored=True, weight=1.0))
    weight = train_blocks.TRAINING_WEIGHT
    samples += read_samples(options.corpora[1], scored=False, weight=weight)
    counts, scores = WordCounts(samples), {}
    for held in range(FOLDS):
        lexicons = [counts.lexicon({fold, held}) for fold in range(FOLDS)]
        others = [sample for sample in samples if sample.fold != held]
        model = train_blocks._trained(others, lexicons, NETS)
        model.lexicon = train_blocks._pruned(lexicons[held])
        for sample in samples:
            if sample.fold == held:
                scores[sample.entry["id"]] = model.scores(sample.facts)
    np.savez_compressed(options.scores, **scores)
    return scores


# ------------------------------------------------------------------ measuring
def _report(
    scorer: ModuleType, name: str, cases: list[Case], found: dict[int, ParsedArticle]
) -> None:
    apart = [(case, text) for case in cases for text in _set_apart(case, found[id(case)])]
    judged = [(case, text) for case, text in apart if case.entry["truth"].get("body")]
    wrong = sum(_is_true(scorer, case, text) for case, text in judged)
    pages = len({id(case) for case, _ in apart})
    print(
        f"\n{name}: {len(apart)} blocks set apart on {pages} pages; wrong {wrong} of {len(judged)}"
    )
    for corpus in dict.fromkeys(case.corpus for case in cases):
        of_corpus = [case for case in cases if case.corpus == corpus]
        result = scorer.aggregate(
            [scorer.score_page(c.entry, {"body": found[id(c)].body_text}) for c in of_corpus]
        )
        print(f"  {corpus.name}: {_line(result)}")


def _line(result: dict[str, Any]) -> str:
    body, snippets = result["body"], result.get("snippets")
    line = (
        f"{body['n']} bodies, P {body['precision']:.4f} R {body['recall']:.4f} F1 {body['f1']:.4f} "
        f"page F1 {body['page_f1']:.4f}"
    )
    if snippets:
        line += f" | snippets F1 {snippets['f1']:.4f} unwanted {snippets['unwanted']:.4f}"
    return line


def _set_apart(case: Case, article: ParsedArticle) -> list[str]:
    """Blocks that are story on the page alone and not in ``article``."""
    story = {block.text for block in article.blocks if block.start is not None}
    return [b.text for b in case.alone.blocks if b.start is not None and b.text not in story]


def _is_true(scorer: ModuleType, case: Case, text: str) -> bool:
    wanted, got = scorer.shingles(case.entry["truth"]["body"]), scorer.shingles(text)
    return 2 * sum((wanted & got).values()) >= sum(got.values())


def _show(cases: list[Case], found: dict[int, ParsedArticle]) -> None:
    for case in cases:
        for text in _set_apart(case, found[id(case)]):
            print(f"    {case.entry['publisher']}: {text[:100]!r}")


if __name__ == "__main__":
    main()
