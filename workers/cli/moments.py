"""Times as people type them: a day, a moment with or without its zone, or how long ago."""

from __future__ import annotations

from datetime import UTC, datetime

from config.durations import duration
from workers.cli.failure import UsageFailure


def parse_moment(text: str | None, option: str) -> datetime | None:
    """``2026-03-01``, ``2026-03-01T06:00+01:00`` (without a zone UTC), or how long ago: ``90m``,
    ``24h``, ``7d``; in UTC, None for nothing. Raises ``UsageFailure``, which names the option."""
    if not text:
        return None
    try:
        if text.endswith(("s", "m", "h", "d")):
            return datetime.now(UTC) - duration(text)
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageFailure(
            f"{option} {text!r} is neither a day nor a time; write 2026-03-01, 2026-03-01T06:00Z,"
            " or 24h for a day ago"
        ) from error
