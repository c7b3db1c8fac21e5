"""How log lines look: text for people, one JSON object a line for machines. Always on stderr."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

CONTEXT = ("run", "job", "stage", "url", "outcome", "reason", "worker")
"""Names that a log call may pass in ``extra`` and that appear in both formats."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, context, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in CONTEXT if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    """``12:00:00 INFO workers.tasks message key=value``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        context = "".join(
            f" {name}={getattr(record, name)}" for name in CONTEXT if hasattr(record, name)
        )
        return super().formatMessage(record) + context


def set_up_logging(level: str, log_format: str) -> None:
    """Replace whatever handlers the root logger has by one on standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.captureWarnings(True)  # or a library's warning would be a line that is no JSON
    for name in ("urllib3", "kombu", "amqp"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    # It warns those who write migrations of what it cannot compare, and operators of nothing.
    logging.getLogger("alembic").setLevel(max(logging.ERROR, root.level))
