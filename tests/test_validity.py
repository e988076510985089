"""The benchmark of validity: its arithmetic against other libraries, and the floor below which no standing may fall."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "explanation" / "validity.md"


@pytest.fixture(scope="module")
def validity() -> ModuleType:
    """The benchmark as a module."""
    spec = importlib.util.spec_from_file_location("validity", ROOT / "benchmarks" / "validity.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["validity"] = module
    spec.loader.exec_module(module)
    return module


def test_agreement_is_what_other_libraries_say(validity: ModuleType) -> None:
    """AUC and rank correlation, ties included, are those of scikit-learn and scipy."""
    rng = np.random.default_rng(4)
    truth, score = rng.integers(0, 2, 300) > 0, rng.integers(0, 20, 300).astype(float)
    assert validity.auc(truth, score) == pytest.approx(roc_auc_score(truth, score))
    other = score + rng.integers(-9, 9, 300)
    assert validity.rank_correlation(score, other) == pytest.approx(spearmanr(score, other).statistic)
    assert np.isnan(validity.auc(np.zeros(3, bool), np.zeros(3)))


def test_the_halves_are_of_whole_pairs_and_about_equal(validity: ModuleType) -> None:
    """A pair is on one side whatever the year, and each side has about half of the pairs."""
    names = [f"{a}{b}{c}" for a in "ABCDE" for b in "FGHIJ" for c in "KLMNO"]
    pairs = [f"{one}-{other}" for at, one in enumerate(names) for other in names[at + 1 :]]
    table = pl.DataFrame({"pair": pairs * 2, "year": [2002] * len(pairs) + [2009] * len(pairs)})
    chosen = validity.half(table)
    assert chosen[: len(pairs)].equals(chosen[len(pairs) :])
    assert 0.45 < float(str(chosen.mean())) < 0.55


def test_intervals_come_from_whole_pairs(validity: ModuleType) -> None:
    """Repeating every pair's year many times leaves the interval as wide; independent years would narrow it."""
    rng = np.random.default_rng(6)
    names = ["standing", *validity.RIVALS]
    base = pl.DataFrame({"cluster": [f"p{at}" for at in range(60)], "mid": (rng.random(60) < 0.3).astype(float)})
    base = base.with_columns(pl.Series(name, rng.normal(size=60)) for name in names)
    yardstick = next(one for one in validity.YARDSTICKS if one.column == "mid")
    widths = []
    for table in (base, pl.concat([base] * 12)):
        found, _, _ = validity._compare(table, yardstick, names, 100)
        widths.append(found["standing"][2] - found["standing"][1])
    assert widths[1] == pytest.approx(widths[0], rel=0.2)


def test_the_standing_keeps_its_validity(validity: ModuleType, reference_data: Path, tmp_path: Path) -> None:
    """On the pairs not used for choosing it is at least as good as the best rival on most yardsticks, 2002 to 2014."""
    validity.REFERENCE = reference_data
    years = validity.scores_of(validity.load_yearly(tmp_path))
    held = years.filter(validity.half(years))
    margins = {one.name: validity._margin(held, one, "standing") for one in validity.YARDSTICKS}
    assert sum(margin >= 0 for margin in margins.values()) > len(margins) / 2, margins
    assert min(margins[name] for name in ("UN voting agreement", "militarized dispute", "sanctions")) > 0.1, margins


def test_the_page_holds_what_the_benchmark_wrote() -> None:
    """The page has the six tables between the markers, each with its verdict."""
    written = PAGE.read_text("utf-8").partition("<!-- written by benchmarks/validity.py -->")[2]
    written = written.partition("<!-- end of what is written -->")[0]
    assert written.count("### ") == written.count("is at least as good as the best rival on") == 6
