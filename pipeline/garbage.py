"""Python's cycle collector, held while much is made that stays or soon goes by itself.

A parse makes tens of thousands of small objects and next to no cycles, so what the collector walks
through again and again is alive: 2 of 16 ms a page. How much can wait is bounded by the caps.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """No collection inside, unless another thread ends a pause of its own; as before afterwards."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
