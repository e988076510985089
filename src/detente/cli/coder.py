"""The coder that a command names: the package's own, or a model behind an endpoint."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import ConfigError

if TYPE_CHECKING:
    from detente.coding.hosted import HostedCoder

_FORM = "Write openai:MODEL, as --coder openai:llama3.1."


def open_coder(name: str, *, endpoint: str | None, max_cost: float | None, price: str | None) -> HostedCoder:
    """The hosted coder that the options describe; it is used only where they all are given.

    Args:
        name: ``openai:MODEL``.
        endpoint: Its address.
        max_cost: The cap on costs of this run.
        price: Prices of a million tokens in and out, ``IN,OUT``.

    Raises:
        ConfigError: when one is missing or makes no sense.
    """
    from detente.coding.hosted import HostedCoder, Purse
    from detente.sources.chat import ChatEndpoint

    kind, _, model = name.partition(":")
    if kind != "openai" or not model:
        raise ConfigError(f"--coder {name} was given.", "No such coder is known.", _FORM)
    if endpoint is None or max_cost is None or price is None:
        raise ConfigError(
            f"--coder {name} was given.",
            "A model is asked only where it is said who is asked and what it may cost.",
            "Give --endpoint URL, --price IN,OUT (for a million tokens; 0,0 where it is free) and --max-cost.",
        )
    prices = _prices(price)
    chosen = os.environ.get("DETENTE_CODER_CACHE")
    return HostedCoder(
        model, endpoint, ChatEndpoint(endpoint).complete, Purse(max_cost, *prices), Path(chosen or _default_folder())
    )


def _prices(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        low = high = -1.0
    if not (0 <= low < 1e6 and 0 <= high < 1e6):
        raise ConfigError(f"--price {text} was given.", "It is no two prices.", "Write IN,OUT, as --price 0.15,0.60.")
    return low, high


def _default_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("detente", appauthor=False) / "coder"
