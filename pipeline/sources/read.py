"""A source's description to its profile, strictly: what is not known or does not fit is an error.

Every problem of a description is told at once, each with its place, its key, and what was expected.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.models import SELECTABLE_FIELDS, SelectorRule, SourceProfile
from pipeline.sources import checks
from pipeline.sources.checks import Check, nearest
from pipeline.urls import host_of

MOST_BYTES = 2**30

KEYS: dict[str, Check] = {
    "name": checks.name,
    "publisher": checks.text(300),
    "domains": checks.listed(checks.domain),
    "home": checks.url,
    "feeds": checks.listed(checks.url),
    "sitemaps": checks.listed(checks.url),
    "pages": checks.listed(checks.url),
    "language": checks.language,
    "timezone": checks.timezone,
    "headers": checks.headers,
    "interval_seconds": checks.number(0, 86_400),
    "max_in_flight": checks.whole(1, 100),
    "poll_seconds": checks.number(10, 31 * 86_400),
    "max_bytes": checks.whole(1_000, MOST_BYTES),
    "deadline_seconds": checks.number(1, checks.LONGEST_DEADLINE_SECONDS),
    "ports": checks.listed(checks.whole(1, 65_535)),
}
"""The keys of a profile and what each must be, in the order in which they are written."""
SELECTOR_KEYS: dict[str, Check] = {
    "css": checks.css,
    "attribute": checks.text(100),
    "since": checks.day,
    "until": checks.day,
}


class SourceError(ValueError):
    """A description that cannot be used. ``problems`` are sentences, one a fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Described:
    """A source as it is described: its profile, and whether it is to rest at first."""

    profile: SourceProfile
    paused: bool = False


def read_toml(text: str, where: str) -> Described:
    """The source that a TOML text describes; ``where`` names the text in errors.

    Raises :class:`SourceError`.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError([f"{where}: not TOML: {error}"]) from error
    return describe(values, where)


def describe(values: Mapping[str, Any], where: str) -> Described:
    """The source that these values describe. Raises :class:`SourceError`.

    ``domains`` that are not given are the hosts of ``home`` and of the pages to be read.
    """
    problems: list[str] = []
    given = dict(values)
    paused = given.pop("paused", False)
    try:
        paused = checks.truth(paused)
    except ValueError as error:
        problems.append(_problem(where, "paused", error, paused))
    rules = list(_rules(given.pop("selectors", []), where, problems))
    checked = dict(_checked(given, KEYS, (*KEYS, "selectors", "paused"), where, problems))
    if "name" not in given:
        problems.append(f"{where}: name is missing: every source has one")
    if problems:
        raise SourceError(problems)
    if not checked.get("domains"):
        checked["domains"] = _domains(checked)
    return Described(SourceProfile(**checked, selectors=tuple(rules)), paused)


def _domains(checked: Mapping[str, Any]) -> tuple[str, ...]:
    addresses = [checked.get("home", ""), *checked.get("pages", ())]
    if not any(addresses):
        addresses = [*checked.get("feeds", ()), *checked.get("sitemaps", ())]
    hosts = (host_of(address).removeprefix("www.") for address in addresses)
    return tuple(dict.fromkeys(host for host in hosts if host))


def _checked(
    given: Mapping[str, Any],
    known: Mapping[str, Check],
    named: tuple[str, ...],
    where: str,
    problems: list[str],
) -> Iterator[tuple[str, Any]]:
    """Each key with its value in its one form; what does not fit goes to ``problems``."""
    for key, value in given.items():
        if key not in known:
            hint = nearest(key, named) or f"; known are {', '.join(named)}"
            problems.append(f"{where}: unknown key {key!r}{hint}")
            continue
        try:
            yield key, known[key](value)
        except ValueError as error:
            problems.append(_problem(where, key, error, value))


def _rules(given: Any, where: str, problems: list[str]) -> Iterator[SelectorRule]:
    if not isinstance(given, (list, tuple)):
        problems.append(_problem(where, "selectors", "tables ([[selectors]])", given))
        return
    for number, values in enumerate(given, 1):
        place = f"{where}: selectors entry {number}"
        if not isinstance(values, Mapping):
            problems.append(_problem(place, "entry", "a table", values))
            continue
        before = len(problems)
        values = dict(values)
        field = values.pop("field", None)
        if field not in SELECTABLE_FIELDS:
            near = nearest(field, SELECTABLE_FIELDS) if isinstance(field, str) else ""
            expected = f"one of {', '.join(SELECTABLE_FIELDS)}{near}"
            problems.append(_problem(place, "field", expected, field))
        names = ("field", *SELECTOR_KEYS)
        rule = dict(_checked(values, SELECTOR_KEYS, names, place, problems))
        if "css" not in values:
            problems.append(f"{place}: css is missing")
        if rule.get("since") and rule.get("until") and rule["since"] > rule["until"]:
            problems.append(f"{place}: since {rule['since']} is after until {rule['until']}")
        if len(problems) == before:
            yield SelectorRule(field=str(field), **rule)


def _problem(where: str, key: str, expected: object, value: object) -> str:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    return f"{where}: {key} must be {expected}, not {shown}"
