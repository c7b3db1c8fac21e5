"""Near-duplicate decisions on labelled pairs, beside MinHash LSH and SimHash.

    python benchmarks/dedup_quality.py PAIRS_DIR --predictions OUT.jsonl

PAIRS_DIR holds ``pairs.jsonl.gz`` (``id, a, b`` texts) and ``score_dedup.py``. The last table is
that scorer's own on our predictions. datasketch is in the ``bench`` extra; without it its row is
left out.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pipeline.dedup import fingerprint, judge
from pipeline.dedup.tokens import tokens

UNSCORED = "excerpt_20"
"""Pieces so small that either answer is right."""
Decision = Callable[[str, str, bool], str | None]


def pairs(directory: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(directory / "pairs.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def ours(a: str, b: str, same_site: bool) -> str | None:
    found = judge(fingerprint(a), fingerprint(b), same_site)
    return found.relation if found else None


def simhash(a: str, b: str, same_site: bool) -> str | None:
    """Charikar's SimHash over word 3-grams, 64 bits, at most 3 bits apart (Manku et al., 2007)."""

    def value(text: str) -> int:
        words, sums = tokens(text), [0] * 64
        for i in range(max(1, len(words) - 2)):
            digest = hashlib.blake2b(" ".join(words[i : i + 3]).encode(), digest_size=8).digest()
            number = int.from_bytes(digest, "big")
            for bit in range(64):
                sums[bit] += 1 if number >> bit & 1 else -1
        return sum(1 << bit for bit in range(64) if sums[bit] > 0)

    return "copy" if (value(a) ^ value(b)).bit_count() <= 3 else None


def minhash_lsh(threshold: float) -> Decision | None:
    """datasketch's MinHash of 128 permutations over word 5-grams, looked up through its LSH."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        return None

    def make(text: str) -> Any:
        made, words = MinHash(num_perm=128), tokens(text)
        made.update_batch(
            [" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))]
        )
        return made

    def decide(a: str, b: str, same_site: bool) -> str | None:
        index = MinHashLSH(threshold=threshold, num_perm=128)
        index.insert("a", make(a))
        return "copy" if index.query(make(b)) else None

    return decide


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--predictions", type=Path, required=True)
    given = parser.parse_args()
    labels = {
        row["id"]: row["label"]
        for row in map(json.loads, (given.directory / "labels.jsonl").read_text().splitlines())
        if row["label"] is not None and row["type"] != UNSCORED
    }
    rows = list(pairs(given.directory))
    methods: dict[str, Decision | None] = {
        "MinHash LSH 128, J 0.5": minhash_lsh(0.5),
        "MinHash LSH 128, J 0.3": minhash_lsh(0.3),
        "SimHash 64, 3 bits": simhash,
        "ours": ours,
    }
    print(f"{'method':24} {'P':>7} {'R':>7} {'ms a pair':>10}")
    for name, method in methods.items():
        if method is None:
            continue
        started = time.process_time()
        found = {row["id"]: method(row["a"], row["b"], bool(row.get("same_site"))) for row in rows}
        spent = (time.process_time() - started) / len(rows) * 1000
        scored = [(found[i], y) for i, y in labels.items()]
        hits = sum(1 for relation, y in scored if relation and y)
        flagged = sum(1 for relation, _ in scored if relation)
        wanted = sum(1 for _, y in scored if y)
        precision = hits / flagged if flagged else 1.0
        print(f"{name:24} {precision:7.3f} {hits / wanted:7.3f} {spent:10.2f}")
    given.predictions.write_text(
        "".join(json.dumps({"id": i, "relation": relation}) + "\n" for i, relation in found.items())
    )
    scorer = [sys.executable, str(given.directory / "score_dedup.py"), "pairs"]
    subprocess.run([*scorer, str(given.predictions)], check=False)


if __name__ == "__main__":
    main()
