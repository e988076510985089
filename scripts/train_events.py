"""Train whether anything happens between two states of a sentence, and what (``events-v1``), and print the scores.

Needs the extra ``reading``, scikit-learn, and ``plover_plv_train.parquet``, ``werner_news2022_cameo20_docs.parquet``
and ``un_relevance_sentences.parquet``. The folds keep documents together; the threshold is the one with the best F1
over all folds among those with few false alarms. Statements (CAMEO 01) have no type in PLOVER and count as no event.

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
from detente.coding.events import is_unreal
from detente.coding.linear import LinearModel, write_model
from detente.coding.parsing import parse_sentences
from detente.coding.relation import relation_of
from detente.coding.relation_features import pair_features, tokens_in
from detente.coding.sentences import find_sentences
from train_relation import fit, given_features

MODELS = Path(__file__).resolve().parents[1] / "src" / "detente" / "coding" / "models"
#: Chosen among a few on the folds.
INVERSE_PENALTY, FEWEST, FOLDS = 10.0, 3, 5
#: A pair of states counts more than a pair of other actors: states are what is coded.
WEIGHT_OF_STATES = 2.0
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
    given = pl.read_parquet(chosen.folder / "plover_plv_train.parquet")
    typed = list(zip(given_features(given), given["root"].to_list(), strict=True))
    threshold = cross_validate(documents, candidates, (count, quiet), typed)
    if chosen.write:
        for name, model in zip(("link", "link_type"), train(candidates, quiet, typed, threshold), strict=True):
            write_model(MODELS / f"{name}.npz", model)
            print(f"{name}.npz: {(MODELS / f'{name}.npz').stat().st_size / 1e6:.2f} MB")


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
                yield Candidate(place, of_states, roots, pair_features(doc, *tokens), dictionary_root(doc, *tokens))


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


def read_quiet(folder: Path) -> tuple[int, list[tuple[int, list[str]]]]:
    """How many sentences hold no event, and the pairs of states in them with their features."""
    frame = pl.read_parquet(folder / "un_relevance_sentences.parquet").filter(pl.col("relevant") == 0)
    quiet = []
    for place, text in enumerate(frame["sentence"].to_list()):
        document = Document(text, find_actors(text, UN_DAY).mentions, {})
        if len({one.iso3 for one in document.mentions if one.iso3}) > 1:
            quiet += [(place, one.features) for one in candidates_of(place, document)]
    pairs = len({place for place, _ in quiet})
    print(f"{frame.height} sentences without events, {pairs} of them with two states")
    return frame.height, quiet


def train(
    candidates: Sequence[Candidate],
    quiet: Sequence[tuple[int, list[str]]],
    typed: Sequence[tuple[list[str], str]],
    threshold: float = 0.0,
) -> tuple[LinearModel, LinearModel]:
    """Whether there is an event, and which."""
    features = [one.features for one in candidates] + [one for _, one in quiet]
    labels = np.array(["event" if one.roots else "none" for one in candidates] + ["none"] * len(quiet))
    weights = np.array([WEIGHT_OF_STATES if all(one.states) else 1.0 for one in candidates] + [1.0] * len(quiet))
    settings: dict[str, Any] = {"penalty": INVERSE_PENALTY, "fewest": FEWEST, "balanced": False}
    link = fit(features, labels, weights=weights, threshold=threshold, **settings)
    found = [*typed, *((one.features, one.roots[0]) for one in candidates if one.roots)]
    return link, fit([one for one, _ in found], np.array([root for _, root in found]), **settings)


def cross_validate(
    documents: Sequence[Document],
    candidates: Sequence[Candidate],
    without: tuple[int, Sequence[tuple[int, list[str]]]],
    typed: Sequence[tuple[list[str], str]],
) -> float:
    """Print the scores over all folds, with the dictionary's beside them; return the best threshold."""
    count, quiet = without
    draw = np.random.default_rng(0)
    fold, quiet_fold = draw.integers(0, FOLDS, len(documents)), draw.integers(0, FOLDS, count)
    coded, alarms = [], dict[int, float]()
    for part in range(FOLDS):
        seen = [one for one in candidates if fold[one.document] != part]
        link, kind = train(seen, [one for one in quiet if quiet_fold[one[0]] != part], typed)
        for one in candidates:
            if fold[one.document] == part and all(one.states) and one.states[0] != one.states[1]:
                odds = kind.probabilities(one.features)
                root = max(odds, key=lambda name: odds[name])
                unreal = is_unreal(one.features, relation_of(root, odds[root]))
                coded.append((one, 0.0 if unreal else link.probabilities(one.features)["event"], root))
        for place, features in quiet:
            if quiet_fold[place] == part:
                alarms[place] = max(alarms.get(place, 0.0), link.probabilities(features)["event"])
    words = [(one, 1.0, one.guess) for one, _, _ in coded if one.guess]
    print("dictionary:", scores(documents, words, 0.0)[1])
    best = 0.0, 0.0
    for threshold in np.arange(0.2, 0.61, 0.05).tolist():
        f1, text = scores(documents, coded, threshold)
        false = sum(value >= threshold for value in alarms.values())
        shares = f"{false / count:.2%} of all, {false / len(alarms):.1%} of those with two states"
        print(f"from {threshold:.2f}: {text}; false alarms {false}: {shares}")
        if false <= MOST_ALARMS * len(alarms):
            best = max(best, (f1, threshold))
    return best[1]


def scores(
    documents: Sequence[Document], coded: Sequence[tuple[Candidate, float, str]], threshold: float
) -> tuple[float, str]:
    """F1 of (actor, recipient, quad), and a line with precision and recall too, and the F1 of the pair alone."""
    best: dict[tuple[int, Any, Any], tuple[float, str]] = {}
    for one, likelihood, root in coded:
        key = (one.document, *one.states)
        if likelihood >= threshold and likelihood > best.get(key, (0.0, ""))[0]:
            best[key] = likelihood, quad_of(root)
    found = {(*key, quad) for key, (_, quad) in best.items()}
    gold = {(place, *event) for place, document in enumerate(documents) for event in document.gold}
    right, pairs = len(found & gold), {one[:3] for one in gold}
    f1 = 2 * right / max(len(found) + len(gold), 1)
    pair = 2 * len(set(best) & pairs) / max(len(best) + len(pairs), 1)
    precision, recall = right / max(len(found), 1), right / len(gold)
    line = f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}; pair alone F1 {pair:.3f}"
    return f1, line


if __name__ == "__main__":
    main()
