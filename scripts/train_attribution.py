"""Train the taggers of who said what: cue words and two conditional random fields, from the training part of PolNeAR.

Needs the extra ``reading`` and the files ``polnear_articles.parquet`` and ``polnear_attributions.parquet``; only rows
of the split ``train`` are read. Writes ``cue_words.csv``, ``content.crfsuite`` and ``parties.crfsuite``.

    python scripts/train_attribution.py FOLDER_OF_POLNEAR [--parsed FILE.docbin] [--only cues|content|parties]
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pycrfsuite

from detente.coding.parsing import parse_sentences, pipeline
from detente.coding.sentences import find_sentences
from detente.coding.tagging import cue_shares, sentence_features, sentence_kind

MODELS = Path(__file__).resolve().parents[1] / "src" / "detente" / "coding" / "models"
FEWEST = 5
#: Chosen on the development part among a few; the three move together with the features in ``tagging``.
SETTINGS = {"c1": 0.3, "c2": 0.02, "max_iterations": 90, "feature.minfreq": 4}


def main() -> None:
    """Read the options, train, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--parsed", type=Path)
    options.add_argument("--only", choices=("cues", "content", "parties"))
    chosen = options.parse_args()
    gold = read_gold(chosen.folder, "train")
    documents = list(read_documents(chosen.folder, "train", chosen.parsed))
    if chosen.only in (None, "cues"):
        write_cues(documents, gold)
        cue_shares.cache_clear()
    for name in ("content", "parties"):
        if chosen.only in (None, name):
            train(documents, gold, name)


def read_gold(folder: Path, split: str) -> dict[str, list[dict[str, list[list[int]]]]]:
    """The attributions of each article of one split; of several annotators the first alone."""
    frame = pl.read_parquet(folder / "polnear_attributions.parquet").filter(pl.col("split") == split)
    first = frame.group_by("article_id").agg(pl.col("annotator").min())
    frame = frame.join(first, on=["article_id", "annotator"], how="semi")
    gold: dict[str, list[dict[str, list[list[int]]]]] = {}
    for row in frame.sort("article_id", "event_id").iter_rows(named=True):
        spans = {kind: json.loads(row[f"{kind}_spans"]) for kind in ("source", "cue", "content")}
        gold.setdefault(row["article_id"], []).append(spans)
    return gold


def read_documents(folder: Path, split: str, parsed: Path | None) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
    """Each article of one split as (start, parsed sentence); parsed anew unless a file of parses is given."""
    if parsed:
        from spacy.tokens import DocBin  # noqa: PLC0415

        sentences: dict[str, list[tuple[int, Any]]] = {}
        for doc in DocBin().from_disk(parsed).get_docs(pipeline().vocab):
            sentences.setdefault(doc.user_data["id"], []).append((doc.user_data["at"], doc))
        yield from sentences.items()
        return
    frame = pl.read_parquet(folder / "polnear_articles.parquet").filter(pl.col("split") == split)
    for row in frame.sort("article_id").iter_rows(named=True):
        spans = find_sentences(row["text"])
        docs = parse_sentences([span.of(row["text"]) for span in spans])
        yield row["article_id"], [(span.start, doc) for span, doc in zip(spans, docs, strict=True)]


def write_cues(documents: list[tuple[str, list[tuple[int, Any]]]], gold: dict[str, Any]) -> None:
    """The share of each word's occurrences that are the cue of an attribution."""
    all_of, cues_of = Counter[str](), Counter[str]()
    for name, sentences in documents:
        spans = [span for one in gold.get(name, ()) for span in one["cue"]]
        for start, doc in sentences:
            for token in doc:
                if token.pos_ not in ("VERB", "AUX", "NOUN", "ADJ"):
                    continue
                key = f"{token.lemma_.lower()}/{'V' if token.pos_ in ('VERB', 'AUX') else token.pos_[0]}"
                all_of[key] += 1
                at = start + token.idx
                cues_of[key] += any(low <= at < high for low, high in spans)
    rows = sorted((key, round(cues_of[key] / n, 2), n) for key, n in all_of.items() if cues_of[key] >= FEWEST)
    with (MODELS / "cue_words.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["lemma", "share", "n"])
        writer.writerows(row for row in rows if row[1] >= 0.08)


def labels(start: int, doc: Any, gold: list[dict[str, Any]], name: str) -> list[str]:  # noqa: ANN401
    """The label of each token: inside and beginning of contents, or of sources and cues."""
    kinds = [("content", "C")] if name == "content" else [("source", "S"), ("cue", "Q")]
    found = ["O"] * len(doc)
    for kind, letter in kinds:
        for low, high in (span for one in gold for span in one[kind]):
            inside = [t.i for t in doc if low <= start + t.idx < high]
            for place, token in enumerate(inside):
                if found[token] == "O" or kind == "cue":
                    found[token] = f"{'B' if place == 0 and low >= start else 'I'}-{letter}"
    return found


def train(documents: list[tuple[str, list[tuple[int, Any]]]], gold: dict[str, Any], name: str) -> None:
    """Train one tagger and write it."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for article, sentences in documents:
        inside, before = False, ""
        for start, doc in sentences:
            tokens = list(doc)
            rows, inside = sentence_features(tokens, inside=inside, before=before)
            before = sentence_kind(tokens, any("quoted=True" in row for row in rows))
            trainer.append(rows, labels(start, doc, gold.get(article, []), name))
    trainer.set_params(SETTINGS)
    path = MODELS / f"{name}.crfsuite"
    trainer.train(str(path))
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
