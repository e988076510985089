"""Providers' files to our records: one module and one card for each provider."""

from __future__ import annotations

from detente.sources.cards import Card
from detente.sources.drivers import DriverCard, driver_cards, read_drivers
from detente.sources.options import ReadOptions
from detente.sources.registry import SOURCES, Source, find_source

__all__ = ["SOURCES", "Card", "DriverCard", "ReadOptions", "Source", "driver_cards", "find_source", "read_drivers"]
