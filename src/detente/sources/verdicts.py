"""What becomes of each row: kept, ignored by a named rule, or failed with a reason; and the account of it.

A source puts its rows into columns of ours and states, in order, what fails a row and what leaves it out. The first
statement that holds counts; what is left is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from detente.domain.ledger import EXCERPT_CHARS, LISTED_FAILURES, Failure, Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS, check_table
from detente.sources.cards import Card, Coverage

Verdicts = Sequence[tuple[str, pl.Expr]]


def judge(rows: pl.DataFrame, *, failed: Verdicts, ignored: Verdicts) -> pl.DataFrame:
    """Add the columns ``failed`` and ``ignored``: the first reason and, failing none, the first rule that holds."""
    reason, rule = _first_of(failed), _first_of(ignored)
    return rows.with_columns(failed=reason, ignored=pl.when(reason.is_null()).then(rule))


def _first_of(verdicts: Verdicts) -> pl.Expr:
    return pl.coalesce(*(pl.when(holds).then(pl.lit(name)) for name, holds in verdicts), pl.lit(None, pl.String))


def end_failures() -> Verdicts:
    """An end whose country is given but not known to the codebook."""
    return (
        (
            "unknown_country",
            _given("actor") & ~_is_state("actor") & ~pl.col("actor_is_no_state")
            | _given("recipient") & ~_is_state("recipient") & ~pl.col("recipient_is_no_state"),
        ),
    )


def end_rules() -> Verdicts:
    """Rows that are not between two different states."""
    return (
        ("no_country", ~_given("actor") | ~_given("recipient")),
        ("not_a_state", pl.col("actor_is_no_state") | pl.col("recipient_is_no_state")),
        ("domestic", pl.col("actor") == pl.col("recipient")),
    )


def _given(end: str) -> pl.Expr:
    return pl.col(f"{end}_given").is_not_null()


def _is_state(end: str) -> pl.Expr:
    return pl.col(end).is_not_null()


@dataclass(frozen=True)
class PassedOver:
    """Rows that one rule leaves out, known without judging each by itself.

    Args:
        rule: The rule.
        days: How many, by ``file``, ``occurred`` and ``known_at``: column ``rows``.
    """

    rule: str
    days: pl.DataFrame


def close_part(
    judged: pl.DataFrame,
    build_kept: Callable[[pl.DataFrame], pl.DataFrame],
    *,
    path: str,
    card: Card,
    provider: str | None = None,
    misfits: Iterable[Failure] = (),
    excerpt: Callable[[int], str] = lambda _: "",
) -> Part:
    """Make a part of judged rows of one file, with an account that adds up.

    Args:
        judged: Rows with ``line``, ``occurred``, ``known_at``, ``failed`` and ``ignored``.
        build_kept: Makes columns of ``events`` of the rows that are kept; columns that it leaves out are null, and
            boolean columns named ``note:…`` are counted as notes. A column ``alike`` is what repeats must share, too.
        path: The file as the user named it.
        card: The source's card.
        provider: The provider's id where it is not the card's name.
        misfits: Lines that never became rows.
        excerpt: How a line begins, for the list of failures.
    """
    return close_parts(
        judged.with_columns(pl.lit(0, pl.Int32).alias("file")),
        build_kept,
        paths=[path],
        card=card,
        provider=provider,
        misfits=[(0, failure) for failure in misfits],
        excerpt=lambda _, line: excerpt(line),
    )[0]


def close_parts(
    judged: pl.DataFrame,
    build_kept: Callable[[pl.DataFrame], pl.DataFrame],
    *,
    paths: Sequence[str],
    card: Card,
    provider: str | None = None,
    misfits: Iterable[tuple[int, Failure]] = (),
    excerpt: Callable[[int, int], str] = lambda _, __: "",
    passed: PassedOver | None = None,
) -> list[Part]:
    """Make a part for each of several files, judged together: as ``close_part`` makes one.

    Args:
        judged: Rows in the order of the files, with ``file``, a number that counts ``paths`` from 0.
        build_kept: As for one file.
        paths: The files as the user named them.
        card: The source's card.
        provider: The provider's id where it is not the card's name.
        misfits: Lines that never became rows, each with its file.
        excerpt: How a line of a file begins.
        passed: Rows that are not among the judged ones.
    """
    provider = provider or card.name
    ledgers = [Ledger(path) for path in paths]
    for file, failure in misfits:
        ledgers[file].fail(failure.line, failure.reason, failure.excerpt)
    _count(judged, ledgers, excerpt)
    kept = build_kept(judged.filter(pl.col("failed").is_null() & pl.col("ignored").is_null()))
    _note(kept, ledgers)
    sizes = dict(kept.group_by("file").len().iter_rows())
    days = _days(judged, passed)
    if passed:
        for file, rows in days_passed(passed).iter_rows():
            ledgers[file].ignore(passed.rule, rows)
    events = check_table(fit_events(kept, provider, card.coder), EVENTS)
    covered = check_table(fit_days(days, provider), COVERAGE)
    alike = kept["alike"] if "alike" in kept.columns else None
    spans = dict(days.group_by("file").len().iter_rows())
    parts, first, first_day = [], 0, 0
    for file, ledger in enumerate(ledgers):
        ledger.kept = sizes.get(file, 0)
        ledger.read = ledger.kept + sum(ledger.ignored.values()) + sum(ledger.failed.values())
        about = covered.slice(first_day, spans.get(file, 0))
        own = None if alike is None else alike.slice(first, ledger.kept)
        parts.append(Part(events.slice(first, ledger.kept), about, ledger, own, is_checked=True))
        first, first_day = first + ledger.kept, first_day + about.height
    return parts


def days_passed(passed: PassedOver) -> pl.DataFrame:
    """How many rows of each file were passed over."""
    return passed.days.group_by("file").agg(pl.col("rows").sum())


def _count(judged: pl.DataFrame, ledgers: Sequence[Ledger], excerpt: Callable[[int, int], str]) -> None:
    """Count what failed and what is left out, and list the first rows that failed."""
    for file, reason, rule, rows in judged.group_by("file", "failed", "ignored").len().iter_rows():
        if reason:
            ledgers[file].failed[reason] += rows
        elif rule:
            ledgers[file].ignore(rule, rows)
    failed = judged.filter(pl.col("failed").is_not_null()).select("file", "line", "failed")
    for file, line, reason in failed.group_by("file", maintain_order=True).head(LISTED_FAILURES).iter_rows():
        if len(ledgers[file].failures) < LISTED_FAILURES:
            ledgers[file].failures.append(Failure(line, reason, excerpt(file, line)[:EXCERPT_CHARS]))
    for ledger in ledgers:
        ledger.failures.sort(key=lambda failure: failure.line)


def _note(kept: pl.DataFrame, ledgers: Sequence[Ledger]) -> None:
    notes = [name for name in kept.columns if name.startswith("note:")]
    if not notes:
        return
    for file, *counts in kept.group_by("file").agg(pl.col(notes).sum()).iter_rows():
        for name, count in zip(notes, counts, strict=True):
            ledgers[file].note(name.removeprefix("note:"), count)


def fit_events(kept: pl.DataFrame, provider: str, coder: str) -> pl.DataFrame:
    """The table ``events`` of what a source knows; what it does not know is null."""
    constant = {"provider": provider, "coder": coder}
    columns = []
    for name, dtype in EVENTS.schema.items():
        if name in constant:
            columns.append(pl.lit(constant[name], pl.String).alias(name))
        elif name in kept.columns:
            columns.append(pl.col(name).cast(dtype))
        else:
            columns.append(pl.lit(None, dtype).alias(name))
    return kept.select(columns)


def _days(judged: pl.DataFrame, passed: PassedOver | None) -> pl.DataFrame:
    """All rows that could be read, whoever acted, by file, day and when they were known."""
    keys = ["file", "occurred", "known_at"]
    readable = judged.filter(pl.col("failed").is_null() & pl.col("occurred").is_not_null())
    days = readable.group_by(keys).agg(rows=pl.len().cast(pl.Int64))
    if passed:
        both = pl.concat([days, passed.days.select(*keys, pl.col("rows").cast(pl.Int64))])
        days = both.group_by(keys).agg(pl.col("rows").sum())
    return days.sort(keys).select("file", "known_at", "rows", pl.col("occurred").alias("day"), status=pl.lit("present"))


def fit_days(days: pl.DataFrame, provider: str) -> pl.DataFrame:
    """Days in the form of the table ``coverage``."""
    return days.with_columns(provider=pl.lit(provider, pl.String)).select(
        pl.col(name).cast(dtype) for name, dtype in COVERAGE.schema.items()
    )


def translated(column: str, codes: Mapping[str, str], *, to: pl.DataType | type[pl.DataType] = pl.String) -> pl.Expr:
    """A column through a dictionary; null where it has no entry."""
    return pl.col(column).replace_strict(dict(codes), default=None, return_dtype=to)


def stripped(column: str, *, but: str | None = None) -> pl.Expr:
    """A column of text without padding; null where nothing is left, or only the provider's word for nothing."""
    text = pl.col(column).str.strip_chars()
    is_text = (text != "") if but is None else (text != "") & (text != but)
    return pl.when(is_text).then(text).alias(column)


def outside(coverage: Coverage) -> pl.Expr:
    """Days before the first or after the last that the provider's files can be about."""
    first, last = coverage.first or dt.date.min, coverage.last or dt.date.max
    return ~pl.col("occurred").is_between(first, last)


def intensity_differs() -> pl.Expr:
    """Rows whose own intensity is another than the codebook's for their code."""
    own = (pl.col("own_intensity").cast(pl.Float64, strict=False) * 1000).round()
    return (own != pl.col("typical_milli")).fill_null(value=False)


def row_text(batch: pl.DataFrame) -> Callable[[int], str]:
    """How a row of a batch reads, by its number."""
    first = batch["line"][0] if batch.height else 0

    def text(line: int) -> str:
        return ", ".join(f"{name}={value}" for name, value in batch.drop("line").row(line - first, named=True).items())

    return text
