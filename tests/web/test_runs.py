"""Runs over HTTP: started once a key, waited for, listed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from pipeline.models import SourceProfile
from pipeline.store.ledger.sources import save_source
from pipeline.store.tables.ledger import jobs
from pipeline.store.transactions import transact
from tests.web.conftest import Web
from workers.intake import Line, accept_lines
from workers.web import runs as web_runs
from workers.web.openapi import openapi

A, B = "https://post.example/a", "https://post.example/b"


def end_all(web: Web) -> None:
    """Let every job end as a worker would."""
    values = {
        "state": "ended", "outcome": "dropped", "reason": "gone", "ended_at": datetime.now(UTC),
    }  # fmt: skip
    live = update(jobs).where(jobs.c.outcome.is_(None)).values(**values)
    transact(web.services.engine, lambda c: c.execute(live).rowcount)


def test_a_key_with_the_same_body_is_the_same_run_and_with_another_body_is_refused(
    web: Web,
) -> None:
    first = web.start("morning", {"urls": [A, "no url"]})
    assert first.status == 201
    assert (first.json["accepted"], first.json["dropped"], first.json["ended"]) == (2, 1, False)
    again = web.start("morning", {"urls": [A, "no url"]})
    assert (again.status, again.json) == (200, first.json)
    other = web.start("morning", {"urls": [B]})
    assert (other.status, other.code) == (422, "run_key_reused")
    assert first.json["run"] in other.json["error"]["message"]
    assert web.ask("GET", first.headers["Location"]).json == first.json


def test_a_key_is_the_same_whichever_way_the_request_came(web: Web) -> None:
    run = accept_lines(web.services, [Line(A)], run_key="Zoë")
    over_http = web.start("Zoë".encode().decode("latin-1"), {"urls": [A]})
    assert (over_http.status, over_http.json["run"]) == (200, run.public_id)


def test_many_calls_with_one_key_at_the_same_time_are_one_run(web: Web) -> None:
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda _: web.start("at once", {"urls": [A, B]}), range(8)))
    assert {one.status for one in got} <= {200, 201}
    assert len({one.json["run"] for one in got}) == 1
    assert web.ask("GET", f"/v1/runs/{got[0].json['run']}").json["accepted"] == 2


def test_waiting_ends_when_the_run_ends(quick_web: Web) -> None:
    run = quick_web.start("k", {"urls": [A]}).json["run"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(quick_web.ask, "GET", f"/v1/runs/{run}?wait=60")
        end_all(quick_web)
        ended = waiting.result(timeout=50).json
    assert (ended["ended"], ended["dropped"], ended["pending"]) == (True, 1, 0)


def test_waiting_ends_when_its_time_is_over(quick_web: Web) -> None:
    run = quick_web.start("k", {"urls": [A]}).json["run"]
    for wait in ("0", "0.01", "1e-9"):
        assert quick_web.ask("GET", f"/v1/runs/{run}?wait={wait}").json["ended"] is False


@pytest.mark.parametrize("wait", ["-1", "x", "nan", "1,5", "0x10"])
def test_a_wait_that_is_no_number_is_refused(quick_web: Web, wait: str) -> None:
    run = quick_web.start("k", {"urls": [A]}).json["run"]
    refused = quick_web.ask("GET", f"/v1/runs/{run}?wait={wait}")
    assert (refused.status, refused.code) == (400, "bad_query")


def test_those_who_wait_never_keep_others_from_being_answered(
    monkeypatch: pytest.MonkeyPatch, serve: object, sqlite_url: str
) -> None:
    monkeypatch.setattr(web_runs, "MOST_WAITING", 2)
    web: Web = serve(database_url=sqlite_url)  # type: ignore[operator]
    run = web.start("k", {"urls": [A]}).json["run"]
    seated = threading.Barrier(3)

    def wait_long() -> bool:
        seated.wait()
        return bool(web.ask("GET", f"/v1/runs/{run}?wait=60").json["ended"])

    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(wait_long) for _ in range(2)]
        seated.wait()
        # As soon as both have their seats, a third one is answered at once.
        while not _is_full(web):
            time.sleep(0.01)
        assert web.ask("GET", f"/v1/runs/{run}?wait=60").json["ended"] is False
        assert not any(one.done() for one in waiting)
        web.stopping.set()
        assert [one.result(timeout=30) for one in waiting] == [False, False]


def _is_full(web: Web) -> bool:
    handler = next(r.handler for r in web.application.routes if r.path == "/v1/runs/{id}")
    seats = handler.__self__._seats  # type: ignore[attr-defined]
    if seats.acquire(blocking=False):
        seats.release()
        return False
    return True


def test_the_newest_runs_come_first_and_a_key_finds_its_own(web: Web) -> None:
    made = [web.start(f"k{n}", {"urls": [A]}).json["run"] for n in range(3)]
    listed = web.ask("GET", "/v1/runs").json["runs"]
    assert [one["run"] for one in listed] == made[::-1]
    assert len(web.ask("GET", "/v1/runs?limit=2").json["runs"]) == 2
    assert [r["run"] for r in web.ask("GET", "/v1/runs?run_key=k1").json["runs"]] == [made[1]]
    assert web.ask("GET", "/v1/runs?run_key=never").json["runs"] == []
    assert web.ask("GET", "/v1/runs?limit=x").status == 400


def test_a_crawl_is_started_and_listed_with_its_polls(web: Web) -> None:
    profile = SourceProfile(name="post", domains=("post.example",), feeds=(f"{A}/feed.xml",))
    now = datetime.now(UTC)
    transact(web.services.engine, lambda c: save_source(c, profile, now))
    first = web.start("c", {"sources": ["post"]})
    assert (first.status, first.json["kind"], first.json["ended"]) == (201, "crawl", False)
    assert first.json["lists"]["polls"] == 1
    assert web.start("c", {"sources": ["post"]}).status == 200
    assert web.start("c", {"all": True}).code == "run_key_reused"
    assert web.start("d", {"due": True}).json["ended"] is True, "its only list is under way"


def test_without_a_contact_the_open_web_is_not_asked(serve: object, sqlite_url: str) -> None:
    web: Web = serve(database_url=sqlite_url, contact="")  # type: ignore[operator]
    refused = web.start("k", {"urls": [A]})
    assert (refused.status, refused.code) == (503, "contact_missing")
    assert "COPYDESK_CONTACT" in refused.json["error"]["hint"]


def test_the_contract_names_every_route_and_no_other(quick_web: Web) -> None:
    served_to = quick_web.application.routes
    routes = [route for route in served_to if not (route.page or route.secret_path)]
    served = {(route.path, route.method.lower()) for route in routes}
    paths = openapi()["paths"]
    assert served == {(path, method) for path, methods in paths.items() for method in methods}
    assert quick_web.ask("GET", "/v1/openapi.json").json == openapi()
    for route in routes:
        told = paths[route.path][route.method.lower()]
        assert (told.get("security") == []) == route.open, route.path
        named = {p["name"] for p in told.get("parameters", []) if p["in"] == "path"}
        assert named == set(route.parts(route.path) or {}), route.path
