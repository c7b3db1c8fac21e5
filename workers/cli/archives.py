"""What was in a web archive, as people and programs are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workers.cli.output import note

if TYPE_CHECKING:
    from workers.warc_intake import WarcReport


def note_archive(report: WarcReport) -> None:
    """Say what was left out and where the files are damaged."""
    if report.skipped:
        named = ", ".join(f"{n} {what}" for what, n in sorted(report.skipped.items()))
        note(f"{report.records} records; no pages: {named}")
    for name, offset, what in report.damage:
        note(f"{name}: damaged at byte {offset}: {what}; what can be read was taken")
    if report.damaged > len(report.damage):
        note(f"... and {report.damaged - len(report.damage)} more such places")


def archive_values(report: WarcReport) -> dict[str, Any]:
    """The same for the summary."""
    return {
        "records": report.records,
        "pages": report.pages,
        "skipped": dict(sorted(report.skipped.items())),
        "damaged": report.damaged,
        "damage": [{"file": f, "offset": o, "what": w} for f, o, w in report.damage],
    }
