"""The record as text for a terminal: the live record first, replays apart, misses shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from detente.domain.tables import OUTCOMES
from detente.domain.tables.scored import RECORDS
from detente.scorecard.provocations import ProvocationCard
from detente.scorecard.scores import Scorecard

TITLES = {
    "live": "Live record: forecasts written down before the fact",
    "replay": "Replays: forecasts of the past made later; never part of the live record",
}
_SCORE_HEADS = ("", "resolved", "void", "RPS (95 % band)", "base rates", "skill (95 % band)", "Brier", "base", "log")


def write_scorecard(card: Scorecard, *, by: str | None, top: int) -> str:
    """The record in plain lines.

    Args:
        card: The record.
        by: The one breakdown to show: pair, horizon, bin or model; None for all in short.
        top: Rows of each breakdown at most, the worst against base rates first.
    """
    lines = [f"The record as known on {card.as_of}. RPS, Brier and log score: less is better; skill below 0 is worse"]
    lines.append("than the base rates issued with the forecasts.")
    for record in RECORDS:
        lines += ["", TITLES[record], *_record(card, record, by, top)]
    return "\n".join(lines)


def write_provocations(card: ProvocationCard, *, top: int) -> str:
    """The record of chances of provocative moves in plain lines; empty where none was written down.

    Args:
        card: The record.
        top: How many of the worst misses at most.
    """
    lines = []
    for record in RECORDS:
        counts = card.counts(record)
        if sum(counts.values()):
            lines += ["", f"{TITLES[record].partition(':')[0]}, provocative moves (Brier of yes or no, 0 to 1)"]
            lines += [
                f"  {sum(counts.values()):,} issued: {counts['resolved']:,} resolved, {counts['void']:,} void, "
                f"{counts['open']:,} open, {counts['repeated']:,} repeated answers not counted"
            ]
        if counts["resolved"]:
            lines += _provocation_scores(_of(card.scores, record))
            lines += _provocation_misses(card.worst(record, min(top, 5)))
    return "\n".join(lines)


def _provocation_scores(scores: pl.DataFrame) -> Iterator[str]:
    rows = [
        (
            row["group"] + ("" if row["group"] == "all" else " weeks"),
            f"{row['resolved']:,}",
            f"{row['void']:,}",
            _number(row["said"], ".1%"),
            _number(row["came"], ".1%"),
            _banded(row, "brier", ".3f"),
            _number(row["base_brier"], ".3f"),
            _banded(row, "skill", "+.2f"),
        )
        for row in scores.iter_rows(named=True)
    ]
    heads = ("", "resolved", "void", "said", "came", "Brier (95 % band)", "base rates", "skill (95 % band)")
    yield from write_columns("overall and by horizon", heads, rows)


def _provocation_misses(table: pl.DataFrame) -> Iterator[str]:
    rows = [
        (
            f"{row['actor']} → {row['recipient']}",
            str(row["origin"]),
            f"{row['horizon_weeks']}w",
            f"{row['p']:.0%}",
            f"{row['base_rate']:.0%}",
            "yes" if row["happened"] else "no",
            f"{row['brier']:.3f}",
            row["id"][:8],
        )
        for row in table.iter_rows(named=True)
    ]
    yield from write_columns(
        "the worst misses", ("", "origin", "over", "said", "base rate", "came", "Brier", "id"), rows
    )


def _record(card: Scorecard, record: str, by: str | None, top: int) -> Iterator[str]:
    counts = card.counts(record)
    if not sum(counts.values()):
        yield "  none yet"
        return
    closed = counts["resolved"] + counts["void"]
    share = f" ({counts['void'] / closed:.0%} of those closed)" if closed else ""
    yield (
        f"  {sum(counts.values()):,} issued: {counts['resolved']:,} resolved, {counts['void']:,} void{share}, "
        f"{counts['open']:,} open, {counts['repeated']:,} repeated answers not counted"
    )
    for reason, number in card.void_reasons(record).items():
        yield f"  void: {number:,} because {reason}"
    if not counts["resolved"]:
        return
    yield from _scores("overall", _of(card.overall, record), top)
    for name in ("horizon", "model", "pair") if by is None else (by,):
        if name != "bin":
            yield from _scores(_title(name, top), _of(card.by[name], record), top)
    if by in {None, "bin"}:
        yield from _bins(_of(card.bins, record))
    if by is None:
        yield from _misses(card.worst(record, min(top, 5)))


def _title(name: str, top: int) -> str:
    return f"by {name}" if name == "horizon" else f"by {name}, worst first, at most {top}"


def _scores(title: str, table: pl.DataFrame, top: int) -> Iterator[str]:
    rows = [
        (
            row["group"] + (" weeks" if title == "by horizon" else ""),
            f"{row['resolved']:,}",
            f"{row['void']:,}",
            _banded(row, "rps", ".3f"),
            _number(row["base_rps"], ".3f"),
            _banded(row, "skill", "+.2f"),
            _number(row["brier"], ".3f"),
            _number(row["base_brier"], ".3f"),
            _number(row["log_score"], ".3f"),
        )
        for row in table.head(top).iter_rows(named=True)
    ]
    yield from write_columns(title, _SCORE_HEADS, rows)


def _bins(table: pl.DataFrame) -> Iterator[str]:
    rows = [
        (f"{row['from']:.0%}–{row['to']:.0%}", f"{row['forecasts']:,}", f"{row['said']:.0%}", f"{row['came']:.0%}")
        for row in table.iter_rows(named=True)
    ]
    yield from write_columns("by probability (the three outcomes pooled)", ("", "forecasts", "said", "came"), rows)


def _misses(table: pl.DataFrame) -> Iterator[str]:
    rows = [
        (
            row["pair"],
            str(row["origin"]),
            f"{row['horizon_weeks']}w",
            " / ".join(f"{row[f'p_{name}']:.0%}" for name in OUTCOMES),
            row["outcome"],
            f"{row['change']:+.2f}",
            f"{row['rps']:.3f}",
            row["id"][:8],
        )
        for row in table.iter_rows(named=True)
    ]
    heads = ("", "origin", "over", "said: worse / hold / better", "came", "spreads", "RPS", "id")
    yield from write_columns("the worst misses", heads, rows)


def write_columns(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A small table: columns as wide as their widest cell, the first on the left, the others on the right.

    Args:
        title: What it shows.
        heads: Names of the columns.
        rows: Cells as they are shown.
    """
    widths = [max(len(row[place]) for row in [heads, *rows]) for place in range(len(heads))]
    yield ""
    yield f"  {title}"
    for row in [heads, *rows]:
        cells = [
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()


def _of(table: pl.DataFrame, record: str) -> pl.DataFrame:
    return table.filter(pl.col("record") == record)


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _banded(row: dict[str, Any], name: str, form: str) -> str:
    if row[f"{name}_low"] is None:
        return _number(row[name], form)
    return f"{row[name]:{form}} ({row[f'{name}_low']:{form}} to {row[f'{name}_high']:{form}})"
