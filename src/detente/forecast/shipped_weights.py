"""Weights that were learned on other years and travel with the package, as a file of numbers and their names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from detente.errors import DataError


def read_weights(path: Path, features: tuple[str, ...], *, script: str) -> dict[str, Any]:
    """What a file of weights holds.

    Args:
        path: The file.
        features: Names of the features that this version builds, in order.
        script: What writes such files, for the message.

    Raises:
        DataError: when the weights are of other features.
    """
    held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if tuple(held["features"]) != features:
        raise DataError(
            f"Weights were to be read from {path.name}.",
            "They are of other features than this version's.",
            f"Train them anew with `{script}`.",
        )
    return held
