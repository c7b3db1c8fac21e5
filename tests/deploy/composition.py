"""docker-compose.yml as it stands, read without an engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
OURS = ("migrate", "fetch", "cpu", "store", "dispatcher", "web", "ingest")
LASTING = ("fetch", "cpu", "store", "dispatcher", "web")
"""The services that run until they are stopped."""


def composition() -> dict[str, Any]:
    """The whole file, merge keys resolved."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return found


def services() -> dict[str, dict[str, Any]]:
    """The services by name."""
    found: dict[str, dict[str, Any]] = composition()["services"]
    return found


def arguments(service: dict[str, Any]) -> list[str]:
    """What the service gives to ``copydesk``."""
    entrypoint = service.get("entrypoint", ["copydesk"])
    assert entrypoint[0] == "copydesk"
    return [*entrypoint[1:], *service["command"]]


def filled(value: object) -> str:
    """A value as Compose would fill it in: the default of a variable, else some word."""
    return re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)\}", lambda m: m[1] or "word", str(value))


def seconds(duration: str) -> float:
    """``90s``, ``1m30s`` in seconds."""
    units = {"h": 3600, "m": 60, "s": 1}
    return float(sum(int(n) * units[unit] for n, unit in re.findall(r"(\d+)([hms])", duration)))
