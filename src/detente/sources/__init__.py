"""Providers' files to our records: one module and one card for each provider."""

from __future__ import annotations

from detente.sources.cards import Card
from detente.sources.options import ReadOptions
from detente.sources.registry import SOURCES, Source, find_source

__all__ = ["SOURCES", "Card", "ReadOptions", "Source", "find_source"]
