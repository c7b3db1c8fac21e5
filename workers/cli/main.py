"""``copydesk``: the commands in one list, and the one place where an error becomes an exit code."""

from __future__ import annotations

import signal
import sys
from functools import cache
from importlib import import_module
from typing import Any

import typer

from workers.cli import exit_codes
from workers.cli.failure import failure_of
from workers.cli.output import ReaderGone, let_go, note

COMMANDS = (
    "demo",
    "up",
    "try",
    "ingest",
    "run",
    "runs",
    "source",
    "reprocess",
    "status",
    "article",
    "search",
    "export",
    "changes",
    "consumers",
    "explain",
    "account",
    "failed",
    "worker",
    "dispatcher",
    "web",
    "health",
    "doctor",
    "db",
    "config",
    "version",
)
"""Every command, in the order in which help shows them; each is ``workers/cli/<name>.py``."""


def build() -> typer.Typer:
    """The application. A module's ``command`` is a function, or a Typer group."""
    app = typer.Typer(
        name="copydesk",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="News pages to normalized rows. Nothing is lost, nothing is stored twice.",
    )
    for name in COMMANDS:
        module = import_module(f"workers.cli.{name if name != 'try' else 'try_page'}")
        if isinstance(module.command, typer.Typer):
            app.add_typer(module.command, name=name)
        else:
            app.command(name)(module.command)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run a command line; always ends the process with a documented exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    sys.exit(_run(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: list[str]) -> int:
    try:
        result = _command().main(arguments, prog_name="copydesk", standalone_mode=False)
        return result if isinstance(result, int) else exit_codes.DONE
    except typer.Exit as done:
        return int(done.exit_code)
    except typer.TyperException as error:
        _explain_usage(error)
        return exit_codes.USAGE
    except typer.Abort:
        return exit_codes.INTERRUPTED
    except ReaderGone:
        let_go(sys.stdout)
        return exit_codes.DONE
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else exit_codes.BUG
    except BaseException as error:
        failed = failure_of(error)
        note(f"copydesk: {failed}")
        return failed.code


@cache
def _command() -> Any:
    return typer.main.get_command(build())


def _explain_usage(error: typer.TyperException) -> None:
    context: typer.Context | None = getattr(error, "ctx", None)
    if context is None or (not context.args and error.message == context.get_help()):
        note(error.format_message())
        return
    note(context.get_usage())
    note(f"copydesk: {error.format_message()}")


def _terminated(*_: Any) -> None:
    raise SystemExit(exit_codes.TERMINATED)


if __name__ == "__main__":
    main()
