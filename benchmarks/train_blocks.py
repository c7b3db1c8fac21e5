#!/usr/bin/env python3
"""Train the block classifier of pipeline/parse/body and say how good it is.

    train_blocks.py CORPUS TRAINING_CORPUS [--measure-only] [--nets 3] [--out weights.npz]
        [--predictions out_of_fold.jsonl]

Both corpora are directories with ``manifest.jsonl`` and ``pages/`` (see CORPUS/README.md). Printed
are the hand-written rules and the classifier on CORPUS, the latter out of fold: five folds by
publisher over both corpora; a page is measured with networks and word weights that have seen no
page of its publisher. What is written is trained on everything. About ten minutes on one core.
``--predictions`` keeps the out-of-fold bodies in the form that CORPUS/score.py reads.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
from block_training.backprop import Array, Page, train_net
from block_training.samples import FOLDS, Sample, read_samples
from block_training.word_weights import WordCounts
from quality import load_scorer

from pipeline.parse.body.article_body import story_from_article_body
from pipeline.parse.body.choose import choose
from pipeline.parse.body.lexicon import Lexicon
from pipeline.parse.body.network import GROUPS, PARAMETERS, WEIGHTS, Model, run_weights, stacked
from pipeline.parse.body.rules import rule_scores

TRAINING_WEIGHT = 0.6
"""Pages of the second corpus count less: its truth was drafted by a language model."""
_MIN_WEIGHT_SIZE = 0.3


def main() -> None:
    options = _options()
    started = time.monotonic()
    samples = list(read_samples(options.corpus, scored=True, weight=1.0))
    samples += read_samples(options.training_corpus, scored=False, weight=TRAINING_WEIGHT)
    print(f"{len(samples)} pages read in {time.monotonic() - started:.0f} s", flush=True)
    scorer = load_scorer(options.corpus)
    _report(scorer, "rules", samples, lambda sample: rule_scores(sample.facts))
    counts = WordCounts(samples)
    if not options.no_measure:
        scores = _out_of_fold(samples, counts, options.nets)
        for stricter in (-0.1, 0.0, 0.1):
            _report(scorer, f"out of fold, {stricter:+}", samples,
                    lambda sample, s=stricter: scores[id(sample)] - s)  # fmt: skip
        if options.predictions:
            _write_predictions(options.predictions, samples, scores)
    if not options.measure_only:
        lexicons = [counts.lexicon({fold}) for fold in range(FOLDS)]
        model = _trained(samples, lexicons, options.nets)
        model.lexicon = _pruned(counts.lexicon())
        _save(model, options.out)
        print(f"{options.out}: {options.out.stat().st_size} bytes")
    print(f"{time.monotonic() - started:.0f} s in all")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("training_corpus", type=Path)
    parser.add_argument("--measure-only", action="store_true", help="write no weights")
    parser.add_argument("--no-measure", action="store_true", help="write weights only")
    parser.add_argument("--nets", type=int, default=3, help="networks whose mean decides")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--predictions", type=Path, help="where to keep the out-of-fold bodies")
    return parser.parse_args()


# ------------------------------------------------------------------ training
def _trained(samples: Sequence[Sample], lexicons: list[Lexicon], nets: int) -> Model:
    """A model of ``samples``; ``lexicons[f]`` weighs the words of the pages of fold ``f``."""
    tables = [np.hstack([s.facts.rows, _lexicon_columns(lexicons[s.fold], s)]) for s in samples]
    rows = np.vstack(tables)
    model = Model(lexicons[0], rows.mean(0), rows.std(0) + np.float32(1e-6), {})
    pages = [
        Page(
            model.normalized(table),
            tuple(getattr(sample.facts.groups, name).numbers for name in GROUPS),
            run_weights(sample.facts),
            sample.labels,
            sample.weights,
        )
        for sample, table in zip(samples, tables, strict=True)
        if sample.weights.any()
    ]
    model.nets = stacked([train_net(pages, seed=seed) for seed in range(nets)])
    return model


def _lexicon_columns(lexicon: Lexicon, sample: Sample) -> Array:
    return lexicon.columns(sample.layout, sample.chars, sample.facts.places.elements)


def _out_of_fold(samples: list[Sample], counts: WordCounts, nets: int) -> dict[int, Array]:
    """The scores of every scored page by a model that has not seen its publisher."""
    scores: dict[int, Array] = {}
    for held in range(FOLDS):
        lexicons = [counts.lexicon({fold, held}) for fold in range(FOLDS)]
        model = _trained([s for s in samples if s.fold != held], lexicons, nets)
        model.lexicon = _pruned(lexicons[held])
        for sample in samples:
            if sample.scored and sample.fold == held:
                scores[id(sample)] = model.scores(sample.facts)
        print(f"fold {held + 1} of {FOLDS} done", flush=True)
    return scores


def _pruned(lexicon: Lexicon) -> Lexicon:
    """Without the words that hardly speak either way: an unknown word weighs nothing too."""
    telling = np.abs(lexicon.weights) >= _MIN_WEIGHT_SIZE
    return Lexicon(
        lexicon.keys[telling],
        lexicon.weights[telling].astype(np.float16).astype(np.float64),
        lexicon.own_names,
        lexicon.around_names,
    )


def _save(model: Model, path: Path) -> None:
    lexicon = model.lexicon
    names = sorted(lexicon.own_names.keys() | lexicon.around_names.keys())
    arrays: dict[str, np.ndarray] = {
        "word_keys": lexicon.keys,
        "word_weights": lexicon.weights.astype(np.float16),
        "names": np.frombuffer("\n".join(names).encode(), np.uint8),
        "own_names": np.array([lexicon.own_names.get(n, 0.0) for n in names], np.float16),
        "around_names": np.array([lexicon.around_names.get(n, 0.0) for n in names], np.float16),
        "mean": model.mean.astype(np.float32),
        "scale": model.scale.astype(np.float32),
    }
    arrays |= {key: model.nets[key].astype(np.float16) for key in PARAMETERS}
    np.savez_compressed(path, **arrays)


# ------------------------------------------------------------------ measuring
def _report(
    scorer: ModuleType, name: str, samples: list[Sample], scores: Callable[[Sample], Array]
) -> None:
    pages = [sample for sample in samples if sample.scored]
    result = scorer.aggregate(
        [scorer.score_page(s.entry, {"body": _body_text(s, scores(s))}) for s in pages]
    )
    body, snippets = result["body"], result["snippets"]
    print(
        f"{name:>18}: body P {body['precision']:.4f} R {body['recall']:.4f} F1 {body['f1']:.4f} "
        f"page F1 {body['page_f1']:.4f} below .5: {body['bad_pages']} | snippets "
        f"F1 {snippets['f1']:.4f} unwanted {snippets['unwanted']:.4f}",
        flush=True,
    )


def _write_predictions(path: Path, samples: list[Sample], scores: dict[int, Array]) -> None:
    with path.open("w", encoding="utf-8") as out:
        for sample in samples:
            if sample.scored:
                body = _body_text(sample, scores[id(sample)])
                out.write(json.dumps({"id": sample.entry["id"], "body": body}) + "\n")


def _body_text(sample: Sample, scores: Array) -> str:
    """The body as the parse stage would give it."""
    chosen = choose(sample.facts, scores, sample.headline)
    texts = [run.text for run, taken in zip(sample.layout.runs, chosen, strict=True) if taken]
    visible = sum(map(len, texts))
    instead = story_from_article_body(sample.article_body, visible)
    return "\n\n".join([piece.text for piece in instead] or texts)


if __name__ == "__main__":
    main()
