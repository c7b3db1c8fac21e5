"""Score headline, authors and day with kinds of evidence taken away, so that the weaker must do.

    python -m benchmarks.ablation ../shared/corpus [--sample 100]

Every page is read five times: as it is; without scripts (JSON-LD among them); without meta
elements too; without ``<time>``, item properties, ``rel`` and ``data-`` attributes too; without
classes and ids too, so that only text, headings and addresses are left. Other publishers print the
same kinds of text with less of the rest, so this tells more of them than the first row does.
Publishers are told apart in two halves by a hash: rules can be written by the faults of one and
checked on the other.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import html
from lxml.html import HtmlElement

from benchmarks.quality import Entry, load_scorer, predict, read_corpus
from pipeline.models import FetchedPage
from pipeline.parse import parse

_MARKS = ("itemprop", "itemscope", "itemtype", "rel", "datetime", "pubdate")
_NAMES = ("class", "id")
_HALVES = 2


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sample", type=int, metavar="N")
    options = parser.parse_args()
    scorer = load_scorer(options.corpus)
    rows: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for entry, page in read_corpus(options.corpus, options.sample):
        for taken, left in _reduced(page):
            row = scorer.score_page(entry, predict(parse(left)))
            rows[taken, _half(entry)].append(row)
    print(f"{'taken away':>30}  half  pages  title exact  authors F1  exact  day right  wrong")
    for (taken, half), scored in rows.items():
        whole = scorer.aggregate(scored)
        title, authors, published = (whole.get(k, {}) for k in ("title", "authors", "published"))
        print(
            f"{taken:>30}  {half:4d}  {len(scored):5d}  {title.get('exact', 0):11.3f}  "
            f"{authors.get('f1', 0):10.3f}  {authors.get('exact', 0):5.3f}  "
            f"{published.get('day', 0):9.3f}  {published.get('wrong', 0):5.3f}"
        )


def _half(entry: Entry) -> int:
    return hashlib.sha256(str(entry["publisher"]).encode()).digest()[1] % _HALVES


def _reduced(page: FetchedPage) -> Iterator[tuple[str, FetchedPage]]:
    yield "nothing", page
    text = page.body.decode(page.charset, "replace").encode()
    document = html.document_fromstring(
        text, parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    for taken, take in _STEPS:
        take(document)
        yield taken, replace(page, body=_written(document), charset="utf-8")


def _written(document: HtmlElement) -> bytes:
    written: bytes = html.tostring(
        document.getroottree(), encoding="utf-8", doctype="<!doctype html>"
    )
    return written


def _without_scripts(document: HtmlElement) -> None:
    for script in list(document.iter("script")):
        script.drop_tree()


def _without_metadata(document: HtmlElement) -> None:
    for element in list(document.iter("meta")):
        element.drop_tag()


def _without_marks(document: HtmlElement) -> None:
    for element in document.iter("*"):
        if element.tag == "time":
            element.tag = "span"
        for name in element.attrib:
            if name in _MARKS or str(name).startswith("data-"):
                del element.attrib[name]


def _without_names(document: HtmlElement) -> None:
    for element in document.iter("*"):
        for name in _NAMES:
            element.attrib.pop(name, None)


_STEPS: tuple[tuple[str, Callable[[HtmlElement], None]], ...] = (
    ("scripts", _without_scripts),
    ("and meta elements", _without_metadata),
    ("and times, items, rel, data-", _without_marks),
    ("and classes, ids", _without_names),
)


if __name__ == "__main__":
    main()
