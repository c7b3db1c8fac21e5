"""What must be true before and while the whole thing runs, looked at one by one.

Each check says what it found and, when that is not well, what to do. None changes anything.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from config.settings import EMBEDDED, Settings
from pipeline.store import schema
from pipeline.store.engine import database_time, sqlite_path
from pipeline.store.ledger.heartbeats import known_workers
from pipeline.store.transactions import DatabaseUnavailable, transact
from workers.app import make_app
from workers.broker import BrokerUnavailable, broker_state, ping
from workers.health import check_all
from workers.wiring import Services, bootstrap

PYTHONS = ((3, 11), (3, 13))
LEAST_FREE_BYTES = 512 * 2**20
LEAST_FREE_SHARE = 0.1
SKEW_WARNS, SKEW_FAULTS = timedelta(seconds=1), timedelta(seconds=10)
"""Leases (120 s) and heartbeats (30 s) are compared across machines."""


class State(StrEnum):
    """Only a fault keeps things from working."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Kind(StrEnum):
    """What sort of thing is wrong; the command line makes an exit code of it."""

    CONFIGURATION = "configuration"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``to_do`` is empty when all is well."""

    name: str
    state: State
    found: str
    to_do: str = ""
    kind: Kind = Kind.CONFIGURATION


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, in an order in which the first fault explains later ones."""
    yield _python()
    yield _contact(settings)
    yield from _callback(settings)
    yield from _data_dir(settings)
    yield from _database(settings)
    yield from _broker(settings)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Finding("python", State.OK, found)
    return Finding("python", State.WARNING, f"{found} is not tested", "use Python 3.11 to 3.13")


def _contact(settings: Settings) -> Finding:
    to_do = "set COPYDESK_CONTACT to a URL or e-mail where site owners can reach you"
    if settings.contact:
        if "@" in settings.contact or "://" in settings.contact:
            return Finding("contact", State.OK, settings.contact)
        found = f"{settings.contact}: neither a URL nor an e-mail"
        return Finding("contact", State.WARNING, found, to_do)
    if settings.fetch_allowed_networks:
        found = "nobody is named; only COPYDESK_FETCH_ALLOWED_NETWORKS is fetched from"
        return Finding("contact", State.WARNING, found, to_do)
    return Finding("contact", State.FAULT, "nobody is named; nothing is fetched", to_do)


def _callback(settings: Settings) -> Iterator[Finding]:
    url = settings.websub_callback_url
    if not url:
        return
    host = urlsplit(url).hostname or ""
    to_do = "give COPYDESK_WEBSUB_CALLBACK_URL an address that hubs reach from outside"
    if not url.startswith("https:"):
        to_do += ", with TLS: who sees its requests can send in their name"
    is_open = url.startswith("https:") and not _is_local(host)
    state = State.OK if is_open else State.WARNING
    yield Finding("WebSub callback", state, url, "" if is_open else to_do)


def _is_local(host: str) -> bool:
    """Whether a name or address means something inside a house alone. Asks no name server."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))


def _data_dir(settings: Settings) -> Iterator[Finding]:
    place = Path(settings.data_dir).resolve()
    # Where it would be made, when it is not there yet.
    there = next(path for path in (place, *place.parents) if path.exists())
    try:
        if there == place:
            with tempfile.TemporaryFile(dir=place):
                pass
        elif not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(13, "cannot be made", str(place))
    except OSError as error:
        found = f"{place}: {error.strerror or error}"
        to_do = "let this user write there, or change COPYDESK_DATA_DIR"
        yield Finding("data directory", State.FAULT, found, to_do)
        return
    made = "" if there == place else " (made on first use)"
    yield Finding("data directory", State.OK, f"{place}{made}")
    usage = shutil.disk_usage(there)
    found = f"{usage.free / 2**30:.1f} GiB of {usage.total / 2**30:.1f} GiB are free"
    if usage.free < LEAST_FREE_BYTES:
        to_do = "make room: fetches wait while it is full (storage_full)"
        yield Finding("disk", State.FAULT, found, to_do)
    elif usage.free < LEAST_FREE_SHARE * usage.total:
        to_do = "make room, or keep raw pages for a shorter time (COPYDESK_RAW_DAYS)"
        yield Finding("disk", State.WARNING, found, to_do)
    else:
        yield Finding("disk", State.OK, found)


def _database(settings: Settings) -> Iterator[Finding]:
    path = sqlite_path(settings.database_url)
    if path is not None and not path.is_file():
        to_do = "nothing, or `copydesk db upgrade`"
        yield Finding("database", State.WARNING, f"{path} is not there; made on first use", to_do)
        return
    services = bootstrap(settings)
    try:
        try:
            transact(services.engine, lambda c: None, patience_seconds=3, read_only=True)
        except DatabaseUnavailable as error:
            to_do = "is it running, and is COPYDESK_DATABASE_URL right?"
            yield Finding("database", State.FAULT, str(error), to_do, Kind.UNREACHABLE)
            return
        yield Finding("database", State.OK, f"{services.engine.dialect.name} answers")
        if not schema.is_current(services.engine):
            to_do = "run `copydesk db upgrade`"
            yield Finding("schema", State.FAULT, "it is not that of this version", to_do)
            return
        yield Finding("schema", State.OK, "it is that of this version")
        asked = datetime.now(UTC)
        theirs = transact(services.engine, database_time, read_only=True)
        if theirs is not None:
            yield _clock("database's clock", theirs, asked)
        yield from _workers(services)
    finally:
        services.close()


def _clock(name: str, theirs: datetime, asked: datetime) -> Finding:
    """The clock's distance from ours, less what the answer took."""
    answered = datetime.now(UTC)
    skew = max(asked - theirs, theirs - answered, timedelta(0))
    found = f"{skew.total_seconds():.1f} s from ours"
    if skew <= SKEW_WARNS:
        return Finding(name, State.OK, found)
    state = State.WARNING if skew <= SKEW_FAULTS else State.FAULT
    return Finding(name, state, found, "keep the machines' clocks in step (NTP)")


def _workers(services: Services) -> Iterator[Finding]:
    if not transact(services.engine, known_workers, read_only=True):
        to_do = "start them, or run `copydesk up`"
        yield Finding("workers", State.WARNING, "none has said that it lives", to_do)
        return
    for health in check_all(services):
        if health.healthy:
            yield Finding(health.role, State.OK, "lives, and work moves")
        else:
            found = "; ".join(health.problems)
            to_do = "look at its log; restarting a worker is always safe"
            yield Finding(health.role, State.FAULT, found, to_do, Kind.UNREACHABLE)


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.broker_url == EMBEDDED:
        yield Finding("broker", State.OK, "`copydesk up` starts its own")
        return
    app = make_app(settings)
    try:
        ping(app)
        asked = datetime.now(UTC)
        state = broker_state(app)
    except BrokerUnavailable as error:
        to_do = "is it running, and is COPYDESK_BROKER_URL right?"
        yield Finding("broker", State.FAULT, str(error), to_do, Kind.UNREACHABLE)
        return
    yield Finding("broker", State.OK, "it answers")
    if state is None:
        to_do = "nothing; its queues must survive a restart of the broker"
        yield Finding("broker's policy", State.OK, "not Redis: it does not evict", "")
        return
    yield _clock("broker's clock", state.clock, asked)
    if state.policy is None or state.aof is None:
        to_do = "see in its configuration: maxmemory-policy noeviction, appendonly yes"
        yield Finding("broker's policy", State.WARNING, "it does not tell", to_do)
        return
    if state.policy == "noeviction":
        yield Finding("broker's policy", State.OK, "noeviction")
    else:
        to_do = "set maxmemory-policy noeviction: a full broker must say so, not lose messages"
        yield Finding("broker's policy", State.FAULT, state.policy, to_do)
    if state.aof:
        yield Finding("broker's file", State.OK, "append-only")
    else:
        to_do = "set appendonly yes: what the broker forgets is sent again, but late"
        yield Finding("broker's file", State.WARNING, "it keeps nothing over a restart", to_do)
