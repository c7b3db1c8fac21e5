"""Errors as people see them: what happened, to which item, what to do; and an exit code."""

from __future__ import annotations

import errno
import logging
import os
import sys
import tempfile
import traceback

from workers.cli import exit_codes


class Failure(Exception):
    """Ends a command with a message and an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class UsageFailure(Failure):
    """What was typed cannot be done."""

    def __init__(self, message: str) -> None:
        super().__init__(message, exit_codes.USAGE)


def failure_of(error: BaseException) -> Failure:
    """The failure that an error stands for; our own bug when it is none that we know."""
    from config.settings import SettingsError
    from pipeline.errors import TryLater
    from pipeline.store.ledger.runs import KeyReused
    from pipeline.store.transactions import DatabaseFull, DatabaseUnavailable
    from workers.broker import BrokerUnavailable
    from workers.embedded.stack import AlreadyRunning
    from workers.embedded.valkey import ServerFailed
    from workers.waiting import WaitTimedOut

    if isinstance(error, Failure):
        return error
    if isinstance(error, (SettingsError, AlreadyRunning)):
        return Failure(str(error), exit_codes.CONFIGURATION)
    if isinstance(error, DatabaseFull):
        return _no_room(f"the database: {error}")
    if isinstance(error, DatabaseUnavailable):
        hint = "is it running, and is COPYDESK_DATABASE_URL right?"
        return Failure(f"the database cannot be reached: {error}; {hint}", exit_codes.UNREACHABLE)
    if isinstance(error, (BrokerUnavailable, ServerFailed)):
        hint = "is it running, and is COPYDESK_BROKER_URL right?"
        return Failure(f"the broker cannot be reached: {error}; {hint}", exit_codes.UNREACHABLE)
    if isinstance(error, WaitTimedOut):
        more = "nothing is lost; `copydesk up` goes on with them" if error.is_left else "they go on"
        return Failure(f"stopped waiting: {error}; {more}", exit_codes.TIMED_OUT)
    if isinstance(error, KeyReused):
        return UsageFailure(f"{error}; nothing was accepted; give other content a key of its own")
    if isinstance(error, KeyboardInterrupt):
        return Failure("interrupted", exit_codes.INTERRUPTED)
    if isinstance(error, TryLater) and error.reason == "storage_full":
        return _no_room(error.detail)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = f"{error.filename}: " if error.filename is not None else ""
        return _no_room(f"{where}{error.strerror}")
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(f"{error.filename}: {error.strerror}", exit_codes.USAGE)
    return _bug(error)


def _no_room(what: str) -> Failure:
    hint = "make room (or raise the quota), then run the command again"
    return Failure(f"no room left on the disk: {what}; {hint}", exit_codes.NO_ROOM)


def _bug(error: BaseException) -> Failure:
    if os.environ.get("COPYDESK_LOG_FORMAT") == "json":
        # Machines collect standard error; a file in a container is gone with it.
        logging.getLogger("workers.cli").error("bug", exc_info=error)
        where = "above"
    elif os.environ.get("COPYDESK_LOG_LEVEL") == "DEBUG":
        traceback.print_exception(error, file=sys.stderr)
        where = "above"
    else:
        handle, path = tempfile.mkstemp(prefix="copydesk-", suffix=".traceback", text=True)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
        where = f"in {path}"
    brief = f"{type(error).__name__}: {error}"
    return Failure(
        f"this is a bug of ours: {brief}; the traceback is {where}, please report it",
        exit_codes.BUG,
    )
