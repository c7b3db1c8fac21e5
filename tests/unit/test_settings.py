"""Settings: one place, named origins, and no misspelling that passes in silence."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from config.settings import Settings, SettingsError, describe, load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_anything_set_the_embedded_default_is_complete() -> None:
    loaded = load({})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}
    assert loaded.settings.broker_url == "embedded"


def test_the_environment_overrules_the_file_and_each_value_names_its_origin() -> None:
    Path("copydesk.toml").write_text('window = 7\ncontact = "https://example.org"\n')
    loaded = load({"COPYDESK_WINDOW": "9", "HOME": "/root"})
    assert (loaded.settings.window, loaded.settings.contact) == (9, "https://example.org")
    assert (
        loaded.origins["window"] == "COPYDESK_WINDOW" or "environment" in loaded.origins["window"]
    )
    assert loaded.origins["contact"] == "copydesk.toml"
    assert loaded.origins["lease_seconds"] == "default"


def test_an_unknown_setting_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean 'window'"):
        load({"COPYDESK_WINDO": "9"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WINDOW", "many", "window = 'many'"),
        ("WINDOW", "0", "window must be more than 0"),
        ("HEARTBEAT_SECONDS", "nan", "heartbeat_seconds = nan is not a finite number"),
        ("STORE_CONCURRENCY", "0", "store_concurrency must be more than 0"),
        ("FETCH_ALLOWED_NETWORKS", "banana", "fetch_allowed_networks: .banana."),
        ("DATABASE_URL", "postgresql://[::bad/x", "database_url is not a URL"),
        ("DATA_DIR", " ", "data_dir is empty"),
        ("HOST_INTERVAL_SECONDS", "-1", "not a finite number from 0 up"),
        ("FETCH_RESPECT_ROBOTS", "perhaps", "fetch_respect_robots"),
        ("LOG_LEVEL", "LOUD", "LOG|log_level"),
        ("LOG_FORMAT", "xml", "log_format"),
        ("DATABASE_URL", "mysql://x/y", "database_url starts with 'mysql'"),
        ("BROKER_URL", "http://x", "broker_url starts with 'http'"),
        (
            "BROKER_URL",
            "valkey",
            "broker_url is not a URL: it must start with one of embedded, redis",
        ),
        ("TASK_LIMIT_SECONDS", "95", "task_limit_seconds .95. must be less than stop_grace"),
        ("STOP_GRACE_SECONDS", "400", "stop_grace_seconds .400. must be less than visibility"),
        ("LEASE_SECONDS", "20", "lease_seconds .20. must be more than task_limit_seconds .50."),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        load({f"COPYDESK_{name}": value})


@pytest.mark.parametrize(
    ("environ", "whence"),
    [
        ({"COPYDESK_WINDOW": "-1"}, " (from COPYDESK_WINDOW)"),
        ({"COPYDESK_STOP_GRACE_SECONDS": "10"}, " (from COPYDESK_STOP_GRACE_SECONDS)"),
        (
            {"COPYDESK_LEASE_SECONDS": "60", "COPYDESK_FETCH_DEADLINE_SECONDS": "70"},
            " (from COPYDESK_LEASE_SECONDS, COPYDESK_FETCH_DEADLINE_SECONDS)",
        ),
        ({"COPYDESK_CONFIG": "desk.toml"}, " (from desk.toml)"),
    ],
)
def test_a_value_that_cannot_work_is_told_with_where_it_came_from(
    environ: dict[str, str], whence: str
) -> None:
    Path("desk.toml").write_text("log_level = 'LOUD'")
    with pytest.raises(SettingsError) as refused:
        load(environ)
    assert str(refused.value).endswith(whence)


def test_a_file_that_was_named_must_exist_and_be_toml() -> None:
    with pytest.raises(SettingsError, match="not a file"):
        load({"COPYDESK_CONFIG": "nowhere.toml"})
    Path("broken.toml").write_text("window = = 7")
    with pytest.raises(SettingsError, match=r"broken\.toml cannot be read as TOML"):
        load({"COPYDESK_CONFIG": "broken.toml"})


def test_lists_and_truth_values_are_read_as_written_in_an_environment() -> None:
    environ = {
        "COPYDESK_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8, 10.0.0.0/8,",
        "COPYDESK_FETCH_RESPECT_ROBOTS": "false",
    }
    settings = load(environ).settings
    assert settings.fetch_allowed_networks == ("127.0.0.0/8", "10.0.0.0/8")
    assert settings.fetch_respect_robots is False


def test_every_setting_has_a_meaning_and_an_environment_name() -> None:
    told = describe()
    assert [name for name, *_ in told] == [f.name for f in fields(Settings)]
    assert all(environment == f"COPYDESK_{name.upper()}" for name, environment, *_ in told)
    assert all(len(meaning) > 8 for *_, meaning in told)


def test_the_user_agent_names_us_and_whom_to_write_to() -> None:
    assert replace(Settings(), contact="https://example.org/bot").user_agent.endswith(
        "(+https://example.org/bot)"
    )


@pytest.mark.parametrize(
    "url",
    [
        "desk.example",
        "ftp://desk.example",
        "https://",
        "https://a/?b",
        "https://a:b@c/",
        "https://[",
    ],
)
def test_a_callback_must_be_a_plain_address(url: str) -> None:
    with pytest.raises(SettingsError, match="websub_callback_url"):
        Settings(websub_callback_url=url)
    Settings(websub_callback_url="https://desk.example:8443/news/")
