"""`python -m detente` is the command `detente`."""

from __future__ import annotations

from detente.cli import main

main()
