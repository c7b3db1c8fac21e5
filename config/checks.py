"""What settings must be, each and beside the others. Raises; changes and reads nothing."""

from __future__ import annotations

import ipaddress
import itertools
import math
from dataclasses import fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config.durations import growing

if TYPE_CHECKING:
    from config.settings import Settings

EMBEDDED = "embedded"
"""The broker URL that stands for the server which ``copydesk up`` starts itself."""
NEVER_ZERO = (
    "fetch_deadline_seconds",
    "fetch_max_wire_bytes",
    "fetch_max_decoded_bytes",
    "fetch_concurrency",
    "host_max_in_flight",
    "store_concurrency",
    "parse_max_seconds",
    "window",
    "dispatch_interval_seconds",
    "max_attempts",
    "worker_max_tasks",
    "worker_max_memory_mb",
    "heartbeat_seconds",
    "poll_min_seconds",
    "poll_max_seconds",
)
"""Settings with which 0 would mean that nothing is ever done."""
_SCHEMES = {
    "database_url": ("sqlite", "postgresql", "postgresql+psycopg", "postgres"),
    "broker_url": (EMBEDDED, "redis", "rediss", "redis+socket", "amqp", "amqps"),
}


class SettingsError(ValueError):
    """A setting that cannot be used: which one, what is wrong, what to do."""


def check(settings: Settings) -> None:
    """Raises :class:`SettingsError` for the first that cannot be used."""
    _check_numbers(settings)
    _check_times(settings)
    _check_words(settings)
    _check_networks(settings)
    for name, allowed in _SCHEMES.items():
        _check_scheme(name, getattr(settings, name), allowed)
    _check_callback(settings.websub_callback_url)


def _check_numbers(settings: Settings) -> None:
    for name in (one.name for one in fields(settings)):
        value = getattr(settings, name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            if not math.isfinite(value) or value < 0:
                raise SettingsError(f"{name} = {value} is not a finite number from 0 up")
            if value == 0 and name in NEVER_ZERO:
                raise SettingsError(f"{name} must be more than 0")
    if settings.web_port > 65535:
        raise SettingsError(f"web_port = {settings.web_port} is not a port")


def _check_times(settings: Settings) -> None:
    # A task must end, be handed back, and be gone before the broker gives its message to another.
    order = ("task_limit", "stop_grace", "visibility_timeout")
    times = [(f"{name}_seconds", getattr(settings, f"{name}_seconds")) for name in order]
    for (first, a), (second, b) in itertools.pairwise(times):
        if a >= b:
            raise SettingsError(f"{first} ({a}) must be less than {second} ({b})")
    if settings.lease_seconds <= max(settings.task_limit_seconds, settings.fetch_deadline_seconds):
        raise SettingsError(
            f"lease_seconds ({settings.lease_seconds}) must be more than task_limit_seconds "
            f"({settings.task_limit_seconds}) and fetch_deadline_seconds "
            f"({settings.fetch_deadline_seconds:g})"
        )
    try:
        growing(settings.recheck_after)
    except ValueError as error:
        raise SettingsError(
            f"recheck_after = {','.join(settings.recheck_after)}: {error}"
        ) from error


def _check_words(settings: Settings) -> None:
    if not settings.data_dir.strip():
        raise SettingsError("data_dir is empty: name a directory")
    if settings.log_level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingsError(f"log_level = {settings.log_level!r}: DEBUG, INFO, WARNING or ERROR")
    if settings.log_format not in ("text", "json"):
        raise SettingsError(f"log_format = {settings.log_format!r}: text or json")


def _check_networks(settings: Settings) -> None:
    for network in settings.fetch_allowed_networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError as error:
            raise SettingsError(f"fetch_allowed_networks: {error}") from error


def _check_scheme(name: str, value: str, allowed: tuple[str, ...]) -> None:
    try:
        scheme = EMBEDDED if value == EMBEDDED else urlsplit(value).scheme
    except ValueError as error:
        raise SettingsError(f"{name} is not a URL: {error}") from error
    if not scheme:
        # Without its value, which may hold a password.
        raise SettingsError(f"{name} is not a URL: it must start with one of {', '.join(allowed)}")
    if scheme not in allowed:
        raise SettingsError(f"{name} starts with {scheme!r}: use one of {', '.join(allowed)}")


def _check_callback(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if url and (not usable or parts.query or parts.fragment or parts.username):
        raise SettingsError(
            f"websub_callback_url = {url!r}: give a URL like https://desk.example.org, without "
            "query, fragment and password"
        )
