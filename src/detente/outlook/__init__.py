"""Results to a brief: build it, put it into words, draw it, and show it on a terminal, in Markdown or as a page."""

from __future__ import annotations

from detente.codebook.estimates import SCALE
from detente.outlook.brief import BRIEF_VERSION, Brief, build_brief
from detente.outlook.exchanges import render_exchanges
from detente.outlook.html import render_html
from detente.outlook.likely_moves import chosen_moves, likely_as_list, render_likely
from detente.outlook.markdown import render_markdown
from detente.outlook.measured import Reading, guide_lines, read_measures
from detente.outlook.parts import Parts, measure_parts
from detente.outlook.progress import LoadProgress
from detente.outlook.reasons import Reason
from detente.outlook.series import read_series
from detente.outlook.terminal import render_terminal
from detente.outlook.whatif import render_whatif, whatif_dict
from detente.outlook.words import estimative_word

__all__ = [
    "BRIEF_VERSION",
    "SCALE",
    "Brief",
    "LoadProgress",
    "Parts",
    "Reading",
    "Reason",
    "build_brief",
    "chosen_moves",
    "estimative_word",
    "guide_lines",
    "likely_as_list",
    "measure_parts",
    "read_measures",
    "read_series",
    "render_exchanges",
    "render_html",
    "render_likely",
    "render_markdown",
    "render_terminal",
    "render_whatif",
    "whatif_dict",
]
