"""Every route in one list, and the WSGI application that follows it."""

from __future__ import annotations

import base64
import hmac
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from pipeline.store.ids import new_id
from pipeline.store.transactions import DatabaseUnavailable
from workers.web.exchange import Answer, Call, HttpError

log = logging.getLogger(__name__)
Handler = Callable[[Call], Answer]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

MOST_BODY_BYTES = 4 * 2**20
"""Of a body, unless its route says more: ten thousand URLs of 400 bytes."""
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path; ``{name}`` matches a part of it."""

    method: str
    path: str
    handler: Handler
    open: bool = False
    """Whether it answers without a token."""
    most_body_bytes: int = MOST_BODY_BYTES
    page: bool = False
    """Whether it is for a person's browser, which is asked for the token as a password, and no
    part of the contract."""
    secret_path: bool = False
    """Whether knowing its path is what a caller needs; served under any name, and no part of the
    contract either. HEAD is not served: to ask there changes what is known."""

    def parts(self, path: str) -> dict[str, str] | None:
        """What the braces match, or None when the path is another one."""
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path), path)
        return None if found is None else found.groupdict()


class Application:
    """WSGI: find the route, check the token, answer; errors are JSON with a code and a hint."""

    def __init__(self, routes: Iterable[Route], token: str) -> None:
        self.routes = tuple(routes)
        self.answered = 0
        self._token = token

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterator[bytes]:
        answer = self._answer(environ)
        self.answered += 1
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *answer.headers,
        ]
        start_response(answer.status_line, headers)
        return iter([] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body])

    def _answer(self, environ: dict[str, Any]) -> Answer:
        try:
            return self._handle(environ)
        except HttpError as error:
            return error.answer()
        except DatabaseUnavailable as error:
            log.warning("no answer without the database: %s", error)
            message = "the database cannot be reached"
            again = (("Retry-After", "5"),)
            return HttpError(503, "database_away", message, "try again", again).answer()
        except Exception:
            incident = new_id()
            log.exception("a bug, incident %s", incident)
            hint = f"the log has its traceback under incident {incident}"
            return HttpError(500, "bug", "this is a bug of ours", hint).answer()

    def _handle(self, environ: dict[str, Any]) -> Answer:
        call = _call(environ)
        route, parts = self._route(call)
        call = replace(call, parts=parts)
        if not route.secret_path:
            self._check_host(call)
        authorized = self._is_authorized(call)
        if not (authorized or route.open or route.secret_path):
            scheme = "Basic" if route.page else "Bearer"
            ask = (("WWW-Authenticate", f'{scheme} realm="copydesk"'),)
            hint = "send Authorization: Bearer and the token of COPYDESK_WEB_TOKEN"
            raise HttpError(401, "token_wrong", "the token is missing or wrong", hint, ask)
        if int(environ.get("CONTENT_LENGTH") or 0) > route.most_body_bytes:
            message = f"the body has more than {route.most_body_bytes} bytes"
            raise HttpError(413, "too_large", message, "make several calls")

        def read() -> bytes:
            return bytes(environ["wsgi.input"].read(route.most_body_bytes))

        return route.handler(replace(call, read=read, authorized=authorized))

    def _route(self, call: Call) -> tuple[Route, dict[str, str]]:
        allowed = []
        for route in self.routes:
            parts = route.parts(call.path)
            if parts is None:
                continue
            is_head = call.method == "HEAD" and route.method == "GET" and not route.secret_path
            if is_head or route.method == call.method:
                return route, parts
            allowed.append(route.method)
        if not allowed:
            raise HttpError(404, "no_such_path", "nothing is here", "see /v1/openapi.json")
        allow = (("Allow", ", ".join(allowed)),)
        hint = f"use {' or '.join(allowed)}"
        raise HttpError(405, "wrong_method", f"{call.method[:20]} is not for here", hint, allow)

    def _check_host(self, call: Call) -> None:
        """Without a token only loopback is served, and then only under loopback's names: a web
        page whose name was made to lead here must not be answered as if it were local."""
        name = re.sub(r":\d*$", "", call.headers.get("host", LOOPBACK[0])).lower()
        if not self._token and name not in LOOPBACK:
            message = f"without a token this is {', '.join(LOOPBACK)}, not {name[:100]!r}"
            raise HttpError(421, "wrong_host", message, "set COPYDESK_WEB_TOKEN")

    def _is_authorized(self, call: Call) -> bool:
        if not self._token:
            return True
        given = _given_token(call.headers.get("authorization", ""))
        return hmac.compare_digest(given, self._token.encode())


def _given_token(authorization: str) -> bytes:
    """What the caller shows: a bearer's token, or a browser's password; empty for anything else."""
    scheme, _, given = authorization.partition(" ")
    shown = given.strip().encode("latin-1", "replace")
    if scheme.lower() == "bearer":
        return shown
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(shown, validate=True).partition(b":")[2]
        except ValueError:
            return b""
    return b""


def _call(environ: dict[str, Any]) -> Call:
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_") or key == "CONTENT_TYPE"
    }
    try:
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), max_num_fields=50))
    except ValueError as error:
        raise HttpError(400, "bad_query", "the query has too many fields") from error
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
    return Call(environ["REQUEST_METHOD"], path, query, headers, bytes)
