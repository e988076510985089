"""Keeping score: what was said is written down once, resolved by its rule, and shown as it is."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl
import pytest
from forecasts_issued import ORIGINS, issued_row, issued_table, sample_world

from detente import forecast, scorecard
from detente.domain.periods import Horizon
from detente.domain.tables import OUTCOMES, SCORED
from detente.errors import StoreError
from detente.scorecard.ledger import is_live
from detente.scorecard.resolution import NO_FUTURE, NO_REFERENCE, NOT_CLOSED, NOT_HELD
from detente.store import Chain


class FakeView:
    """Cells and coverage of made-up days."""

    def __init__(self, cells: pl.DataFrame, coverage: pl.DataFrame) -> None:
        self._cells, self._coverage = cells, coverage

    def cells(self) -> pl.DataFrame:
        """All cells."""
        return self._cells

    def coverage(self) -> pl.DataFrame:
        """All days."""
        return self._coverage


class FakeWorld:
    """One event of −2 points a day between France and Germany; days can be absent."""

    def __init__(self, as_of: dt.date, *, absent: frozenset[dt.date] = frozenset()) -> None:
        from detente.domain.tables import CELLS, COVERAGE

        self.as_of = as_of
        days = [dt.date(2023, 10, 1) + dt.timedelta(days=day) for day in range((as_of - dt.date(2023, 10, 1)).days + 1)]
        cells = [(day, "FRA", "DEU", True, "COERCE", 1, 0, 2000, -2000, 4e6) for day in days if day not in absent]
        status = [("made-up", day, 5, dt.datetime.combine(day, dt.time()), "present") for day in days]
        status = [(*row[:4], "absent") if row[1] in absent else row for row in status]
        self.view = FakeView(
            pl.DataFrame(cells, schema=CELLS.schema, orient="row"),
            pl.DataFrame(status, schema=COVERAGE.schema, orient="row"),
        )


def stand(*rows: dict[str, Any], world: Any) -> pl.DataFrame:
    """Resolve made-up forecasts."""
    return scorecard.resolve_issued(issued_table(*rows), lambda _: world)


def test_a_closed_forecast_is_resolved_by_hand_arithmetic() -> None:
    """Balance −2 on a scale of 2 is level asinh(−1); from 0.5, in spreads of 0.4, that is a fall."""
    row = stand(issued_row(1, p_deteriorate=0.2, p_hold=0.5, p_improve=0.3), world=FakeWorld(dt.date(2024, 3, 29)))
    found = row.row(0, named=True)
    assert (found["standing"], found["outcome"], found["reason"]) == ("resolved", "deteriorate", None)
    assert found["future"] == pytest.approx(math.asinh(-1))
    assert found["change"] == pytest.approx((math.asinh(-1) - 0.5) / 0.4)
    assert found["rps"] == pytest.approx((0.8**2 + 0.3**2) / 2)
    assert found["brier"] == pytest.approx(0.8**2 + 0.5**2 + 0.3**2)
    assert found["log_score"] == pytest.approx(-math.log(0.2))
    assert found["base_rps"] == pytest.approx((4 / 9 + 1 / 9) / 2)


@pytest.mark.parametrize(
    ("reference", "outcome"), [(-0.88, "hold"), (-1.2, "improve"), (-0.6, "deteriorate"), (-0.75, "hold")]
)
def test_each_outcome_comes_out_where_it_should(reference: float, outcome: str) -> None:
    """The future level is −0.881; half a spread is 0.2."""
    assert stand(issued_row(1, reference=reference), world=FakeWorld(dt.date(2024, 4, 1)))["outcome"][0] == outcome


def test_what_is_not_closed_is_open() -> None:
    """A day before its last day is known a forecast is open, and without its provider's data too."""
    before = stand(issued_row(1), world=FakeWorld(dt.date(2024, 3, 28))).row(0, named=True)
    assert (before["standing"], before["reason"], before["outcome"], before["rps"]) == ("open", NOT_CLOSED, None, None)
    nowhere = stand(issued_row(1), world=None).row(0, named=True)
    assert (nowhere["standing"], nowhere["reason"]) == ("open", NOT_HELD)


def test_what_cannot_be_resolved_is_void_with_its_reason() -> None:
    """A gap of three of four weeks, or a reference that was never known."""
    gap = frozenset(dt.date(2024, 3, 2) + dt.timedelta(days=day) for day in range(21))
    found = stand(
        issued_row(1), issued_row(2, reference=None, horizon_weeks=3), world=FakeWorld(dt.date(2024, 4, 1), absent=gap)
    )
    assert found["standing"].to_list() == ["void", "void"]
    assert found["reason"].to_list() == [NO_FUTURE, NO_REFERENCE]
    half = stand(issued_row(1), world=FakeWorld(dt.date(2024, 4, 1), absent=frozenset(sorted(gap)[:14])))
    assert half["standing"].to_list() == ["resolved"]


def test_the_first_answer_counts() -> None:
    """A later answer of the same model is not scored; another model's, another horizon's or a replay's is."""
    rows = [
        issued_row(1, p_deteriorate=0.1, p_hold=0.1, p_improve=0.8),
        issued_row(2, p_deteriorate=0.8, p_hold=0.1, p_improve=0.1),
        issued_row(3, model="other-v1"),
        issued_row(4, horizon_weeks=3),
        issued_row(5, record="replay"),
    ]
    found = stand(*rows, world=FakeWorld(dt.date(2024, 4, 1)))
    assert found["standing"].to_list() == ["resolved", "repeated", "resolved", "resolved", "resolved"]
    assert found["rps"][1] is None


def test_only_forecasts_made_before_the_fact_are_live() -> None:
    """Written down within a week of the origin, from data that ended there; else a replay."""
    origin = dt.date(2024, 3, 1)
    night = dt.datetime.fromisoformat("2024-03-01T23:00:00")
    assert is_live(night, origin, origin)
    assert is_live(night + dt.timedelta(days=7), origin, origin)
    assert not is_live(night + dt.timedelta(days=8), origin, origin)
    assert not is_live(night, origin, origin + dt.timedelta(days=1))


def test_replays_are_never_mixed_into_the_live_record() -> None:
    """Good replays do not better a bad live record."""
    bad, good = {"p_deteriorate": 0.0, "p_hold": 0.0, "p_improve": 1.0}, {"p_deteriorate": 1.0, "p_improve": 0.0}
    rows = [issued_row(1, **bad), issued_row(2, record="replay", **good, p_hold=0.0)]
    card = scorecard.build_scorecard(stand(*rows, world=FakeWorld(dt.date(2024, 4, 1))), as_of=dt.date(2024, 4, 1))
    scores = {row["record"]: row for row in card.overall.iter_rows(named=True)}
    assert (scores["live"]["resolved"], scores["live"]["rps"], scores["live"]["log_score"]) == (1, 1.0, None)
    assert (scores["replay"]["resolved"], scores["replay"]["rps"]) == (1, 0.0)
    assert scores["live"]["skill"] < 0 < scores["replay"]["skill"]
    assert card.worst("live", 3)["outcome"].to_list() == ["deteriorate"]
    assert set(card.by) == {"pair", "horizon", "model"}


def test_all_pairs_of_the_sample_resolve_as_the_rule_says(filled: Chain) -> None:
    """From the figures written down at the origin come the outcomes that the arrays of outcome-v3 give."""
    world = sample_world()
    card = scorecard.score_ledger(filled, world)
    assert set(card.scored["record"]) == {"replay"}
    for origin in ORIGINS:
        rows = card.scored.filter(pl.col("origin") == origin)
        assert set(rows["standing"]) == {"resolved"}
        pairs = rows["pair"].unique().to_list()
        day = dt.date(2019, 3, 25) - dt.timedelta(days=(dt.date(2019, 3, 25) - origin).days % 7)
        panel = forecast.build_panel(world.weeks(day).filter(pl.col("pair").is_in(pairs)))
        for weeks in (4, 13):
            wanted = forecast.resolve(panel, [origin], Horizon(weeks)).sort("pair")
            found = rows.filter(pl.col("horizon_weeks") == weeks).sort("pair")
            assert found["outcome"].to_list() == wanted["outcome"].to_list()
            assert (found["future"] - wanted["future"]).abs().max() < 1e-9


def test_forecasts_of_the_rule_before_are_resolved_by_it(filled: Chain, ledger: Chain) -> None:
    """A record that has no usual news, as outcome-v1 wrote it, is resolved from balances with no news divided out."""
    old = next(record for record in filled.records() if record["question"]["kind"] == "outlook")
    old["question"]["rule"] = "outcome-v1"
    del old["figures"]["usual_news"]
    ledger.append([{name: value for name, value in old.items() if name not in ("number", "issued_at")}])
    world = sample_world()
    (row,) = scorecard.score_ledger(ledger, world).scored.iter_rows(named=True)
    weeks = world.weeks(row["closes"]).filter(pl.col("pair") == row["pair"], pl.col("week_end") > row["origin"])
    assert (row["standing"], row["rule"], row["usual_news"]) == ("resolved", "outcome-v1", None)
    assert row["future"] == pytest.approx((weeks["balance"] / row["scale"]).arcsinh().mean())


def test_the_record_adds_up(filled: Chain) -> None:
    """Every breakdown counts each forecast once, and its mean is the overall mean."""
    card = scorecard.score_ledger(filled, sample_world())
    total = card.overall.row(0, named=True)
    assert total["resolved"] + scorecard.read_issued_provocations(filled).height == filled.head().count
    for table in card.by.values():
        assert table["resolved"].sum() == total["resolved"]
        mean = (table["rps"] * table["resolved"]).sum() / total["resolved"]
        assert mean == pytest.approx(total["rps"])
    assert card.bins["forecasts"].sum() == 3 * total["resolved"]
    assert card.by["pair"]["skill"].drop_nulls().is_sorted()
    shown = scorecard.write_scorecard(card, by=None, top=3)
    assert "none yet" in shown
    assert "the worst misses" in shown
    assert card.worst("replay", 1)["id"][0][:8] in shown
    assert card.worst("replay", 1)["rps"][0] == card.scored["rps"].max()


def test_the_same_forecast_is_written_once_and_another_answer_again(ledger: Chain) -> None:
    """Issued twice, the ledger does not grow; with another probability it does."""
    world = sample_world(ORIGINS[0])
    answer = world.forecasts(horizons=(4,)).head(2)
    assert len(scorecard.issue(world, answer, ledger).saved) == 2
    assert scorecard.issue(world, answer, ledger).saved == ()
    changed = answer.with_columns(p_hold=pl.col("p_hold") + 0.01, p_improve=pl.col("p_improve") - 0.01)
    assert len(scorecard.issue(world, changed, ledger).saved) == 2
    issued = scorecard.read_issued(ledger)
    assert issued["p_hold"].to_list()[:2] == answer["p_hold"].to_list()
    assert set(issued["data_version"]) == {world.store.data_version(world.provider)}
    assert set(issued["data_until"]) == {dt.date(2019, 3, 25)}


def test_figures_and_base_rates_are_those_known_at_the_origin(ledger: Chain) -> None:
    """What is written down with a forecast of the past is what the world of that day says."""
    world = sample_world(ORIGINS[0])
    scorecard.issue(world, world.forecasts(horizons=(13,)), ledger)
    issued = scorecard.read_issued(ledger).sort("pair")
    panel = world.panel(ORIGINS[0])
    situation = forecast.describe_situation(panel.until(len(panel.week_ends) - 1), Horizon(13))
    assert issued["reference"].to_list() == situation.reference.tolist()
    assert issued["scale"].to_list() == situation.scale.tolist()
    base = forecast.Climatology().predict(panel, [ORIGINS[0]], Horizon(13)).sort("pair")
    for name in OUTCOMES:
        assert issued[f"base_{name}"].to_list() == pytest.approx(base[f"p_{name}"].to_list())


def test_a_quiet_pair_is_written_down_too(ledger: Chain) -> None:
    """A pair outside the busy ones has its own figures."""
    world = sample_world(ORIGINS[0])
    busy = set(world.panel(ORIGINS[0]).pairs)
    quiet = next(pair for pair in world.pairs()["pair"] if pair not in busy)
    brief = world.pair(*quiet.split("-")).outlook()
    said = scorecard.issue_brief(brief, world, ledger)
    headline = scorecard.read_issued(ledger).filter(pl.col("horizon_weeks") == 13)
    assert headline["pair"].to_list() == [quiet]
    assert headline["id"][0][:8] in said


def test_a_brief_of_the_past_shows_no_record_of_its_future(filled: Chain) -> None:
    """The sentence for a brief is there from the day of scoring on, not before."""
    world = sample_world()
    scorecard.write_summary(scorecard.score_ledger(filled, world), filled)
    sentence = scorecard.read_record_sentence(filled, as_of=world.as_of)
    assert sentence
    assert "replays of the past resolved" in sentence
    assert "before the fact" not in sentence
    assert scorecard.read_record_sentence(filled, as_of=ORIGINS[1]) is None


def test_an_empty_ledger_has_an_empty_record(ledger: Chain) -> None:
    """Nothing issued: no row, no sentence, no file."""
    card = scorecard.score_ledger(ledger, sample_world())
    assert card.scored.schema == SCORED.schema
    assert card.overall.is_empty()
    scorecard.write_summary(card, ledger)
    assert not ledger.path.exists()
    assert scorecard.read_record_sentence(ledger, as_of=dt.date(2030, 1, 1)) is None
    assert "none yet" in scorecard.write_scorecard(card, by=None, top=3)


def test_a_record_of_another_form_is_refused(ledger: Chain) -> None:
    """A record that this version cannot read is said to be one, not skipped."""
    ledger.append([{"id": "x", "question": {"kind": "outlook"}}])
    with pytest.raises(StoreError, match="another form"):
        scorecard.read_issued(ledger)
