"""The HTTP side on a real server on loopback, over either database."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from waitress import wasyncore

from config.settings import Settings
from workers.web.openapi import openapi
from workers.web.routes import Application
from workers.web.server import make_application, make_server
from workers.wiring import Services, bootstrap

CONTACT = "https://desk.example/bot"


@dataclass(frozen=True)
class Got:
    """One response, held against the contract."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of an error."""
        return str(self.json["error"]["code"])


@dataclass
class Web:
    """A server that runs and what it runs on."""

    services: Services
    application: Application
    port: int
    stopping: threading.Event = field(default_factory=threading.Event)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        **headers: str,
    ) -> Got:
        """One call. Underscores in header names stand for dashes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        got = Got(response.status, response.headers, response.read())
        connection.close()
        self._hold_against_contract(method, path, got)
        return got

    def start(self, key: str, document: object, **headers: str) -> Got:
        """POST /v1/runs."""
        body = document if isinstance(document, bytes) else json.dumps(document)
        given = {"Idempotency_Key": key, "Content_Type": "application/json"} | headers
        return self.ask("POST", "/v1/runs", body, **given)

    def _hold_against_contract(self, method: str, path: str, got: Got) -> None:
        if got.headers.get("Content-Type") != "application/json" or method == "HEAD":
            return
        contract = openapi()
        place = path.partition("?")[0]
        route = next((r for r in self.application.routes if r.parts(place) is not None), None)
        known = contract["paths"].get(route.path, {}).get(method.lower()) if route else None
        schema = {"$ref": "#/components/schemas/Error"}
        if known is not None:
            name = "default" if got.status in (405, 421, 500) else str(got.status)
            assert name in known["responses"], f"{method} {path} gave {got.status}"
            schema = known["responses"][name]["content"]["application/json"]["schema"]
        jsonschema.validate(got.json, schema | {"components": contract["components"]})


@contextmanager
def serving(settings: Settings, **replaced: Any) -> Iterator[Web]:
    """A server for these settings, on a free port."""
    services = bootstrap(settings, concurrency=24)
    stopping = threading.Event()
    application = make_application(services, stopping)
    server = make_server(settings, application)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Web(services, application, int(server.effective_port), stopping)
    finally:
        stopping.set()
        server.task_dispatcher.shutdown()  # its threads first: they tell the loop when they end
        # From within its own loop: what is closed under it would be a failure of the thread.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join(timeout=30)
        assert not thread.is_alive()
        services.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Web]]:
    """Start a server with settings given by keyword."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Web:
            values = {"data_dir": str(tmp_path), "contact": CONTACT, "web_port": 0} | settings
            return stack.enter_context(serving(Settings(**values)))

        yield start


@pytest.fixture
def web(serve: Callable[..., Web], database_url: str) -> Web:
    """A server without a token, over either database."""
    return serve(database_url=database_url)


@pytest.fixture
def quick_web(serve: Callable[..., Web], sqlite_url: str) -> Web:
    """The same where the database does not matter."""
    return serve(database_url=sqlite_url)
