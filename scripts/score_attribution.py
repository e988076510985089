"""Score the attribution reader on the development part of PolNeAR: content tokens, spans, sources.

    python scripts/score_attribution.py FOLDER_OF_POLNEAR

Content tokens: the words (runs of characters without space) that lie in any content. A found attribution matches a gold
one when their contents share at least 0.3 of their words (Jaccard), each gold one once, the best first. A source is
right when it shares a word with the gold source; also shown: share at least half of their words; both have none.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import polars as pl

from detente.coding.articles import Article
from detente.coding.attribution import find_attributions
from detente.coding.sentences import Span, find_sentences
from train_attribution import read_gold

WORD = re.compile(r"\w+(?:[.'’-]\w+)*")
MATCH = 0.3


def main() -> None:
    """Read, score, print."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python scripts/score_attribution.py FOLDER_OF_POLNEAR")
    folder = Path(sys.argv[1])
    gold = read_gold(folder, "dev")
    frame = pl.read_parquet(folder / "polnear_articles.parquet").filter(pl.col("split") == "dev").sort("article_id")
    tokens, spans, sources = [0, 0, 0], [0, 0, 0], [0, 0, 0]
    for row in frame.iter_rows(named=True):
        text = row["text"]
        found, _ = find_attributions(Article(text, tuple(find_sentences(text))))
        words = [Span(*match.span()) for match in WORD.finditer(text)]
        truth = [(cover(words, one["content"]), cover(words, one["source"])) for one in gold.get(row["article_id"], [])]
        made = [(cover(words, one.content), cover(words, [one.source] if one.source else [])) for one in found]
        add(tokens, set().union(*(c for c, _ in made)), set().union(*(c for c, _ in truth)))
        matches = match_contents(made, truth)
        spans[0] += len(matches)
        spans[1] += len(made)
        spans[2] += len(truth)
        for one, other in matches:
            mine, theirs = made[one][1], truth[other][1]
            sources[0] += 1
            sources[1] += bool(mine & theirs) or not (mine | theirs)
            sources[2] += not (mine | theirs) or len(mine & theirs) >= 0.5 * len(mine | theirs)
    print(f"content tokens  {rates(tokens)}")
    print(f"content spans   {rates(spans)}")
    print(f"source of {sources[0]} matched: right {sources[1] / sources[0]:.3f}, half {sources[2] / sources[0]:.3f}")


def cover(words: list[Span], spans: object) -> set[int]:
    """The words that lie in any of the spans."""
    pairs = [(s.start, s.end) if isinstance(s, Span) else (s[0], s[1]) for s in spans]  # type: ignore[attr-defined]
    return {place for place, word in enumerate(words) if any(a <= word.start < b for a, b in pairs)}


def add(counts: list[int], mine: set[int], theirs: set[int]) -> None:
    """Count shared, found and true words."""
    counts[0] += len(mine & theirs)
    counts[1] += len(mine)
    counts[2] += len(theirs)


def match_contents(
    made: list[tuple[set[int], set[int]]], truth: list[tuple[set[int], set[int]]]
) -> list[tuple[int, int]]:
    """Pairs of found and gold attributions whose contents agree, the best agreement first, each once."""
    scored = sorted(
        ((len(c & g) / len(c | g), i, j) for i, (c, _) in enumerate(made) for j, (g, _) in enumerate(truth) if c & g),
        reverse=True,
    )
    pairs: list[tuple[int, int]] = []
    used: tuple[set[int], set[int]] = (set(), set())
    for share, i, j in scored:
        if share >= MATCH and i not in used[0] and j not in used[1]:
            pairs.append((i, j))
            used[0].add(i)
            used[1].add(j)
    return pairs


def rates(counts: list[int]) -> str:
    """Precision, recall and F1 of (right, found, true)."""
    precision, recall = counts[0] / max(counts[1], 1), counts[0] / max(counts[2], 1)
    return f"P {precision:.3f} R {recall:.3f} F1 {2 * precision * recall / max(precision + recall, 1e-9):.3f}"


if __name__ == "__main__":
    main()
