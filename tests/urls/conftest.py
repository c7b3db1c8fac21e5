"""Properties are held to what they say, not to how long a busy machine takes for one example."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("busy", deadline=None)
settings.load_profile("busy")
