"""Results to a brief: build it, put it into words, draw it, and show it on a terminal, in Markdown or as a page."""

from __future__ import annotations

from detente.codebook.estimates import SCALE
from detente.outlook.brief import BRIEF_VERSION, Brief, build_brief
from detente.outlook.html import render_html
from detente.outlook.markdown import render_markdown
from detente.outlook.progress import LoadProgress
from detente.outlook.reasons import Reason
from detente.outlook.terminal import render_terminal
from detente.outlook.words import estimative_word

__all__ = [
    "BRIEF_VERSION",
    "SCALE",
    "Brief",
    "LoadProgress",
    "Reason",
    "build_brief",
    "estimative_word",
    "render_html",
    "render_markdown",
    "render_terminal",
]
