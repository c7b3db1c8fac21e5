"""Are two texts the same story? Pure functions; the lookup in SQL is the store's business."""

from __future__ import annotations

from pipeline.dedup.decide import judge
from pipeline.dedup.sketch import fingerprint

__all__ = ["fingerprint", "judge"]
