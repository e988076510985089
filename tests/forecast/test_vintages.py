"""Trained models as files: the same answers and bytes, small, and never asked about a day before they had learned."""

from __future__ import annotations

import datetime as dt
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up import make_panel

from detente.domain.periods import Horizon
from detente.errors import CutoffError, DataError, QuestionError
from detente.forecast import Panel, Trained
from detente.forecast.boosting import PARAMETERS
from detente.forecast.cases import view_origin
from detente.forecast.learned import learn
from detente.forecast.training import Lesson, train_vintage
from detente.forecast.trees import pack_trees
from detente.forecast.vintages import SHIPPED, find_vintage, learned_on, read_vintage, write_vintage

pytestmark = pytest.mark.xdist_group("learned")  # what takes long to start is started once

_HORIZON = Horizon(4)
_LEARNED = 70


@pytest.fixture(scope="module")
def world() -> Panel:
    """220 pairs, 100 weeks."""
    return make_panel(220, 100, seed=3)


@pytest.fixture(scope="module")
def lesson(world: Panel) -> Lesson:
    """What week 70 teaches about four weeks ahead."""
    return train_vintage(world, world.week_ends[_LEARNED], [_HORIZON])[0]


@pytest.fixture(scope="module")
def folder(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with that vintage."""
    assert lesson.mixture
    found = tmp_path_factory.mktemp("vintages")
    write_vintage([lesson.mixture], found / "made-up.npz")
    return found


def test_packed_trees_answer_as_lightgbm_does() -> None:
    """Read into plain arrays, boosted trees give LightGBM's own scores, also where values are missing."""
    import lightgbm

    draws = np.random.default_rng(1)
    table = draws.normal(size=(2000, 6))
    outcome = np.digitize(table[:, 0] * table[:, 1] + draws.normal(size=2000), [-0.5, 0.5])
    table[draws.random(table.shape) < 0.1] = np.nan
    table[:, 5] = np.nan_to_num(table[:, 5])
    booster = lightgbm.train({**PARAMETERS, "min_data_in_leaf": 20}, lightgbm.Dataset(table, outcome), 20)
    packed = pack_trees(booster.dump_model())
    asked = np.concatenate([table, np.full((1, 6), np.nan)])
    np.testing.assert_allclose(packed.raw_scores(asked), booster.predict(asked, raw_score=True), atol=1e-5)


def test_a_file_holds_what_was_trained(world: Panel, lesson: Lesson, folder: Path) -> None:
    """Written and read back, a model gives the same answers; a horizon it lacks is None; its day is in the file."""
    assert lesson.mixture
    path = folder / "made-up.npz"
    found = read_vintage(path, 4)
    assert found
    view = view_origin(world, 80, _HORIZON)
    np.testing.assert_allclose(found.log_probabilities(view), lesson.mixture.log_probabilities(view), atol=1e-5)
    assert read_vintage(path, 13) is None
    assert learned_on(path) == world.week_ends[_LEARNED] == found.learned


def test_training_twice_gives_the_same_bytes(world: Panel, folder: Path, tmp_path: Path) -> None:
    """The same panel, day and seed give the same file, whatever weeks come after the day."""
    wild = world.balance.copy()
    wild[:, _LEARNED + 1 :] = 1e6
    again = train_vintage(Panel(world.pairs, world.week_ends, wild), world.week_ends[_LEARNED], [_HORIZON])[0]
    assert again.mixture
    write_vintage([again.mixture], tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (folder / "made-up.npz").read_bytes()


def test_no_vintage_answers_as_of_a_day_before_it_had_learned(world: Panel, folder: Path) -> None:
    """One day too early there is none to be found, and the answer comes from a simpler model under its own name."""
    day = world.week_ends[_LEARNED]
    assert find_vintage(day - dt.timedelta(days=1), 4, folder=folder) is None
    assert find_vintage(day, 4, folder=folder)
    names = []
    for origin in (world.week_ends[_LEARNED - 1], day):
        found = Trained(folder).fit(world, [origin], _HORIZON).predict(world, [origin], _HORIZON)
        names += found["model"].unique().to_list()
    assert names == ["pooled-v1", "trained-v5:made-up"]


def test_a_row_of_origins_turns_to_the_vintage_when_it_may(world: Panel, folder: Path) -> None:
    """Fitted before the vintage's day, each origin is answered by whoever may answer it, and the rows say who."""
    origins = list(world.week_ends[_LEARNED - 1 : _LEARNED + 2])
    found = Trained(folder).fit(world, origins, _HORIZON).predict(world, origins, _HORIZON)
    names = found.group_by("origin", maintain_order=True).first()["model"].to_list()
    assert names == ["pooled-v1", "trained-v5:made-up", "trained-v5:made-up"]


def test_next_to_no_history_is_not_answered_by_a_vintage(world: Panel) -> None:
    """A store that begins twelve weeks before the origin is answered by base rates, however new the vintages are."""
    young = Panel(world.pairs[:1], world.week_ends[-12:], world.balance[:1, -12:])
    moved = Panel(young.pairs, tuple(day + dt.timedelta(weeks=520) for day in young.week_ends), young.balance)
    origin = moved.week_ends[-1]
    for weeks in (4, 13):
        horizon = Horizon(weeks)
        assert find_vintage(origin, weeks) is not None
        row = Trained().fit(moved, [origin], horizon).predict(moved, [origin], horizon).row(0, named=True)
        assert row["model"] == "climatology-v1"
        assert 0.2 < row["p_hold"] < 0.5


def test_shipped_vintages_never_look_ahead() -> None:
    """For every shipped vintage and horizon, the one found as of a day had learned by then; before all, none."""
    days = sorted(learned_on(path) for path in SHIPPED.glob("*.npz"))
    assert days
    for weeks in (4, 13, 26):
        assert find_vintage(days[0] - dt.timedelta(days=1), weeks) is None
        for day in days:
            for origin in (day, day + dt.timedelta(days=1), day - dt.timedelta(days=1)):
                found = find_vintage(origin, weeks)
                assert found is None or found[1].learned <= origin


def test_shipped_vintages_are_small_and_described() -> None:
    """Together they are under 1.5 megabytes, and the card names each with its day."""
    card = (SHIPPED / "card.yaml").read_text("utf-8")
    assert sum(path.stat().st_size for path in SHIPPED.glob("*.npz")) < 1_500_000
    for path in SHIPPED.glob("*.npz"):
        assert path.name in card
        assert str(learned_on(path)) in card


def test_a_file_of_another_version_is_refused(folder: Path, tmp_path: Path) -> None:
    """A model trained on other predictors would answer nonsense; it is refused with the way out."""
    path = tmp_path / "old.npz"
    with zipfile.ZipFile(folder / "made-up.npz") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b"last_1", b"lost_1") if name == "note.json" else content)
    with pytest.raises(DataError, match="detente train"):
        read_vintage(path, 4)


def test_other_panels_teach_too_and_never_beyond_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions of another panel are learned from beside the first; one that goes on beyond the day is refused."""
    world, other = make_panel(30, 100, seed=3), make_panel(20, 100, seed=4)
    older = replace(other, week_ends=tuple(week - dt.timedelta(weeks=520) for week in other.week_ends))
    day = world.week_ends[_LEARNED]
    alone, _ = learn(world, day, _HORIZON)
    own, _ = learn(older, older.week_ends[-1], _HORIZON)
    monkeypatch.setattr("detente.forecast.learned.MIN_CASES", alone.outcome.size + 1)
    cases, mixture = learn(world, day, _HORIZON, beside=[older])
    assert cases.outcome.size == alone.outcome.size + own.outcome.size
    assert mixture is not None
    assert mixture.learned == day
    with pytest.raises(QuestionError, match="go on until"):
        learn(world, day, _HORIZON, beside=[world])


def test_too_little_to_learn_from_is_an_error(world: Panel) -> None:
    """With half a year of weeks no model is written; the message says how much there is and how much is needed."""
    with pytest.raises(CutoffError, match="resolved questions"):
        train_vintage(world, world.week_ends[25], [_HORIZON])


def test_unfitted_it_refuses(world: Panel, folder: Path) -> None:
    """It answers nothing before it is fitted, nor as of a day before the one it was fitted for."""
    fitted = Trained(folder).fit(world, [world.week_ends[80]], _HORIZON)
    for forecaster in (Trained(folder), fitted):
        with pytest.raises(QuestionError):
            forecaster.predict(world, [world.week_ends[79]], _HORIZON)
