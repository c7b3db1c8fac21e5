"""The files under examples/ do what they say, on a real stack: each is executed as it stands.

Only the address that it hands in is put in the place of the one that stands there. Airflow is not
installed: its classes are doubles that keep what they are given, and what they are given is run.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.processes import environment, started, wait_for_descendants
from workers.demo.server import DemoSite

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
TOKEN = "0123456789abcdef-token"
STANDS_THERE = "https://example.org/a/page"
RUN_ID = "scheduled__2026-03-01T06:00:00+00:00"


@dataclass(frozen=True)
class Desk:
    """A stack with its web process, and a page to hand in."""

    directory: Path
    env: dict[str, str]
    broker_url: str
    port: int
    page_url: str

    def shell(self, line: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A line as a scheduler's shell runs it, with ``copydesk`` on the path."""
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.directory,
            env=self.env | more,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def example(self, name: str) -> str:
        """The text of an example with the demo's page in it."""
        return (EXAMPLES / name).read_text("utf-8").replace(STANDS_THERE, self.page_url)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("ex")
    binaries = place / "bin"
    binaries.mkdir()
    (binaries / "copydesk").write_text(
        f'#!/bin/sh\nexec {sys.executable} -m workers.cli.main "$@"\n'
    )
    # One hour for the whole test, whenever it runs.
    (binaries / "date").write_text('#!/bin/sh\nexec /bin/date --date 2026-03-01T06:07:00Z "$@"\n')
    for file in binaries.iterdir():
        file.chmod(0o755)
    env = environment(
        contact="https://desk.example",
        fetch_allowed_networks="127.0.0.0/8",
        fetch_concurrency=4,
        cpu_concurrency=1,
        host_interval_seconds=0.01,
        dispatch_interval_seconds=0.05,
        heartbeat_seconds=1,
        web_port=0,
        web_token=TOKEN,
    )
    env |= {"PYTHONPATH": str(ROOT), "PATH": f"{binaries}:{os.environ['PATH']}"}
    with (
        DemoSite() as site,
        started("up", directory=place, env=env | {"COPYDESK_LOG_LEVEL": "WARNING"}) as up,
    ):
        wait_for_descendants(up.pid, ("valkey-server", "main dispatcher", "--role store"))
        with started("web", directory=place, env=env) as web:
            assert web.stderr is not None
            found = next(m for line in web.stderr if (m := re.search(r"http://.+:(\d+)", line)))
            page = next(page for page in site.pages if page.path == "/local/northern-pier")
            broker_url = f"redis+socket://{place.resolve()}/var/valkey/valkey.sock"
            (place / "urls.txt").write_text(f"{site.url(page)}\n")
            yield Desk(place, env, broker_url, int(found[1]), site.url(page))
    shutil.rmtree(place, ignore_errors=True)


def one_article(account: dict[str, Any]) -> bool:
    """Whether the account is that of the demo's page, ended well."""
    well = account["stored"] + account["unchanged"]
    return bool(account["ended"]) and (account["accepted"], well) == (1, 1)


# ------------------------------------------------------------------ cron
def cron_command() -> str:
    """The command of the only entry, as cron hands it to the shell."""
    lines = (EXAMPLES / "crontab").read_text("utf-8").splitlines()
    (entry,) = [line for line in lines if line and not line.startswith("#")]
    fields = entry.split(None, 5)
    assert all(re.fullmatch(r"[\d*/,-]+", field) for field in fields[:5])
    assert not re.search(r"(?<!\\)%", fields[5]), "cron ends the command at a bare %"
    return fields[5].replace(r"\%", "%")


def test_the_line_for_cron_may_run_twice_and_writes_an_account_a_run(desk: Desk) -> None:
    home = {"DESK_HOME": str(desk.directory)}
    for _ in range(2):
        ran = desk.shell(cron_command(), **home)
        assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    accounts = [json.loads(line) for line in (desk.directory / "runs.jsonl").open()]
    assert accounts[0] == accounts[1]
    assert one_article(accounts[0])
    assert accounts[0]["run_key"] == "hourly-2026-03-01T06"


def test_the_line_for_cron_fails_with_the_code_and_the_reason_of_the_command(desk: Desk) -> None:
    elsewhere = desk.directory / "empty"
    elsewhere.mkdir()
    ran = desk.shell(cron_command(), DESK_HOME=str(elsewhere))
    assert ran.returncode == 2
    assert "urls.txt" in ran.stdout, "cron mails what the command says"


# ------------------------------------------------------------------ send_task
def test_a_program_of_strangers_starts_a_run_and_waits_for_it(desk: Desk) -> None:
    program = desk.directory / "send_task.py"
    program.write_text(desk.example("send_task.py"))
    words = [sys.executable, str(program), "program-1", desk.page_url]
    env = {"PATH": os.environ["PATH"], "BROKER_URL": desk.broker_url}
    for _ in range(2):
        ran = subprocess.run(
            words, env=env, cwd="/", capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == 0, ran.stderr
        account = json.loads(ran.stdout.splitlines()[-1])
        assert one_article(account)
        assert account["run_key"] == "program-1"
    refused = subprocess.run(
        [*words, "https://other.example/"], env=env, cwd="/", capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("ValueError: run_key_reused: ")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_no_example_imports_anything_of_ours(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    assert not {name.split(".")[0] for name in names} & {"pipeline", "workers", "config"}


# ------------------------------------------------------------------ Airflow
class Dag:
    """Keeps its arguments."""

    def __init__(self, **given: Any) -> None:
        self.given = given

    def __enter__(self) -> Dag:
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Operator:
    """Keeps its arguments; the order is written with ``>>``."""

    def __init__(self, **given: Any) -> None:
        self.given = given
        self.after: list[Operator] = []

    def __rshift__(self, other: Operator) -> Operator:
        other.after.append(self)
        return other


class DecoratedTask:
    """A function in a DAG: calling it there only says that it is used."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *given: Any) -> DecoratedTask:
        return self


class Task:
    """``@task`` and ``@task.sensor(...)``."""

    def __call__(self, function: Callable[..., Any]) -> DecoratedTask:
        return DecoratedTask(function)

    def sensor(self, **_: Any) -> Callable[[Callable[..., Any]], DecoratedTask]:
        return DecoratedTask


@dataclass
class PokeReturnValue:
    is_done: bool
    xcom_value: Any = None


@pytest.fixture
def dag(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], dict[str, Any]]:
    """Execute a DAG file; what its module then holds."""
    doubles = {
        "airflow": {},
        "airflow.sdk": {
            "DAG": Dag, "task": Task(), "PokeReturnValue": PokeReturnValue,
            "get_current_context": lambda: {"run_id": RUN_ID},
        },
        "airflow.providers": {},
        "airflow.providers.standard": {},
        "airflow.providers.standard.operators": {},
        "airflow.providers.standard.operators.bash": {"BashOperator": Operator},
        "airflow.providers.http": {},
        "airflow.providers.http.operators": {},
        "airflow.providers.http.operators.http": {"HttpOperator": Operator},
        "airflow.providers.http.sensors": {},
        "airflow.providers.http.sensors.http": {"HttpSensor": Operator},
    }  # fmt: skip
    for name, content in doubles.items():
        module = types.ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)

    def load(name: str) -> dict[str, Any]:
        made: dict[str, Any] = {"operators": []}

        class Kept(Operator):
            def __init__(self, **given: Any) -> None:
                super().__init__(**given)
                made["operators"].append(self)

        for module in ("standard.operators.bash", "http.operators.http", "http.sensors.http"):
            content = vars(sys.modules[f"airflow.providers.{module}"])
            content.update({k: Kept for k in content if k.endswith(("Operator", "Sensor"))})
        exec(compile(desk.example(name), name, "exec"), made)
        return made

    return load


def rendered(text: str, **xcoms: str) -> str:
    """The template with Airflow's values in it."""
    pull = r"\{\{ ti\.xcom_pull\(task_ids='(\w+)'\) \}\}"
    text = re.sub(pull, lambda found: xcoms[found[1]], text.replace("{{ run_id }}", RUN_ID))
    assert "{{" not in text
    return text


def test_airflows_bash_operator_gets_the_account_as_its_last_line(
    desk: Desk, dag: Callable[[str], dict[str, Any]]
) -> None:
    (operator,) = dag("airflow_bash.py")["operators"]
    command = rendered(operator.given["bash_command"])
    command = command.replace("/srv/desk/urls.txt", str(desk.directory / "urls.txt"))
    tries = [desk.shell(command) for _ in range(2)]
    assert [ran.returncode for ran in tries] == [0, 0], tries[0].stderr
    accounts = [json.loads(ran.stdout.splitlines()[-1]) for ran in tries]
    assert accounts[0] == accounts[1]
    assert one_article(accounts[0])
    assert accounts[0]["run_key"] == f"airflow-{RUN_ID}"


def test_airflows_python_tasks_start_a_run_and_see_its_end(
    desk: Desk, dag: Callable[[str], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_BROKER", desk.broker_url)
    made = dag("airflow_send_task.py")
    run = made["start"].function()
    assert made["start"].function() == run, "a retry comes back to its run"
    until = [made["ended"].function(run)]
    while not until[-1].is_done:
        assert len(until) < 300
        until.append(made["ended"].function(run))
    assert one_article(until[-1].xcom_value)


def test_airflows_http_operators_start_a_run_and_see_its_end(
    desk: Desk, dag: Callable[[str], dict[str, Any]]
) -> None:
    start, ended = dag("airflow_http.py")["operators"]
    assert ended.after == [start]
    connection = {"Authorization": f"Bearer {TOKEN}"}
    base = f"http://127.0.0.1:{desk.port}"
    headers = {k: rendered(v) for k, v in start.given["headers"].items()} | connection

    def begin() -> str:
        url = f"{base}/{start.given['endpoint']}"
        response = requests.request(
            start.given["method"], url, data=start.given["data"], headers=headers, timeout=60
        )
        response.raise_for_status()
        return str(start.given["response_filter"](response))

    run = begin()
    assert begin() == run
    endpoint = rendered(ended.given["endpoint"], start=run)
    for _ in range(4):  # each waits 30 s at most
        response = requests.get(f"{base}/{endpoint}", headers=connection, timeout=60)
        response.raise_for_status()
        if ended.given["response_check"](response):
            break
    assert one_article(response.json())
