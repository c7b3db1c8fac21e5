"""What a server's answer means: a page, a wait, or a named refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.errors import Drop, Outcome, TryLater

LONGEST_WAIT = timedelta(days=1)
"""A Retry-After beyond a day is taken as a day: who means "never" has robots.txt to say so."""

REDIRECTS = frozenset((301, 302, 303, 307, 308))
_REFUSALS = {
    204: "empty", 205: "empty", 401: "access_denied", 402: "access_denied", 403: "access_denied",
    404: "not_found", 407: "access_denied", 410: "gone", 451: "legally_unavailable",
}  # fmt: skip


def refusal_of(status: int, headers: Mapping[str, str], now: datetime) -> Outcome | None:
    """The outcome that a status stands for; None when the answer is a page (or a 304).

    ``headers`` have lower-case names.
    """
    after = retry_after(headers.get("retry-after"), now)
    if status == 429 or (status == 503 and after is not None):
        return TryLater("rate_limited", f"status {status}", after=after, host_wide=True)
    if status == 206:
        return Drop("bad_response", "a part of the page (206) that was not asked for")
    if status in (408, 425) or status >= 500:
        return TryLater("server_error", f"status {status}", after=after)
    if status in _REFUSALS:
        return Drop(_REFUSALS[status], f"status {status}")
    if status >= 400:
        return Drop("client_error", f"status {status}")
    if status < 200:
        return Drop("bad_response", f"status {status}, which nobody asked for")
    if 300 <= status < 400 and status != 304:
        return Drop("bad_redirect", f"status {status} without a usable Location")
    return None


def fresh_seconds(headers: Sequence[tuple[str, str]]) -> float | None:
    """How long the answer stays fresh (RFC 9111 section 4.2.1, max-age less Age), up to a day;
    None when the server does not say."""
    lowered = {name.lower(): value for name, value in reversed(headers)}
    told = lowered.get("cache-control", "").lower()
    age = re.search(r"(?<![a-z-])max-age\s*=\s*\"?(\d{1,9})", told)
    if age is None or "no-cache" in told or "no-store" in told:
        return None
    passed = re.fullmatch(r"\d{1,9}", lowered.get("age", "").strip())
    seconds = int(age.group(1)) - (int(passed.group()) if passed else 0)
    return min(max(seconds, 0), LONGEST_WAIT.total_seconds())


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Retry-After as a wait from now (RFC 9110 section 10.2.3): seconds or a date; None for
    neither. Between zero and a day."""
    if not value:
        return None
    try:
        seconds = min(int(value.strip()), int(LONGEST_WAIT.total_seconds()))
        return timedelta(seconds=max(seconds, 0))
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError):
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
