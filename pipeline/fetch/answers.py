"""What a server's answer means: a page, a wait, or a named refusal."""

from __future__ import annotations

from collections.abc import Mapping
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
_CHALLENGE_WORDS = (b"captcha", b"challenge-platform", b"verify you are human", b"are you a robot")
_CHALLENGE_MOST_BYTES = 64 * 1024


def refusal_of(
    status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> Outcome | None:
    """The outcome that a status stands for; None when the answer is a page (or a 304)."""
    after = retry_after(headers.get("retry-after"), now)
    if status in (401, 403, 429, 503) and is_challenge(headers, body):
        return Drop("challenge", f"status {status}")
    if status == 429 or (status == 503 and after is not None):
        return TryLater("rate_limited", f"status {status}", after=after, host_wide=True)
    if status in (408, 425) or status >= 500:
        return TryLater("server_error", f"status {status}", after=after)
    if status in _REFUSALS:
        return Drop(_REFUSALS[status], f"status {status}")
    if status >= 400:
        return Drop("client_error", f"status {status}")
    if status < 200 or (300 <= status < 400 and status != 304):
        return Drop("bad_redirect", f"status {status} without a usable Location")
    return None


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Retry-After as a wait from now (RFC 9110 section 10.2.3): seconds or a date; None for
    neither. Between zero and a day."""
    if not value:
        return None
    try:
        wait = timedelta(seconds=int(value.strip()))
    except (ValueError, OverflowError):
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError):
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def is_challenge(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the answer asks for proof of a human. Such pages are small and say so."""
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return True
    if len(body) > _CHALLENGE_MOST_BYTES:
        return False
    lowered = body.lower()
    return any(words in lowered for words in _CHALLENGE_WORDS)
