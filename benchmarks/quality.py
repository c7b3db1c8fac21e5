"""Run the parse stage over a corpus of pages with truth, score it, and time it.

    python benchmarks/quality.py ../shared/corpus --predictions out.jsonl [--sample 100] [--peers]

Writes one line a page in the form that the corpus's ``score.py`` reads, prints its tables and the
CPU milliseconds a page (one process, ``process_time``, mean and median). With ``--peers`` the
extractors of the ``bench`` extra run over the same pages in the same process, page by page.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import importlib.util
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from pipeline.fetch.pages import page_from_bytes
from pipeline.models import FetchedPage, ParsedArticle
from pipeline.parse import parse

Entry = dict[str, Any]
Prediction = dict[str, Any]


@dataclass
class Runner:
    """An extractor under measurement: its function, its predictions, its CPU seconds a page."""

    name: str
    extract: Callable[[FetchedPage], Prediction]
    predictions: list[Prediction] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def run(self, entry: Entry, page: FetchedPage) -> None:
        started = time.process_time()
        try:
            prediction = self.extract(page)
        except Exception as error:
            print(f"{self.name} failed on {entry['id']}: {error!r}", file=sys.stderr)
            prediction = {}
        self.seconds.append(time.process_time() - started)
        self.predictions.append({"id": entry["id"], **prediction})

    def speed(self) -> str:
        milliseconds = [1000 * s for s in self.seconds]
        mean, median = statistics.mean(milliseconds), statistics.median(milliseconds)
        return f"{self.name}: {mean:.1f} ms a page (median {median:.1f})"


def read_corpus(folder: Path, sample: int | None = None) -> Iterator[tuple[Entry, FetchedPage]]:
    """Every page of the corpus (or a fixed random sample) as the fetch stage would hand it over."""
    entries = [json.loads(line) for line in (folder / "manifest.jsonl").open(encoding="utf-8")]
    if sample is not None:
        entries = random.Random(0).sample(entries, min(sample, len(entries)))
    for entry in entries:
        yield entry, page_of(folder, entry)


def page_of(folder: Path, entry: Entry) -> FetchedPage:
    return page_from_bytes(
        entry["url"],
        gzip.decompress((folder / "pages" / f"{entry['id']}.html.gz").read_bytes()),
        content_type="text/html",
        fetched_at=crawl_end(entry.get("crawled")),
    )


def crawl_end(crawled: str | None) -> datetime:
    """The last moment at which a page of that crawl date (a day, month or year) can be fetched."""
    if not crawled:
        return datetime.now(UTC)
    year, month, day = (*map(int, crawled[:10].split("-")), 0, 0)[:3]
    if day:
        return datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
    return datetime(year + (month in (0, 12)), month % 12 + 1 if month else 1, 1, tzinfo=UTC)


def predict(article: ParsedArticle) -> Prediction:
    """The article in the form of ``score.py``."""
    lead = next((image.url for image in article.images if image.role == "lead"), None)
    return {
        "title": article.headline,
        "authors": [author.name for author in article.authors],
        "published": published_text(article),
        "body": article.body_text,
        "topics": list(topics_of(article)),
        "image": lead,
    }


def topics_of(article: ParsedArticle) -> tuple[str, ...]:
    return article.tags or ((article.section,) if article.section else ())


def published_text(article: ParsedArticle) -> str | None:
    """ISO 8601 as precise as the page: with the offset when known, a day without a time."""
    at, offset = article.published_at, article.published_offset_minutes
    if at is None or article.published_precision in ("month", "year"):
        return None
    local = at.replace(tzinfo=None) + timedelta(minutes=offset or 0)
    if article.published_precision == "day":
        return local.date().isoformat()
    if offset is None:
        return local.isoformat()
    sign, minutes = "-" if offset < 0 else "+", abs(offset)
    return f"{local.isoformat()}{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def score(folder: Path, predictions: Path, *options: str) -> str:
    """What the corpus's own scorer prints."""
    command = [sys.executable, str(folder / "score.py"), str(folder / "manifest.jsonl")]
    done = subprocess.run([*command, str(predictions), *options], capture_output=True, text=True)
    return done.stdout + done.stderr


def load_scorer(folder: Path) -> ModuleType:
    """The corpus's own scorer as a module, for scores of fewer pages or other truths."""
    spec = importlib.util.spec_from_file_location("corpus_score", folder / "score.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(folder: Path, runners: list[Runner], sample: int | None) -> None:
    """Run every extractor over every page, side by side."""
    warm_up(folder, runners)
    for entry, page in read_corpus(folder, sample):
        for runner in runners:
            runner.run(entry, page)


def warm_up(folder: Path, runners: list[Runner]) -> None:
    """Let each load what it loads at its first page: that is no page's cost. Then, as a worker
    does before its first task, tell the cycle collector that what is loaded stays."""
    _, page = next(read_corpus(folder))
    for runner in runners:
        with suppress(Exception):  # told when the page's turn comes
            runner.extract(page)
    gc.collect()
    gc.freeze()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--predictions", type=Path, required=True)
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--peers", action="store_true")
    options = parser.parse_args()
    runners = [Runner("copydesk", lambda page: predict(parse(page)))]
    if options.peers:
        from benchmarks.quality_peers import installed_peers

        runners += [Runner(name, extract) for name, extract in installed_peers()]
    measure(options.corpus, runners, options.sample)
    for runner in runners:
        own = runner.name == "copydesk"
        target = (
            options.predictions if own else options.predictions.with_suffix(f".{runner.name}.jsonl")
        )
        with target.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(p, ensure_ascii=True) + "\n" for p in runner.predictions)
        print(f"\n{runner.name}\n{score(options.corpus, target)}")
    print(*(runner.speed() for runner in runners), sep="\n")


if __name__ == "__main__":
    main()
