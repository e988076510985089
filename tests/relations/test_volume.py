"""Volume: other pairs' news, and nobody's crisis; levels and questions that a busy press leaves where they are."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from detente.domain.periods import Horizon
from detente.domain.tables import CELLS, COVERAGE
from detente.forecast import Panel, build_panel, describe_situation, resolve
from detente.relations import build_weeks, measure_levels
from detente.relations.volume import ADDED_EVENTS, CAPPING_PLACE, POINTS_AN_EVENT, usual_news, volume_index

FIRST, WEEKS_HELD = dt.date(2017, 1, 2), 60
LAST = FIRST + dt.timedelta(days=7 * WEEKS_HELD - 1)
STATES = ("USA", "RUS", "CHN", "FRA", "DEU", "IND", "PAK")
_SUMS = ("n", "cooperation_milli", "conflict_milli", "square_milli")


def _coverage() -> pl.DataFrame:
    days = [FIRST + dt.timedelta(days=day) for day in range(7 * WEEKS_HELD)]
    row = {"provider": "p", "rows": 900, "known_at": dt.datetime(2017, 1, 1), "status": "present"}  # noqa: DTZ001 - naive UTC by schema
    return pl.DataFrame([row | {"day": day} for day in days], schema=COVERAGE.schema)


def _cells(states: tuple[str, ...] = STATES, *, kind: str | None = "CONSULT") -> pl.DataFrame:
    """Every pair meets some twenty times a week, in either direction, kindly or not."""
    rng = np.random.default_rng(1)
    rows = []
    for a, b in combinations(states, 2):
        for day, n in enumerate(rng.poisson(3.0, size=7 * WEEKS_HELD).tolist()):
            points = int(rng.normal(0.0, 4000.0))
            sums = (max(points, 0) * n, max(-points, 0) * n, None, float(points**2 * n))
            if n:
                actor, recipient = (a, b) if day % 2 else (b, a)
                rows.append((FIRST + dt.timedelta(days=day), actor, recipient, True, kind, n, *sums))
    return pl.DataFrame(rows, schema=CELLS.schema, orient="row")


def _times(cells: pl.DataFrame, factor: int, where: pl.Expr) -> pl.DataFrame:
    return cells.with_columns(pl.when(where).then(pl.col(name) * factor).otherwise(pl.col(name)) for name in _SUMS)


def _of(a: str, b: str) -> pl.Expr:
    return pl.col("actor").is_in([a, b]) & pl.col("recipient").is_in([a, b])


def _in_weeks(first: int, last: int) -> pl.Expr:
    start, end = (FIRST + dt.timedelta(days=7 * week) for week in (first, last))
    return pl.col("occurred").is_between(start, end, "left")


def _weeks(cells: pl.DataFrame, **how: object) -> pl.DataFrame:
    return build_weeks(cells, _coverage(), as_of=LAST, **how)  # type: ignore[arg-type]


def test_news_are_those_of_the_others_up_to_the_tenth() -> None:
    """Counted pair by pair from the cells: all events of other pairs, none beyond the tenth busiest of them."""
    cells = _cells()
    counts: dict[tuple[int, str], int] = {}
    for day, a, b, n in cells.select("occurred", "actor", "recipient", "n").iter_rows():
        key = ((day - FIRST).days // 7, "-".join(sorted((a, b))))
        counts[key] = counts.get(key, 0) + n
    for row in _weeks(cells).sample(60, seed=1).iter_rows(named=True):
        week = (row["week_end"] - FIRST).days // 7
        others = sorted((n for (at, pair), n in counts.items() if at == week and pair != row["pair"]), reverse=True)
        cap = others[CAPPING_PLACE - 1]
        assert row["news"] == pytest.approx(sum(min(n, cap) for n in others) / 7)


def test_directions_and_chosen_pairs_have_the_news_of_their_pair() -> None:
    """Asked for by direction, or for one pair only, the news are the same."""
    cells = _cells()
    whole = _weeks(cells).filter(pl.col("pair") == "FRA-USA")["news"]
    assert _weeks(cells, pairs=["FRA-USA"])["news"].equals(whole)
    for _, rows in _weeks(cells, by="dyad", pairs=["FRA-USA"]).group_by("actor"):
        assert rows.sort("week_end")["news"].equals(whole)


def test_a_crisis_is_nobodys_volume() -> None:
    """A hundredfold month of one pair leaves its own volume as it was, and moves that of no other by a tenth."""
    cells = _cells()
    calm, wild = (
        measure_levels(_weeks(each)) for each in (cells, _times(cells, 100, _of("IND", "PAK") & _in_weeks(50, 54)))
    )
    own = pl.col("pair") == "IND-PAK"
    assert wild.filter(own)["volume"].equals(calm.filter(own)["volume"])
    assert (wild["volume"] / calm["volume"] - 1).abs().max() < 0.1  # type: ignore[operator]


@pytest.mark.parametrize("kind", ["CONSULT", None])
def test_all_news_doubled_for_whole_weeks_is_volume(kind: str | None) -> None:
    """Of events or bare scores: the volume doubles, the level hardly moves, and so does what a question rests on."""
    cells = _cells(kind=kind)
    doubled = _times(cells, 2, _in_weeks(40, 56))
    once, twice = (measure_levels(_weeks(each)).sort("pair", "week_end") for each in (cells, doubled))
    inside = pl.col("week_end").is_between(FIRST + dt.timedelta(days=7 * 40 + 6), FIRST + dt.timedelta(days=7 * 56))
    ratio = (twice.filter(inside)["balance"] / once.filter(inside)["balance"]).drop_nans()
    assert ratio.to_list() == pytest.approx([2.0] * ratio.len())
    assert (twice.filter(inside)["volume"] / once.filter(inside)["volume"]).min() > 1.6  # type: ignore[operator]
    assert (twice["level"] - once["level"]).abs().max() < 0.15  # type: ignore[operator]
    before, after = (
        resolve(build_panel(_weeks(each)), [FIRST + dt.timedelta(days=7 * 45 - 1)], Horizon(4)).sort("pair")
        for each in (cells, doubled)
    )
    assert (before["future"] - after["future"]).abs().max() < 0.15  # type: ignore[operator]
    bare = build_panel(_weeks(doubled))
    raw = resolve(Panel(bare.pairs, bare.week_ends, bare.balance), before["origin"].unique().to_list(), Horizon(4))
    assert (raw.sort("pair")["future"] - before["future"]).abs().max() > 0.3  # type: ignore[operator]


@pytest.mark.parametrize("states", [STATES[:2], STATES[:4]])
def test_with_few_pairs_nothing_is_divided(states: tuple[str, ...]) -> None:
    """With fewer than ten other pairs nobody's events are volume: it is exactly one."""
    levels = measure_levels(_weeks(_cells(states)))
    assert levels["volume"].to_list() == [1.0] * levels.height


def test_the_news_of_bare_scores_are_their_size() -> None:
    """Rows without a type count by their points, friendly or not, and not by their number."""
    cells = _cells(kind=None)
    points = pl.col("cooperation_milli") + pl.col("conflict_milli")
    events = _weeks(cells.with_columns(pl.lit("CONSULT").alias("event_type"), points.cast(pl.Int64).alias("n")))
    scores = _weeks(cells)
    assert scores["news"].to_list() == pytest.approx((events["news"] / 1000 / POINTS_AN_EVENT).to_list())
    many_rows = _weeks(pl.concat([cells.with_columns(pl.col(name) // 2 for name in _SUMS[1:3])] * 2))
    assert many_rows["news"].to_list() == pytest.approx(scores["news"].to_list(), rel=1e-3)


@pytest.mark.parametrize("kind", ["CONSULT", None])
def test_the_order_of_cells_is_nothing(kind: str | None) -> None:
    """However a store hands cells over, news are the same to the bit: forecasts must not hang on what else it holds."""
    cells = _cells(kind=kind)
    expected = _weeks(cells)["news"]
    for seed in range(4):
        assert _weeks(cells.sample(fraction=1.0, shuffle=True, seed=seed))["news"].equals(expected)


def test_beside_events_bare_scores_are_no_news() -> None:
    """Where a provider's rows have types, those without one (statements) are not counted."""
    typed, bare = _cells(), _cells(kind=None)
    assert _weeks(pl.concat([typed, bare]))["news"].equals(_weeks(typed)["news"])


def test_a_panel_without_news_is_read_as_it_is() -> None:
    """Where nothing is to be divided out, balances are read to the bit."""
    whole = build_panel(_weeks(_cells()))
    panel = Panel(whole.pairs, whole.week_ends, whole.balance)
    np.testing.assert_array_equal(panel.until(49), panel.balance[:, :50])
    np.testing.assert_array_equal(panel.after(49, 4), panel.balance[:, 50:54])


def test_volume_is_known_at_the_origin() -> None:
    """Whatever happens to the news after an origin, what a question rests on stays, bit for bit."""
    panel = build_panel(_weeks(_cells()))
    assert panel.news is not None
    news = panel.news.copy()
    news[:, 41:] *= 50
    wild = Panel(panel.pairs, panel.week_ends, panel.balance, news)
    np.testing.assert_array_equal(panel.until(40), wild.until(40))
    first, second = (describe_situation(each.until(40), Horizon(4)) for each in (panel, wild))
    np.testing.assert_array_equal(first.reference, second.reference)
    np.testing.assert_array_equal(panel.usual_news(40), wild.usual_news(40))
    part = panel.cut(40, first=10, rows=np.array([2, 0]))
    assert part.pairs == (panel.pairs[2], panel.pairs[0])
    assert part.week_ends == panel.week_ends[10:41]


def test_the_index_is_drawn_towards_one() -> None:
    """Fifty events a week more on either side: half the usual news is not half, and what is not told is one."""
    news = np.array([[100.0, 50.0, np.nan], [np.nan, np.nan, np.nan]])
    added = ADDED_EVENTS / 7
    np.testing.assert_allclose(usual_news(news), [75.0, np.nan])
    found = volume_index(news, np.array([100.0, np.nan]))
    np.testing.assert_allclose(found, [[1.0, (50 + added) / (100 + added), 1.0], [1.0, 1.0, 1.0]])
