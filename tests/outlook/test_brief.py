"""A brief holds what was given, adds up, says what is not known, and turns into JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from detente.domain.actors import Pair
from detente.domain.tables import CHRONOLOGY, COVERAGE, LEVELS
from detente.errors import DataError, QuestionError
from detente.outlook import Brief
from detente.outlook.reasons import Cell, Reason

Make = Callable[..., Brief]


@pytest.mark.parametrize("which", ["brief", "short_brief"])
def test_reasons_and_remainder_add_up_to_the_change(which: str, request: pytest.FixtureRequest) -> None:
    """The rows sum to the change, and the cells of a day to its row."""
    brief: Brief = request.getfixturevalue(which)
    rows = brief.as_dict()["what_moved_it"]["reasons"]
    assert math.fsum(row["contribution"] for row in rows) == pytest.approx(brief.explanation.change, abs=1e-12)
    for row in rows:
        if row["cells"]:
            assert math.fsum(cell["contribution"] for cell in row["cells"]) == pytest.approx(row["contribution"])
            assert sum(cell["n"] for cell in row["cells"]) == row["n"]


def test_the_remainder_is_told_apart(brief: Brief) -> None:
    """Days left out on each side, and the days without the usual, have rows of their own."""
    rest = [reason for reason in brief.reasons if reason.day is None]
    assert [math.copysign(1, reason.contribution) for reason in rest[:2]] == [-1, 1]
    assert rest[2].contribution == pytest.approx(0.125)
    assert rest[2].n is None
    assert "other days" in rest[0].what


def test_days_are_named_by_acts_of_the_same_side_up_to_two_days_before(brief: Brief) -> None:
    """A report follows its act: never named for a later one, nor for one of the other side or of others."""
    labels = {(_days_back(brief, r), r.contribution < 0): r.label for r in brief.reasons if r.day}
    assert labels[3, True] == "Envoys sent home"
    assert labels[2, True] == labels[1, True] == "Envoys sent home"
    assert not any(label for (back, worse), label in labels.items() if back > 3 or back == 0 or not worse)


def test_a_stray_report_does_not_give_a_day_anothers_name(make_brief: Make, brief: Brief) -> None:
    """The other side's act names only a day that the other side has a fair share of."""
    assert "An answer in kind" not in {reason.label for reason in brief.reasons}
    swapped = replace(
        brief.explanation,
        reasons=brief.explanation.reasons.with_columns(
            pl.when(pl.col("event_type") == "COERCE").then(pl.lit(actor)).otherwise(pl.col(name)).alias(name)
            for name, actor in (("actor", "RUS"), ("recipient", "USA"))
        ),
    )
    labels = {reason.label for reason in make_brief(explanation=swapped).reasons}
    assert labels == {"An answer in kind", ""}


def _days_back(brief: Brief, reason: Reason) -> int:
    """How many days before the as-of day a reason lies."""
    return (brief.as_of - reason.day).days


def test_less_than_usual_is_said() -> None:
    """A friendly act with a negative share was too little, not an offence."""
    short, plenty = Cell("USA", "RUS", "CONSULT", 1, -0.1), Cell("USA", "RUS", "CONSULT", 9, 0.4)
    assert short.what == "US → Russia: CONSULT, 1 event, less than usual"
    assert short.sentence.startswith("there was less than usual")
    assert plenty.sentence == "the United States met or talked (CONSULT, 9 events)"
    statement = Cell("RUS", "USA", None, 2, -0.1)
    assert not statement.is_shortfall
    assert statement.sentence == "Russia made public statements (statement, 2 events)"


@pytest.mark.parametrize("which", ["brief", "short_brief"])
def test_json_holds_numbers_or_null(which: str, request: pytest.FixtureRequest) -> None:
    """It is plain JSON without NaN; every probability comes with its band and its word."""
    answer = json.loads(json.dumps(request.getfixturevalue(which).as_dict(), allow_nan=False))
    assert answer["version"] == "brief-v1"
    for row in answer["forecasts"]:
        for name in ("deteriorate", "hold", "improve"):
            assert row[name]["low"] <= row[name]["probability"] <= row[name]["high"]
            assert row[name]["word"]


def test_gaps_are_null_and_not_zero(short_brief: Brief) -> None:
    """A week that is not covered has no numbers; so has a direction without a covered week."""
    answer = short_brief.as_dict()
    weeks = answer["level"]["weeks"]
    assert [week["balance"] is None for week in weeks] == [False, False, True, False, False, False, True]
    assert weeks[2]["n"] is None
    assert answer["status"]["status"] is None
    assert answer["status"]["recent_low"] is None
    assert answer["last_four_weeks"]["GBR>NLD"]["conflict"]["value"] is None
    assert answer["last_four_weeks"]["GBR>NLD"]["conflict"]["usual"] == pytest.approx(2.5)


def test_directions_keep_the_users_order_and_have_bands(brief: Brief) -> None:
    """The state named first leads; bands hold their number; a share stays between 0 and 1."""
    assert list(brief.as_dict()["last_four_weeks"]) == ["USA>RUS", "RUS>USA"]
    for direction in brief.directions:
        for name in ("cooperation", "conflict", "conflict_share", "events"):
            measure = getattr(direction, name)
            assert measure.low < measure.value < measure.high
            assert measure.usual is not None
        assert direction.conflict_share.high <= 1


def test_covered_weeks_without_events_are_zeros_without_a_share(make_brief: Make) -> None:
    """Nothing happened in them: no cooperation, no conflict, and no share of nothing."""
    quiet = make_brief().dyads.with_columns(
        pl.lit(0, pl.Int64).alias("n"),
        *(pl.lit(0.0).alias(name) for name in ("cooperation", "conflict", "balance", "balance_se")),
        pl.lit(None, pl.Float64).alias("conflict_share"),
    )
    direction = make_brief(levels_dyads=quiet).directions[0]
    assert (direction.conflict.value, direction.conflict.high) == (0, 0)
    assert direction.conflict_share.value is None
    assert direction.conflict_share.usual is None


def test_data_without_direction_have_no_directions(make_brief: Make) -> None:
    """Both directions are there and empty."""
    brief = make_brief(levels_dyads=LEVELS.empty())
    assert all(direction.events.value is direction.events.usual is None for direction in brief.directions)
    assert brief.as_dict()["directions"] == {"USA>RUS": [], "RUS>USA": []}


def test_coverage_counts_every_day_once(make_brief: Make, brief: Brief) -> None:
    """Present, thin and absent days add up to the span, days that no row names included."""
    found = brief.freshness
    assert (found.present, found.thin, found.absent) == (417, 1, 2)
    assert found.last_day == brief.as_of
    half = make_brief(coverage=_sparse_coverage(brief, every=2))
    assert half.freshness.present + half.freshness.absent == 420
    none = make_brief(coverage=COVERAGE.empty()).freshness
    assert (none.first_day, none.last_day, none.present, none.absent) == (None, None, 0, 0)


def _sparse_coverage(brief: Brief, *, every: int) -> pl.DataFrame:
    """Coverage that names only some of the days, all present, the newest missing."""
    first = brief.freshness.first_day
    days = pl.date_range(first, brief.as_of, interval="1d", eager=True).alias("day").gather_every(every)
    frame = pl.DataFrame({"day": days}).with_columns(
        pl.lit("made-up").alias("provider"),
        pl.lit(1, pl.Int64).alias("rows"),
        pl.col("day").cast(pl.Datetime("us")).alias("known_at"),
        pl.lit("present").alias("status"),
    )
    return frame.select(COVERAGE.names)


def test_only_known_events_of_the_pair_are_in_it(brief: Brief) -> None:
    """Nothing of the future, nothing of others."""
    assert brief.chronology["label"].to_list() == ["A visit", "Envoys sent home", "An answer in kind"]
    assert "Not yet known" not in json.dumps(brief.as_dict())


def test_a_horizon_without_forecast_is_refused(make_brief: Make) -> None:
    """The error names the horizons there are."""
    with pytest.raises(QuestionError, match="4w, 13w, 26w"):
        make_brief(horizon=8)


def test_a_table_of_another_shape_is_refused(make_brief: Make) -> None:
    """A brief is made of checked tables only."""
    with pytest.raises(DataError, match="chronology"):
        make_brief(chronology=CHRONOLOGY.empty().drop("label"))


def test_a_track_record_replaces_the_warning(make_brief: Make) -> None:
    """Until one is given, the brief says that nothing has been scored."""
    assert "scored yet" in make_brief().as_dict()["track_record"]
    assert make_brief(track_record="Skill 0.1.").as_dict()["track_record"] == "Skill 0.1."


def test_probabilities_and_names_are_at_hand(brief: Brief) -> None:
    """What a Python user asks for first."""
    assert brief.probabilities == {"deteriorate": 0.27, "hold": 0.45, "improve": 0.28}
    assert brief.names == ("United States", "Russia")
    assert brief.pair == Pair("USA", "RUS")
    assert {"level-v4", "outcome-v3", "made-up-v1"} <= set(brief.rules)
