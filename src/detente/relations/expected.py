"""What a relation would have of something if states met only as much as each is in the news anyway."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Rounds of proportional fitting; a few dozen settle every margin that can be met.
_ROUNDS = 100
#: An amount below this is nothing.
_NOTHING = 1e-12


def expected_amounts(amount: Floats, ends: Ints, *, is_directed: bool) -> Floats:
    """What each relation would have if states met only as much as each is in the news: aᵢ·aⱼ, or aᵢ·bⱼ if directed.

    The factors are fitted so that every state's expected sum over all others is its observed one (quasi-independence;
    nobody meets himself), by proportional fitting.

    Args:
        amount: Amounts, shape (relations,); relations that are not listed have none.
        ends: Numbers of the two states, shape (relations, 2).
        is_directed: Whether the first end acts towards the second.

    Returns:
        Expected amounts, shape (relations,).
    """
    size = int(ends.max()) + 1 if len(ends) else 0
    acted: Floats = np.bincount(ends[:, 0], amount, size).astype(np.float64)
    received: Floats = np.bincount(ends[:, 1], amount, size).astype(np.float64)
    if not is_directed:
        acted = received = acted + received
    total = max(float(acted.sum()), _NOTHING)
    actors, recipients = acted / np.sqrt(total), received / np.sqrt(total)
    for _ in range(_ROUNDS):
        actors = _ratio(acted, recipients.sum() - recipients)
        recipients = _ratio(received, actors.sum() - actors)
    product = actors[ends[:, 0]] * recipients[ends[:, 1]]
    if not is_directed:
        product = (product + actors[ends[:, 1]] * recipients[ends[:, 0]]) / 2
    return np.asarray(product, dtype=np.float64)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > _NOTHING)
