"""``copydesk web`` as a process: routes on a server, a heartbeat, a stop in order."""

from __future__ import annotations

import ipaddress
import logging
import signal
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import waitress
from celery import Celery
from waitress.server import BaseWSGIServer

from config.settings import EMBEDDED, Settings, SettingsError
from workers.app import make_app
from workers.heartbeat import Heartbeat
from workers.web.channel import Channel
from workers.web.console import Console
from workers.web.openapi import document
from workers.web.routes import Application, Route
from workers.web.runs import MOST_WAITING, Runs
from workers.web.watch import Watch
from workers.web.websub import HIDES_TOKENS, MOST_PUSH_BYTES, Websub
from workers.wiring import Services, bootstrap

log = logging.getLogger(__name__)
THREADS = MOST_WAITING + 8
CONNECTIONS = THREADS // 3
"""A thread holds one while a statement runs, and not while its caller waits."""
MOST_WIRE_BYTES = 12 * 2**20
"""A body above this is refused by the server itself; below, each route has its own limit."""
IDLE_SECONDS = 30
"""A connection that says nothing for so long is closed, also in the middle of a request; one that
says a little now and then by its :class:`Channel`."""
LEAST_TOKEN = 16


def run_web(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises ``SettingsError`` or ``OSError``."""
    refuse_open_door(settings)
    services = bootstrap(settings, concurrency=CONNECTIONS)
    stopping = threading.Event()
    application = make_application(services, stopping)
    server = make_server(settings, application)

    def stop(*_: Any) -> None:
        stopping.set()
        raise SystemExit  # leaves the server's loop, which then waits for its threads

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    heartbeat = Heartbeat(services, "web", lambda: application.answered)
    heartbeat.start()
    log.info("serving http://%s", address_of(server))
    try:
        server.run()
    finally:
        server.close()
        heartbeat.stop()
        services.close()


def make_server(settings: Settings, application: Application) -> Any:
    """A server that listens and does not serve yet. Raises ``OSError``."""
    logging.getLogger("waitress").addFilter(HIDES_TOKENS)
    BaseWSGIServer.channel_class = Channel  # of whichever server is made; no argument is for it
    return waitress.create_server(
        application,
        host=settings.web_host,
        port=settings.web_port,
        threads=THREADS,
        ident=None,
        max_request_body_size=MOST_WIRE_BYTES,
        max_request_header_size=32 * 2**10,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 3,
        clear_untrusted_proxy_headers=True,
    )


def address_of(server: Any) -> str:
    """``host:port``, as it is in force. A name may stand for several sockets."""
    pairs = getattr(server, "effective_listen", None)
    host, port = pairs[0] if pairs else (server.effective_host, server.effective_port)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def make_application(services: Services, stopping: threading.Event) -> Application:
    """Everything that is served."""
    console = Console(services)
    runs, watch = Runs(services, stopping), Watch(services, _broker(services.settings))
    websub = Websub(services)
    routes = (
        Route("POST", "/v1/runs", runs.start),
        Route("GET", "/v1/runs", runs.listed),
        Route("GET", "/v1/runs/{id}", runs.one),
        Route("GET", "/v1/openapi.json", document, open=True),
        Route("GET", "/healthz", watch.health, open=True),
        Route("GET", "/metrics", watch.metrics),
        Route("GET", "/websub/{token}", websub.confirm, secret_path=True),
        Route(
            "POST",
            "/websub/{token}",
            websub.push,
            secret_path=True,
            most_body_bytes=MOST_PUSH_BYTES,
        ),
        Route("GET", "/", console.overview, page=True),
        Route("GET", "/articles/{id}", console.article, page=True),
    )
    return Application(routes, services.settings.web_token)


def _broker(settings: Settings) -> Celery | None:
    """An application for questions to the broker; None when it is not known where that is."""
    if settings.broker_url != EMBEDDED:
        return make_app(settings)
    socket = Path(settings.data_dir).resolve() / "valkey" / "valkey.sock"
    if not socket.exists():
        return None
    return make_app(replace(settings, broker_url=f"redis+socket://{socket}"))


def refuse_open_door(settings: Settings) -> None:
    """Raise ``SettingsError`` when anybody on the network could start runs."""
    token = settings.web_token
    if token and (len(token) < LEAST_TOKEN or not token.isascii() or token != token.strip()):
        message = f"web_token must be at least {LEAST_TOKEN} characters of ASCII"
        raise SettingsError(f"{message}; make one with `openssl rand -hex 24`")
    if not token and not _is_loopback(settings.web_host):
        raise SettingsError(
            f"web_host = {settings.web_host!r} is open to others: set COPYDESK_WEB_TOKEN, "
            "or serve 127.0.0.1 alone"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
