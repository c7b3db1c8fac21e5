"""The HTTP side: triggers, health and metrics. ``exchange`` and ``routes`` first."""
