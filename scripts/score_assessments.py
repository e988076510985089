"""Score the assessment reader on our own annotated sentences.

    python scripts/score_assessments.py first|second development|held-out

Each sentence is read as an article of its own, dated 1 March 2018. Whether it holds an assessment is scored on all; the
direction, range of likelihood, horizon and speaker on those found. The held-out part of the second batch was scored
once, after the development parts were done with; that of the first is spent. Do not tune on either.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from pathlib import Path

from detente.coding.articles import Article
from detente.coding.assessments import Assessment, read_article
from detente.coding.sentences import Span

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "coding" / "annotation"
DAY = dt.date(2018, 3, 1)
RANGES: dict[str, tuple[float, float] | tuple[None, None]] = {
    "-": (None, None), "nc": (0.0, 0.05), "vu": (0.05, 0.2), "u": (0.2, 0.45), "e": (0.45, 0.55), "l": (0.55, 0.8),
    "vl": (0.8, 0.95), "ac": (0.95, 1.0),
}  # fmt: skip


def main() -> None:
    """Read one part, score, print."""
    if len(sys.argv) != 3:
        raise SystemExit("usage: python scripts/score_assessments.py first|second development|held-out")
    batch, part = sys.argv[1:]
    folder = FOLDER if batch == "first" else FOLDER / batch
    sentences = (folder / "sentences.txt").read_text("utf-8").splitlines()
    with (folder / "gold.tsv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["part"] == part]
    found = {row["id"]: find_one(sentences[int(row["id"]) - 1]) for row in rows}
    gold = {row["id"] for row in rows if row["is_assessment"] == "yes"}
    made = {name for name, one in found.items() if one is not None}
    print(f"{batch}, {part}: {len(rows)} sentences, {len(gold)} with an assessment")
    print(f"assessment: precision {len(made & gold) / len(made):.3f}, recall {len(made & gold) / len(gold):.3f}")
    print(f"false alarms: {len(made - gold)} of {len(rows) - len(gold)}")
    right = dict.fromkeys(("direction", "range", "horizon", "speaker"), 0)
    for row in rows:
        one = found[row["id"]]
        if one is not None and row["id"] in gold:
            for key, value in compare(one, row).items():
                right[key] += value
    print(f"of the {len(made & gold)} found: " + ", ".join(f"{k} {n / len(made & gold):.3f}" for k, n in right.items()))


def find_one(sentence: str) -> Assessment | None:
    """The first assessment of a sentence read by itself."""
    reading = read_article(Article(sentence, (Span(0, len(sentence)),), DAY, "given"))
    return next(iter(reading.assessments), None)


def compare(one: Assessment, row: dict[str, str]) -> dict[str, bool]:
    """Which parts of an assessment agree with the annotation."""
    judgement = one.judgement
    return {
        "direction": judgement.direction == row["direction"],
        "range": (judgement.low, judgement.high) == range_of(row["range"]),
        "horizon": horizon_code(one) == row["horizon"],
        "speaker": bool(one.speaker.text) and row["speaker"].lower() in one.speaker.text.lower(),
    }


def range_of(code: str) -> tuple[float, float] | tuple[None, None]:
    """The range that a code of the annotation stands for: a step of the scale, or per cent."""
    if code in RANGES:
        return RANGES[code]
    low, _, high = code.partition("-")
    return int(low) / 100, int(high or low) / 100


def horizon_code(one: Assessment) -> str:
    """The horizon as the annotation writes it."""
    if one.horizon is None:
        return "-"
    return str(one.horizon.until) if one.horizon.kind == "until" else one.horizon.kind


if __name__ == "__main__":
    main()
