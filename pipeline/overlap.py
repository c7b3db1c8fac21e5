"""How much of their shingles two texts share, estimated from their fingerprints.

The decision about copies and the identity of pages both ask; neither may import the other.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.models import Fingerprint


@dataclass(frozen=True, slots=True)
class Overlap:
    """Estimated over all shingles: ``jaccard`` of both, ``containment`` of the shorter."""

    jaccard: float
    containment: float


def compare(a: Fingerprint, b: Fingerprint) -> Overlap:
    """How much of the shingles two texts share; 0 to 1 each."""
    if not a.hashes or not b.hashes:
        return Overlap(0.0, 0.0)
    # Below the smaller of the two largest kept hashes both samples are complete (unless a text
    # is so short that its sketch holds everything), so counts there can be compared.
    complete = [s.hashes[-1] for s in (a, b) if s.shingles > len(s.hashes)]
    limit = min(complete) if complete else max(a.hashes[-1], b.hashes[-1])
    left = {value for value in a.hashes if value <= limit}
    right = {value for value in b.hashes if value <= limit}
    shared = len(left & right)
    union = len(left | right)
    smaller = left if a.shingles <= b.shingles else right
    return Overlap(shared / union if union else 0.0, shared / len(smaller) if smaller else 0.0)
