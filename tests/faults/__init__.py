"""Real processes, and what is done to them."""

from __future__ import annotations

import os
from pathlib import Path

FAULTS = Path(os.environ.get("FAULTS", "/nowhere"))
"""In a process of a desk: where the files lie that make faults strike."""
