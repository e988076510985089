"""Détente measures, explains and forecasts relations between states."""

from __future__ import annotations

__version__ = "0.1.0"
