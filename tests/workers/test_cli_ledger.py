"""The commands that read and write the ledger, without any worker."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.workers.conftest import Run
from workers import intake

CONTACT = {"contact": "https://desk.example/bot"}


def test_urls_are_accepted_once_a_key_and_counted(run: Run) -> None:
    urls = ["https://post.example/a", "https://post.example/a?utm_source=x", "not a url"]
    first = run("ingest", *urls, "--run-key", "morning", "--json", **CONTACT)
    assert first.code == 0
    assert {name: first.json[name] for name in ("accepted", "pending", "duplicate", "dropped")} == {
        "accepted": 3,
        "pending": 1,
        "duplicate": 1,
        "dropped": 1,
    }
    assert first.json["balances"] is True
    again = run("ingest", *urls, "--run-key", "morning", "--json", **CONTACT)
    assert again.json["run"] == first.json["run"]
    assert again.json["accepted"] == 3
    assert "used before" in again.err


def test_a_key_that_was_used_for_other_urls_is_refused_and_says_for_which_run(run: Run) -> None:
    first = run("ingest", "https://post.example/a", "--run-key", "noon", "--json", **CONTACT)
    other = run("ingest", "https://post.example/b", "--run-key", "noon", "--json", **CONTACT)
    assert other.code == 2
    assert first.json["run"] in other.err
    assert run("account", "--json").json["accepted"] == 1


def test_a_file_of_urls_and_stored_pages_is_accepted_line_by_line(
    run: Run, directory: Path
) -> None:
    (directory / "page.html").write_text("<p>text</p>")
    (directory / "empty.html").write_bytes(b"")
    lines = [
        "# a comment",
        "",
        json.dumps({"url": "https://post.example/1", "file": "page.html"}),
        json.dumps({"url": "https://post.example/2", "file": "empty.html"}),
        json.dumps({"url": "https://post.example/3"}),
        "https://post.example/4",
    ]
    (directory / "list.txt").write_text("\n".join(lines), encoding="utf-8-sig")
    accepted = run("ingest", "--from", "list.txt", "--json", **CONTACT)
    assert accepted.code == 0
    assert (accepted.json["accepted"], accepted.json["dropped"]) == (4, 1)
    assert accepted.json["reasons"] == [{"outcome": "dropped", "reason": "empty", "count": 1}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no URL"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b'{"file": "x.html"}', "line 1"),
        (b'https://ok.example/\n{"url": "https://x.example/", "file": "gone.html"}', "line 2"),
        (b'{"url": 7}', "line 1"),
        (b"{nonsense", "line 1"),
    ],
)
def test_a_file_that_cannot_be_read_accepts_nothing_and_says_which_line(
    run: Run, directory: Path, content: bytes, said: str
) -> None:
    (directory / "list.txt").write_bytes(content)
    refused = run("ingest", "--from", "list.txt", **CONTACT)
    assert refused.code == 2
    assert said in refused.err
    assert run("account", "--json").json["accepted"] == 0


def test_the_list_of_runs_gives_each_id_whole_however_narrow_the_rest(run: Run) -> None:
    key = "of the morning " * 9
    made = run("ingest", "https://post.example/a", "--run-key", key, "--json", **CONTACT).json
    assert made["run"] in run("runs").out


def test_usage_errors_end_with_2_and_say_what_to_give(run: Run) -> None:
    for arguments in (
        ("ingest",),
        ("ingest", "https://x.example/", "--from", "list.txt"),
        ("ingest", "--from", "missing.txt"),
        ("article", "no-such-id"),
        ("account", "--day", "yesterday"),
        ("account", "--run", "no-such-run"),
        ("worker", "--role", "juggler"),
        ("frobnicate",),
        ("status", "--colour"),
    ):
        refused = run(*arguments, **CONTACT)
        assert refused.code == 2, (arguments, refused)
        assert refused.err.strip(), arguments


def test_the_open_web_is_not_asked_without_a_contact(run: Run) -> None:
    refused = run("ingest", "https://post.example/a")
    assert refused.code == 4
    assert "COPYDESK_CONTACT" in refused.err
    assert run("account", "--json").json["accepted"] == 0


def test_an_unknown_setting_ends_every_command_with_4_and_the_nearest_name(run: Run) -> None:
    for command in (("status",), ("ingest", "https://x.example/"), ("demo",), ("config", "check")):
        refused = run(*command, windo="7")
        assert refused.code == 4
        assert "did you mean 'window'" in refused.err


def test_an_unreachable_broker_or_database_ends_with_5(run: Run) -> None:
    database = run("status", database_url="postgresql://nobody@127.0.0.1:1/none")
    assert database.code == 5
    assert "COPYDESK_DATABASE_URL" in database.err
    for command in (("worker", "--role", "store"), ("dispatcher",)):
        broker = run(*command, broker_url="redis://127.0.0.1:1/0", start_patience_seconds="0.1")
        assert broker.code == 5, broker
        assert "COPYDESK_BROKER_URL" in broker.err


def test_a_worker_without_a_shared_broker_is_a_configuration_error(run: Run) -> None:
    for command in (("worker",), ("dispatcher",)):
        refused = run(*command)
        assert refused.code == 4
        assert "copydesk up" in refused.err


def test_waiting_longer_than_allowed_ends_with_6_and_the_work_goes_on(run: Run) -> None:
    # Nobody works: the broker is one of our own that has no workers.
    waited = run(
        "ingest",
        "https://post.example/a",
        "--wait",
        "--timeout",
        "0.5",
        broker_url="redis://127.0.0.1:1/0",
        **CONTACT,
    )
    assert waited.code == 6
    assert "1 of 1 are still pending" in waited.err
    assert run("account", "--json").json["pending"] == 1


def test_explain_tells_a_urls_life_by_any_spelling(run: Run) -> None:
    run("ingest", "https://post.example/a?utm_source=mail", **CONTACT)
    told = run("explain", "http://www.post.example/a", "--json")
    assert told.code == 0
    assert [job["state"] for job in told.json["jobs"]] == ["due"] or told.json["jobs"]
    assert "post.example/a" in run("explain", "https://post.example/a").out
    never = run("explain", "https://post.example/never")
    assert never.code == 3
    assert "never accepted" in never.err


def test_explain_url_key_shows_each_step_without_a_database(run: Run, directory: Path) -> None:
    told = run("explain", "https://www.post.example/a/?utm_source=x#top", "--url-key", "--json")
    assert told.json["key"]
    assert len(told.json["steps"]) > 1
    assert not (directory / "var").exists()


def test_the_account_of_nothing_balances(run: Run) -> None:
    counted = run("account", "--check", "--json")
    assert counted.code == 0
    assert counted.json["accepted"] == 0


def test_the_database_is_made_checked_and_backed_up(run: Run, directory: Path) -> None:
    missing = run("db", "check")
    assert missing.code == 4 and "db upgrade" in missing.err
    assert run("db", "upgrade").code == 0
    checked = run("db", "check", "--json")
    assert (checked.json["pending"], checked.err) == ([], "")
    run("ingest", "https://post.example/a", **CONTACT)
    assert run("db", "backup", "copy.db").code == 0
    with sqlite3.connect(directory / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM jobs").fetchone() == (1,)
    again = run("db", "backup", "copy.db")
    assert again.code == 2 and "exists" in again.err


def test_config_show_masks_passwords_and_names_origins(run: Run) -> None:
    shown = run(
        "config", "show", "--json", database_url="postgresql://desk:s3cret@db.example:5432/news"
    )
    rows = {row["name"]: row for row in shown.json}
    assert rows["database_url"]["value"] == "postgresql://desk:***@db.example:5432/news"
    assert "DATABASE_URL" in rows["database_url"]["origin"] or rows["database_url"]["origin"] == (
        "environment"
    )
    assert "s3cret" not in shown.out + shown.err
    assert "s3cret" not in run("config", "show", database_url="postgresql://d:s3cret@h/n").out


def test_health_without_workers_is_unhealthy_with_the_reason(run: Run) -> None:
    told = run("health", "--json")
    assert told.code == 5
    lines = told.out.splitlines()
    assert all(not part["healthy"] and part["problems"] for part in json.loads(lines[-1]))


def test_status_and_version_speak_json(run: Run) -> None:
    assert run("status", "--json").json["account"]["accepted"] == 0
    assert run("version", "--json").json["copydesk"]
    assert run("version").out.startswith("copydesk ")


def test_help_lists_every_command_in_the_order_of_use(run: Run) -> None:
    shown = run("--help")
    assert shown.code == 0
    places = [shown.out.index(f"\n  {name} ") for name in ("demo", "up", "try", "ingest", "status")]
    assert places == sorted(places)


def test_a_trigger_cut_off_between_batches_goes_on_when_it_is_retried_with_its_key(
    run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [f"https://post.example/{n}" for n in range(5)]
    (directory / "list.txt").write_text("\n".join(urls))
    monkeypatch.setattr("workers.intake.BATCH", 2)
    accept, calls = intake.accept, []

    def dies(*arguments: object, **options: object) -> object:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", "disk")
        return accept(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("workers.intake.accept", dies)
    words = ("ingest", "--from", "list.txt", "--run-key", "six o'clock", "--json")
    assert run(*words, **CONTACT).code != 0
    assert run("account", "--json").json["accepted"] == 2
    assert run(*words, **CONTACT).json["accepted"] == 5
    again = run(*words, **CONTACT)
    assert (again.json["accepted"], again.json["pending"]) == (5, 5)
    assert "used before" in again.err


def test_a_line_of_megabytes_is_cut_and_ends_as_a_bad_url(run: Run, directory: Path) -> None:
    (directory / "page.html").write_text("a" * 5_000_000)
    handed_in = run("ingest", "--from", "page.html", "--json", **CONTACT)
    assert handed_in.json["reasons"] == [{"outcome": "dropped", "reason": "bad_url", "count": 1}]
    assert (directory / "var" / "copydesk.db").stat().st_size < 3_000_000


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("data_dir", "/proc/nowhere"),
        ("database_url", "sqlite:////proc/nowhere/copydesk.db"),
    ],
)
def test_a_place_that_cannot_be_written_is_a_setting_to_change_before_anything_is_accepted(
    run: Run, directory: Path, setting: str, value: str
) -> None:
    (directory / "page.html").write_text("<p>text</p>")
    line = json.dumps({"url": "https://post.example/1", "file": "page.html"})
    (directory / "list.txt").write_text(line)
    words = ("ingest", "--from", "list.txt", "--run-key", "k", "--json")
    refused = run(*words, **{setting: value})
    assert refused.code == 4
    assert "COPYDESK_DATA_DIR" in refused.err
    assert run(*words).json["accepted"] == 1, "the same key works once the place does"


def test_a_file_that_is_no_database_is_said_to_be_none(run: Run, directory: Path) -> None:
    (directory / "notes.db").write_text("these are my notes, not a database " * 50)
    refused = run("status", database_url="sqlite:///notes.db")
    assert refused.code == 5
    assert "file is not a database" in refused.err and "COPYDESK_DATABASE_URL" in refused.err


def test_pages_of_a_run_that_was_cut_off_are_not_taken_for_done_when_they_are_handed_in_again(
    run: Run,
) -> None:
    words = ("ingest", "https://post.example/a", "--json")
    assert "on their way already" not in run(*words, **CONTACT).err
    again = run(*words, "--wait", **CONTACT)
    assert again.json["reasons"] == [{"outcome": "duplicate", "reason": "in_flight", "count": 1}]
    assert "1 of them were on their way already" in again.err and "`copydesk up`" in again.err


@pytest.mark.parametrize(("stopped", "code"), [(KeyboardInterrupt(), 130), (SystemExit(143), 143)])
def test_who_is_stopped_while_waiting_says_that_what_was_accepted_is_kept(
    run: Run, monkeypatch: pytest.MonkeyPatch, stopped: BaseException, code: int
) -> None:
    def stop(_seconds: float) -> None:
        raise stopped

    monkeypatch.setattr("workers.waiting.time.sleep", stop)
    cut = run(
        "ingest", "https://post.example/a", "--wait", broker_url="redis://127.0.0.1:1/0", **CONTACT
    )
    assert cut.code == code
    assert "stopped waiting: what was accepted is kept, and goes on" in cut.err


def test_a_wait_that_times_out_still_gives_the_summary_and_says_who_is_missing(run: Run) -> None:
    waited = run(
        "ingest", "https://post.example/a", "--wait", "--timeout", "0.2", "--json",
        broker_url="redis://127.0.0.1:1/0", **CONTACT,
    )  # fmt: skip
    assert waited.code == 6
    assert (waited.json["accepted"], waited.json["pending"]) == (1, 1)
    assert "no fetch worker is at work" in waited.err and "no dispatcher is at work" in waited.err
    assert "https://post.example/a: waiting at fetch, not before" in waited.err
    assert "they go on" in waited.err


@pytest.mark.parametrize(
    "words",
    [
        ("article", "--limit", "-1"),
        ("failed", "list", "--limit", "0"),
        ("failed", "show", "99999999999999999999999"),
        ("ingest", "https://a.example/", "--wait", "--timeout", "-5"),
        ("db", "backup", "/nowhere/copy.db"),
    ],
)
def test_a_number_or_place_out_of_range_is_a_usage_error(run: Run, words: tuple[str, ...]) -> None:
    assert run("db", "upgrade").code == 0
    refused = run(*words, **CONTACT)
    assert refused.code == 2, refused


def test_up_without_its_broker_says_so_and_ends(run: Run) -> None:
    refused = run("up", broker_url="redis://127.0.0.1:1/0", start_patience_seconds="0.1")
    assert refused.code == 5
    assert "COPYDESK_BROKER_URL" in refused.err
