"""What else may come in over HTTP: each gets its named refusal, and the server goes on."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from pipeline.store.ledger.accounting import account
from pipeline.store.transactions import transact
from tests.web.conftest import Web
from workers.trigger import MOST_URLS
from workers.web.routes import MOST_BODY_BYTES
from workers.web.server import MOST_WIRE_BYTES

TOKEN = "0123456789abcdef-token"
A = "https://post.example/a"
Serve = Callable[..., Web]


def accepted(web: Web) -> int:
    return transact(web.services.engine, account, read_only=True).accepted


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b"[]", 400, "bad_json"),
        (b'"urls"', 400, "bad_json"),
        (b"null", 400, "bad_json"),
        (b"\xff\xfe{}", 400, "bad_json"),
        (b'{"urls": ["\xff"]}', 400, "bad_json"),
        (b"[" * 200_000, 400, "bad_json"),
        (b'{"urls":' * 50_000, 400, "bad_json"),
        (b'{"urls": ' + b"9" * 100_000 + b"}", 400, "bad_json"),
        (b"{}", 400, "missing_argument"),
        (b'{"urls": []}', 400, "missing_argument"),
        (b'{"urls": "https://a.example/"}', 400, "wrong_type"),
        (b'{"urls": {"0": "https://a.example/"}}', 400, "wrong_type"),
        (b'{"urls": [1]}', 400, "wrong_type"),
        (b'{"urls": [null]}', 400, "wrong_type"),
        (b'{"urls": [["https://a.example/"]]}', 400, "wrong_type"),
        (b'{"urls": [NaN]}', 400, "wrong_type"),
        (b'{"urls": null}', 400, "wrong_type"),
        (b'{"urls": ["https://a.example/"], "all": true}', 400, "missing_argument"),
        (b'{"due": false}', 400, "wrong_type"),
        (b'{"all": "true"}', 400, "wrong_type"),
        (b'{"sources": "post"}', 400, "wrong_type"),
        (b'{"sources": ["no such"]}', 422, "source_refused"),
        (b'{"ulrs": ["https://a.example/"]}', 400, "unknown_argument"),
        (b'{"urls": ["https://a.example/"], "v": 1}', 400, "unknown_argument"),
        (b'{"urls": ["https://a.example/"], "\\ud800": 1}', 400, "unknown_argument"),
        (json.dumps({"urls": ["x"] * (MOST_URLS + 1)}).encode(), 413, "too_many"),
        (b'{"urls": ["' + b"x" * MOST_BODY_BYTES + b'"]}', 413, "too_large"),
    ],
    ids=range(29),
)
def test_a_body_that_is_no_request_is_refused_by_name_and_accepts_nothing(
    quick_web: Web, body: bytes, status: int, code: str
) -> None:
    refused = quick_web.start("k", body)
    assert (refused.status, refused.code) == (status, code)
    assert accepted(quick_web) == 0
    assert quick_web.start("k", {"urls": [A]}).status == 201


def test_any_text_may_stand_for_a_url_and_each_is_accounted_for(web: Web) -> None:
    odd = ["\x00", "\ud800", "javascript:alert(1)", "http://[::1", "x" * 20_000, "ftp://a/", "🗞️"]
    run = web.start("odd", {"urls": odd})
    assert run.status == 201
    assert (run.json["accepted"], run.json["pending"], run.json["balances"]) == (7, 0, True)
    assert web.start("odd", {"urls": odd}).status == 200


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content_Type": "text/plain"}, 415, "not_json"),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415, "not_json"),
        ({"Content_Type": ""}, 415, "not_json"),
        ({"Idempotency_Key": ""}, 400, "idempotency_key_missing"),
        ({"Idempotency_Key": "k" * 201}, 400, "bad_run_key"),
        ({"Idempotency_Key": "a\tb"}, 400, "bad_run_key"),
        ({"Idempotency_Key": "\xff\xff"}, 400, "bad_run_key"),
        ({"Host": "rebound.example"}, 421, "wrong_host"),
        ({"Host": "127.0.0.1.rebound.example:8080"}, 421, "wrong_host"),
    ],
)
def test_a_header_that_is_wrong_is_refused_by_name(
    quick_web: Web, headers: dict[str, str], status: int, code: str
) -> None:
    refused = quick_web.start("k", {"urls": [A]}, **headers)
    assert (refused.status, refused.code) == (status, code)
    assert accepted(quick_web) == 0


@pytest.mark.parametrize(
    "part",
    ["nope", "%00", "%ff%fe", "..", "%2e%2e%2f", "'%20OR%201=1--", "1", "x" * 3000, "%F0%9F%97%9E",
     "01234567-89ab-7def-8123-456789abcdef", "0" * 36],
)  # fmt: skip
def test_an_id_that_is_none_is_not_found(quick_web: Web, part: str) -> None:
    missing = quick_web.ask("GET", f"/v1/runs/{part}?wait=60")
    assert (missing.status, missing.code) in {(404, "unknown_run"), (404, "no_such_path")}


def test_other_paths_and_methods_are_refused_and_say_which_there_are(quick_web: Web) -> None:
    for path in ("/v1", "/v1/runs/", "/v1/runs/a/b", "/admin", "/v1/runs;x", "/healthz/"):
        assert quick_web.ask("GET", path).code == "no_such_path"
    for method in ("DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "BREW"):
        refused = quick_web.ask(method, "/v1/runs")
        assert (refused.status, refused.code) == (405, "wrong_method")
        assert refused.headers["Allow"] == "POST, GET"
    head = quick_web.ask("HEAD", "/v1/runs")
    assert (head.status, head.body) == (200, b"")
    assert quick_web.ask("GET", "/v1/runs?" + "&".join(f"a{n}=1" for n in range(60))).status == 400


def test_what_is_not_http_or_too_much_is_refused_by_the_server_itself(quick_web: Web) -> None:
    def raw(data: bytes) -> bytes:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", quick_web.port), timeout=30) as connection:
                try:
                    connection.sendall(data)
                    return connection.recv(200)
                except ConnectionError:
                    continue  # it hung up before it had read all; its answer is lost with that
        raise AssertionError("no answer")

    assert b" 400 " in raw(b"\x16\x03\x01 nonsense\r\n\r\n")
    assert b" 431 " in raw(b"GET / HTTP/1.1\r\nX: " + b"x" * 33_000 + b"\r\n\r\n")
    long = f"POST /v1/runs HTTP/1.1\r\nContent-Length: {MOST_WIRE_BYTES + 1}\r\n\r\n"
    assert b" 413 " in raw(long.encode())
    assert b" 400 " in raw(b"POST /v1/runs HTTP/1.1\r\nContent-Length: -5\r\n\r\n")
    chunk = json.dumps({"urls": [A]}).encode()
    chunked = (
        b"POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Idempotency-Key: chunked\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
    )
    assert b" 201 " in raw(chunked % (len(chunk), chunk))


def test_a_request_that_comes_in_drops_holds_no_connection_for_ever(
    quick_web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.web.channel.MOST_SECONDS", 0.0)
    with socket.create_connection(("127.0.0.1", quick_web.port), timeout=15) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        assert slow.recv(1) == b"", "closed long before it counts as silent"
    assert quick_web.ask("GET", "/v1/openapi.json").status == 200, "whole requests are answered"


def test_with_a_token_only_those_who_show_it_are_answered(serve: Serve, sqlite_url: str) -> None:
    web = serve(database_url=sqlite_url, web_token=TOKEN)
    right = f"Bearer {TOKEN}"
    for wrong in ("", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer", "Bearer \xff"):
        for method, path in (("GET", "/v1/runs"), ("GET", "/metrics"), ("POST", "/v1/runs")):
            refused = web.ask(method, path, Authorization=wrong)
            assert (refused.status, refused.code) == (401, "token_wrong")
            assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert web.ask("GET", "/v1/runs", Authorization=right).status == 200
    assert web.ask("GET", "/v1/runs", Authorization=f"bearer {TOKEN}").status == 200
    assert web.start("k", {"urls": [A]}, Authorization=right, Host="copydesk.example").status == 201


def test_health_and_contract_need_no_token_and_only_the_token_learns_what_is_wrong(
    serve: Serve, sqlite_url: str
) -> None:
    web = serve(database_url=sqlite_url, web_token=TOKEN)
    assert web.ask("GET", "/v1/openapi.json").status == 200
    told = web.ask("GET", "/healthz")
    assert (told.status, told.json["healthy"]) == (503, False)
    assert all(set(role) == {"healthy"} for role in told.json["roles"].values())
    known = web.ask("GET", "/healthz", Authorization=f"Bearer {TOKEN}").json
    assert "no fetch worker" in known["roles"]["fetch"]["problems"][0]


def test_without_its_database_it_says_so_and_lives_on(serve: Serve) -> None:
    web = serve(database_url="postgresql://nobody@127.0.0.1:1/none")
    for got in (web.start("k", {"urls": [A]}), web.ask("GET", "/v1/runs")):
        assert (got.status, got.code) == (503, "database_away")
        assert got.headers["Retry-After"] == "5"
    assert "copydesk_database_up 0" in web.ask("GET", "/metrics").body.decode()


def test_a_bug_is_told_without_its_traceback(
    quick_web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("workers.trigger.accept_lines", broken)
    got = quick_web.start("k", {"urls": [A]})
    assert (got.status, got.code) == (500, "bug")
    assert b"secret detail" not in got.body
    incident = got.json["error"]["hint"].split()[-1]
    assert any(incident in record.getMessage() for record in caplog.records)
