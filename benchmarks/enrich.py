"""Score the names found in labelled sentences, and time every enricher on a corpus of bodies.

    python benchmarks/enrich.py [--faults] [--corpus ../shared/corpus] [--sample 300]

Precision, recall and F1 count mentions: the same span with the same type. ``other`` is not scored.
Times are CPU milliseconds an article (one process, ``process_time``) after ``warm_up``.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.enrich import ENRICHERS, enrich, warm_up
from pipeline.models import EnrichedArticle, ParsedArticle

LABELLED = Path(__file__).parent.parent / "tests" / "enrich" / "data" / "labelled_names.tsv"
TYPES = {"P": "person", "O": "organization", "L": "place"}
_MARKED = re.compile(r"\[([POL]) ([^\]]+)\]")

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Labelled:
    """A sentence without its marks, and what they say."""

    part: str
    language: str
    text: str
    names: frozenset[Span]


def labelled(path: Path = LABELLED) -> Iterator[Labelled]:
    """The sentences of the labelled file."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            part, language, marked = line.split("\t")
            text, names, place = "", set(), 0
            for match in _MARKED.finditer(marked):
                text += marked[place : match.start()]
                names.add((len(text), len(text) + len(match[2]), TYPES[match[1]]))
                text += match[2]
                place = match.end()
            yield Labelled(part, language, text + marked[place:], frozenset(names))


def article(text: str, language: str | None) -> ParsedArticle:
    address = "https://news.example.org/story"
    return ParsedArticle(url=address, final_url=address, body_text=text, language=language)


def found_in(one: Labelled) -> set[Span]:
    """Typed mentions that the enrichers find."""
    enriched = enrich(article(one.text, one.language))
    assert all(run.error is None for run in enriched.enrichers), enriched.enrichers
    return {
        (mention.start, mention.end, entity.type)
        for entity in enriched.entities
        if entity.type != "other"
        for mention in entity.mentions
    }


def measures(right: int, found: int, true: int) -> tuple[float, float, float]:
    """Precision, recall, F1."""
    precision, recall = right / max(1, found), right / max(1, true)
    return precision, recall, 2 * right / max(1, found + true)


def score(sentences: list[Labelled]) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(right, found, true) by part and by language or type."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in sentences:
        found = found_in(one)
        for group in (*TYPES.values(), None):
            here = {span for span in found if group in (None, span[2])}
            true = {span for span in one.names if group in (None, span[2])}
            keys = [group] if group else ["all", one.language]
            for key in keys:
                for part in (one.part, "both"):
                    counts[part, key].update(
                        right=len(here & true), found=len(here), true=len(true)
                    )
    return {key: (one["right"], one["found"], one["true"]) for key, one in counts.items()}


def print_faults(sentences: list[Labelled]) -> None:
    """Faults of the sentences that rules may be changed by."""
    for one in sentences:
        found = found_in(one)
        if one.part == "seen" and found != one.names:
            print(one.language, one.text)
            for sign, spans in (("-", one.names - found), ("+", found - one.names)):
                print(*(f"   {sign} {kind} {one.text[a:b]}" for a, b, kind in sorted(spans)))


def print_times(corpus: Path, sample: int) -> None:
    with (corpus / "manifest.jsonl").open(encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    entries = [entry for entry in entries if (entry.get("truth") or {}).get("body")]
    random.Random(7).shuffle(entries)
    seconds: dict[str, list[float]] = defaultdict(list)
    words: list[int] = []
    for entry in entries[:sample]:
        result: EnrichedArticle | ParsedArticle = article(
            entry["truth"]["body"], entry.get("language")
        )
        for enricher in ENRICHERS:
            started = time.process_time()
            result = enrich(result, [enricher])
            seconds[enricher.name].append(time.process_time() - started)
        assert isinstance(result, EnrichedArticle)
        assert all(run.error is None for run in result.enrichers), result.enrichers
        words.append(result.word_count)
    print(
        f"\n{len(words)} bodies, {statistics.mean(words):.0f} words on average; CPU ms an article"
    )
    seconds["together"] = [sum(each) for each in zip(*seconds.values(), strict=True)]
    for name, values in seconds.items():
        mean, median = statistics.mean(values) * 1000, statistics.median(values) * 1000
        print(f"{name:12} mean {mean:6.2f}  median {median:6.2f}  max {max(values) * 1000:7.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--sample", type=int, default=300)
    options = parser.parse_args()
    started = time.process_time()
    warm_up()
    print(f"warm_up: {time.process_time() - started:.2f} CPU s")
    sentences = list(labelled())
    if options.faults:
        print_faults(sentences)
    scores = score(sentences)
    print(f"{'':14}" + "".join(f"{part:>27}" for part in ("seen", "held", "both")))
    for key in dict.fromkeys(key for _, key in scores):
        line = f"{key:14}"
        for part in ("seen", "held", "both"):
            right, found, true = scores.get((part, key), (0, 0, 0))
            precision, recall, f1 = measures(right, found, true)
            line += f"  P {precision:.2f} R {recall:.2f} F {f1:.3f}"
        print(line)
    if options.corpus:
        print_times(options.corpus, options.sample)


if __name__ == "__main__":
    main()
