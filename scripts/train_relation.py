"""Train what one actor does to another, both given (``relation-v2``), and print its cross-validated scores.

Two classifiers: one over words, one over the vectors of the encoder, which has not seen the set. Needs the extra
``reading``, scikit-learn and ``plover_plv_train.parquet``. The folds keep the pairs of one sentence
together; a second set of folds also keeps sentences together that share most of their words.

    python scripts/train_relation.py FOLDER_OF_LABELLED_SETS [--write]
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from detente.codebook.events import quad_of
from detente.coding.dense import DenseModel, write_dense
from detente.coding.encoder import load_encoder
from detente.coding.linear import LinearModel, write_model
from detente.coding.parsing import parse_sentences
from detente.coding.relation_features import pair_features, tokens_in
from detente.coding.sentences import Span

MODELS = Path(__file__).resolve().parents[1] / "src" / "detente" / "coding" / "models"
#: Chosen in cross-validation among a few.
INVERSE_PENALTY, FEWEST = 30.0, 2
VECTOR_PENALTY = 0.01
QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}
#: Share of the words of two sentences together that they must have in common to be kept in one fold.
ALIKE = 0.6


def main() -> None:
    """Score, and write when asked to."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    frame = pl.read_parquet(chosen.folder / "plover_plv_train.parquet")
    features, vectors = given_features(frame), given_vectors(frame, masked=False)
    roots, quads = np.array(frame["root"].to_list()), np.array([QUADS[one] for one in frame["penta"].to_list()])
    by_sentence = frame["sentence_id"].to_numpy()
    scores = {}
    for name, groups in (("by sentence", by_sentence), ("by sentences alike", alike(features))):
        words = cross_validated(features, roots, groups)
        report(f"words, {name}", words, roots, quads)
        sharp = words[0] ** (1 / fit_temperature(*words, roots))
        seen = cross_validated_vectors(vectors, roots, groups)
        report(f"vectors, {name}", (seen, words[1]), roots, quads)
        both = np.sqrt(sharp / sharp.sum(axis=1, keepdims=True) * seen)
        scores[name] = words, (both / both.sum(axis=1, keepdims=True), words[1])
        report(f"both, {name}", scores[name][1], roots, quads)
    if chosen.write:
        words, both = scores["by sentence"]
        dense = fit_vectors(vectors, roots, VECTOR_PENALTY, temperature=fit_temperature(*both, roots))
        write_dense(MODELS / "relation_vectors.npz", dense)
        temperature = fit_temperature(*words, roots)
        model = fit(features, roots, penalty=INVERSE_PENALTY, fewest=FEWEST, temperature=temperature)
        write_model(MODELS / "relation.npz", model)
        print(f"relation.npz: {(MODELS / 'relation.npz').stat().st_size / 1e6:.2f} MB, temperature {temperature:.3f}")


def given_features(frame: pl.DataFrame) -> list[list[str]]:
    """The features of each row; an actor that the text does not name has no tokens."""
    docs = parse_sentences(frame["text"].to_list())
    rows = []
    for row, doc in zip(frame.iter_rows(named=True), docs, strict=True):
        spans = [(row[f"{side}_start"], row[f"{side}_end"]) for side in ("src", "tgt")]
        tokens = [tokens_in(doc, *span) if span[0] is not None else [] for span in spans]
        rows.append(pair_features(doc, *tokens))
    return rows


def given_vectors(frame: pl.DataFrame, *, masked: bool) -> Any:  # noqa: ANN401 - an array
    """The encoder's vectors of each row."""
    encoder = load_encoder()
    if encoder is None:
        raise SystemExit("The encoder cannot be loaded: install the extra `reading`.")
    rows = []
    for row in frame.iter_rows(named=True):
        places = [(row[f"{side}_start"], row[f"{side}_end"]) for side in ("src", "tgt")]
        spans = [Span(*place) if place[0] is not None else None for place in places]
        rows.append(encoder.vector(row["text"], spans[0], spans[1], masked=masked))
    return np.stack(rows)


def fit_vectors(
    vectors: Any,  # noqa: ANN401 - an array
    labels: Any,  # noqa: ANN401 - an array
    penalty: float,
    *,
    weights: Any = None,  # noqa: ANN401 - an array
    balanced: bool = True,
    temperature: float = 1.0,
    threshold: float = 0.0,
) -> DenseModel:
    """A logistic regression over vectors, whose numbers are first brought to one scale."""
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0)
    found = LogisticRegression(C=penalty, class_weight="balanced" if balanced else None, max_iter=300)
    found.fit((vectors - mean) / spread, labels, sample_weight=weights)
    coefficients, intercepts = found.coef_, found.intercept_
    if len(found.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]) / 2, np.array([-1, 1]) * intercepts / 2
    scaled = coefficients / spread
    classes = tuple(str(name) for name in found.classes_)
    return DenseModel(classes, scaled.T, intercepts - scaled @ mean, temperature, threshold)


def cross_validated_vectors(vectors: Any, labels: Any, groups: Any) -> Any:  # noqa: ANN401 - arrays
    """Probabilities of each row by a classifier over vectors that has not seen its group."""
    classes = sorted(set(labels.tolist()))
    found = np.zeros((len(labels), len(classes)))
    for train, test in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(vectors, labels, groups):
        model = fit_vectors(vectors[train], labels[train], VECTOR_PENALTY)
        for place in test:
            odds = model.probabilities(vectors[place])
            found[place] = [odds.get(name, 0.0) for name in classes]
    return found


def alike(features: Sequence[Sequence[str]]) -> Any:  # noqa: ANN401 - an array
    """A group for each row: rows whose words are mostly the same are in one."""
    words = [frozenset(name for name in row if name.startswith("w=")) for row in features]
    group = list(range(len(words)))
    for one in range(len(words)):
        for other in range(one):
            if len(words[one] & words[other]) >= ALIKE * len(words[one] | words[other]):
                old, new = group[one], group[other]
                group = [new if value == old else value for value in group]
    return np.array(group)


def fit(
    features: Sequence[Sequence[str]],
    labels: Any,  # noqa: ANN401 - an array
    *,
    penalty: float,
    fewest: int,
    weights: Any = None,  # noqa: ANN401 - an array
    balanced: bool = True,
    temperature: float = 1.0,
    threshold: float = 0.0,
) -> LinearModel:
    """A logistic regression over the features that stand in at least ``fewest`` rows."""
    vectorizer, scaler = CountVectorizer(analyzer=list, min_df=fewest, binary=True), TfidfTransformer()
    table = scaler.fit_transform(vectorizer.fit_transform(features))
    found = LogisticRegression(C=penalty, class_weight="balanced" if balanced else None, max_iter=300)
    found.fit(table, labels, sample_weight=weights)
    coefficients, intercepts = found.coef_, found.intercept_
    if len(found.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]) / 2, np.array([-1, 1]) * intercepts / 2
    return LinearModel(
        tuple(str(name) for name in found.classes_),
        {str(name): place for place, name in enumerate(vectorizer.get_feature_names_out())},
        scaler.idf_,
        coefficients.T,
        intercepts,
        temperature,
        threshold,
    )


def cross_validated(features: Sequence[Sequence[str]], labels: Any, groups: Any) -> tuple[Any, tuple[str, ...]]:  # noqa: ANN401
    """Probabilities of each row by a model that has not seen its group, and the classes."""
    classes = tuple(sorted(set(labels.tolist())))
    found = np.zeros((len(labels), len(classes)))
    for train, test in StratifiedGroupKFold(5, shuffle=True, random_state=0).split(features, labels, groups):
        model = fit([features[i] for i in train], labels[train], penalty=INVERSE_PENALTY, fewest=FEWEST)
        for i in test:
            odds = model.probabilities(features[i])
            found[i] = [odds.get(name, 0.0) for name in classes]
    return found, classes


def fit_temperature(odds: Any, classes: tuple[str, ...], labels: Any) -> float:  # noqa: ANN401
    """What the scores must be divided by for the smallest log loss out of sample."""
    right = np.array([classes.index(label) for label in labels])
    logs = np.log(np.maximum(odds, 1e-12))

    def loss(temperature: float) -> float:
        scaled = logs / temperature
        scaled -= np.log(np.exp(scaled).sum(axis=1, keepdims=True))
        return float(-scaled[np.arange(len(right)), right].mean())

    return float(minimize_scalar(loss, bounds=(0.2, 5.0), method="bounded").x)


def report(name: str, scores: tuple[Any, tuple[str, ...]], roots: Any, quads: Any) -> None:  # noqa: ANN401
    """Print the scores of one cross-validation."""
    odds, classes = scores
    temperature = fit_temperature(odds, classes, roots)
    sharp = odds ** (1 / temperature)
    sharp /= sharp.sum(axis=1, keepdims=True)
    found = np.array([classes[place] for place in odds.argmax(axis=1)])
    found_quads = np.array([quad_of(root) for root in found])
    right, sure = found == roots, sharp.max(axis=1)
    print(f"{name}: root macro-F1 {f1_score(roots, found, average='macro'):.3f}, accuracy {right.mean():.3f};", end=" ")
    print(f"quad macro-F1 {f1_score(quads, found_quads, average='macro'):.3f}")
    for low in (0.0, 0.4, 0.6, 0.8, 0.9):
        high = {0.0: 0.4, 0.4: 0.6, 0.6: 0.8, 0.8: 0.9, 0.9: 1.01}[low]
        here = (sure >= low) & (sure < high)
        print(
            f"  said {low:.0%}-{min(high, 1):.0%}: n {here.sum()}, "
            f"mean {sure[here].mean():.3f}, right {right[here].mean():.3f}"
        )
    by_root = f1_score(roots, found, average=None, labels=classes)
    print(
        "  "
        + ", ".join(
            f"{root} {value:.2f} ({Counter(roots.tolist())[root]})"
            for root, value in zip(classes, by_root, strict=True)
        )
    )


if __name__ == "__main__":
    main()
