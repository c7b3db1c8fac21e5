"""Times as people type them: a day, or a moment with or without its zone."""

from __future__ import annotations

from datetime import UTC, datetime

from workers.cli.failure import UsageFailure


def parse_moment(text: str, option: str) -> datetime | None:
    """``2026-03-01`` or ``2026-03-01T06:00+01:00`` in UTC, without a zone UTC; None for nothing."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageFailure(
            f"{option} {text!r} is no time; write 2026-03-01 or 2026-03-01T06:00Z"
        ) from error
