"""Cuts: a series into spells of steady mean, by the exact search of the library `ruptures`.

The library's front door is `ruptures.KernelCPD`. Opening it also loads scipy.stats, scipy.signal and scipy.spatial for
costs that are not used here: 0.6 s of processor, more than all measures of a pair take together. So the compiled search
behind it is loaded by itself (6 ms), and the front door is used where a version of the library keeps it elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: A series as one column, the penalty of a cut and the least length of a spell in; edges of spells after the first out.
Search = Callable[[Floats, float, int], list[int]]


def cut_spells(series: Floats, *, penalty: float, shortest: int) -> list[int]:
    """Cut a series into spells so that squared distances from their means, plus a penalty a cut, are least.

    Args:
        series: The values, at least two shortest spells of them.
        penalty: Of each cut, above zero.
        shortest: Values of a spell, at least.

    Returns:
        Edges of the spells, from 0 to the length of the series.

    >>> cut_spells(np.repeat([0.0, 9.0], 20), penalty=5.0, shortest=4)
    [0, 20, 40]
    """
    return [0, *_search()(np.ascontiguousarray(series, dtype=np.float64).reshape(-1, 1), penalty, shortest)]


@cache
def _search() -> Search:
    try:
        return _compiled_search()
    except (ImportError, AttributeError):
        return search_by_front_door


def search_by_front_door(column: Floats, penalty: float, shortest: int) -> list[int]:
    """The search as the library offers it."""
    from ruptures import KernelCPD  # noqa: PLC0415 - heavy; see the head of this module

    ends = KernelCPD(kernel="linear", min_size=shortest).fit_predict(column, pen=penalty)
    return [int(end) for end in ends]


def _compiled_search() -> Search:
    """The same without what else the library loads.

    Raises:
        ImportError: when the library is not there, or has no such part.
        AttributeError: when that part has no such function.
    """
    package = find_spec("ruptures")
    places = None if package is None else package.submodule_search_locations
    folders = [str(Path(place) / "detection" / "_detection") for place in places or ()]
    spec = PathFinder.find_spec("ekcpd", folders)
    if spec is None or spec.loader is None:
        raise ImportError("ruptures keeps its compiled search elsewhere")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    best_cuts = module.ekcpd_pelt_L2

    def search(column: Floats, penalty: float, shortest: int) -> list[int]:
        before = best_cuts(column, penalty, shortest)  # of each end, the edge before it
        ends = [len(column)]
        while before[ends[-1]] > 0:
            ends.append(int(before[ends[-1]]))
        return ends[::-1]

    return search
