"""Train whether anything happens between two states of a sentence, and what (``events-v2``), and print the scores.

Two classifiers for each: over words, and over the vectors of the encoder, which has not seen these sets. Needs the
extra ``reading``, scikit-learn, and ``plover_plv_train.parquet``, ``werner_news2022_cameo20_docs.parquet`` and
``un_relevance_sentences.parquet``. The folds keep documents together. The threshold of each fold is the one with the
best F1 on the other folds among those that raise few false alarms there; that of the models is chosen on all.
Statements (CAMEO 01) have no type in PLOVER and count as no event.

    python scripts/train_events.py FOLDER_OF_LABELLED_SETS [--write]
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente.codebook.deeds import deeds_of
from detente.codebook.events import cameo_table, quad_of
from detente.coding.actors import Mention, find_actors
from detente.coding.dense import DenseModel, blend, write_dense
from detente.coding.encoder import load_encoder
from detente.coding.events import LEAST_TO_ENCODE, is_unreal
from detente.coding.linear import LinearModel, write_model
from detente.coding.parsing import parse_sentences
from detente.coding.relation import relation_from
from detente.coding.relation_features import pair_features, tokens_in
from detente.coding.sentences import Span, find_sentences
from train_relation import fit, fit_vectors, given_features, given_vectors

MODELS = Path(__file__).resolve().parents[1] / "src" / "detente" / "coding" / "models"
#: Chosen among a few on the folds.
INVERSE_PENALTY, FEWEST, FOLDS = 10.0, 3, 5
#: A pair of states counts more than a pair of other actors: states are what is coded.
WEIGHT_OF_STATES = 2.0
#: Inverse penalty of the classifiers over vectors; of pairs that are not of two states, so many learn with and without.
VECTOR_PENALTY, OTHERS = 0.003, 1500
THRESHOLDS = np.arange(0.15, 0.66, 0.025).tolist()
#: Share of the sentences that hold no event and name two states in which one may be found.
MOST_ALARMS = 0.10
#: Actors of one sentence that are paired.
MOST = 14
NEWS_DAY, UN_DAY = dt.date(2022, 11, 15), dt.date(2010, 6, 1)
ROOTS = {"RETREAT": "YIELD", "CONCEDE": "YIELD"}


@dataclass
class Candidate:
    """Two actors of one sentence in one order, and the roots that the annotator gave them (none: no event)."""

    document: int
    states: tuple[str | None, str | None]
    roots: list[str]
    features: list[str]
    guess: str | None
    text: str
    places: tuple[Span, Span]
    vector: Any = None

    @property
    def is_foreign(self) -> bool:
        """Whether it is of two states, as what is coded."""
        return all(self.states) and self.states[0] != self.states[1]


@dataclass(frozen=True)
class Coded:
    """A candidate of two states by models that have not seen its document: in which fold, how likely, of what type.

    With the encoder the likelihood is that of an event of its quad, by words alone that of any.
    """

    one: Candidate
    fold: int
    likelihood: float
    root: str


@dataclass
class Document:
    """A text with its actors, and the gold events between states as (actor, recipient, quad)."""

    text: str
    mentions: list[Mention]
    named: dict[tuple[str, str], list[str]]
    gold: set[tuple[str, str, str]] = field(default_factory=set)


def main() -> None:
    """Score, and write when asked to."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    documents = read_documents(chosen.folder)
    candidates = [one for place, document in enumerate(documents) for one in candidates_of(place, document)]
    count, quiet = read_quiet(chosen.folder)
    encode([*candidates, *quiet])
    given = pl.read_parquet(chosen.folder / "plover_plv_train.parquet")
    vectors = given_vectors(given, masked=True)
    typed = list(zip(given_features(given), vectors, given["root"].to_list(), strict=True))
    by_words, by_both = cross_validate(documents, candidates, (count, quiet), typed)
    if chosen.write:
        models = train(candidates, quiet, typed, (by_words, by_both))
        for name, model in zip(("link", "link_type"), models[:2], strict=True):
            write_model(MODELS / f"{name}.npz", model)
        for name, dense in zip(("link", "link_type"), models[2:], strict=True):
            write_dense(MODELS / f"{name}_vectors.npz", dense)


def encode(candidates: Sequence[Candidate]) -> None:
    """Give their vectors to the pairs of two states, and to some others."""
    encoder = load_encoder()
    if encoder is None:
        raise SystemExit("The encoder cannot be loaded: install the extra `reading`.")
    draw = np.random.default_rng(5)
    others = [one for one in candidates if not one.is_foreign]
    chosen = [one for one in candidates if one.is_foreign]
    for has_event in (True, False):
        kind = [one for one in others if bool(one.roots) == has_event]
        chosen += [kind[place] for place in draw.permutation(len(kind))[:OTHERS].tolist()]
    for one in chosen:
        one.vector = encoder.vector(one.text, *one.places, masked=True)


def read_documents(folder: Path) -> list[Document]:
    """The annotated news, and a count of the events that are not between two states."""
    types = {row["code"]: row["event_type"] for row in cameo_table().iter_rows(named=True)}
    documents, left = [], Counter[str]()
    frame = pl.read_parquet(folder / "werner_news2022_cameo20_docs.parquet")
    for (text,), rows in frame.group_by(["text"], maintain_order=True):
        document = Document(str(text), find_actors(str(text), NEWS_DAY).mentions, {})
        for row in rows.iter_rows(named=True):
            event_type = types[f"{row['cameo_root']:02d}"]
            names = row["source"] or "", row["target"] or ""
            document.named.setdefault(names, [])
            if event_type is None:
                left["statements"] += 1
                continue
            document.named[names].append(ROOTS.get(event_type, event_type))
            left[add_gold(document, names, event_type)] += 1
        documents.append(document)
    total = sum(len(document.gold) for document in documents)
    print(f"{len(documents)} documents, {total} distinct (actor, recipient, quad) between states; {dict(left)}")
    return documents


def add_gold(document: Document, names: tuple[str, str], event_type: str) -> str:
    """Add an event between two states to the gold; say what became of it."""
    states = [
        {
            one.iso3
            for start, end in occurrences(document.text, name, 0, len(document.text))
            for one in document.mentions
            if one.iso3 and one.start < end and start < one.end
        }
        for name in names
    ]
    if not all(states):
        return "an actor is no state"
    if any(len(one) > 1 for one in states):
        return "an actor is several states"
    actor, recipient = states[0].pop(), states[1].pop()
    if actor == recipient:
        return "within one state"
    document.gold.add((str(actor), str(recipient), quad_of(ROOTS.get(event_type, event_type))))
    return "between two states"


def occurrences(text: str, name: str, low: int, high: int) -> list[tuple[int, int]]:
    """Every place of a name in a stretch of a text."""
    found, at = [], text.find(name, low) if name.strip() else -1
    while at >= 0 and at + len(name) <= high:
        found.append((at, at + len(name)))
        at = text.find(name, at + 1)
    return found


def candidates_of(place: int, document: Document) -> Iterator[Candidate]:
    """All ordered pairs of named actors and states in each sentence."""
    text = document.text
    spans = find_sentences(text)
    for span, doc in zip(spans, parse_sentences([one.of(text) for one in spans]), strict=True):
        at = {name: occurrences(text, name, span.start, span.end) for pair in document.named for name in pair}
        states = {(m.start, m.end): m.iso3 for m in document.mentions if m.iso3 and span.start <= m.start < span.end}
        named = {one for places in at.values() for one in places}
        for actor in sorted(named | set(states))[:MOST]:
            for recipient in sorted(named | set(states))[:MOST]:
                of_states = states.get(actor), states.get(recipient)
                foreign = all(of_states) and of_states[0] != of_states[1]
                if touch(actor, recipient) or not (foreign or {actor, recipient} <= named):
                    continue
                tokens = [tokens_in(doc, one[0] - span.start, one[1] - span.start) for one in (actor, recipient)]
                roots = [
                    root
                    for (source, target), held in document.named.items()
                    if any(touch(one, actor) for one in at[source]) and any(touch(one, recipient) for one in at[target])
                    for root in held
                ]
                places = tuple(Span(one[0] - span.start, one[1] - span.start) for one in (actor, recipient))
                features, guess = pair_features(doc, *tokens), dictionary_root(doc, *tokens)
                yield Candidate(place, of_states, roots, features, guess, span.of(text), places)


def touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two stretches share a character."""
    return one[0] < other[1] and other[0] < one[1]


def dictionary_root(doc: Any, actor: Sequence[Any], recipient: Sequence[Any]) -> str | None:  # noqa: ANN401
    """What a dictionary says: the first type of the first listed verb between actor and recipient, in that order."""
    if not actor or not recipient or actor[0].i >= recipient[0].i:
        return None
    for token in doc[actor[-1].i + 1 : recipient[0].i]:
        if token.pos_ == "VERB" and (deeds := deeds_of(token.lemma_.lower())):
            return ROOTS.get(deeds[0], deeds[0])
    return None


def read_quiet(folder: Path) -> tuple[int, list[Candidate]]:
    """How many sentences hold no event, and the pairs of states in them."""
    frame = pl.read_parquet(folder / "un_relevance_sentences.parquet").filter(pl.col("relevant") == 0)
    quiet: list[Candidate] = []
    for place, text in enumerate(frame["sentence"].to_list()):
        document = Document(text, find_actors(text, UN_DAY).mentions, {})
        if len({one.iso3 for one in document.mentions if one.iso3}) > 1:
            quiet += candidates_of(place, document)
    pairs = len({one.document for one in quiet})
    print(f"{frame.height} sentences without events, {pairs} of them with two states")
    return frame.height, quiet


def train(
    candidates: Sequence[Candidate],
    quiet: Sequence[Candidate],
    typed: Sequence[tuple[list[str], Any, str]],
    thresholds: tuple[float, float] = (0.0, 0.0),
) -> tuple[LinearModel, LinearModel, DenseModel, DenseModel]:
    """Whether there is an event, and which: over words, then over vectors."""
    everything = [*candidates, *quiet]
    labels = np.array(["event" if one.roots else "none" for one in everything])
    is_news = [True] * len(candidates) + [False] * len(quiet)
    weights = np.array([WEIGHT_OF_STATES if news and all(one.states) else 1.0
                        for one, news in zip(everything, is_news, strict=True)])  # fmt: skip
    settings: dict[str, Any] = {"penalty": INVERSE_PENALTY, "fewest": FEWEST, "balanced": False}
    features = [one.features for one in everything]
    link = fit(features, labels, weights=weights, threshold=thresholds[0], **settings)
    events = [one for one in candidates if one.roots]
    roots = np.array([root for *_, root in typed] + [one.roots[0] for one in events])
    kind = fit([words for words, *_ in typed] + [one.features for one in events], roots, **settings)
    seen = [place for place, one in enumerate(everything) if one.vector is not None]
    vectors = np.stack([everything[place].vector for place in seen])
    dense = fit_vectors(vectors, labels[seen], VECTOR_PENALTY, weights=weights[seen], balanced=False,
                        threshold=thresholds[1])  # fmt: skip
    known = [one for one in events if one.vector is not None]
    vectors = np.stack([vector for _, vector, _ in typed] + [one.vector for one in known])
    roots = np.array([root for *_, root in typed] + [one.roots[0] for one in known])
    return link, kind, dense, fit_vectors(vectors, roots, VECTOR_PENALTY, balanced=False)


def cross_validate(
    documents: Sequence[Document],
    candidates: Sequence[Candidate],
    without: tuple[int, Sequence[Candidate]],
    typed: Sequence[tuple[list[str], Any, str]],
) -> tuple[float, float]:
    """Print the scores over all folds, the dictionary's beside them; return the thresholds, by words and by both."""
    count, quiet = without
    draw = np.random.default_rng(0)
    fold, quiet_fold = draw.integers(0, FOLDS, len(documents)), draw.integers(0, FOLDS, count)
    coded: tuple[list[Coded], list[Coded]] = [], []
    alarms: tuple[list[Coded], list[Coded]] = [], []
    for part in range(FOLDS):
        seen = [one for one in candidates if fold[one.document] != part]
        models = train(seen, [one for one in quiet if quiet_fold[one.document] != part], typed)
        for one in candidates:
            if fold[one.document] == part and one.is_foreign:
                for found, with_vector in zip(coded, (False, True), strict=True):
                    found.append(code(one, part, models, with_vector=with_vector))
        for one in quiet:
            if quiet_fold[one.document] == part and one.is_foreign:
                for found, with_vector in zip(alarms, (False, True), strict=True):
                    found.append(code(one, part, models, with_vector=with_vector))
    words = [Coded(one.one, one.fold, 1.0, one.one.guess) for one in coded[0] if one.one.guess]
    print("dictionary:", scores(documents, words, dict.fromkeys(range(FOLDS), 0.0))[1])
    pairs = zip(("words", "both"), coded, alarms, strict=True)
    chosen = [choose(name, (documents, fold), found, false, count) for name, found, false in pairs]
    return chosen[0], chosen[1]


def code(
    one: Candidate, part: int, models: tuple[LinearModel, LinearModel, DenseModel, DenseModel], *, with_vector: bool
) -> Coded:
    """What models make of a candidate, as the package does."""
    link, kind, dense_link, dense_kind = models
    odds, types = link.probabilities(one.features), kind.probabilities(one.features)
    with_vector = with_vector and odds["event"] >= LEAST_TO_ENCODE
    if with_vector:
        odds = blend(odds, dense_link.probabilities(one.vector), 1.0)
        types = blend(types, dense_kind.probabilities(one.vector), 1.0)
    relation = relation_from(types, quad_first=with_vector)
    unreal = is_unreal(one.features, relation)
    likelihood = odds["event"] * (relation.of_quad if with_vector else 1.0)
    return Coded(one, part, 0.0 if unreal else likelihood, relation.event_type)


def choose(
    name: str, known: tuple[Sequence[Document], Any], coded: Sequence[Coded], quiet: Sequence[Coded], count: int
) -> float:
    """Print the scores with thresholds chosen outside of each fold; return the one chosen on all."""
    documents, fold = known

    def best(parts: Sequence[int]) -> float:
        inside = {place for place in range(len(documents)) if fold[place] in parts}
        found = [one for one in coded if one.fold in parts]
        few = [(scores(documents, found, dict.fromkeys(parts, value), inside)[0], value)
               for value in THRESHOLDS if is_quiet(quiet, parts, value)]  # fmt: skip
        return max(few)[1]

    thresholds = {part: best([other for other in range(FOLDS) if other != part]) for part in range(FOLDS)}
    raised = {one.one.document for one in quiet if one.likelihood >= thresholds[one.fold]}
    named = len({one.one.document for one in quiet})
    print(f"{name}: {scores(documents, coded, thresholds)[1]}; thresholds {sorted(thresholds.values())};")
    shares = f"{len(raised) / count:.2%} of all, {len(raised) / named:.1%} of those with two states"
    print(f"  false alarms {len(raised)}: {shares}")
    return best(range(FOLDS))


def is_quiet(quiet: Sequence[Coded], parts: Sequence[int], threshold: float) -> bool:
    """Whether few enough of the sentences of these folds that hold no event raise an alarm."""
    inside = [one for one in quiet if one.fold in parts]
    raised = {one.one.document for one in inside if one.likelihood >= threshold}
    return len(raised) <= MOST_ALARMS * len({one.one.document for one in inside})


def scores(
    documents: Sequence[Document], coded: Sequence[Coded], thresholds: dict[int, float], inside: set[int] | None = None
) -> tuple[float, str]:
    """F1 of (actor, recipient, quad), and a line with precision and recall too, and the F1 of the pair alone."""
    best: dict[tuple[int, Any, Any], tuple[float, str]] = {}
    for found in coded:
        key = (found.one.document, *found.one.states)
        if found.likelihood >= thresholds[found.fold] and found.likelihood > best.get(key, (0.0, ""))[0]:
            best[key] = found.likelihood, quad_of(found.root)
    made = {(*key, quad) for key, (_, quad) in best.items()}
    gold = {
        (place, *event)
        for place, document in enumerate(documents)
        if inside is None or place in inside
        for event in document.gold
    }
    right, pairs = len(made & gold), {one[:3] for one in gold}
    f1 = 2 * right / max(len(made) + len(gold), 1)
    pair = 2 * len(set(best) & pairs) / max(len(best) + len(pairs), 1)
    precision, recall = right / max(len(made), 1), right / len(gold)
    line = f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}; pair alone F1 {pair:.3f}"
    return f1, line


if __name__ == "__main__":
    main()
