"""What a scheduler may ask for, read from a message or a request body, and done.

Celery and HTTP hand in the same values and get the same refusals; neither is known here.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.store.engine import Connection
from pipeline.store.ids import may_be_id
from pipeline.store.ledger.runs import KeyReused, Run, find_run, run_of_key
from pipeline.store.transactions import transact
from workers.crawl import CrawlRefused, start_crawl
from workers.intake import Line, accept_lines
from workers.wiring import Services

MOST_URLS = 10_000
"""URLs of one call. Accepting so many takes a few seconds, well within a task's time limit."""

LONGEST_KEY = 200
"""Characters of a run key; half of what the column keeps, so that no two keys are cut alike."""

MOST_SOURCES = 1_000
"""Names of one call; more are all of them."""

CRAWLS = ("sources", "due", "all")
WANTED = ("urls", *CRAWLS)


class Refused(ValueError):
    """A call that asks for what cannot be done: ``code`` is a stable word, ``hint`` what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(f"{code}: {message}" + (f"; {hint}" if hint else ""))
        self.code = code
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is to take in: URLs, or what is new in the lists of sources."""

    urls: tuple[str, ...] = ()
    crawl: tuple[str, ...] | Literal["due", "all"] = ()


def read_request(given: Mapping[str, Any]) -> Request:
    """The request in these values. Raises :class:`Refused`."""
    refuse_unknown(given, WANTED)
    if len(given) != 1:
        message = f"{len(given)} things are asked for" if given else "nothing is asked for"
        raise Refused("missing_argument", message, f"give one of {', '.join(WANTED)}")
    if "urls" in given:
        return Request(urls=_texts("urls", given["urls"], MOST_URLS))
    if "sources" in given:
        return Request(crawl=_texts("sources", given["sources"], MOST_SOURCES))
    ((name, value),) = given.items()
    if value is not True:
        raise Refused("wrong_type", f"{name} is true or not given")
    return Request(crawl="due" if name == "due" else "all")


def refuse_unknown(given: Collection[str], known: Collection[str]) -> None:
    """Raise :class:`Refused` for a name that is not known, with the nearest that is."""
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name)[:100], known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
            raise Refused("unknown_argument", f"unknown argument {str(name)[:100]!r}", hint)


def read_key(value: object) -> str:
    """A run key. Raises :class:`Refused`."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_KEY:
        message = f"a run key is a text of 1 to {LONGEST_KEY} characters"
        raise Refused("bad_run_key", message, "name the interval that the run is for")
    if any(unicodedata.category(c)[0] == "C" for c in value):
        raise Refused("bad_run_key", "a run key has no control characters")
    return unicodedata.normalize("NFC", value)


def start(services: Services, request: Request, run_key: str) -> Run:
    """Open the run, or find the one that the key already stands for. Raises :class:`Refused`."""
    settings = services.settings
    if not settings.contact and not settings.fetch_allowed_networks:
        hint = "set COPYDESK_CONTACT to a URL or e-mail where site owners can reach you"
        raise Refused("contact_missing", "the open web is not asked without a contact", hint)
    try:
        if request.urls:
            return accept_lines(services, [Line(url) for url in request.urls], run_key=run_key)
        return start_crawl(services, request.crawl, run_key=run_key)
    except CrawlRefused as error:
        message, _, hint = str(error).partition("; ")
        raise Refused("source_refused", message, hint) from error
    except KeyReused as error:
        hint = "give other content a key of its own"
        raise Refused("run_key_reused", str(error), hint) from error


def find(services: Services, *, run: str | None = None, run_key: str | None = None) -> Run:
    """The run of that id or of that key. Raises :class:`Refused`."""

    def work(connection: Connection) -> Run | None:
        if run is not None:
            return find_run(connection, run) if may_be_id(run) else None
        return run_of_key(connection, run_key or "")

    found = transact(services.engine, work, read_only=True)
    if found is None:
        named = f"key {run_key!a}" if run is None else f"id {run[:100]!a}"
        raise Refused("unknown_run", f"no run has the {named}")
    return found


def _texts(name: str, value: object, most: int) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise Refused("wrong_type", f"{name} must be a list of texts")
    if not value:
        raise Refused("missing_argument", f"{name} is empty", "give at least one")
    if len(value) > most:
        message = f"{name} holds {len(value)}, and {most} are the most"
        raise Refused("too_many", message, "make several calls, each with its own key")
    for index, item in enumerate(value):
        if not isinstance(item, str) or not item.strip():
            raise Refused("wrong_type", f"{name}[{index}] is not a text that says anything")
    return tuple(value)
