"""Weights that hazards start from: never from after the day they answer for, and the past has its say."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from detente.errors import DataError
from detente.forecast.hazard_features import HAZARD_FEATURES
from detente.forecast.hazard_start import OWN, load_hazard_start


def test_no_weights_before_the_day_they_had_learned_by() -> None:
    """As of a day that the weights had seen past, nothing is pulled towards them."""
    start = load_hazard_start()
    assert start.pull(start.learned - dt.timedelta(days=1), 4) is None
    assert start.pull(start.learned, 4) is not None


def test_what_hangs_on_the_store_is_its_own() -> None:
    """The intercept, the base rate and yearly volumes are pulled towards nothing; all else is pulled somewhere."""
    weights, strength = load_hazard_start().pull(dt.date(2018, 1, 1), 13) or (np.empty(0), np.empty(0))
    own = [True, *(name in OWN for name in HAZARD_FEATURES)]
    assert not weights[own].any()
    assert not strength[own].any()
    assert strength[np.logical_not(own)].all()


def test_the_nearest_horizon_stands_for_others() -> None:
    """Ten weeks are nearer to eight than to thirteen, a year nearest to half a year."""
    start = load_hazard_start()
    for asked, held in ((10, 8), (52, 26), (1, 4)):
        found = start.pull(dt.date(2018, 1, 1), asked)
        wanted = start.pull(dt.date(2018, 1, 1), held)
        assert found is not None
        assert wanted is not None
        assert np.array_equal(found[0], wanted[0])


def test_weights_of_other_features_are_refused(tmp_path: Path) -> None:
    """A file written for other features is refused with what to do."""
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"learned": "2015-12-31", "features": ["one"], "weights": {}}), encoding="utf-8")
    with pytest.raises(DataError, match="train_hazards"):
        load_hazard_start(path)
