"""What comes in and what goes out over HTTP, as values; no server and no ledger here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

JSON = "application/json"
Headers = tuple[tuple[str, str], ...]


class HttpError(Exception):
    """Ends a call with a status and a JSON error that says what to do."""

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", headers: Headers = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = headers

    def answer(self) -> Answer:
        """The error as it is sent."""
        told = {"code": self.code, "message": self.message, "hint": self.hint}
        return json_answer({"error": told}, self.status, self.headers)


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``headers`` are in lower case, ``parts`` what the path's braces matched;
    ``read`` gives the body, once, to a handler that has found it worth the memory."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    read: Callable[[], bytes]
    authorized: bool = False
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: Headers = ()

    @property
    def status_line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"


def json_answer(value: Any, status: int = 200, headers: Headers = ()) -> Answer:
    """A JSON document on one line."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return Answer(status, text.encode("utf-8", "replace") + b"\n", headers=headers)


def json_object(call: Call) -> dict[str, Any]:
    """The JSON object in the body. Raises :class:`HttpError`."""
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        # Also what keeps a web page from posting here behind its reader's back.
        hint = f"send Content-Type: {JSON}"
        raise HttpError(415, "not_json", f"the body is {kind[:50] or 'untyped'!r}", hint)
    try:
        value = json.loads(call.read())
    except (ValueError, RecursionError) as error:
        raise HttpError(400, "bad_json", f"the body is not JSON: {str(error)[:200]}") from error
    if not isinstance(value, dict):
        raise HttpError(400, "bad_json", "the body is not a JSON object", 'send {"urls": [...]}')
    return value


def number(call: Call, name: str, default: float, most: float) -> float:
    """A number of the query, from 0 up, cut at ``most``. Raises :class:`HttpError`."""
    text = call.query.get(name)
    try:
        value = default if text is None else float(text)
    except ValueError:
        value = -1.0
    if not value >= 0:  # also when it is no number
        raise HttpError(400, "bad_query", f"{name} is not a number from 0 up")
    return min(value, most)
