"""What becomes of each row: kept, ignored by a named rule, or failed with a reason; and the account of it.

A source puts its rows into columns of ours and states, in order, what fails a row and what leaves it out. The first
statement that holds counts; what is left is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

import polars as pl

from detente.domain.ledger import LISTED_FAILURES, Failure, Ledger
from detente.domain.records import Part
from detente.domain.tables import COVERAGE, EVENTS
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
    """Make a part of judged rows, with an account that adds up.

    Args:
        judged: Rows with ``line``, ``occurred``, ``known_at``, ``failed`` and ``ignored``.
        build_kept: Makes columns of ``events`` of the rows that are kept; columns that it leaves out are null, and
            boolean columns named ``note:…`` are counted as notes.
        path: The file as the user named it.
        card: The source's card.
        provider: The provider's id where it is not the card's name.
        misfits: Lines that never became rows.
        excerpt: How a line begins, for the list of failures.
    """
    ledger = Ledger(path)
    for failure in misfits:
        ledger.fail(failure.line, failure.reason, failure.excerpt)
    _count_failures(judged, ledger, excerpt)
    ledger.failures.sort(key=lambda failure: failure.line)
    for rule, rows in judged.filter(pl.col("ignored").is_not_null())["ignored"].value_counts().iter_rows():
        ledger.ignore(rule, rows)
    kept = build_kept(judged.filter(pl.col("failed").is_null() & pl.col("ignored").is_null()))
    for name in kept.columns:
        if name.startswith("note:"):
            ledger.note(name.removeprefix("note:"), int(kept[name].sum()))
    ledger.kept = kept.height
    ledger.read = ledger.kept + sum(ledger.ignored.values()) + sum(ledger.failed.values())
    provider = provider or card.name
    return Part(fit_events(kept, provider, card.coder), days_of(judged, provider), ledger)


def _count_failures(judged: pl.DataFrame, ledger: Ledger, excerpt: Callable[[int], str]) -> None:
    failed = judged.filter(pl.col("failed").is_not_null()).select("line", "failed")
    listed = max(LISTED_FAILURES - len(ledger.failures), 0)
    for line, reason in failed.head(listed).iter_rows():
        ledger.fail(line, reason, excerpt(line))
    for reason, rows in failed.slice(listed)["failed"].value_counts().iter_rows():
        ledger.failed[reason] += rows


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


def days_of(judged: pl.DataFrame, provider: str) -> pl.DataFrame:
    """The table ``coverage``: all rows that could be read, whoever acted, by day and by when they were known."""
    readable = judged.filter(pl.col("failed").is_null() & pl.col("occurred").is_not_null())
    days = readable.group_by(day="occurred", known_at="known_at").agg(rows=pl.len())
    return fit_days(days.with_columns(status=pl.lit("present")), provider)


def fit_days(days: pl.DataFrame, provider: str) -> pl.DataFrame:
    """Days in the form of the table ``coverage``, in order."""
    return (
        days.with_columns(provider=pl.lit(provider, pl.String))
        .select(pl.col(name).cast(dtype) for name, dtype in COVERAGE.schema.items())
        .sort("day", "known_at")
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
