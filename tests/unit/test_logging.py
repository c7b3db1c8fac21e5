"""Log lines for people and for machines carry the same context."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from config.logging import set_up_logging


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def logged(log_format: str, monkeypatch: pytest.MonkeyPatch) -> str:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logging("INFO", log_format)
    log = logging.getLogger("workers.tasks")
    log.debug("not asked for")
    try:
        raise ValueError("broken\npage")
    except ValueError:
        log.exception("step failed", extra={"job": 7, "stage": "parse", "secret": "no"})
    return stream.getvalue()


def test_json_lines_are_one_object_a_line_with_job_and_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = logged("json", monkeypatch).splitlines()
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert (line["level"], line["message"], line["job"], line["stage"]) == (
        "error",
        "step failed",
        7,
        "parse",
    )
    assert "ValueError: broken" in line["traceback"]
    assert line["time"].endswith("+00:00")
    assert "secret" not in line


def test_text_lines_show_the_same_context(monkeypatch: pytest.MonkeyPatch) -> None:
    first = logged("text", monkeypatch).splitlines()[0]
    assert "ERROR" in first and first.endswith("step failed job=7 stage=parse")
