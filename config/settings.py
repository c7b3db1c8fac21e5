"""Every setting there is: its default, its meaning, and the one reader of the environment.

A setting comes from, weakest first: the default here, a TOML file (``COPYDESK_CONFIG``, else
``copydesk.toml`` in the working directory when it exists), the environment
(``COPYDESK_<NAME>``), an override given in code. Unknown names are errors, so a misspelt
setting never passes silently.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from config.checks import EMBEDDED, SettingsError, check
from config.durations import growing

__all__ = ["EMBEDDED", "PREFIX", "Loaded", "Settings", "SettingsError", "describe", "load"]

PREFIX = "COPYDESK_"
DEFAULTS = (None, "default")
"""Origins of what nobody set: no setting at all, or its default."""


def setting(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings, checked. Fields are documented in their metadata; see ``copydesk config``."""

    # ---- where things are
    database_url: str = setting("sqlite:///var/copydesk.db", "sqlite:///PATH or postgresql://...")
    broker_url: str = setting(
        "embedded", "the Celery broker (redis://...), or the server that `copydesk up` starts"
    )
    data_dir: str = setting("var", "directory of the raw pages and the embedded server's data")

    # ---- who we are
    contact: str = setting("", "URL or e-mail that site owners can reach; sent as User-Agent")

    # ---- fetch
    fetch_deadline_seconds: float = setting(30.0, "whole time for one page, redirects included")
    fetch_max_wire_bytes: int = setting(10 * 2**20, "most bytes read from the wire for one page")
    fetch_max_decoded_bytes: int = setting(10 * 2**20, "most bytes of one page after decoding")
    fetch_allowed_networks: tuple[str, ...] = setting(
        (), "non-public networks (CIDR, comma separated) that may be fetched from all the same"
    )
    fetch_respect_robots: bool = setting(True, "obey robots.txt")
    fetch_concurrency: int = setting(32, "threads of a fetch worker")

    # ---- politeness
    host_interval_seconds: float = setting(1.0, "least time between two requests to one host")
    host_max_in_flight: int = setting(2, "most requests on their way to one host")

    # ---- what is kept
    raw_days: float = setting(0.0, "days that a raw page is kept after its last use; 0 = for ever")
    raw_noarchive_days: float = setting(
        1.0, "the same for pages whose owner says noarchive; 0 = as for others"
    )
    raw_list_days: float = setting(
        1.0, "the same for feeds, sitemaps and section pages; 0 = as for others"
    )

    # ---- reading
    learn_repeats: bool = setting(
        False, "leave out of the story what the host's other articles repeat"
    )

    # ---- looking again
    recheck_after: tuple[str, ...] = setting(
        ("1h", "3h", "12h", "1d", "3d", "7d"),
        "ages at which an article is looked at again for changes (90s, 30m, 1h, 7d); empty: never",
    )

    # ---- lists (feeds, sitemaps, section pages)
    poll_min_seconds: float = setting(300.0, "least time between two polls of a list")
    poll_max_seconds: float = setting(
        6 * 3600.0, "longest time between two polls of a list; below a sitemap index four times it"
    )
    discover_max_age_days: float = setting(
        0.0, "what a list dates as older is not accepted; 0 = everything is"
    )

    # ---- the engine
    cpu_concurrency: int = setting(0, "processes of a cpu worker; 0 = one per core")
    store_concurrency: int = setting(1, "processes of a store worker")
    parse_max_seconds: float = setting(10.0, "time limit for parsing one page")
    window: int = setting(500, "most jobs that stand in the broker at once; the rest waits in SQL")
    dispatch_interval_seconds: float = setting(0.5, "pause between two passes of the dispatcher")
    lost_after_seconds: float = setting(30.0, "age from which a queued job may count as lost")
    lease_seconds: int = setting(120, "how long a claim holds without its worker ending it")
    max_attempts: int = setting(5, "claims of one stage before a job is dead")
    retry_base_seconds: float = setting(30.0, "first wait after TryLater; doubles, with jitter")
    retry_cap_seconds: float = setting(6 * 3600.0, "longest wait between two attempts")
    task_limit_seconds: int = setting(50, "hard time limit of a task in a cpu or store worker")
    stop_grace_seconds: int = setting(90, "time a supervisor waits before SIGKILL")
    visibility_timeout_seconds: int = setting(300, "unacknowledged messages come back after this")
    worker_max_tasks: int = setting(1000, "tasks a pool process runs before it is replaced")
    worker_max_memory_mb: int = setting(400, "memory after which a pool process is replaced")
    heartbeat_seconds: float = setting(10.0, "how often a worker says it is alive")

    # ---- over HTTP
    web_host: str = setting("127.0.0.1", "address that `copydesk web` serves")
    web_port: int = setting(8080, "port that `copydesk web` serves")
    web_token: str = setting(
        "", "what callers of `copydesk web` must show; required beyond loopback"
    )

    # ---- pushed news
    websub_callback_url: str = setting(
        "",
        "public URL under which hubs reach `copydesk web`; with it feeds that name a hub are "
        "subscribed to (WebSub)",
    )

    # ---- at start
    start_patience_seconds: float = setting(
        30.0, "how long a worker, a dispatcher or `db upgrade` waits for broker and database"
    )

    # ---- logs
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR")
    log_format: str = setting("text", "text or json")

    def __post_init__(self) -> None:
        check(self)

    @property
    def user_agent(self) -> str:
        contact = f" (+{self.contact})" if self.contact else ""
        return f"Copydesk/0.1{contact}"

    @property
    def recheck_ages(self) -> tuple[timedelta, ...]:
        return growing(self.recheck_after)

    @property
    def raw_pages_dir(self) -> Path:
        return Path(self.data_dir) / "raw"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings and, for each name, where its value came from."""

    settings: Settings
    origins: dict[str, str]


def load(
    environ: Mapping[str, str] | None = None, overrides: Mapping[str, Any] | None = None
) -> Loaded:
    """Read every origin in turn. Raises :class:`SettingsError` for anything that does not fit."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    origins = {f.name: "default" for f in fields(Settings)}
    for origin, found in (
        *_from_file(environ),
        *_from_environment(environ),
        *((f"override {name}", {name: value}) for name, value in (overrides or {}).items()),
    ):
        for name, value in found.items():
            values[name] = _convert(name, value, origin)
            origins[name] = origin
    try:
        return Loaded(Settings(**values), origins)
    except SettingsError as error:
        raise SettingsError(f"{error}{_whence(str(error), origins)}") from error


def describe() -> list[tuple[str, str, Any, str]]:
    """``(name, environment name, default, meaning)`` of every setting, in order."""
    return [
        (f.name, PREFIX + f.name.upper(), f.default, f.metadata["doc"]) for f in fields(Settings)
    ]


def _from_file(environ: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    named = environ.get(PREFIX + "CONFIG")
    path = Path(named or "copydesk.toml")
    if not path.is_file():
        if named:
            raise SettingsError(f"{PREFIX}CONFIG names {named}, which is not a file")
        return []
    try:
        return [(str(path), tomllib.loads(path.read_text(encoding="utf-8")))]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}") from error


def _from_environment(environ: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (key, {key.removeprefix(PREFIX).lower(): value})
        for key, value in sorted(environ.items())
        if key.startswith(PREFIX) and key != PREFIX + "CONFIG"
    ]


def _whence(message: str, origins: Mapping[str, str]) -> str:
    """Where the values of the settings that a message names are from, where somebody set them."""
    named = [name for name in re.findall(r"[a-z_]+", message) if origins.get(name) not in DEFAULTS]
    found = list(dict.fromkeys(origins[name] for name in named))
    return f" (from {', '.join(found)})" if found else ""


def _convert(name: str, value: Any, origin: str) -> Any:
    kinds = get_type_hints(Settings)
    if name not in kinds or name not in {f.name for f in fields(Settings)}:
        near = difflib.get_close_matches(name, [f.name for f in fields(Settings)], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "; see `copydesk config show`"
        raise SettingsError(f"unknown setting {name!r} (from {origin}){hint}")
    kind = kinds[name]
    try:
        if get_origin(kind) is tuple:
            items = value.split(",") if isinstance(value, str) else value
            return tuple(get_args(kind)[0](item).strip() for item in items if str(item).strip())
        if kind is bool and not isinstance(value, bool):
            return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]
        if kind is not bool and isinstance(value, bool):
            raise ValueError("a truth value")
        return kind(value)
    except (ValueError, TypeError, KeyError) as error:
        expected = getattr(kind, "__name__", str(kind))
        raise SettingsError(f"{name} = {value!r} (from {origin}) is not {expected}") from error
