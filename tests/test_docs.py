"""The documents are true: links lead somewhere, commands parse, settings exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from config.settings import PREFIX, describe
from workers.cli.main import build

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"```(\w*)\n(.*?)```", re.S)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", DOCS, ids=name)
def test_every_relative_link_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []


def commands() -> list[str]:
    found = set()
    for path in DOCS:
        for language, block in FENCE.findall(path.read_text(encoding="utf-8")):
            if language in ("sh", "shell", "bash", "console", "crontab"):
                joined = block.replace("\\\n", " ")
                found |= set(re.findall(r"(?:^|[\s;&|$])(copydesk [^\n|&;#`)]+)", joined))
    return sorted(line.strip().split("  ")[0] for line in found)


@pytest.mark.parametrize("line", commands())
def test_every_command_line_in_the_documents_parses(line: str) -> None:
    words = shlex.split(line)[1:]
    command: Any = typer.main.get_command(build())
    context = typer.Context(command)
    while hasattr(command, "resolve_command"):
        assert words, f"{line}: a subcommand is missing"
        if words[0] == "--help":
            return
        _, command, words = command.resolve_command(context, words)
        context = typer.Context(command, parent=context)
    command.make_parser(context).parse_args(list(words))


@pytest.mark.parametrize("path", DOCS, ids=name)
def test_every_setting_named_exists(path: Path) -> None:
    known = {environment for _, environment, _, _ in describe()} | {PREFIX + "CONFIG"}
    named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
    assert named - known == set()


def test_the_table_of_settings_is_current() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for _, environment, default, meaning in describe():
        shown = ",".join(default) if isinstance(default, tuple) else str(default)
        assert f"| `{environment}` | `{shown}` | {meaning} |" in text, environment


def test_python_blocks_compile() -> None:
    for path in DOCS:
        for language, block in FENCE.findall(path.read_text(encoding="utf-8")):
            if language == "python":
                compile(block, name(path), "exec")
