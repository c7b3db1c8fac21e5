"""`copydesk web` as a process: what it refuses to start with, and how it stops."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from pipeline.store.engine import open_engine
from pipeline.store.ledger.heartbeats import known_workers
from pipeline.store.transactions import transact
from tests.e2e.processes import environment, started
from tests.workers.conftest import Run
from tests.workers.conftest import directory as directory
from tests.workers.conftest import run as run


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"web_host": "0.0.0.0"}, "set COPYDESK_WEB_TOKEN"),
        ({"web_host": "::"}, "set COPYDESK_WEB_TOKEN"),
        ({"web_host": "copydesk.internal"}, "set COPYDESK_WEB_TOKEN"),
        ({"web_host": "0.0.0.0", "web_token": "short"}, "at least 16"),
        ({"web_token": "sixteen-or-more\u2026"}, "at least 16"),
        ({"web_port": "70000"}, "not a port"),
        ({"web_host": "192.0.2.1", "web_token": "0123456789abcdef"}, "COPYDESK_WEB_HOST"),
    ],
)
def test_it_does_not_start_where_others_could_use_it_or_nobody_can(
    run: Run, settings: dict[str, str], said: str
) -> None:
    refused = run("web", **settings)
    assert refused.code == 4
    assert said in refused.err


def test_a_port_that_is_taken_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = run("web", web_port=port)
    assert refused.code == 4
    assert port in refused.err


def test_a_token_is_never_shown(run: Run) -> None:
    shown = run("config", "show", "--json", web_token="0123456789abcdef")
    assert "0123456789abcdef" not in shown.out
    assert run("config", "show", web_token="0123456789abcdef").out.count("***") == 1


def test_sigterm_answers_those_who_wait_signs_off_and_ends_with_0(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/copydesk.db"
    env = environment(
        database_url=database, data_dir=tmp_path, contact="https://desk.example", web_port=0
    )
    with started("web", directory=tmp_path, env=env) as web:
        assert web.stderr is not None
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)", web.stderr.readline())[1])  # type: ignore[index]
        body = json.dumps({"urls": ["https://post.example/1"]})
        headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
        where = _ask(port, "POST", "/v1/runs", body, headers)[2]["Location"]
        got: list[object] = []
        waiting = threading.Thread(
            target=lambda: got.append(_ask(port, "GET", f"{where}?wait=60")[:2])
        )
        waiting.start()
        engine = open_engine(database)
        give_up_at = time.monotonic() + 30
        while not transact(engine, lambda c: known_workers(c, "web"), read_only=True):
            assert time.monotonic() < give_up_at
            time.sleep(0.05)
        time.sleep(0.5)  # it waits by now; if it does not, it is answered all the same
        web.send_signal(signal.SIGTERM)
        waiting.join(timeout=30)
        _, err = web.communicate(timeout=30)
        assert web.returncode == 0, err
        assert "Traceback" not in err
        assert [(status, found["ended"]) for status, found in got] == [(200, False)]  # type: ignore[misc]
        assert transact(engine, lambda c: known_workers(c, "web"), read_only=True) == []
        engine.dispose()


def _ask(
    port: int,
    method: str,
    path: str,
    body: str | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, object], dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers or {})
    response = connection.getresponse()
    found = response.status, json.loads(response.read()), dict(response.getheaders())
    connection.close()
    return found
