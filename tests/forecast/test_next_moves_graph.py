"""The graph network that ranks next moves in the benchmark, where torch is installed."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from detente.forecast.next_moves.facts import Facts, Vocabulary
from detente.forecast.next_moves.lists import Lists, build_lists, fit_mixture, walk
from detente.forecast.next_moves.ranker import log_shares
from detente.forecast.next_moves.shelf import Shelf, open_lists

pytest.importorskip("torch", reason="torch is not installed (the extra graph)")

ACTORS, RELATIONS, DAYS = 40, 3, 30
ASKED = list(range(20, 26))


@pytest.fixture(scope="module")
def graph() -> ModuleType:
    """The module, which lies beside the benchmark."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
        return importlib.import_module("next_moves_graph")


@pytest.fixture(scope="module")
def facts() -> Facts:
    """A world in which whoever met an actor yesterday meets the next one today."""
    rng = np.random.default_rng(1)
    sector = (np.arange(ACTORS) % 4).astype(np.int32)
    vocabulary = Vocabulary(ACTORS, RELATIONS, sector, sector, np.arange(RELATIONS, dtype=np.int32))
    day = np.repeat(np.arange(DAYS), 30).astype(np.int32)
    subject = rng.integers(0, ACTORS, day.size).astype(np.int32)
    answer = ((subject + day) % ACTORS).astype(np.int32)
    return Facts(day, subject, rng.integers(0, RELATIONS, day.size).astype(np.int32), answer, vocabulary).both_ways()


@pytest.fixture(scope="module")
def lists(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> Lists:
    """Lists of six of its days."""
    folder = tmp_path_factory.mktemp("lists")
    mixture = fit_mixture(facts, range(15, 20))
    with Shelf(folder) as shelf:
        for state, asked in walk(facts, ASKED):
            for part in build_lists(state, asked, mixture, candidates=20):
                shelf.add(part)
    return open_lists(folder)


def test_what_comes_later_is_not_in_a_snapshot(graph: ModuleType, facts: Facts, lists: Lists) -> None:
    """What is known on a day is the same when that day and all later ones are exchanged for others."""
    changed = replace(facts, object=np.where(facts.day >= 22, (facts.object + 5) % ACTORS, facts.object))
    days = graph.Span([20, 22], None)
    for one, other in zip(*(graph.snapshots(world, lists, [days]) for world in (facts, changed)), strict=True):
        for told in ("subject", "relation", "object", "counts"):
            assert np.array_equal(getattr(one, told), getattr(other, told)), told
        assert one.subject.size
        assert sorted(zip(one.row, one.between, strict=True)) == sorted(zip(other.row, other.between, strict=True))


def test_nothing_is_known_several_steps_ahead(graph: ModuleType, facts: Facts, lists: Lists) -> None:
    """Days asked about together with nothing known after the first have the same edges, with smaller counts."""
    first, *_, last = graph.snapshots(facts, lists, [graph.Span(ASKED, ASKED[0])])
    assert set(zip(last.subject, last.object, strict=True)) <= set(zip(first.subject, first.object, strict=True))
    assert last.counts.max() < first.counts.max()


@pytest.mark.parametrize("drawn", [None, 12])
def test_it_learns_more_than_the_mixture_knows(
    graph: ModuleType, facts: Facts, lists: Lists, drawn: int | None
) -> None:
    """Taught on some days, with features and without, it gives their true answers more than the mixture does."""
    days = [graph.Span(ASKED, None)]
    lesson = graph.GraphLesson(days=10, passes=6, drawn=drawn, lists=40)
    ranker = graph.train_graph(facts, lists, days, seed=1, lesson=lesson)
    scores = log_shares(graph.graph_scores(ranker, facts, lists, days))
    assert scores[lists.is_answer].mean() > log_shares(np.log(lists.mixed + 1e-9))[lists.is_answer].mean() + 0.1
