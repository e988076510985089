"""Trained models as files: written by ``detente train``, shipped with the package, and chosen so that none looks ahead.

A file is one *vintage*: mixtures for several horizons that have learned from what was known on one day. It may answer
from that day on, never as of a day before, whoever's data it learned from: the same weeks of another provider hold the
same news.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.errors import DataError
from detente.forecast.mixture import Mixture
from detente.forecast.predictors import predictor_names
from detente.forecast.ridge import Ridge
from detente.forecast.trees import Trees

#: Where the package's own vintages lie.
SHIPPED = Path(__file__).parent / "trained_models"
_FORMAT = 2
#: Files with the same content are the same bytes: the clock is kept out of them.
_STAMP = (1980, 1, 1, 0, 0, 0)
_NOTE = "note.json"


def write_vintage(mixtures: Iterable[Mixture], path: Path) -> None:
    """Write mixtures of one day to a file; the same mixtures give the same bytes."""
    found = list(mixtures)
    note = {
        "format": _FORMAT,
        "learned": str(found[0].learned),
        "horizons": {str(mixture.horizon_weeks): len(mixture.members) for mixture in found},
        "predictors": list(predictor_names()),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo(_NOTE, _STAMP), json.dumps(note, indent=1), zipfile.ZIP_DEFLATED)
        for mixture in found:
            for name, array in _arrays(mixture).items():
                content = io.BytesIO()
                np.save(content, array, allow_pickle=False)
                archive.writestr(
                    zipfile.ZipInfo(f"{mixture.horizon_weeks}/{name}.npy", _STAMP),
                    content.getvalue(),
                    zipfile.ZIP_DEFLATED,
                )


def read_vintage(path: Path, weeks: int) -> Mixture | None:
    """The mixture for one horizon; None where the file holds none.

    Raises:
        DataError: when the file is of another format, or was trained on other predictors than this version builds.
    """
    with zipfile.ZipFile(path) as archive:
        note = json.loads(archive.read(_NOTE))
        if note["format"] != _FORMAT or tuple(note["predictors"]) != predictor_names():
            raise DataError(
                f"The trained model {path.name} was to be read.",
                "It was made by another version: its predictors are not those of this one.",
                "Train it anew with `detente train`.",
            )
        if str(weeks) not in note["horizons"]:
            return None
        members = tuple(
            Trees.from_arrays(_read(archive, f"{weeks}/member{place}/", Trees.__dataclass_fields__))
            for place in range(note["horizons"][str(weeks)])
        )
        ridge = Ridge.from_arrays(_read(archive, f"{weeks}/ridge/", Ridge.__dataclass_fields__))
        return Mixture(members, ridge, dt.date.fromisoformat(note["learned"]), weeks)


def learned_on(path: Path) -> dt.date:
    """The last day that was known to a vintage, as its file says."""
    with zipfile.ZipFile(path) as archive:
        return dt.date.fromisoformat(json.loads(archive.read(_NOTE))["learned"])


def find_vintage(origin: dt.date, weeks: int, *, folder: Path = SHIPPED) -> tuple[str, Mixture] | None:
    """The newest vintage that had learned nothing after an origin, by name; None where there is none.

    Args:
        origin: The day at whose end a question is asked.
        weeks: Its horizon.
        folder: Where vintages lie.
    """
    for learned, path in sorted(_vintages(folder), reverse=True):
        if learned <= origin:
            mixture = _cached(path, weeks)
            if mixture is not None:
                return path.stem, mixture
    return None


@cache
def _vintages(folder: Path) -> tuple[tuple[dt.date, Path], ...]:
    return tuple((learned_on(path), path) for path in sorted(folder.glob("*.npz")))


@cache
def _cached(path: Path, weeks: int) -> Mixture | None:
    return read_vintage(path, weeks)


def _arrays(mixture: Mixture) -> dict[str, npt.NDArray[Any]]:
    found: dict[str, npt.NDArray[Any]] = {}
    for place, member in enumerate(mixture.members):
        found |= {f"member{place}/{name}": array for name, array in member.as_arrays().items()}
    if mixture.ridge is not None:
        found |= {f"ridge/{name}": array.astype(np.float32) for name, array in mixture.ridge.as_arrays().items()}
    return found


def _read(archive: zipfile.ZipFile, prefix: str, names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
    return {name: np.load(io.BytesIO(archive.read(f"{prefix}{name}.npy")), allow_pickle=False) for name in names}
