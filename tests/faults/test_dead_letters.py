"""``copydesk failed``: what a bug killed lives again when the bug is fixed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Settings
from pipeline.fetch import page_from_bytes
from pipeline.store.ledger import dispatch
from pipeline.store.ledger.accounting import account
from pipeline.store.ledger.claims import Claim
from pipeline.store.ledger.runs import open_run
from pipeline.store.ledger.stored_pages import StoredPage, accept_pages
from pipeline.store.transactions import transact
from tests.faults.site import story
from tests.marking import mark_queued
from tests.workers.conftest import Run, directory, run  # noqa: F401 - fixtures
from workers import stages
from workers.cli.main import main
from workers.run import run_step
from workers.stages.parse import ParseStep, Read
from workers.wiring import Services, bootstrap

PAGES = 3


class Broken(ParseStep):
    """Parse with a bug."""

    def work(self, services: Services, held: Claim) -> Read:
        raise KeyError("a bug of ours")


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    settings = replace(
        Settings(),
        database_url=database_url,
        data_dir=str(tmp_path / "data"),
        contact="https://desk.example/bot",
        max_attempts=2,
        retry_base_seconds=0.0,
    )
    services = bootstrap(settings)
    yield services
    services.close()


def give_pages(services: Services) -> None:
    def work(connection: object) -> None:
        now = services.now()
        opened = open_run(connection, "ingest", now)  # type: ignore[arg-type]
        pages = []
        for number in range(PAGES):
            url = f"https://post.example/{number}"
            page = page_from_bytes(url, story(url), content_type="text/html", fetched_at=now)
            pages.append(StoredPage(url, page, services.raw_pages.put(page.body)))
        accept_pages(connection, opened.id, pages, now, host_interval_seconds=0)  # type: ignore[arg-type]

    transact(services.engine, work)


def work_off(services: Services) -> None:
    """What dispatcher and workers do, here and now, until nothing is due."""
    passes = 0
    while due := transact(
        services.engine, lambda c: dispatch.due_beyond_fetch(c, services.now(), 100)
    ):
        passes += 1
        for job in due:
            message = f"m{passes}.{job.job_id}"
            transact(
                services.engine,
                lambda c, i=job.job_id, m=message: mark_queued(c, [i], m, services.now()),
            )
            for stage in stages.STEPS:
                run_step(services, stage, [job.job_id], message)


def test_what_a_bug_killed_is_listed_kept_and_stored_once_the_bug_is_fixed(
    services: Services,
    run: Run,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    told = {
        "database_url": services.settings.database_url,
        "data_dir": services.settings.data_dir,
    }
    give_pages(services)
    with monkeypatch.context() as broken:
        broken.setitem(stages.STEPS, "parse", Broken())
        work_off(services)
    listed = run("failed", "list", "--reason", "bug", "--since", "1h", "--json", **told).json
    assert [(one["reason"], one["stage"], one["count"]) for one in listed["classes"]] == [
        ("bug", "parse", PAGES)
    ]
    assert "post.example/1" in run("failed", "list", **told).out

    first, _, third = sorted(job["job_id"] for job in listed["jobs"])
    # Not by ``run``, which takes any traceback on the screen for a crash of the command.
    with monkeypatch.context() as told_by, pytest.raises(SystemExit):
        for name, value in told.items():
            told_by.setenv(f"COPYDESK_{name.upper()}", value)
        main(["failed", "show", str(first), "--json"])
    shown = json.loads(capfd.readouterr().out)
    assert "a bug of ours" in shown["attempts"][-1]["detail"]
    assert Path(shown["input"]).is_file(), "the page that killed it is kept"

    assert run("failed", "drop", str(third), "--json", **told).json["dropped"] == 1
    retried = run("failed", "retry", "--reason", "bug", "--json", **told).json
    assert retried == {"chosen": 2, "retried": 2, "left": 0}
    work_off(services)
    counts = transact(services.engine, account)
    assert (counts.stored, counts.dropped, counts.dead) == (2, 1, 0)
    assert run("account", "--check", **told).code == 0
    assert json.dumps(run("failed", "list", "--json", **told).json["jobs"]) == "[]"


def test_retry_and_drop_ask_which_and_refuse_what_is_not_there(run: Run) -> None:  # noqa: F811
    for arguments in (
        ("retry",),
        ("drop",),
        ("retry", "--reason", "nonsense"),
        ("drop", "--since", "last week"),
        ("show", "77"),
        ("retry", "77", "78"),
        ("drop", "77"),
    ):
        refused = run("failed", *arguments)
        assert refused.code == 2, (arguments, refused)
        assert refused.err.strip()
    assert "no dead jobs found" in run("failed", "list").err


def test_the_stages_of_the_command_are_those_of_the_chain() -> None:
    from workers.chain import STAGES
    from workers.cli.failed import Stage

    assert tuple(stage.value for stage in Stage) == STAGES
