"""Ranking the next recipient: counters, rules, lists and the network, on a small made-up world."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from detente.forecast.next_moves.around import LEAST
from detente.forecast.next_moves.counters import HALF_LIVES, Counter
from detente.forecast.next_moves.facts import Facts, Vocabulary, ask
from detente.forecast.next_moves.features import feature_names
from detente.forecast.next_moves.history import History, key
from detente.forecast.next_moves.lists import Lists, build_lists, fit_mixture, walk
from detente.forecast.next_moves.mixture import Mixture
from detente.forecast.next_moves.network import GIVEN_UP, Adam, Batch, Network, train
from detente.forecast.next_moves.ranker import Draw, log_shares, train_trees, tree_scores
from detente.forecast.next_moves.shelf import Shelf, open_lists

ACTORS, RELATIONS, DAYS = 60, 6, 40


def _world(seed: int = 1) -> Facts:
    """Facts in which actors return to a few partners, and relation 1 is answered by relation 2 the next day."""
    rng = np.random.default_rng(seed)
    country = (np.arange(ACTORS) % 7).astype(np.int32)
    vocabulary = Vocabulary(
        ACTORS, RELATIONS, country, (np.arange(ACTORS) % 4).astype(np.int32), np.arange(RELATIONS, dtype=np.int32)
    )
    day = np.sort(rng.integers(0, DAYS, 1500)).astype(np.int32)
    subject = rng.integers(0, ACTORS, day.size).astype(np.int32)
    answer = ((subject * 3 + rng.integers(0, 3, day.size)) % ACTORS).astype(np.int32)
    relation = rng.integers(0, RELATIONS, day.size).astype(np.int32)
    asked = (relation == 1) & (day < DAYS - 1)
    echo = [np.append(a, b) for a, b in ((day, day[asked] + 1), (subject, answer[asked]), (answer, subject[asked]))]
    order = np.argsort(echo[0], kind="stable")
    columns = echo[0], echo[1], np.append(relation, np.full(asked.sum(), 2)), echo[2]
    return Facts(*(column[order].astype(np.int32) for column in columns), vocabulary).both_ways()


@pytest.fixture(scope="module")
def facts() -> Facts:
    """One made-up world for all tests of this module."""
    return _world()


@pytest.fixture(scope="module")
def mixture(facts: Facts) -> Mixture:
    """A mixture fitted on some of its days."""
    return fit_mixture(facts, range(15, 30, 3))


def _lists(facts: Facts, mixture: Mixture, day: int) -> list[Lists]:
    return [part for state, asked in walk(facts, [day]) for part in build_lists(state, asked, mixture, candidates=20)]


def test_counts_fade_as_their_half_life_says(facts: Facts) -> None:
    """A counter moved a day at a time holds the sum over past facts of 0.5 to the power of age by half-life."""
    keys = key("sro", facts.vocabulary, facts.subject, facts.relation, facts.object)
    counter = Counter.over(keys, ACTORS)
    for day in range(20):
        counter.add(facts.of_day(day), day)
    past = facts.day < 20
    for place in (0, 7, 50):
        ages = 20 - facts.day[past & (counter.of_fact == place)]
        expected = [np.sum(0.5 ** (ages / life)) for life in HALF_LIVES]
        assert counter.counts(np.array([place]), 20)[:, 0] == pytest.approx(expected, rel=1e-4)


def test_every_fact_asks_from_both_sides(facts: Facts) -> None:
    """Who did it to whom and who it was done by are two questions, each the other's turned round."""
    turned = facts.vocabulary.turned(facts.relation)
    both = {tuple(row) for row in np.stack([facts.day, facts.subject, facts.relation, facts.object], 1).tolist()}
    assert both == {tuple(row) for row in np.stack([facts.day, facts.object, turned, facts.subject], 1).tolist()}
    questions = ask(facts, 5)
    assert questions.answers.size == np.sum(facts.day == 5)
    assert len({*zip(questions.subject.tolist(), questions.relation.tolist(), strict=True)}) == len(questions)


def test_a_rule_of_the_world_is_found(facts: Facts) -> None:
    """After relation 1 the other side answers with relation 2 the next day, and no rule is held to be surer."""
    history = History(facts)
    history.advance(35)
    confidence = history.rules.confidences()[0]
    turned_first = RELATIONS + 1
    assert confidence[turned_first].argmax() == 2
    assert confidence[turned_first, 2] > 5 * confidence[turned_first, 3]


def test_what_comes_later_changes_no_list(facts: Facts, mixture: Mixture) -> None:
    """Facts of the day asked about and after it, however wild, leave candidates and features as they were."""
    day = 25
    wild = facts.day > day
    changed = replace(facts, object=np.where(wild, (facts.object + 11) % ACTORS, facts.object).astype(np.int32))
    for before, after in zip(_lists(facts, mixture, day), _lists(changed, mixture, day), strict=True):
        assert np.array_equal(before.chosen, after.chosen)
        assert np.allclose(before.features, after.features, atol=0.02)  # sums in half precision, rounded otherwise


def test_answers_of_the_day_asked_about_are_not_told(facts: Facts, mixture: Mixture) -> None:
    """A question whose answers of the day are exchanged for others gets the same candidates and features."""
    day = 25
    today = facts.day == day
    changed = replace(facts, object=np.where(today, (facts.object + 7) % ACTORS, facts.object).astype(np.int32))
    before, after = _lists(facts, mixture, day), _lists(changed, mixture, day)
    assert any(not np.array_equal(a.is_answer, b.is_answer) for a, b in zip(before, after, strict=True))
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(one.features, other.features)


def test_the_mixture_shares_one_out_among_all_actors(facts: Facts, mixture: Mixture) -> None:
    """Probabilities of all actors sum to at most one, and those not listed are ranked behind by them."""
    for lists in _lists(facts, mixture, 30):
        total = lists.mixed.sum(axis=1)
        assert (total <= 1 + 1e-5).all()
        assert (np.diff(lists.mixed, axis=1) <= 1e-9).all()
        assert lists.is_answer.sum() + lists.missed_question.size >= lists.day.size


def _told(lists: Lists, name: str) -> np.ndarray:
    """A feature of the candidates, whose logarithm was taken after adding the least share."""
    return np.exp(lists.features[:, :, feature_names().index(name)].astype(float)) - LEAST


def test_two_steps_go_from_partner_to_partner(facts: Facts, mixture: Mixture) -> None:
    """What is told of two steps is the shares of a subject's partners times the shares of theirs, faded over a week."""
    weight = np.where(facts.day < 20, 0.5 ** ((20 - facts.day) / 7), 0)
    met = np.zeros((ACTORS, ACTORS))
    np.add.at(met, (facts.subject, facts.object), weight)
    met /= met.sum(axis=1, keepdims=True)
    for lists in _lists(facts, mixture, 20):
        assert _told(lists, "two steps, half-life 7") == pytest.approx(
            (met @ met)[lists.subject[:, None], lists.chosen], rel=0.02, abs=2e-3
        )
        assert _told(lists, "two steps back, half-life 7") == pytest.approx(
            (met @ met).T[lists.subject[:, None], lists.chosen], rel=0.02, abs=2e-3
        )


def test_a_role_is_a_sector_at_home_or_abroad(facts: Facts, mixture: Mixture) -> None:
    """The share of a role counts what the subject's sector did to the candidate's, at home or abroad alike."""
    vocabulary = facts.vocabulary
    weight = np.where(facts.day < 20, 0.5 ** ((20 - facts.day) / 60), 0)
    home = vocabulary.is_home(facts.subject, facts.object)
    lists = _lists(facts, mixture, 20)[0]
    told = _told(lists, "share: role and relation")
    for row, (s, r) in enumerate(zip(lists.subject, lists.relation, strict=True)):
        alike = weight * ((vocabulary.sector[facts.subject] == vocabulary.sector[s]) & (facts.relation == r))
        for place, o in enumerate(lists.chosen[row]):
            same = (vocabulary.sector[facts.object] == vocabulary.sector[o]) & (home == vocabulary.is_home(s, o))
            assert told[row, place] == pytest.approx((alike * same).sum() / alike.sum(), rel=0.02, abs=2e-3)


def test_lists_come_back_from_disk_as_they_were(facts: Facts, mixture: Mixture, tmp_path: Path) -> None:
    """What is put on the shelf in chunks is read back in one piece, with missed answers at their questions."""
    parts = _lists(facts, mixture, 30)
    with Shelf(tmp_path / "lists") as shelf:
        for part in parts:
            shelf.add(part)
    back = open_lists(tmp_path / "lists")
    assert np.array_equal(back.features, np.concatenate([part.features for part in parts]))
    sizes = np.cumsum([0, *(part.day.size for part in parts)])
    expected = np.concatenate([part.missed_question + start for part, start in zip(parts, sizes, strict=False)])
    assert np.array_equal(back.missed_question, expected)


def test_lists_cut_in_parts_and_put_together_are_the_same(facts: Facts, mixture: Mixture, tmp_path: Path) -> None:
    """Parts of the lists on a shelf, put on another one after the other, are those lists again."""
    with Shelf(tmp_path / "whole") as shelf:
        for state, asked in walk(facts, [30]):
            for part in build_lists(state, asked, mixture, candidates=4):
                shelf.add(part)
    whole = open_lists(tmp_path / "whole")
    assert whole.missed_question.size
    with Shelf(tmp_path / "again") as shelf:
        for begin in range(0, whole.day.size, 7):
            shelf.add(whole.part(begin, begin + 7))
    again = open_lists(tmp_path / "again")
    for field in fields(Lists):
        assert np.array_equal(getattr(again, field.name), getattr(whole, field.name))


def test_trees_learn_to_order_better_than_the_mixture(facts: Facts, mixture: Mixture, tmp_path: Path) -> None:
    """On the lists they were taught on, trees give the true answers more of the share than the mixture does."""
    with Shelf(tmp_path / "lists") as shelf:
        for state, asked in walk(facts, range(20, 25)):
            for part in build_lists(state, asked, mixture, candidates=20):
                shelf.add(part)
    lists = open_lists(tmp_path / "lists")
    booster = train_trees(lists, Draw.of(lists, seed=1, drawn=12), rounds=8, seed=1)
    taught = log_shares(tree_scores(booster, lists))[lists.is_answer].mean()
    assert taught > log_shares(np.log(lists.mixed + 1e-9))[lists.is_answer].mean() + 0.1


def _batch(seed: int) -> Batch:
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((8, 10, 5)).astype(np.float32)
    true = np.zeros((8, 10), dtype=bool)
    true[np.arange(8), features[:, :, 2].argmax(axis=1)] = True
    true[np.arange(4), features[:4, :, 1].argmax(axis=1)] = True
    ids = rng.integers(0, 4, 8).astype(np.int32), rng.integers(0, 3, 8).astype(np.int32)
    return Batch(*ids, rng.integers(0, 4, (8, 10)).astype(np.int32), features, true)


def _loss(network: Network, batch: Batch) -> float:
    """(1 - p^q) / q of each true answer's share p among itself and the false ones, in so many words."""
    losses = []
    for scores, true in zip(network.scores(batch).astype(float), batch.is_answer, strict=True):
        false = np.exp(scores[~true]).sum()
        losses += [(1 - (np.exp(score) / (np.exp(score) + false)) ** GIVEN_UP) / GIVEN_UP for score in scores[true]]
    return float(np.mean(losses))


def test_the_networks_slopes_are_those_of_its_loss() -> None:
    """A step along each slope changes the loss as finite differences say."""
    batch = _batch(3)
    network = Network.start(batch.features.reshape(-1, 5), actors=4, relations=3, seed=1)
    slopes = network.slopes(batch)
    for name in ("w1", "w2", "w3", "relation", "candidate", "subject_vector", "relation_vector", "object_vector", "m"):
        place = np.unravel_index(np.abs(slopes[name]).argmax(), slopes[name].shape)
        held = network.weights[name][place]
        moved = []
        for step in (1e-2, -1e-2):
            network.weights[name][place] = held + step
            moved.append(_loss(network, batch))
        network.weights[name][place] = held
        assert slopes[name][place] == pytest.approx((moved[0] - moved[1]) / 2e-2, rel=0.1, abs=1e-3)


def test_a_network_learns_what_makes_an_answer_true() -> None:
    """Where one feature decides, a few hundred steps bring the loss to less than half."""
    batches = [_batch(seed) for seed in range(20)]
    network = Network.start(batches[0].features.reshape(-1, 5), actors=4, relations=3, seed=1)
    before = _loss(network, batches[0])
    for _ in train(network, iter(batches * 15), Adam(3e-3, 300), seed=1):
        pass
    assert _loss(network, batches[0]) < before / 2
