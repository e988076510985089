"""The parts of a brief as rows of text: what the terminal, Markdown and HTML forms have in common."""

from __future__ import annotations

from detente.domain.tables import OUTCOMES
from detente.outlook.brief import Brief
from detente.outlook.directions import Measure
from detente.outlook.series import series_sentence
from detente.outlook.words import (
    estimative_word,
    format_band,
    format_change,
    format_day,
    format_number,
    format_probability,
    short_name,
)

OUTLOOK_HEADS = ("Horizon", "Deteriorate", "Hold", "Improve")
REASON_HEADS = ("Day", "Points a day", "Reports")
DIRECTION_HEADS = ("Direction", "Cooperation", "Conflict", "Conflict share", "Events a week")
#: What the numbers of the table of directions are.
DIRECTION_NOTE = (
    "Goldstein points a day, with 90 % bands; in brackets the mean of the up to 52 weeks before. Bands take events to "
    "arrive independently."
)


def outlook_rows(brief: Brief) -> list[tuple[str, ...]]:
    """One row a horizon: each outcome's probability with its band and its word."""
    rows = []
    for row in brief.forecasts.sort("horizon_weeks").iter_rows(named=True):
        cells = [
            f"{format_probability(row[f'p_{name}'])} ({format_band(row[f'p_{name}_low'], row[f'p_{name}_high'])}), "
            + estimative_word(row[f"p_{name}"])
            for name in OUTCOMES
        ]
        weeks = row["horizon_weeks"]
        rows.append(("1 week" if weeks == 1 else f"{weeks} weeks", *cells))
    return rows


def direction_rows(brief: Brief) -> list[tuple[str, ...]]:
    """One row a direction, the last four weeks: cooperation, conflict, share of conflict, events a week."""
    return [
        (
            f"{short_name(direction.dyad.actor)} → {short_name(direction.dyad.recipient)}",
            _measure(direction.cooperation, 1),
            _measure(direction.conflict, 1),
            _measure(direction.conflict_share, 0, factor=100, unit=" %"),
            _measure(direction.events, 0),
        )
        for direction in brief.directions
    ]


def reason_rows(brief: Brief) -> list[tuple[str, str, str]]:
    """One row a day: day, contribution, reports; then what is left over, and the change that the rows add up to."""
    rows = [
        (
            format_day(reason.day) if reason.day else "the rest",
            format_change(reason.contribution, 2),
            f"{reason.label} ({reason.what})" if reason.label else reason.what,
        )
        for reason in brief.reasons
    ]
    return [*rows, ("in all", format_change(brief.explanation.change, 2), "the change; the rows are rounded")]


def change_sentence(brief: Brief) -> str:
    """The change that the reasons add up to, with its band and its two windows."""
    found = brief.explanation
    unclear = " It is within its band: no clear change." if found.change_low <= 0 <= found.change_high else ""
    return (
        f"Cooperation minus conflict was {format_number(found.recent)} Goldstein points a day from "
        f"{format_day(found.recent_from)} to {format_day(brief.as_of)}, against {format_number(found.usual)} from "
        f"{format_day(found.usual_from)} until then: a change of {format_change(found.change)} (90 % band "
        f"{format_change(found.change_low)} to {format_change(found.change_high)}).{unclear} The rows add up to it."
    )


def coverage_sentence(brief: Brief) -> str:
    """How many days are covered, how fresh the data are, what is missing."""
    days = brief.freshness
    if days.first_day is None or days.last_day is None:
        return f"No day is covered by {format_day(brief.as_of)}."
    total = days.present + days.thin + days.absent
    missing = [f"{count} {name}" for name, count in (("thin", days.thin), ("absent", days.absent)) if count]
    age = (brief.as_of - days.last_day).days
    fresh = (
        "the last day included" if age == 0 else f"nothing for the last {age} days" if age > 1 else "not the last day"
    )
    return (
        f"{days.present} of {total} days from {format_day(days.first_day)} to {format_day(brief.as_of)} are covered "
        f"({', '.join([*missing, fresh])}).{' The others are gaps, not zeros.' if days.present < total else ''}"
    )


def note_lines(brief: Brief) -> list[tuple[str, str]]:
    """Method, coverage, source, terms, rules and record, each with its heading: what a referee needs."""
    card = brief.card
    title = _text(card.get("title")) or brief.provider
    publisher = _text(card.get("publisher"))
    return [
        ("Coverage", coverage_sentence(brief)),
        ("Data", f"{title}{f'; {publisher}' if publisher else ''}. Read as known on {format_day(brief.as_of)}."),
        ("Cite", _text(card.get("citation")) or "the provider has named no citation"),
        ("Terms", _text(card.get("terms")) or "the provider has named no terms"),
        ("Rules", f"{', '.join(brief.rules)}. Words by ICD 203 (2015); figures are rounded to whole per cent."),
        ("Track record", brief.track_record),
        *([("Recorded", brief.recorded)] if brief.recorded else []),
        *([("Outside series", series_sentence(brief.series))] if brief.series else []),
        ("What it cannot tell you", " ".join(brief.caveats)),
    ]


def _measure(measure: Measure, decimals: int, *, factor: float = 1.0, unit: str = "") -> str:
    usual = "" if measure.usual is None else f" [{format_number(measure.usual * factor, decimals)}]"
    if measure.value is None or measure.low is None or measure.high is None:
        return f"–{usual}"
    value, low, high = (format_number(part * factor, decimals) for part in (measure.value, measure.low, measure.high))
    return f"{value}{unit} ({low}–{high}){usual}"


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
