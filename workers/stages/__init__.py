"""What each stage does with a claimed job: one module a stage, each a ``work`` and a ``write``.

``work`` turns what the previous stage left into this stage's value and touches no row;
``write`` runs inside the transaction that moves the jobs on.
"""

from __future__ import annotations

from typing import Any

from workers.stages.discover import DiscoverStep
from workers.stages.enrich import EnrichStep
from workers.stages.fetch import FetchStep
from workers.stages.parse import ParseStep
from workers.stages.step import Done, Step
from workers.stages.store import StoreStep

STEPS: dict[str, Step[Any]] = {
    "fetch": FetchStep(),
    "parse": ParseStep(),
    "enrich": EnrichStep(),
    "store": StoreStep(),
    "discover": DiscoverStep(),
}

__all__ = ["STEPS", "Done", "Step"]
