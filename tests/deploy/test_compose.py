"""What must hold of the production files, checked without a container engine."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import typer

from config.settings import Settings, SettingsError, load
from tests.deploy.composition import (
    LASTING,
    OURS,
    ROOT,
    arguments,
    composition,
    filled,
    seconds,
    services,
)
from workers.cli.main import build
from workers.memory_limit import FACTOR
from workers.web.server import refuse_open_door

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def parse(words: list[str]) -> None:
    """Parse a command line with the command line's own parser; run nothing."""
    command: Any = typer.main.get_command(build())
    context = typer.Context(command)
    while hasattr(command, "resolve_command"):
        _, command, words = command.resolve_command(context, words)
        context = typer.Context(command, parent=context)
    if words != ["--help"]:
        command.make_context(command.name, list(words), parent=context)


def test_the_file_holds_only_what_the_compose_specification_knows() -> None:
    schema = json.loads(Path(__file__).with_name("compose.schema.json").read_text("utf-8"))
    jsonschema.validate(composition(), schema)


@pytest.mark.parametrize("name", OURS)
def test_every_command_parses_with_the_command_lines_own_parser(name: str) -> None:
    parse(arguments(services()[name]))


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(typer.TyperException):
        parse(["worker", "--role", "juggler"])


@pytest.mark.parametrize("name", LASTING)
def test_every_lasting_service_proves_that_its_own_role_works(name: str) -> None:
    check = services()[name]["healthcheck"]
    kind, program, *words = check["test"]
    assert (kind, program) == ("CMD", "copydesk")
    parse(words)
    assert words == ["health", "--role", name, "--this-host"]
    assert services()[name]["command"][-1] == name, "a service is called like its role"


def test_every_service_comes_back_unless_its_work_is_done_once() -> None:
    for name, service in services().items():
        wanted = "no" if name in ("migrate", "ingest") else "always"
        assert service["restart"] == wanted, name
        assert ("healthcheck" in service) == (wanted == "always"), name


def test_every_environment_name_is_a_setting_and_the_values_are_usable() -> None:
    for name in OURS:
        environment = services()[name]["environment"]
        given = {key: filled(value) for key, value in environment.items()}
        settings = load(given).settings  # raises for a name that is no setting
        assert settings.database_url.startswith("postgresql://")
        assert settings.broker_url.startswith("redis://")


def test_no_secret_stands_in_the_file_and_a_missing_one_is_named() -> None:
    for name, service in services().items():
        environment = service.get("environment", {})
        assert name == "redis" or any("PASSWORD" in key for key in environment)
        for key, value in environment.items():
            if "PASSWORD" in key or key.endswith(("CONTACT", "TOKEN")):
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), key


def test_no_password_stands_in_a_url_where_its_characters_would_have_to_be_escaped() -> None:
    for name in OURS:
        assert urlsplit(services()[name]["environment"]["COPYDESK_DATABASE_URL"]).password is None


@pytest.mark.parametrize("name", OURS)
def test_a_task_ends_before_the_stop_and_the_stop_before_the_message_comes_back(name: str) -> None:
    grace, settings = seconds(services()[name]["stop_grace_period"]), Settings()
    assert settings.task_limit_seconds < grace < settings.visibility_timeout_seconds
    assert grace == settings.stop_grace_seconds, "what the settings' own check was made for"
    assert settings.fetch_deadline_seconds < grace


def test_only_fetch_has_a_route_out() -> None:
    networks = composition()["networks"]
    for name, service in services().items():
        way_out = [net for net in service["networks"] if leads_out(networks[net])]
        assert bool(way_out) == (name == "fetch"), name


def leads_out(network: dict[str, Any]) -> bool:
    """Whether what a container sends to the world could be answered."""
    masquerade = "com.docker.network.bridge.enable_ip_masquerade"
    hidden = network.get("driver_opts", {}).get(masquerade, "true") == "true"
    return not network.get("internal") and hidden


def test_the_web_service_serves_the_port_that_is_published_to_those_who_have_the_token() -> None:
    service = services()["web"]
    settings = load({k: filled(v) for k, v in service["environment"].items()}).settings
    assert [filled(port) for port in service["ports"]] == [f"127.0.0.1:8080:{settings.web_port}"]
    refuse_open_door(replace(settings, web_token="0123456789abcdef"))
    with pytest.raises(SettingsError):
        refuse_open_door(replace(settings, web_token=""))


def test_no_port_is_published_beyond_loopback() -> None:
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert all(port.startswith(("127.0.0.1:", "[::1]:")) for port in published)


@pytest.mark.parametrize("name", services())
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = services()[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["user"] not in ("0", "root")


@pytest.mark.parametrize("name", services())
def test_a_service_that_runs_wild_takes_neither_memory_nor_processes_nor_disk_from_all(
    name: str,
) -> None:
    service = services()[name]
    assert re.fullmatch(r"\d+[mg]", filled(service["mem_limit"]))
    assert service["pids_limit"] > 0
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}


def test_the_memory_of_the_cpu_role_is_enough_for_its_processes() -> None:
    service, settings = services()["cpu"], Settings()
    processes = int(filled(service["environment"]["COPYDESK_CPU_CONCURRENCY"]))
    limit_mb = int(filled(service["mem_limit"]).removesuffix("g")) * 1024
    one_more_page = (FACTOR - 1) * settings.worker_max_memory_mb
    assert processes * settings.worker_max_memory_mb + one_more_page <= limit_mb


def test_the_schema_is_migrated_before_anything_works_on_it() -> None:
    found = services()
    assert arguments(found["migrate"]) == ["db", "upgrade"]
    assert found["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in LASTING:
        condition = found[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


def test_raw_pages_lie_on_one_volume_that_all_stages_share() -> None:
    assert load({}).settings.data_dir == "var"
    assert "COPYDESK_DATA_DIR=/data" in DOCKERFILE
    for name in OURS:
        assert services()[name]["volumes"] == ["pages:/data"]


def test_redis_never_evicts_and_survives_a_restart() -> None:
    words = services()["redis"]["command"]
    options = dict(zip(words[1::2], words[2::2], strict=True))
    assert options["--maxmemory-policy"] == "noeviction"
    assert (options["--appendonly"], options["--appendfsync"]) == ("yes", "everysec")


def test_every_named_volume_and_network_is_declared_and_used() -> None:
    whole = composition()
    for kind in ("volumes", "networks"):
        used = {
            entry.split(":")[0]
            for service in services().values()
            for entry in service.get(kind, [])
        }
        assert used == set(whole[kind])


# ------------------------------------------------------------------ the image
def instructions() -> list[tuple[str, list[str]]]:
    joined = re.sub(r"\\\n", " ", DOCKERFILE)
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], line.split()[1:]) for line in lines]


def test_everything_the_image_copies_exists_and_reaches_the_builder() -> None:
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    for word, rest in instructions():
        if word == "COPY" and not rest[0].startswith("--from"):
            for source in rest[:-1]:
                assert (ROOT / source).exists(), source
                assert source in allowed, source


def test_the_image_installs_what_is_locked_and_runs_as_nobody_special() -> None:
    assert "--constraint requirements.lock" in DOCKERFILE
    last_user = [rest for word, rest in instructions() if word == "USER"][-1]
    assert last_user == ["copydesk"]
    assert f"--uid {services()['fetch']['user']}" in DOCKERFILE
    assert [rest for word, rest in instructions() if word == "ENTRYPOINT"] == [['["copydesk"]']]


def test_the_image_has_a_python_that_the_package_supports() -> None:
    found = re.search(r"ARG PYTHON=(\S+)", DOCKERFILE)
    assert found
    classifiers = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"Python :: {found[1]}" in classifiers


def test_every_shell_line_of_the_image_is_well_formed() -> None:
    for word, rest in instructions():
        if word == "RUN":
            assert shlex.split(" ".join(rest))
