"""The story of a page: its text as typed blocks, its images and links.

``find_body`` reads the tree once (walk), describes each run of text in numbers (features), scores
them (network, or rules where its weights are missing), and assembles blocks. It must not read
headlines, authors or dates; it is told the headline.
"""

from __future__ import annotations

from pipeline.parse.body.find import find_body
from pipeline.parse.body.result import Body, RoleTexts, Surroundings

__all__ = ["Body", "RoleTexts", "Surroundings", "find_body"]
