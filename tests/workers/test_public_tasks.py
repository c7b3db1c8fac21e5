"""The tasks that other programs send: a real worker, a real broker, a caller of its own."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from celery import Celery
from celery.exceptions import Reject

from config.logging import CONTEXT
from config.settings import Settings
from pipeline.models import SourceProfile
from pipeline.store import schema
from pipeline.store.engine import open_engine
from pipeline.store.ledger.accounting import account
from pipeline.store.ledger.sources import save_source
from pipeline.store.transactions import transact
from tests.e2e.processes import environment, started
from workers import public_tasks
from workers.app import make_app
from workers.embedded.valkey import EmbeddedServer
from workers.public_tasks import PUBLIC_TASKS, VERSION, register_public
from workers.trigger import MOST_URLS
from workers.wiring import Services, bootstrap

CONTACT = "https://desk.example/bot"
A, B = "https://post.example/a", "https://post.example/b"


@dataclass(frozen=True)
class Desk:
    """A store worker that runs, and a stranger's Celery application."""

    services: Services
    caller: Celery
    broker: redis.Redis

    def send(self, /, task: str, **kwargs: Any) -> Any:
        return self.caller.send_task(f"copydesk.{task}", kwargs=kwargs, queue="copydesk")

    def call(self, task: str, **kwargs: Any) -> Any:
        return self.send(task, **{"v": 1, **kwargs}).get(timeout=60)

    def refusal(self, /, task: str, **kwargs: Any) -> str:
        with pytest.raises(Exception) as refused:
            self.send(task, **kwargs).get(timeout=60)
        return f"{type(refused.value).__name__}: {refused.value}"

    def accepted(self) -> int:
        return transact(self.services.engine, account, read_only=True).accepted

    def until_nothing_is_left(self) -> None:
        """Until the broker holds no message, delivered or not."""
        give_up_at = time.monotonic() + 60
        while self.broker.llen("copydesk") or self.broker.hlen("unacked"):
            assert time.monotonic() < give_up_at, "a message goes round and round"
            time.sleep(0.05)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("calls")
    server = EmbeddedServer(place / "valkey")
    server.start()
    database = f"sqlite:///{place}/copydesk.db"
    engine = open_engine(database)
    schema.upgrade(engine)
    engine.dispose()
    services = bootstrap(Settings(database_url=database, data_dir=str(place)))
    caller = Celery(broker=server.broker_url, backend=server.broker_url, set_as_current=False)
    env = environment(
        database_url=database, broker_url=server.broker_url, data_dir=place, contact=CONTACT
    )
    with started("worker", "--role", "store", directory=place, env=env) as worker:
        path = str(server.socket_path)
        yield Desk(services, caller, redis.Redis(unix_socket_path=path))
        assert worker.poll() is None, "no call has ended the worker"
        worker.terminate()
        _, log = worker.communicate(timeout=60)
        assert worker.returncode == 0
        assert "unknown_version: v is '2'" in log
        assert "trigger.py" not in log, "a refusal is no accident and has no traceback"
    caller.close()
    services.close()
    server.stop()
    shutil.rmtree(place, ignore_errors=True)


def test_a_stranger_that_sends_urls_gets_the_id_of_a_run_and_may_ask_how_it_stands(
    desk: Desk,
) -> None:
    run = desk.call("ingest", urls=[A, B, "no url"], run_key="hello")
    state = desk.call("status", run=run)
    assert (state["run"], state["run_key"], state["kind"]) == (run, "hello", "ingest")
    assert (state["accepted"], state["pending"], state["dropped"]) == (3, 2, 1)
    assert (state["ended"], state["balances"]) == (False, True)
    assert json.loads(json.dumps(state)) == state
    assert desk.call("status", run_key="hello") == state


def test_the_same_key_is_the_same_run_and_other_content_under_it_is_refused(desk: Desk) -> None:
    before = desk.accepted()
    runs = {desk.call("ingest", urls=[A, B], run_key="twice") for _ in range(3)}
    assert len(runs) == 1
    assert desk.accepted() == before + 2
    said = desk.refusal("ingest", v=1, urls=[B, A], run_key="twice")
    assert "run_key_reused" in said
    assert runs.pop() in said
    assert desk.accepted() == before + 2


@pytest.mark.parametrize("key", [{}, {"run_key": "doubled"}])
def test_a_message_that_is_delivered_twice_accepts_once(desk: Desk, key: dict[str, str]) -> None:
    before = desk.accepted()
    quiet = Celery(broker=desk.caller.conf.broker_url, set_as_current=False)
    with quiet.connection_for_write() as connection:
        quiet.send_task(
            "copydesk.ingest", kwargs={"v": 1, "urls": [A], **key}, queue="aside",
            connection=connection,
        )  # fmt: skip
    message = desk.broker.lpop("aside")
    assert isinstance(message, bytes)
    document = json.loads(message)
    document["properties"]["delivery_info"]["routing_key"] = "copydesk"
    for _ in range(2):
        desk.broker.lpush("copydesk", json.dumps(document))
    desk.call("status", run=desk.call("ingest", urls=[A, B], run_key="the next call"))
    desk.until_nothing_is_left()
    assert desk.accepted() - before == 1 + 2 * (key == {})


@pytest.mark.parametrize(
    ("task", "given", "code", "hint"),
    [
        ("ingest", {"urls": [A]}, "unknown_version", "send v=1"),
        ("ingest", {"v": 2, "urls": [A]}, "unknown_version", "send v=1"),
        ("ingest", {"v": "1", "urls": [A]}, "unknown_version", "send v=1"),
        ("ingest", {"v": True, "urls": [A]}, "unknown_version", "send v=1"),
        ("ingest", {"v": 1}, "missing_argument", "give one of urls"),
        ("ingest", {"v": 1, "due": True}, "unknown_argument", "known are urls"),
        ("crawl", {"v": 1}, "missing_argument", "sources, due, all"),
        ("crawl", {"v": 1, "due": True, "all": True}, "missing_argument", "2 things"),
        ("crawl", {"v": 1, "due": False}, "wrong_type", "true or not given"),
        ("crawl", {"v": 1, "due": 1}, "wrong_type", "true or not given"),
        ("crawl", {"v": 1, "sources": []}, "missing_argument", "at least one"),
        ("crawl", {"v": 1, "sources": ["nope"]}, "source_refused", "no source 'nope'"),
        ("crawl", {"v": 1, "urls": [A]}, "unknown_argument", "known are all, due, sources"),
        ("ingest", {"v": 1, "ulrs": [A]}, "unknown_argument", "did you mean 'urls'?"),
        ("ingest", {"v": 1, "urls": [A], "priority": 1}, "unknown_argument", "known are urls"),
        ("ingest", {"v": 1, "urls": [A], "self": 1}, "unknown_argument", "known are urls"),
        ("ingest", {"v": 1, "urls": A}, "wrong_type", "a list"),
        ("ingest", {"v": 1, "urls": []}, "missing_argument", "at least one"),
        ("ingest", {"v": 1, "urls": [A, 7]}, "wrong_type", "urls[1]"),
        ("ingest", {"v": 1, "urls": [A, " "]}, "wrong_type", "urls[1]"),
        ("ingest", {"v": 1, "urls": [A] * (MOST_URLS + 1)}, "too_many", "several calls"),
        ("ingest", {"v": 1, "urls": [A], "run_key": ""}, "bad_run_key", "1 to 200"),
        ("ingest", {"v": 1, "urls": [A], "run_key": "x" * 201}, "bad_run_key", "1 to 200"),
        ("ingest", {"v": 1, "urls": [A], "run_key": "a\nb"}, "bad_run_key", "control"),
        ("ingest", {"v": 1, "urls": [A], "run_key": 7}, "bad_run_key", "text"),
        ("status", {"v": 1}, "missing_argument", "run or run_key"),
        ("status", {"v": 1, "run": "a", "run_key": "b"}, "missing_argument", "not both"),
        ("status", {"v": 1, "run": ["a"]}, "wrong_type", "text"),
        ("status", {"v": 1, "run": "no-such"}, "unknown_run", "no-such"),
        ("status", {"v": 1, "run_key": "never\x00seen"}, "unknown_run", "never"),
    ],
)
def test_a_call_that_cannot_be_done_is_refused_once_with_its_reason(
    desk: Desk, task: str, given: dict[str, Any], code: str, hint: str
) -> None:
    before = desk.accepted()
    said = desk.refusal(task, **given)
    assert said.startswith(f"ValueError: {code}: ")
    assert hint in said
    desk.until_nothing_is_left()
    assert desk.accepted() == before


def test_the_log_has_a_refusals_code_in_a_field_to_count_by(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = make_app(Settings(broker_url="redis://127.0.0.1:1"))
    services: Any = None  # is not asked for anything
    register_public(app, lambda: services)
    with pytest.raises(ValueError, match="unknown_argument"):
        app.tasks["copydesk.status"](v=1, rum="x")
    [record] = caplog.records
    said = [getattr(record, name) for name in CONTEXT if hasattr(record, name)]
    assert said == ["refused", "unknown_argument"]


def test_positional_arguments_are_refused(desk: Desk) -> None:
    sent = desk.caller.send_task("copydesk.ingest", args=[[A]], kwargs={"v": 1}, queue="copydesk")
    with pytest.raises(Exception, match="positional_arguments"):
        sent.get(timeout=60)


def test_what_is_no_call_at_all_is_thrown_away_and_the_next_call_is_answered(desk: Desk) -> None:
    sent = desk.caller.send_task("copydesk.ingset", kwargs={"v": 1}, queue="copydesk")
    with pytest.raises(Exception, match="ingset"):
        sent.get(timeout=60)
    desk.caller.send_task(
        "copydesk.ingest", kwargs={"v": 1, "urls": [A]}, queue="copydesk", serializer="pickle"
    )
    with desk.caller.connection_for_write() as connection:
        producer = connection.Producer()
        producer.publish("{broken", routing_key="copydesk", content_type="application/json")
        producer.publish({"no": "task"}, routing_key="copydesk")
    before = desk.accepted()
    assert desk.call("status", run=desk.call("ingest", urls=[A], run_key="after junk"))
    desk.until_nothing_is_left()
    assert desk.accepted() == before + 1


def test_a_caller_that_wants_no_reply_leaves_nothing_behind_in_the_broker(desk: Desk) -> None:
    quiet = Celery(broker=desk.caller.conf.broker_url, set_as_current=False)
    before = set(desk.broker.keys())
    for number in range(3):
        arguments = {"v": 1, "urls": [A], "run_key": f"quiet {number}"}
        quiet.send_task("copydesk.ingest", kwargs=arguments, queue="copydesk", ignore_result=True)
    desk.until_nothing_is_left()
    assert desk.call("status", run_key="quiet 2")["accepted"] == 1
    desk.until_nothing_is_left()
    # The only new key is the reply to the question above, and it goes by itself.
    new = set(desk.broker.keys()) - before
    assert all(0 < int(desk.broker.ttl(key)) <= 3600 for key in new)
    assert len(new) <= 1


# ------------------------------------------------------------------ in this process, both databases
class Message:
    """What Celery binds a task to, as far as the tasks look at it."""

    def __init__(self, call_id: str = "call-1") -> None:
        self.request = SimpleNamespace(id=call_id)


@pytest.fixture
def answer(database_url: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    services = bootstrap(
        Settings(database_url=database_url, data_dir=str(tmp_path), contact=CONTACT)
    )

    def call(task: str, **given: Any) -> Any:
        work = PUBLIC_TASKS[f"copydesk.{task}"]
        return public_tasks._task(task, work, lambda: services)(Message(), **given)

    call.services = services  # type: ignore[attr-defined]
    yield call
    services.close()


def test_runs_are_the_same_on_both_databases(answer: Callable[..., Any]) -> None:
    run = answer("ingest", v=VERSION, urls=[A, A, B], run_key="Zoë")
    assert answer("ingest", v=VERSION, urls=[A, A, B], run_key="Zoe\u0308") == run
    state = answer("status", v=VERSION, run=run)
    assert (state["accepted"], state["duplicate"], state["pending"]) == (3, 1, 2)
    with pytest.raises(ValueError, match="run_key_reused"):
        answer("ingest", v=VERSION, urls=[A], run_key="Zoë")
    with pytest.raises(ValueError, match="unknown_run"):
        answer("status", v=VERSION, run="\ud800")


def test_crawls_are_started_once_a_key(answer: Callable[..., Any]) -> None:
    services = answer.services  # type: ignore[attr-defined]
    profile = SourceProfile(name="post", domains=("post.example",), feeds=(f"{A}/feed.xml",))
    transact(services.engine, lambda c: save_source(c, profile, services.now()))
    run = answer("crawl", v=VERSION, sources=["post"], run_key="crawl-1")
    assert answer("crawl", v=VERSION, sources=["post"], run_key="crawl-1") == run
    state = answer("status", v=VERSION, run=run)
    assert (state["kind"], state["ended"], state["lists"]["pending"]) == ("crawl", False, 1)
    with pytest.raises(ValueError, match="run_key_reused"):
        answer("crawl", v=VERSION, all=True, run_key="crawl-1")
    nothing_due = answer("crawl", v=VERSION, due=True)
    assert answer("status", v=VERSION, run=nothing_due)["ended"] is True


def test_a_call_waits_in_the_broker_while_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_tasks, "DATABASE_PATIENCE_SECONDS", 0.2)
    away = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", contact=CONTACT)
    services = bootstrap(away)
    task = public_tasks._task("ingest", PUBLIC_TASKS["copydesk.ingest"], lambda: services)
    with pytest.raises(Reject) as rejected:
        task(Message(), v=1, urls=[A])
    assert rejected.value.requeue is True
    services.close()


def test_the_open_web_is_not_asked_without_a_contact(database_url: str, tmp_path: Path) -> None:
    services = bootstrap(Settings(database_url=database_url, data_dir=str(tmp_path)))
    task = public_tasks._task("ingest", PUBLIC_TASKS["copydesk.ingest"], lambda: services)
    with pytest.raises(ValueError, match="contact_missing"):
        task(Message(), v=1, urls=[A])
    services.close()
