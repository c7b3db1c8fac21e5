"""``copydesk version``"""

from __future__ import annotations

from workers.cli.options import Json
from workers.cli.output import write_json, write_line


def command(as_json: Json = False) -> None:
    """Show the version of Copydesk and of Python."""
    import platform
    from importlib.metadata import version

    if as_json:
        write_json({"copydesk": version("copydesk"), "python": platform.python_version()})
    else:
        write_line(f"copydesk {version('copydesk')} (Python {platform.python_version()})")
