"""The parts of a brief as rows of text: what the terminal, Markdown and HTML forms have in common."""

from __future__ import annotations

import polars as pl

from detente.codebook import state_name
from detente.outlook.brief import TRACK_RECORD, Brief
from detente.outlook.words import estimative_word, format_band, format_day, format_probability

DIRECTION_HEADS = ("Direction", "Cooperation", "Conflict", "Conflict share", "Events a week")
_OUTCOMES = ("deteriorate", "hold", "improve")
LIMITS = (
    "It reads reports, not minds or deeds: machine-coded news, of which about one event in five is miscoded. "
    "Much of what can be forecast is return to the usual after a shock."
)


def outlook_rows(brief: Brief) -> list[tuple[str, ...]]:
    """One row a horizon: horizon, then each outcome's probability with its band."""
    rows = []
    for row in brief.forecasts.sort("horizon_weeks").iter_rows(named=True):
        cells = [
            f"{format_probability(row[f'p_{name}'])} ({format_band(row[f'p_{name}_low'], row[f'p_{name}_high'])})"
            for name in _OUTCOMES
        ]
        word = estimative_word(row["p_deteriorate"])
        rows.append((f"{row['horizon_weeks']} weeks", *cells, f"{word} to deteriorate" if word else ""))
    return rows


def direction_rows(brief: Brief) -> list[tuple[str, ...]]:
    """One row a direction, the last four weeks: cooperation, conflict, share of conflict, events a week."""
    rows: list[tuple[str, ...]] = []
    for dyad in brief.pair.dyads:
        weeks = brief.dyads.filter(actor=dyad.actor, recipient=dyad.recipient).sort("week_end").tail(4)
        weeks = weeks.drop_nulls("balance")
        name = f"{state_name(dyad.actor)} → {state_name(dyad.recipient)}"
        if not weeks.height:
            rows.append((name, "–", "–", "–", "–"))
            continue
        days = pl.col("covered_days")
        coop, conf, squares, n = weeks.select(
            (pl.col("cooperation") * days).sum() / days.sum(),
            (pl.col("conflict") * days).sum() / days.sum(),
            ((pl.col("balance_se") * days) ** 2).sum() / days.sum() ** 2,
            pl.col("n").mean(),
        ).row(0)
        total = coop + conf
        # Each side's band is its share of the balance's variance.
        bands = [1.645 * (squares * side / total) ** 0.5 if total else 0.0 for side in (coop, conf)]
        share = f"{conf / total:.0%}" if total else "–"
        rows.append((name, f"{coop:.1f} ±{bands[0]:.1f}", f"{conf:.1f} ±{bands[1]:.1f}", share, f"{n:.0f}"))
    return rows


def reason_rows(brief: Brief) -> list[tuple[str, str, str]]:
    """One row a day: day, contribution, what happened; the last row is what is left over."""
    return [
        (
            format_day(reason.day) if reason.day else "the rest",
            f"{reason.contribution:+.2f}",
            f"{reason.label} ({reason.what})" if reason.label else reason.what,
        )
        for reason in brief.reasons
    ]


def change_sentence(brief: Brief) -> str:
    """The change that the reasons add up to, with its band and its two windows."""
    found = brief.explanation
    return (
        f"The balance of the four weeks from {format_day(found.recent_from)} is {found.change:+.1f} Goldstein points a "
        f"day (90 % band {found.change_low:+.1f} to {found.change_high:+.1f}) against that of the time from "
        f"{format_day(found.usual_from)}. The rows add up to it."
    )


def note_lines(brief: Brief) -> list[str]:
    """Source, coverage, rules and record: what a referee needs."""
    days = sum(brief.coverage.values())
    missing = ", ".join(f"{n} {status}" for status, n in brief.coverage.items() if status != "present" and n)
    models = ", ".join(sorted(set(brief.forecasts["model"])))
    return [
        f"Data: {brief.card.get('title')}. {days} days, {missing or 'none missing'}. Read as known on {brief.as_of}.",
        f"Cite: {str(brief.card.get('citation')).strip()}",
        f"Terms: {str(brief.card.get('terms')).strip()}",
        f"Rules: level-v1, status-v1, explain-v1; outcome-v1; model {models}. Words: ICD 203 (2015).",
        f"Record: {TRACK_RECORD}",
        f"What it cannot tell you: {LIMITS}",
    ]
