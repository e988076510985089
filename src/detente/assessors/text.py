"""Assessments as text: what the data say beside them, proposals to review, and the record of assessors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.assessors.beside import Beside, Data, Outlook
from detente.assessors.review import Proposal
from detente.assessors.scores import AssessorCard
from detente.domain.tables import OUTCOMES
from detente.outlook.words import format_band, format_probability
from detente.scorecard import write_columns

if TYPE_CHECKING:
    from rich.table import Table

    from detente.coding.assessments import Assessment, Reading

_HEADS = ("", "resolved", "void", "open", "Brier (95 % band)", "model", "base rates", "right side")
_EACH = ("", "published", "over", "of", "said", "came", "Brier", "model", "base rates", "id")


def beside_lines(data: Data) -> list[str]:
    """A heading for what the data say, the outlooks in full, and what could not be had."""
    asked = f"{data.as_of}" + (" (today: the article has no date)" if data.is_today else "")
    if data.note:
        return [f"What the data say: {data.note}" + (" (today: the article has no date)" if data.is_today else "")]
    lines = [f"What the data say ({data.provider}, as known on {asked})"]
    return lines + [f"  {line}" for outlook in data.outlooks for line in _outlook_lines(outlook)]


def beside_table(reading: Reading, data: Data) -> Table | None:
    """Assessment, model and base rate side by side, one row for each that names a change; None where none does."""
    rows = [(reading.assessments[row.assessment], row) for row in data.rows if row.outlook.figures]
    rows = [(one, row) for one, row in rows if one.judgement.direction != "none"]
    if not rows:
        return None
    from rich.table import Table  # noqa: PLC0415 - only where something is shown
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in ("assessment", "model", "base rate"):
        table.add_column(head, no_wrap=head == "base rate", justify="right" if head == "base rate" else "left")
    for one, row in rows:
        figures = row.outlook.figures[one.judgement.direction]
        table.add_row(
            Text(_said(one)), Text(_modelled(row, one.judgement.direction)), format_probability(figures["base_rate"])
        )
    return table


def write_proposals(proposals: list[Proposal]) -> str:
    """Proposals in plain lines: id and standing, what is said by whom, the sentence."""
    return "\n".join(line for one in proposals for line in _proposal_lines(one))


def write_assessors(card: AssessorCard, *, top: int) -> str:
    """The record of assessors in plain lines.

    Args:
        card: The record.
        top: Assessors and assessments at most, the worst first.
    """
    counts = card.counts()
    lines = [
        f"Assessors as known on {card.as_of}, resolved by events of {card.provider}. Brier: squared distance of the",
        "probability said (the middle of the range of its words) from what came, 0 to 1; less is better. Model and",
        "base rates were asked the same as of the day of publication.",
        "",
        f"{sum(counts.values()):,} accepted assessments: {counts['resolved']:,} resolved, {counts['void']:,} void, "
        f"{counts['open']:,} open, {counts['repeated']:,} repeated and not counted",
    ]
    rows = card.assessed
    void = (
        rows.filter(pl.col("standing") == "void")["reason"]
        .value_counts(sort=True)
        .sort("count", "reason", descending=[True, False])
    )
    lines += [f"  void: {number:,} because {reason}" for reason, number in void.iter_rows()]
    late = rows.filter(pl.col("standing") == "resolved", ~pl.col("saved_in_time")).height
    lines += (
        [f"  saved only after their horizon had passed, so perhaps picked: {late:,} of the resolved"] if late else []
    )
    if card.assessors.height:
        lines += write_columns(f"by assessor, worst first, at most {top}", _HEADS, _assessor_rows(card, top))
    if counts["resolved"]:
        lines += write_columns(f"each of the resolved, worst first, at most {top}", _EACH, _assessed_rows(card, top))
    return "\n".join(lines)


def _outlook_lines(outlook: Outlook) -> Iterator[str]:
    about = f"{outlook.pair} over {outlook.horizon}"
    if not outlook.figures:
        yield f"{about}: none: {outlook.note}"
        return
    said = ", ".join(
        f"{name} {format_probability(row['probability'])} ({format_band(row['low'], row['high'])})"
        for name, row in outlook.figures.items()
    )
    base = " / ".join(format_probability(outlook.figures[name]["base_rate"]) for name in OUTCOMES)
    yield f"{about}, {outlook.model}: {said}; base rates {base}"


def _said(one: Assessment) -> str:
    judgement = one.judgement
    what = ("not " if judgement.denied and judgement.low is None else "") + judgement.direction
    if judgement.low is not None and judgement.high is not None:
        what += f" {format_band(judgement.low, judgement.high)}"
    what += ", conditional" if judgement.conditions else ""
    return " · ".join(
        [
            what,
            one.horizon.text if one.horizon else "no horizon",
            one.speaker.name or one.speaker.text or "nobody named",
        ]
    )


def _modelled(row: Beside, direction: str) -> str:
    figures = row.outlook.figures[direction]
    band = format_band(figures["low"], figures["high"])
    over = f"{row.outlook.horizon}{', assumed' if row.assumed else ''}"
    return f"{format_probability(figures['probability'])} ({band}), {figures['word']} · {over}"


def _proposal_lines(one: Proposal) -> Iterator[str]:
    record, source = one.record, one.record["source"]
    told = f"{source['name']}, {source['published'] or 'no date'}"
    if record["kind"] == "event":
        yield from _event_lines(one, told)
    elif record["kind"] == "attribution":
        yield f"{one.id[:8]} {one.standing} · attribution · {_who(record)} · “{record['cue'] or ''}” · {told}"
    else:
        what = record["direction"] if record["direction"] != "none" else "no change named"
        if record["p_low"] is not None:
            what += f" {format_band(record['p_low'], record['p_high'])}"
        elif record["denied"]:
            what = f"not {what}"
        horizon = record["horizon"] or "no horizon"
        yield f"{one.id[:8]} {one.standing} · {record['pair'] or 'no pair'} · {what} · {horizon} · {_who(record)}"
        yield from (f"  {condition}" for condition in record["conditions"])
        yield f"  “{record['quote']}”"
        yield f"  {told} · {record['coder']['version']}"
    for decision in one.decisions:
        why = f": {decision['why']}" if decision["why"] else ""
        condition = f", condition {decision['condition']}" if decision["condition"] else ""
        yield f"  {decision['verdict']} by {decision['by'] or 'somebody unnamed'}{condition}{why}"


def _who(record: dict[str, Any]) -> str:
    who = str(record["speaker"] or record["speaker_text"] or "nobody named")
    return who + ("" if record.get("speaker_certain", True) else " (name from another sentence)")


def _event_lines(one: Proposal, told: str) -> Iterator[str]:
    record = one.record
    deed = f"{record['actor']} → {record['recipient']} · {record['event_type']} · {record['quad']}"
    claimed = f" · told by {record['told_by'] or 'nobody named'}" if record["attributed"] else ""
    yield f"{one.id[:8]} {one.standing} · event · {deed} · {format_probability(record['probability'])}{claimed}"
    yield f"  “{record['quote']}”"
    yield f"  {told} · {record['coder']['version']}"


def _assessor_rows(card: AssessorCard, top: int) -> list[tuple[str, ...]]:
    return [
        (
            row["assessor"] + (f", {row['affiliation']}" if row["affiliation"] else ""),
            *(f"{row[name]:,}" for name in ("resolved", "void", "open")),
            _number(row["brier"]) + _ends(row),
            _number(row["model_brier"]),
            _number(row["base_brier"]),
            "–" if row["on_side"] is None else f"{row['on_side']:.0%}",
        )
        for row in card.assessors.head(top).iter_rows(named=True)
    ]


def _assessed_rows(card: AssessorCard, top: int) -> list[tuple[str, ...]]:
    done = card.assessed.filter(pl.col("standing") == "resolved").sort("brier", "id", descending=[True, False])
    return [
        (
            f"{row['assessor']} on {row['pair']}",
            str(row["origin"]),
            f"{row['horizon_weeks']}w{' (assumed)' if row['horizon_assumed'] else ''}",
            row["direction"],
            format_band(row["p_low"], row["p_high"]),
            row["outcome"],
            _number(row["brier"]),
            f"{_number(row['model_brier'])} ({format_probability(row['model_p'])})",
            f"{_number(row['base_brier'])} ({format_probability(row['base_p'])})",
            row["id"][:8],
        )
        for row in done.head(top).iter_rows(named=True)
    ]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _ends(row: dict[str, Any]) -> str:
    return "" if row["brier_low"] is None else f" ({row['brier_low']:.3f} to {row['brier_high']:.3f})"
