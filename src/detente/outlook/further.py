"""The further pages of a brief as sections of HTML: exchanges, voices, arenas, measures, assessments, drivers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl

from detente.domain.tables import OUTCOMES
from detente.outlook.brief import Brief, find_forecast
from detente.outlook.detail import EXCHANGES_SHOWN
from detente.outlook.exchanges import EXCHANGES_NOTE
from detente.outlook.measured import Reading, read_measures
from detente.outlook.parts import (
    ARENA_HEADS,
    ARENA_NOTE,
    VOICE_HEADS,
    VOICE_NOTE,
    arena_report,
    gap_sentence,
    voice_report,
)
from detente.outlook.sections import Links
from detente.outlook.series import NOT_USED
from detente.outlook.sides import arena_rows, draw_sides, find_reach, voice_rows
from detente.outlook.tags import heading, plain_text, small, write_table
from detente.outlook.words import (
    format_band,
    format_change,
    format_day,
    format_number,
    format_probability,
    short_name,
)

#: Numbers of the further measures that a page shows; all are in the series ``measures``.
_SHOWN = {
    "place": "place among all",
    "place_among_peers": "place among peers",
    "conflict_answered": "conflict answered",
    "cooperation_answered": "cooperation answered",
    "mixture": "mixture",
    "swing": "swing",
    "words_minus_deeds": "words minus deeds",
    "share": "share of its agenda",
    "rank": "rank on its agenda",
    "change": "change of that share",
    "level_shifts": "breaks of level",
    "volatility_shifts": "breaks of volatility",
}
_MEASURE_HEADS = ("Who", "What", "Value", "90 % band", "In words")


def changed_section(brief: Brief, links: Links | None) -> list[str]:
    """What changed since the version of a week before."""
    earlier = brief.detail.earlier
    if earlier is None:
        return []
    row = find_forecast(brief.forecasts, brief.horizon)
    told = "; ".join(
        f"{name} {format_probability(earlier.probabilities[name])} → {format_probability(row[f'p_{name}'])}"
        for name in OUTCOMES
    )
    z, was = brief.status.z, earlier.z
    moved = "" if z is None or was is None else f" The status moved from {format_change(was)} to {format_change(z)} SD."
    day = format_day(earlier.as_of)
    name = f'<a href="{escape(links.version(earlier.as_of))}">{day}</a>' if links else day
    return [heading("Since the last version"), f"<p>Against {name}: {plain_text(told)}.{plain_text(moved)}</p>"]


def exchanges_section(brief: Brief, links: Links | None) -> list[str]:
    """Unusual moves with the answers to them, the weightiest first."""
    rows = brief.detail.exchanges.head(EXCHANGES_SHOWN)
    if rows.is_empty():
        return []
    items = "".join(
        f'<li class="{escape(row["kind"])}">{_move(row, links)}<span class="arrow">→ {row["lag_days"]} d</span>'
        f"{_answer(row, links)}</li>"
        for row in rows.iter_rows(named=True)
    )
    found = brief.detail.exchanges.height
    return [
        heading("Exchanges", f"the weightiest {rows.height} of {found}"),
        f'<ul class="exchanges">{items}</ul>',
        small(EXCHANGES_NOTE),
    ]


def _move(row: Mapping[str, Any], links: Links | None) -> str:
    return _side(row, (row["actor"], row["recipient"]), row["moved"], "move", links)


def _answer(row: Mapping[str, Any], links: Links | None) -> str:
    return _side(row, (row["recipient"], row["actor"]), row["answered"], "answer", links)


def _side(row: Mapping[str, Any], who: tuple[str, str], day: dt.date, what: str, links: Links | None) -> str:
    date = format_day(day)
    dated = f'<a href="{escape(links.day(day))}">{date}</a>' if links else date
    name = f"<br>{escape(row[f'{what}_event'])}" if row[f"{what}_event"] else ""
    kinds = escape(str(row[f"{what}_types"]).lower())
    return (
        f"<span><b>{escape(short_name(who[0]))} → {escape(short_name(who[1]))}</b> {dated}{name}"
        f"<br><span>{kinds}; {plain_text(format_change(row[f'{what}_intensity'], 0))} points, once in "
        f"{row[f'{what}_once_in']:.0f} days</span></span>"
    )


def voices_section(brief: Brief) -> list[str]:
    """Who speaks for either side, drawn and in numbers; only where there is evidence."""
    rows = voice_report(brief.parts)
    if not rows:
        return []
    drawn = [
        (actor, voice_rows(brief.parts.voices.filter(pl.col("actor") == actor)))
        for actor in brief.parts.voices["actor"].unique(maintain_order=True)
    ]
    drawn = [(actor, found) for actor, found in drawn if found]
    reach = find_reach([row for _, found in drawn for row in found])
    shape = {"unit": "points an event", "width": 470, "highest": reach}
    charts = "".join(
        f"<div>{draw_sides(found, title=f'Who speaks for {short_name(actor)}', **shape)}</div>"  # type: ignore[arg-type]
        for actor, found in drawn
    )
    gap = gap_sentence(brief.parts)
    return [
        heading("Who speaks"),
        f'<figure class="pairwise">{charts}</figure>' if charts else "",
        _folded("Who speaks", write_table("Who speaks", VOICE_HEADS, rows, numbers=(1, 2, 3))),
        small(VOICE_NOTE),
        f"<p>{plain_text(gap)}</p>" if gap else "",
    ]


def arenas_section(brief: Brief) -> list[str]:
    """Where and over what, drawn and in numbers; only where there is evidence."""
    rows = arena_report(brief.parts)
    if not rows:
        return []
    charts = "".join(
        f"<div>{draw_sides(found, title=title, unit='share of each side, %', width=470)}</div>"
        for kind, title in (("theme", "Over what"), ("place", "Where"))
        if (found := arena_rows(brief.parts.arenas.filter(pl.col("kind") == kind)))
    )
    return [
        heading("Where and over what"),
        f'<figure class="pairwise">{charts}</figure>' if charts else "",
        write_table("Arenas", ARENA_HEADS, rows, numbers=(1, 2, 3)),
        small(ARENA_NOTE),
    ]


def measures_section(brief: Brief) -> list[str]:
    """Standing, reciprocity, consistency, attention and shifts, each number with its band and its reading."""
    parts = []
    for measure, readings in read_measures(brief.detail.measures):
        rows = [_reading_row(one) for one in readings if _is_shown(one)]
        if rows:
            title = (
                f"<h3>{escape(measure.title)} <span class={chr(34)}aside{chr(34)}>{escape(measure.name)}</span></h3>"
            )
            parts += [title, write_table(measure.title, _MEASURE_HEADS, rows, numbers=(2, 3), kind="reads")]
    return [heading("The character of the relation"), *parts] if parts else []


def _is_shown(reading: Reading) -> bool:
    """Of the items of a kind none; breaks of both directions together only."""
    row = reading.row
    is_one_way_break = row["quantity"].endswith("_shifts") and row["actor"]
    return row["quantity"] in _SHOWN and not row["item"] and not is_one_way_break


def _reading_row(reading: Reading) -> tuple[str, ...]:
    said = reading.says.split(" (band: ")[0]
    return (reading.who, _SHOWN[reading.row["quantity"]], reading.value, reading.band or "–", said or "–")


def assessments_section(brief: Brief) -> list[str]:
    """What named people said of the pair, what the model said on the same day, and what came."""
    rows = brief.detail.assessed
    if not brief.detail.is_there:
        return []
    if rows.is_empty():
        none = "No assessment of this pair by a named person has been read and accepted yet."
        return [heading("What others said"), small(none)]
    cells = [
        (
            str(row["assessor"]) + (f", {row['affiliation']}" if row["affiliation"] else ""),
            format_day(row["origin"]),
            str(row["direction"]) + _range(row),
            "–" if row["model_p"] is None else format_probability(row["model_p"]),
            "–" if row["base_p"] is None else format_probability(row["base_p"]),
            str(row["outcome"] or row["standing"]),
            format_number(row["brier"], 2),
            f"“{row['quote']}”",
        )
        for row in rows.sort("origin", descending=True).iter_rows(named=True)
    ]
    heads = ("Who", "When", "Said", "Model", "Base rate", "Came", "Brier", "In these words")
    return [heading("What others said"), write_table("Assessments", heads, cells, numbers=(3, 4, 6))]


def _range(row: Mapping[str, Any]) -> str:
    return "" if row["p_low"] is None else f" {format_band(row['p_low'], row['p_high'])}"


def drivers_section(brief: Brief) -> list[str]:
    """Outside series as context, where they are held."""
    if not brief.series:
        return []
    items = "".join(f"<li>{plain_text(str(reading))}</li>" for reading in brief.series)
    return [heading("Outside series"), f'<ul class="small">{items}</ul>', small(NOT_USED)]


def _folded(title: str, table: str) -> str:
    return f"<details><summary>{escape(title)}: the numbers</summary>{table}</details>"
