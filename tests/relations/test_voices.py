"""Voices: means by branch with honest bands, nothing said on thin evidence, nothing seen of the future."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import FIRST, by_role, covered

from detente.domain.actors import Pair
from detente.relations import measure_voice_gaps, measure_voices
from detente.relations.resampling import band_of, difference_band, draw_weeks, ratio_band

PAIR = Pair("USA", "RUS")
WEEKS = 26
DAYS = 7 * WEEKS
AS_OF = FIRST + dt.timedelta(days=DAYS - 1)
Row = tuple[int, str, str | None, int, int]


def _two_voices(executive: int, legislature: int) -> list[Row]:
    """Three events a week of either branch, about their means."""
    rng = np.random.default_rng(3)
    rows: list[Row] = []
    for week in range(WEEKS):
        for role, mean in (("executive", executive), ("legislature", legislature)):
            rows += [(7 * week, "USA", role, 1, mean + int(noise)) for noise in rng.normal(0, 2000, size=3)]
    return rows


def test_a_gap_that_is_there_is_found_and_has_its_sign() -> None:
    """A government at +2 and a parliament at −3 stand five points apart; the other side has no voices and no gap."""
    gaps = measure_voice_gaps(by_role(_two_voices(2000, -3000)), covered(DAYS), PAIR, as_of=AS_OF)
    usa, rus = gaps.rows(named=True)
    assert usa["gap_low"] < 5.0 < usa["gap_high"]
    assert usa["gap_low"] > 3.5
    assert (usa["n_executive"], usa["n_legislature"]) == (78, 78)
    assert (rus["actor"], rus["n_executive"], rus["gap"], rus["gap_low"]) == ("RUS", 0, None, None)


def test_tone_is_cooperation_minus_conflict_and_shares_add_up() -> None:
    """Each branch's mean event is split into its friendly and its hostile part; the shares of a side sum to one."""
    rows = [*_two_voices(1000, -1000), *((day, "RUS", None, 2, 500) for day in range(0, DAYS, 7))]
    voices = measure_voices(by_role(rows), covered(DAYS), PAIR, as_of=AS_OF)
    both = voices.drop_nulls("tone")
    np.testing.assert_allclose(both["tone"], both["cooperation"] - both["conflict"])
    assert (both["tone_low"] <= both["tone"]).all()
    assert (both["tone"] <= both["tone_high"]).all()
    assert (both["conflict_low"] >= 0).all()
    np.testing.assert_allclose(voices.group_by("actor").agg(pl.col("share").sum())["share"], 1.0)
    assert voices.filter(actor="RUS").select("role", "n", "tone").rows() == [(None, 52, 0.5)]


@pytest.mark.parametrize("times", [2, 7])
def test_repeated_reports_change_nothing(times: int) -> None:
    """Every report told again so many times leaves tones, gaps and their bands as they were."""
    rows = _two_voices(1500, -500)
    once, often = by_role(rows), by_role([(day, actor, role, times * n, milli) for day, actor, role, n, milli in rows])
    for measure in (measure_voices, measure_voice_gaps):
        first, second = (measure(cells, covered(DAYS), PAIR, as_of=AS_OF) for cells in (once, often))
        counts = pl.selectors.matches("^n")
        assert first.select(~counts).equals(second.select(~counts)) or np.allclose(
            first.select(pl.selectors.float()).fill_null(0), second.select(pl.selectors.float()).fill_null(0)
        )


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([(7 * week, "USA", "executive", 1, 1000) for week in range(19)], "nineteen events"),
        ([(7 * week, "USA", "executive", 50, 1000) for week in range(5)], "five weeks"),
    ],
)
def test_little_evidence_has_a_count_and_no_number(rows: list[Row], why: str) -> None:
    """A branch that was hardly heard is counted; its tone and band are null, not zero."""
    voices = measure_voices(by_role(rows), covered(DAYS), PAIR, as_of=AS_OF)
    assert voices["n"].to_list() == [sum(row[3] for row in rows)], why
    assert voices.select("tone", "tone_low", "cooperation", "conflict_high").row(0) == (None,) * 4


def test_days_that_are_not_covered_are_left_out() -> None:
    """Events of thin days count neither as events nor as silence, and no covered day at all gives no rows."""
    rows = [*_two_voices(1000, 1000), (1, "USA", "executive", 99, -9000)]
    voices = measure_voices(by_role(rows), covered(DAYS, thin=[1]), PAIR, as_of=AS_OF)
    assert voices.filter(role="executive")["n"].item() == 78
    assert measure_voices(by_role(rows), covered(0), PAIR, as_of=AS_OF).is_empty()


@settings(max_examples=15, deadline=None)
@given(later=st.integers(1, 40), milli=st.integers(-10_000, 10_000))
def test_planted_events_change_nothing_before_them(later: int, milli: int) -> None:
    """Voices and gaps as of a day are the same bits with wild events on any later day."""
    rows = _two_voices(1000, -1000)
    planted = by_role([*rows, (DAYS - 1 + later, "USA", "executive", 5000, milli)])
    for measure in (measure_voices, measure_voice_gaps):
        before = measure(by_role(rows), covered(DAYS), PAIR, as_of=AS_OF)
        assert before.equals(measure(planted, covered(DAYS + 40), PAIR, as_of=AS_OF))


def test_bands_hold_the_truth_about_as_often_as_they_say() -> None:
    """With reports that come in bursts of one mood, nine in ten bands hold the true mean, and the true difference."""
    rng = np.random.default_rng(11)
    drawn = draw_weeks(WEEKS, seed=5)
    held = []
    for _ in range(400):
        voices = []
        for mean in (1.0, -0.5):
            n = rng.negative_binomial(2, 0.25, size=WEEKS).astype(float)
            mood = mean + rng.normal(0, 1.5, size=WEEKS) + rng.normal(0, 3, size=WEEKS) / np.sqrt(np.maximum(n, 1))
            voices.append((n * mood, n))
        low, high = ratio_band(*voices[0], drawn)
        gap_low, gap_high = difference_band(*voices, drawn)
        held.append((low <= 1.0 <= high, gap_low <= 1.5 <= gap_high))
    rates = np.mean(held, axis=0)
    assert (rates > 0.86).all()
    assert (rates < 0.94).all()


def test_a_band_holds_its_value_and_its_seed_is_kept() -> None:
    """The value lies inside, however skewed the draws; the same seed draws the same weeks and another does not."""
    wider = np.sqrt(10 / 9) * (1 + (1.6449**2 + 1) / 36)
    assert band_of(5.0, np.array([1.0, 2.0, 3.0]), 10) == (pytest.approx(5 - 3.9 * wider), 5.0)
    assert np.array_equal(draw_weeks(9, seed=1), draw_weeks(9, seed=1))
    assert not np.array_equal(draw_weeks(9, seed=1), draw_weeks(9, seed=2))
    assert (draw_weeks(9, seed=1).sum(axis=1) == 9).all()
