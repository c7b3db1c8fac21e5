"""When to look at a list again: a pure rule from what its polls showed. Times in seconds.

Arrivals decide: one new article a poll is the aim. What a poll showed moves the interval by half
at the most, so that a burst or a quiet night does not throw it about. The server's word
(Cache-Control, Retry-After) is a least time; what a feed says of itself (ttl, syn:updatePeriod)
is one only until its arrivals say otherwise: blog software prints "hourly" into every feed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

FASTER = 0.5
SLOWER = 1.5
"""The most that one poll changes the interval."""
MOSTLY_NEW = 0.5
"""From this share of new entries on, the list may roll over before the next poll."""
CHILD_FACTOR = 4.0
"""A sitemap below an index may be left alone so many times longer: most are archives."""
PUSHED_FACTOR = 4.0
"""A list may be left alone so many times longer while its hub can be relied on to push."""
DISABLE_AFTER = 10
"""Polls that failed in a row. With the waits between them they are spread over days."""
AT_ONCE = ("gone",)
"""Reasons after which nobody asks again."""
OURS = ("contact_missing", "storage_full")
"""Reasons that are no fault of the list."""
JITTER = 0.1
"""Part of a wait by which it may differ, so that lists do not come in step."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the longest interval, and how many times longer a list that is pushed may be
    left alone."""

    least: float
    longest: float
    pushed_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll that ended, and what was known of its list before."""

    outcome: str
    reason: str | None
    interval: float
    """Until now."""
    fixed: float | None
    """Given by the source's profile."""
    failures: int
    """In a row, before this poll."""
    depth: int
    entries: int
    fresh: int
    gap: bool
    is_first: bool
    """Whether the list had never been read before."""
    arrivals: float | None
    """New articles a second over the last polls; None when too few are known."""
    wait: float | None
    """The server asks to come back no sooner."""
    pace: float | None
    """How often the list says that it changes."""
    leased: float = 0.0
    """How long its hub will go on pushing; 0 when it cannot be relied on."""


@dataclass(frozen=True, slots=True)
class Plan:
    """``interval`` is the list's from now on, ``wait`` the time to its next poll."""

    interval: float
    wait: float
    failures: int
    disable: str | None = None


def plan(polled: Polled, bounds: Bounds) -> Plan:
    """What follows from a poll."""
    longest = bounds.longest * (CHILD_FACTOR if polled.depth else 1.0)
    if polled.outcome == "failed":
        return _after_failure(polled, bounds.least, longest)
    if polled.fixed is not None:
        interval = polled.fixed
        wait = max(interval, polled.wait or 0.0)
    else:
        interval = min(max(_adapted(polled), bounds.least), longest)
        wait = min(max(interval, polled.wait or 0.0), longest)
        if polled.leased > 0 and not (polled.fresh or polled.gap):
            slower = min(bounds.pushed_factor * wait, longest)
            wait = min(slower, max(wait, polled.leased))
    return Plan(interval, wait * _jitter(), 0)


def _adapted(polled: Polled) -> float:
    interval = polled.interval
    if polled.is_first:
        return polled.pace or interval
    share_new = polled.fresh / polled.entries if polled.entries else 0.0
    if polled.gap or share_new >= MOSTLY_NEW:
        return FASTER * interval
    if polled.arrivals:
        # A poll that brought nothing never hastens the next.
        fastest = FASTER * interval if polled.fresh else interval
        return min(max(1.0 / polled.arrivals, fastest), SLOWER * interval)
    return max(SLOWER * interval, polled.pace or 0.0)


def _after_failure(polled: Polled, least: float, longest: float) -> Plan:
    failures = polled.failures + (polled.reason not in OURS)
    base = polled.fixed or max(polled.interval, least)
    wait = min(base * 2 ** min(max(failures - 1, 0), 20), max(longest, base))
    wait = max(wait, polled.wait or 0.0) * _jitter()
    hopeless = polled.reason in AT_ONCE or failures >= DISABLE_AFTER
    return Plan(polled.interval, wait, failures, polled.reason if hopeless else None)


def _jitter() -> float:
    return random.uniform(1 - JITTER, 1 + JITTER)
