"""The memory that a process which reads pages may have."""

from __future__ import annotations

import resource

FACTOR = 4
"""A pool process is replaced above ``worker_max_memory_mb`` when its task has ended; within a task
it may take this many times as much, and then allocating fails."""


def limit_memory(worker_max_memory_mb: int) -> None:
    """Let a page that eats memory meet a MemoryError here, before the machine runs out of it."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = FACTOR * worker_max_memory_mb * 2**20
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))
