"""Standings: order, invariance, shrinking, gaps, bands and places of relations compared with each other."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from detente.domain.tables import CELLS, COVERAGE, STANDINGS, check_table
from detente.errors import CutoffError
from detente.relations import measure_standings, measure_yearly_standings
from detente.relations.expected import expected_amounts
from detente.sample import sample_store_path
from detente.store import open_store

_FIRST, _LAST = dt.date(2018, 1, 1), dt.date(2018, 12, 31)
_STATES = ("AUS", "BRA", "CHN", "DEU", "EGY", "FRA", "GBR", "IND")


def _coverage(absent: frozenset[int] = frozenset(), days: int = 365) -> pl.DataFrame:
    rows = [
        ("p", _FIRST + dt.timedelta(days=day), 9, dt.datetime(2018, 1, 1), "absent" if day in absent else "present")  # noqa: DTZ001 - naive UTC by schema
        for day in range(days)
    ]
    return pl.DataFrame(rows, schema=COVERAGE.schema, orient="row")


def _cell(day: int, actor: str, recipient: str, n: int, each: int) -> tuple[object, ...]:
    milli = 1000 * n * each
    row = (_FIRST + dt.timedelta(days=day), actor, recipient, True, "CONSULT" if each > 0 else "ACCUSE", n)
    return (*row, max(milli, 0), max(-milli, 0), 1000 * each, float(n * (1000 * each) ** 2))


def _cells(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=CELLS.schema, orient="row")


def _world(seed: int = 3) -> pl.DataFrame:
    """All pairs of eight states, each with its own rates of cooperation and conflict."""
    rng = np.random.default_rng(seed)
    rows = []
    for at, actor in enumerate(_STATES):
        for recipient in _STATES[at + 1 :]:
            for each, usual in ((4, 3.0), (-5, 1.3)):
                n = int(rng.poisson(np.exp(rng.normal(usual, 1.3))))
                rows += [_cell(int(day), actor, recipient, 1, each) for day in rng.integers(0, 365, n)]
    return _cells(rows)


def _measure(cells: pl.DataFrame, coverage: pl.DataFrame | None = None) -> pl.DataFrame:
    covered = _coverage() if coverage is None else coverage
    return check_table(measure_standings(cells, covered, first=_FIRST, last=_LAST), STANDINGS)


def _doubled(cells: pl.DataFrame) -> pl.DataFrame:
    """Every report is there twice."""
    return pl.concat([cells, cells])


def _row(table: pl.DataFrame, pair: str) -> dict[str, float]:
    return table.row(by_predicate=pl.col("pair") == pair, named=True)


def test_more_conflict_stands_lower_and_more_cooperation_higher() -> None:
    """Adding hostile acts to one pair lowers its standing, adding friendly ones raises it; hostility moves alike."""
    before = _row(_measure(_world()), "AUS-BRA")
    worse = _row(_measure(pl.concat([_world(), _cells([_cell(9, "AUS", "BRA", 60, -5)])])), "AUS-BRA")
    better = _row(_measure(pl.concat([_world(), _cells([_cell(9, "AUS", "BRA", 60, 4)])])), "AUS-BRA")
    assert worse["standing"] < before["standing"] - 0.1
    assert better["standing"] > before["standing"] + 0.02
    assert worse["hostility"] > before["hostility"] > better["hostility"]
    assert better["affinity"] > before["affinity"]
    assert worse["place"] <= before["place"] <= better["place"]


def test_twice_the_news_of_everything_moves_nothing_but_the_prior() -> None:
    """When all news doubles, the standing of a relation with much news hardly moves, and the order stays."""
    once, twice = _measure(_world()), _measure(_doubled(_world()))
    change = (twice["standing"] - once["standing"]).abs()
    many = (once["cooperation"] >= 40) & (once["conflict"] >= 40)
    assert many.sum() > 3
    assert change.filter(many).to_numpy().max() < 0.15
    both = once.join(twice, on="pair", suffix="_2").drop_nulls("standing")
    assert both.select(pl.corr("standing", "standing_2")).item() > 0.98


def test_neither_direction_nor_order_of_rows_matters() -> None:
    """Swapping who acts, and shuffling the rows, gives the same bits for pairs."""
    cells = _world()
    swapped = (
        cells.rename({"actor": "recipient", "recipient": "actor"})
        .select(CELLS.names)
        .sample(fraction=1.0, shuffle=True, seed=1)
    )
    assert _measure(cells).equals(_measure(swapped))


def test_thin_evidence_has_no_standing() -> None:
    """A relation with fewer than five events is listed with its sums and nulls; with five it stands somewhere."""
    thin = pl.concat([_world(), _cells([_cell(3, "AUS", "ZWE", 4, -9), _cell(3, "AUS", "ZMB", 5, -9)])])
    table = _measure(thin)
    assert _row(table, "AUS-ZWE")["conflict"] == 36
    assert [_row(table, "AUS-ZWE")[name] for name in ("standing", "hostility", "place", "affinity_low")] == [None] * 4
    assert _row(table, "AUS-ZMB")["standing"] is not None


def test_little_news_is_drawn_to_the_middle_and_has_a_wide_band() -> None:
    """At the same mixture of acts, the relation with less news stands nearer to the others and has the wider band."""
    rows = [_cell(9, "AUS", "ZWE", 6, -5), *(_cell(day, "BRA", "ZMB", 6, -5) for day in range(40))]
    table = _measure(pl.concat([_world(), _cells(rows)]))
    little, much = _row(table, "AUS-ZWE"), _row(table, "BRA-ZMB")
    assert 0 < little["hostility"] < much["hostility"]
    assert little["standing_high"] - little["standing_low"] > 1.3 * (much["standing_high"] - much["standing_low"])


def test_bands_hold_their_values_and_places_their_order() -> None:
    """Low ≤ value ≤ high everywhere, places are the order of standings, and the best place is 1."""
    table = _measure(_world()).drop_nulls("standing")
    for name in ("hostility", "affinity", "standing", "place", "place_among_peers"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
    ordered = table.sort("standing")
    assert ordered["place"].is_sorted()
    assert (ordered["place"][0], ordered["place"][-1]) == (0.0, 1.0)


def test_days_that_are_not_covered_count_on_no_side() -> None:
    """Events on an absent day change nothing; a window without a covered day is refused."""
    wild = _cells([_cell(40, "AUS", "BRA", 500, -10)])
    gap = _coverage(frozenset({40}))
    quiet = _world().filter(pl.col("occurred") != _FIRST + dt.timedelta(days=40))
    assert _measure(pl.concat([quiet, wild]), gap).equals(_measure(quiet, gap))
    with pytest.raises(CutoffError, match="No day"):
        measure_standings(_world(), _coverage(), first=dt.date(2020, 1, 1), last=dt.date(2020, 2, 1))


def test_a_year_stands_by_itself() -> None:
    """What happens in a later year changes no bit of an earlier one's standings."""
    cells, coverage = _world(), _coverage(days=600)
    later = _cells([_cell(500, "AUS", "BRA", 900, -10)])
    first = measure_yearly_standings(cells, _coverage())
    both = measure_yearly_standings(pl.concat([cells, later]), coverage)
    assert both.filter(pl.col("first_day") == _FIRST).equals(first)
    assert both["first_day"].unique().sort().to_list() == [_FIRST, dt.date(2019, 1, 1)]


def test_data_of_one_side_only_have_no_standing() -> None:
    """Where a provider holds conflict alone, there is hostility, but neither affinity nor standing."""
    table = _measure(_world().filter(pl.col("conflict_milli") > 0))
    assert table["standing"].count() == table["affinity"].count() == 0
    assert table["hostility"].count() > 10


def test_each_direction_is_compared_with_directions() -> None:
    """By dyad, A towards B and B towards A are rows of their own with standings of their own."""
    cells = pl.concat([_world(), _cells([_cell(day, "BRA", "AUS", 2, -8) for day in range(50)])])
    table = measure_standings(cells, _coverage(), first=_FIRST, last=_LAST, by="dyad")
    forth = table.filter(pl.col("actor") == "AUS", pl.col("recipient") == "BRA")
    back = table.filter(pl.col("actor") == "BRA", pl.col("recipient") == "AUS")
    assert forth["standing"].item() > back["standing"].item()


def test_expected_amounts_keep_every_states_sum() -> None:
    """Fitted amounts add up to each state's own total, and are exact where amounts are products already."""
    rng = np.random.default_rng(5)
    weights = rng.gamma(2.0, size=9)
    ends = np.array([(i, j) for i in range(9) for j in range(i + 1, 9)])
    product = weights[ends[:, 0]] * weights[ends[:, 1]]
    np.testing.assert_allclose(expected_amounts(product, ends, is_directed=False), product, rtol=1e-6)
    amounts = rng.gamma(1.0, size=len(ends))
    fitted = expected_amounts(amounts, ends, is_directed=False)
    for state in range(9):
        of_state = (ends == state).any(axis=1)
        assert fitted[of_state].sum() == pytest.approx(amounts[of_state].sum(), rel=1e-6)


def test_known_relations_of_2018_stand_where_they_should() -> None:
    """In the sample, adversaries stand below partners among relations of as much news, and the two halves agree."""
    view = open_store(sample_store_path(), read_only=True).view(None, None)
    table = measure_standings(view.cells(), view.coverage(), first=_FIRST, last=_LAST)
    peers = {pair: _row(table, pair)["place_among_peers"] for pair in _ADVERSARIES + _PARTNERS}
    assert max(peers[pair] for pair in _ADVERSARIES) < 0.15
    assert min(peers[pair] for pair in _PARTNERS) > 0.6
    halves = []
    for odd in (0, 1):
        odd_week = (pl.col("day") - pl.lit(_FIRST)).dt.total_days() // 7 % 2 == odd
        coverage = view.coverage().filter(odd_week)
        halves.append(measure_standings(view.cells(), coverage, first=_FIRST, last=_LAST).drop_nulls("standing"))
    both = halves[0].join(halves[1], on="pair", suffix="_2")
    assert both.select(pl.corr("standing", "standing_2")).item() > 0.7
    error = [(both[f"standing_high{half}"] - both[f"standing{half}"]) ** 2 for half in ("", "_2")]
    held = ((both["standing"] - both["standing_2"]).abs() < (error[0] + error[1]).sqrt()).mean()
    assert 0.88 <= float(str(held)) <= 0.98


_ADVERSARIES = ("RUS-USA", "IRN-USA", "RUS-UKR", "QAT-SAU", "IND-PAK")
_PARTNERS = ("CHN-RUS", "BLR-RUS", "DEU-FRA")
