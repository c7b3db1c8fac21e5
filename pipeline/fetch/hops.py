"""One request and its answer, within the caps and the deadline; what it means is for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests

from pipeline.errors import Drop, TryLater
from pipeline.fetch.bodies import Wanted
from pipeline.fetch.deadline import Deadline, Meter
from pipeline.fetch.encodings import PIECE, decode, decoders
from pipeline.fetch.faults import LIBRARY_ERRORS, outcome_of
from pipeline.fetch.policy import FetchPolicy
from pipeline.fetch.session import GuardedSession

_CONDITIONS = frozenset(("If-None-Match", "If-Modified-Since"))
REFUSAL_BYTES = 64 * 1024
"""How much of an error page is read: enough to see what it is."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One answer, its body read within the caps."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    wire_bytes: int
    conditional: bool
    """Whether the request said what we already have."""

    @property
    def lowered(self) -> dict[str, str]:
        return {name.lower(): value for name, value in reversed(self.headers)}


def ask(
    session: GuardedSession,
    url: str,
    headers: Mapping[str, str],
    wanted: Wanted,
    deadline: Deadline,
    policy: FetchPolicy,
    form: Mapping[str, str] | None = None,
) -> Hop:
    """The answer of one address, to a form if one is given. Raises ``TryLater`` or ``Drop``."""
    try:
        with session.ask(url, headers, deadline, policy, form) as response:
            hop = _read(url, response, wanted, policy)
        # A shut socket reads like the end of a body that has no length of its own.
        if deadline.passed:
            raise TimeoutError
        return hop
    except LIBRARY_ERRORS as error:
        if deadline.passed:
            seconds = policy.deadline_seconds
            raise TryLater("deadline_exceeded", f"not complete after {seconds:g} s") from error
        raise outcome_of(error) from error


def _read(url: str, response: requests.Response, wanted: Wanted, policy: FetchPolicy) -> Hop:
    headers = tuple((str(k), str(v)) for k, v in response.raw.headers.items())
    if sum(len(k) + len(v) for k, v in headers) > policy.max_header_bytes:
        raise Drop("too_large", f"headers above {policy.max_header_bytes} bytes")
    is_page = 200 <= response.status_code < 300
    if is_page:
        wanted.check_type(response.headers.get("content-type"))
        announced = response.raw.length_remaining or 0
        if wanted.enough_bytes is None and announced > wanted.max_wire_bytes:
            raise Drop("too_large", f"{announced} bytes announced")
    enough = wanted.enough_bytes or (None if is_page else REFUSAL_BYTES)
    meter = Meter(wanted.max_wire_bytes)
    wire = meter.count(response.raw.stream(PIECE, decode_content=False))
    body = bytearray()
    for piece in decode(wire, decoders(response.headers.get("content-encoding"))):
        body += piece
        if enough is not None and len(body) > enough:
            break
        if len(body) > wanted.max_decoded_bytes:
            raise Drop("too_large", f"over {wanted.max_decoded_bytes} bytes decoded")
    conditional = not _CONDITIONS.isdisjoint(response.request.headers)
    return Hop(url, response.status_code, headers, bytes(body), meter.seen, conditional)
