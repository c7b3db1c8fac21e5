"""Export: articles to files that others read. Pure but for the file it is given; which articles,
and what makes a set of files whole, is decided elsewhere."""

from __future__ import annotations

from pipeline.export.formats import FORMATS, Format, MissingLibrary, Writer
from pipeline.export.manifest import Manifest, Part

__all__ = ["FORMATS", "Format", "Manifest", "MissingLibrary", "Part", "Writer"]
