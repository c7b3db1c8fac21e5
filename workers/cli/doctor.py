"""``copydesk doctor``"""

from __future__ import annotations

from dataclasses import asdict

from workers.cli import exit_codes
from workers.cli.failure import Failure
from workers.cli.options import Json, load_settings
from workers.cli.output import data_console, write_json


def command(as_json: Json = False) -> None:
    """Look at everything that must be right, and say what to do about what is not.

    Ends with 5 when something is out of reach or not at work, with 4 when something is set wrong.
    """
    settings = load_settings()
    from workers.doctor import Kind, State, examine

    findings = list(examine(settings))
    if as_json:
        write_json([asdict(finding) for finding in findings])
    else:
        from rich.table import Table

        table = Table("", "", "found", "to do", box=None)
        for finding in findings:
            table.add_row(finding.state.value, finding.name, finding.found, finding.to_do)
        data_console().print(table)
    faults = [finding for finding in findings if finding.state is State.FAULT]
    if faults:
        away = any(fault.kind is Kind.UNREACHABLE for fault in faults)
        names = ", ".join(fault.name for fault in faults)
        code = exit_codes.UNREACHABLE if away else exit_codes.CONFIGURATION
        raise Failure(f"not well: {names}", code)
