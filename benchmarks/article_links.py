"""How well links on real pages are told: articles from menus, without labels of any.

    python -m benchmarks.article_links ../shared/corpus [--pages 200]

Nobody has labelled the links of the corpus's pages, so four shares stand in for that: of the
corpus's own articles, those whose address alone is enough; of links between them, those taken
(about a hundred, the only ones known to lead to articles, and too few to fit points to); of links
with six words and more outside menus, those taken (most lead to articles); of links with at most
two words in menus, those taken (hardly any does).
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.quality import read_corpus
from pipeline.discover.likeness import NEEDED, address_points, article_like, text_length
from pipeline.discover.page_links import links_of
from pipeline.urls import url_key


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("corpus", type=Path)
    arguments.add_argument("--pages", type=int, default=200)
    given = arguments.parse_args()
    pages = list(read_corpus(given.corpus))
    inner = [page.url for _, page in pages if urlsplit(page.url).path.strip("/")]
    enough = sum(address_points(url) >= NEEDED for url in inner)
    print(f"addresses of articles taken by themselves: {enough} of {len(inner)}")
    keys = {url_key(page.url) for _, page in pages}
    known, headlines, menus = [], [], []
    for _, page in random.Random(3).sample(pages, min(given.pages, len(pages))):
        links, _ = links_of(page.body, page.url, page.charset)
        for link, taken in zip(links, article_like(links), strict=True):
            if url_key(link.url) in keys:
                known.append(taken)
            if link.in_furniture and text_length(link.text) <= 2:
                menus.append(taken)
            elif not link.in_furniture and text_length(link.text) >= 6:
                headlines.append(taken)
    print(f"links to articles of the corpus taken: {sum(known)} of {len(known)}")
    print(f"links like headlines taken: {sum(headlines)} of {len(headlines)}")
    print(f"links of menus taken: {sum(menus)} of {len(menus)}")


if __name__ == "__main__":
    main()
