"""Unmarked and plain text: the role of each line, told by the line and its place."""

from __future__ import annotations

from pipeline.parse.flat.head import Head
from pipeline.parse.flat.lines import Line, credit_of, read_line
from pipeline.parse.flat.roles import Labelled, Piece, Role, label_lines

__all__ = ["Head", "Labelled", "Line", "Piece", "Role", "credit_of", "label_lines", "read_line"]
