"""Two more voices for the ranking of next moves: vectors of actors that follow what happened lately, with torch.

Of each day the graph of what happened is laid out with counts that fade. Two layers gather, for every actor, what its
partners are, by relation; the vectors so made of subject and candidate, what the same question was answered with
lately, and a learned reading of what went on between the two add to the mixture's logarithm. One form knows only
candidates and the past, none of the features that trees and the other network read; the joint form reads these too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from detente.forecast.next_moves.counters import Counter
from detente.forecast.next_moves.facts import Facts, Vocabulary
from detente.forecast.next_moves.history import key
from detente.forecast.next_moves.lists import Lists
from detente.forecast.next_moves.ranker import draw_places
from detente.forecast.next_moves.rules import Rules
from next_moves_plans import GraphLesson, Span

Floats = npt.NDArray[np.float32]
Whole = npt.NDArray[np.int64]
Tensor = torch.Tensor

#: Half-lives told to the network (places in HALF_LIVES), and how little of a count at the longest is left out.
LIVES, LEAST, LEAST_BETWEEN = (0, 1, 3), 0.25, 0.1
#: Widths of vectors of actors, and of what went on between two.
WIDTH, BETWEEN, KINDS = 64, 48, 8
DROPOUT = 0.3
#: Of the part that reads features: widths, share left out, standard deviations at which features are cut off.
HIDDEN, NARROW, ASKED_WIDTH, TOLD_DROPOUT, CUT = 128, 64, 16, 0.4, 5.0
_CHUNK = 400


@dataclass(frozen=True)
class Snapshot:
    """What is known on a day.

    Attributes:
        subject: Of each (subject, relation, object) that happened lately, ascending.
        relation: Of each.
        object: Of each.
        counts: Of each, faded, shape (half-lives, edges).
        lists: Numbers of the lists of the day.
        row: Of what went on between subject and candidate: the place of the candidate, counted through the lists.
        between: Which relation it was.
        often: Logarithm of how often, faded, shape (half-lives, entries).
    """

    subject: Whole
    relation: Whole
    object: Whole
    counts: Floats
    lists: Whole
    row: npt.NDArray[np.int32]
    between: npt.NDArray[np.int16]
    often: npt.NDArray[np.float16]


def snapshots(facts: Facts, lists: Lists, spans: Iterable[Span]) -> Iterator[Snapshot]:
    """What is known on each day that is asked about, in order.

    Args:
        facts: All facts, both ways.
        lists: Whose days, subjects and candidates are looked up.
        spans: The days.
    """
    for span in spans:
        known = facts if span.known_until is None else facts.until(span.known_until)
        counter = Counter.over(
            key("sro", known.vocabulary, known.subject, known.relation, known.object), known.vocabulary.actors
        )
        rules, noted = Rules(known, counter), 0
        for day in span.days:
            for past in range(noted, day):
                where = known.of_day(past)
                if where.stop > where.start:
                    counter.add(where, past)
            noted = day
            asked = np.flatnonzero(lists.day == day)
            if asked.size:
                yield _snapshot(counter, rules, lists, asked, day)


def _snapshot(counter: Counter, rules: Rules, lists: Lists, asked: Whole, day: int) -> Snapshot:
    live = np.flatnonzero(counter.last[:-1] >= 0)
    counts = counter.counts(live, day)[list(LIVES)]
    kept = counts[-1] > LEAST
    subject_relation, answer = np.divmod(counter.keys[live[kept]], rules.actors)
    subject, relation = np.divmod(subject_relation, rules.width)
    chosen = lists.chosen[asked]
    row, entry = rules.expand(np.repeat(lists.subject[asked], chosen.shape[1]), chosen.ravel())
    often = counter.counts(rules.entry[entry].astype(np.int64), day)[list(LIVES)]
    told = often[-1] > LEAST_BETWEEN
    return Snapshot(
        subject=subject,
        relation=relation,
        object=answer,
        counts=counts[:, kept],
        lists=asked,
        row=row[told].astype(np.int32),
        between=rules.relation[entry[told]].astype(np.int16),
        often=np.log1p(often[:, told]).astype(np.float16),
    )


class Layer(nn.Module):
    """What an actor's partners are, by relation and half-life, added to what it is."""

    def __init__(self, relations: int) -> None:
        super().__init__()
        self.relation = _vectors(relations, WIDTH, mean=1.0, spread=0.3)
        self.gathered = nn.Linear(len(LIVES) * (WIDTH + 1), WIDTH)
        self.norm, self.drop = nn.LayerNorm(WIDTH), nn.Dropout(DROPOUT)

    def forward(self, actors: Tensor, subject: Tensor, relation: Tensor, other: Tensor, counts: Tensor) -> Tensor:
        """Vectors of the actors, shape (actors, width), after another look around."""
        told = actors[other] * self.relation(relation)
        gathered = [part for count in counts for part in _mean_of(told, subject, count, actors.shape[0])]
        found: Tensor = self.drop(nn.functional.gelu(self.norm(self.gathered(torch.cat(gathered, dim=1)))))
        return actors + found


class GraphRanker(nn.Module):
    """Scores the candidates of a question; what is added to the mixture's logarithm.

    Args:
        vocabulary: Of the facts.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        relations = 2 * vocabulary.relations
        self.width = relations
        self.country, self.sector = (torch.as_tensor(of).long() for of in (vocabulary.country, vocabulary.sector))
        self.actor = _vectors(vocabulary.actors, WIDTH)
        self.of_country = _vectors(int(vocabulary.country.max()) + 1, WIDTH)
        self.of_sector = _vectors(int(vocabulary.sector.max()) + 1, WIDTH)
        self.first, self.second = Layer(relations), Layer(relations)
        self.relation = _vectors(relations, WIDTH, mean=1.0, spread=0.3)
        self.asked = nn.Sequential(
            nn.Linear(3 * WIDTH, 2 * WIDTH), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(2 * WIDTH, WIDTH)
        )
        self.answered = _small(2 * (WIDTH + 1))
        self.candidate = _small(WIDTH)
        self.usual = nn.Embedding(vocabulary.actors, 1)
        nn.init.zeros_(self.usual.weight)
        self.kind_asked, self.kind = nn.Embedding(relations, KINDS), nn.Linear(WIDTH, KINDS)
        self.happened = nn.ModuleList([_vectors(relations, BETWEEN, spread=0.05) for _ in LIVES])
        self.wanted, self.agree = _vectors(relations, BETWEEN, spread=0.3), nn.Linear(BETWEEN, BETWEEN)
        self.read = nn.Sequential(
            nn.Linear(2 * BETWEEN, BETWEEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(BETWEEN, 1)
        )
        self.mixture, self.drop = nn.Parameter(torch.ones(1)), nn.Dropout(DROPOUT)

    def actors(self, now: Snapshot) -> Tensor:
        """Vectors of all actors on a day, shape (actors, width)."""
        still = self.drop(self.actor.weight) + self.of_country(self.country) + self.of_sector(self.sector)
        met, place = np.unique(np.concatenate([now.subject, now.object]), return_inverse=True)
        subject, other = torch.as_tensor(place).split(now.subject.size)
        graph = subject, torch.as_tensor(now.relation), other, torch.as_tensor(now.counts)
        moved = self.second(self.first(still[torch.as_tensor(met)], *graph), *graph)
        return still.index_copy(0, torch.as_tensor(met), moved)

    def forward(self, now: Snapshot, actors: Tensor, lists: Lists, part: Whole, places: Whole | None = None) -> Tensor:
        """Scores of the candidates of some lists.

        Args:
            now: What is known on their day.
            actors: Vectors of that day.
            lists: All lists.
            part: Which of the day's lists.
            places: Of the candidates that are scored, shape (lists, drawn); None for all.

        Returns:
            Shape (lists, candidates).
        """
        rows = now.lists[part]
        subject, relation = (torch.as_tensor(of[rows]).long() for of in (lists.subject, lists.relation))
        chosen = torch.as_tensor(lists.chosen[rows]).long()
        who, what = actors[subject], self.relation(relation)
        query = who * what + self.asked(torch.cat([who, what, who * what], dim=1))
        query = query + self._answered(now, actors, subject.numpy(), relation.numpy())
        scores = torch.einsum("qkw,qw->qk", self.candidate(actors)[chosen], query) + self.usual(chosen)[..., 0]
        scores = scores + torch.einsum("qkw,qw->qk", self.kind(actors)[chosen], self.kind_asked(relation))
        scores = scores + self.mixture * torch.as_tensor(np.log(lists.mixed[rows] + 1e-9))
        scores = scores + self._between(now, relation, part, chosen.shape)
        return scores if places is None else torch.gather(scores, 1, torch.as_tensor(places))

    def _answered(self, now: Snapshot, actors: Tensor, subject: Whole, relation: Whole) -> Tensor:
        """What the same question was answered with lately."""
        question = now.subject * self.width + now.relation
        begin, end = (np.searchsorted(question, subject * self.width + relation, side) for side in ("left", "right"))
        row, place = _ranges(begin, end)
        answers = actors[torch.as_tensor(now.object[place])]
        counts = torch.as_tensor(now.counts[1:, place])
        parts = [part for count in counts for part in _mean_of(answers, torch.as_tensor(row), count, subject.size)]
        found: Tensor = self.answered(torch.cat(parts, dim=1))
        return found

    def _between(self, now: Snapshot, relation: Tensor, part: Whole, shape: torch.Size) -> Tensor:
        """What speaks for a candidate in what went on between it and the subject."""
        lists, candidates = shape
        number = np.full(now.lists.size, -1, dtype=np.int64)
        number[part] = np.arange(part.size)
        of_list, place = np.divmod(now.row, candidates)
        kept = number[of_list] >= 0
        row, found = np.unique(number[of_list[kept]] * candidates + place[kept], return_inverse=True)
        happened = torch.as_tensor(now.between[kept].astype(np.int64))
        often = torch.as_tensor(now.often[:, kept].astype(np.float32))
        told = torch.stack([read(happened) * count[:, None] for read, count in zip(self.happened, often, strict=True)])
        history = torch.tanh(torch.zeros(row.size, BETWEEN).index_add_(0, torch.as_tensor(found), told.sum(dim=0)))
        wanted = self.wanted(relation)[torch.as_tensor(row // candidates)]
        said = (self.agree(history) * wanted).sum(dim=1) + self.read(torch.cat([history, wanted], dim=1))[:, 0]
        return torch.zeros(lists * candidates).index_copy(0, torch.as_tensor(row), said).reshape(lists, candidates)


def _drawn(column: npt.NDArray[Any], places: Whole | None) -> npt.NDArray[Any]:
    """The candidates drawn, of a column of shape (lists, candidates, …)."""
    if places is None:
        return column
    return np.take_along_axis(column, places[:, :, None] if column.ndim == 3 else places, axis=1)


def _vectors(number: int, width: int, *, mean: float = 0.0, spread: float = 0.1) -> nn.Embedding:
    table = nn.Embedding(number, width)
    nn.init.normal_(table.weight, mean, spread)
    return table


def _small(width: int) -> nn.Linear:
    """A linear map to vectors of actors that begins near nothing."""
    layer = nn.Linear(width, WIDTH)
    nn.init.normal_(layer.weight, 0.0, 0.02)
    return layer


def _mean_of(values: Tensor, place: Tensor, count: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Means by place weighed by counts, towards nothing where there is little, and the logarithm of how much."""
    total = torch.zeros(size).index_add_(0, place, count)
    summed = torch.zeros(size, values.shape[1]).index_add_(0, place, values * count[:, None])
    return summed / (total + 0.5)[:, None], torch.log1p(total)[:, None]


def _ranges(begin: Whole, end: Whole) -> tuple[Whole, Whole]:
    """Whole numbers from each begin to each end, and which range each is of."""
    length = end - begin
    row = np.repeat(np.arange(begin.size), length)
    return row, np.arange(row.size) + np.repeat(begin - np.cumsum(length) + length, length)


class JointRanker(GraphRanker):
    """Reads the features of a candidate beside the graph, as the smaller network does.

    Args:
        vocabulary: Of the facts.
        sample: Features of some candidates, shape (candidates, features).
    """

    def __init__(self, vocabulary: Vocabulary, sample: Floats) -> None:
        super().__init__(vocabulary)
        self.register_buffer("mean", torch.as_tensor(sample.mean(axis=0)))
        self.register_buffer("scale", torch.as_tensor(sample.std(axis=0) + 1e-3))
        self.told_of = _vectors(2 * vocabulary.relations, ASKED_WIDTH)
        self.told = nn.Linear(sample.shape[1] + 2 * ASKED_WIDTH, HIDDEN)
        self.judged = nn.Sequential(
            nn.ReLU(), nn.Dropout(TOLD_DROPOUT), nn.Linear(HIDDEN, NARROW), nn.ReLU(), nn.Linear(NARROW, 1)
        )
        self.narrow = nn.Linear(WIDTH, ASKED_WIDTH)

    def forward(self, now: Snapshot, actors: Tensor, lists: Lists, part: Whole, places: Whole | None = None) -> Tensor:
        """As for `GraphRanker`, features read."""
        scores = super().forward(now, actors, lists, part, places)
        rows = now.lists[part]
        features, chosen = (_drawn(of[rows], places) for of in (lists.features, lists.chosen))
        scaled = (torch.as_tensor(features.astype(np.float32)) - self.mean) / self.scale
        asked = self.told_of(torch.as_tensor(lists.relation[rows]).long())[:, None].expand(*chosen.shape, -1)
        candidate = self.narrow(actors)[torch.as_tensor(chosen).long()]
        told: Tensor = self.judged(self.told(torch.cat([scaled.clamp(-CUT, CUT), asked, candidate], dim=2)))
        return scores + told[..., 0]


def train_graph(facts: Facts, lists: Lists, spans: Iterable[Span], *, seed: int, lesson: GraphLesson) -> GraphRanker:
    """A ranker taught on lists that hold a true answer.

    Args:
        facts: All facts, both ways.
        lists: Learned from.
        spans: Their days.
        seed: Of the first weights, the order and the dropout.
        lesson: How.
    """
    torch.manual_seed(seed)
    rng, known = np.random.default_rng(seed), list(snapshots(facts, lists, spans))
    reads_features = lesson.drawn is not None
    ranker = JointRanker(facts.vocabulary, _sample(lists)) if reads_features else GraphRanker(facts.vocabulary)
    whole = [np.flatnonzero(lists.is_answer[now.lists].any(axis=1)) for now in known]
    steps = [(day, max(1, round(part.size / lesson.lists))) for day, part in enumerate(whole)]
    adam = torch.optim.AdamW(ranker.parameters(), lr=lesson.rate, weight_decay=1e-4)
    total = lesson.passes * sum(n for _, n in steps)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, lesson.rate, total, pct_start=0.15)
    for _ in range(lesson.passes):
        parts = [
            (day, part) for day, n in steps for part in np.array_split(rng.permutation(whole[day]), n) if part.size
        ]
        for place in rng.permutation(len(parts)):
            now, part = known[parts[place][0]], np.sort(parts[place][1])
            true = lists.is_answer[now.lists[part]]
            places = draw_places(true, rng, lesson.drawn) if lesson.drawn is not None else None
            scores = ranker(now, ranker.actors(now), lists, part, places)
            adam.zero_grad()
            _loss(scores, torch.as_tensor(_drawn(true, places)), lesson.given_up).backward()
            nn.utils.clip_grad_norm_(ranker.parameters(), 1.0)
            adam.step()
            rate.step()
    return ranker


def _sample(lists: Lists) -> Floats:
    """Features of the candidates of some lists, shape (candidates, features)."""
    some = np.sort(np.random.default_rng(0).choice(lists.day.size, min(1000, lists.day.size), replace=False))
    return np.asarray(lists.features[some], dtype=np.float32).reshape(-1, lists.features.shape[2])


def graph_scores(ranker: GraphRanker, facts: Facts, lists: Lists, spans: Iterable[Span]) -> Floats:
    """Scores of all candidates, shape (questions, candidates); arguments as for `train_graph`."""
    ranker.eval()
    scores = np.zeros(lists.chosen.shape, dtype=np.float32)
    with torch.no_grad():
        for now in snapshots(facts, lists, spans):
            actors = ranker.actors(now)
            for begin in range(0, now.lists.size, _CHUNK):
                part = np.arange(begin, min(begin + _CHUNK, now.lists.size))
                scores[now.lists[part]] = ranker(now, actors, lists, part).numpy()
    return scores


def _loss(scores: Tensor, is_answer: Tensor, given_up: float) -> Tensor:
    """Mean loss of a true answer against the false ones alone, as in `AgainstFalse`; in nats where none is given up."""
    false = torch.logsumexp(scores.masked_fill(is_answer, -1e9), dim=1, keepdim=True)
    nats = nn.functional.softplus(false - scores)[is_answer]
    return ((1 - torch.exp(-given_up * nats)) / given_up if given_up else nats).mean()
