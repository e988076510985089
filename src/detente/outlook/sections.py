"""The first page of a brief as sections of HTML: key figures, the level, the weeks ahead, what moved it, both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import polars as pl

from detente.domain.tables import OUTCOMES
from detente.outlook.ahead import Ahead, draw_ahead
from detente.outlook.brief import Brief, find_forecast
from detente.outlook.charts import Shift, draw_level_chart, draw_probabilities, find_ceiling, numbered_events
from detente.outlook.provocations import PROVOCATION_NOTE, provocation_heads, provocation_reason, provocation_rows
from detente.outlook.report import (
    DIRECTION_HEADS,
    DIRECTION_NOTE,
    OUTLOOK_HEADS,
    REASON_HEADS,
    change_sentence,
    direction_rows,
    outlook_rows,
    reason_rows,
)
from detente.outlook.tags import heading, plain_text, small, write_table
from detente.outlook.words import (
    format_band,
    format_change,
    format_day,
    format_number,
    format_probability,
    short_name,
)

_BEST_FIRST = ("improve", "hold", "deteriorate")
_BAND_NOTE = "Bands are 90 %, as if events arrived independently. Weeks without enough covered days are shaded."


@dataclass(frozen=True)
class Links:
    """Where the parts of a brief lead, on a site that has pages for them.

    Args:
        week: The events of the week that ends on a day.
        day: The events of one day.
        version: The brief as of another day.
        series: A series by its name and format.
    """

    week: Callable[[dt.date], str]
    day: Callable[[dt.date], str]
    version: Callable[[dt.date], str]
    series: Callable[[str, str], str]


def key_figures(brief: Brief) -> str:
    """The numbers that a reader in a hurry takes away."""
    row = find_forecast(brief.forecasts, brief.horizon)
    z, ahead = brief.status.z, "1 week" if brief.horizon.weeks == 1 else f"{brief.horizon.weeks} weeks"
    cells = [
        (
            "",
            f"{brief.status.status or 'not known'}".removesuffix(" than usual"),
            "last four weeks",
            "" if z is None else f"{format_change(z)} SD from their own year",
        )
    ]
    cells += [
        (
            name,
            format_probability(row[f"p_{name}"]),
            f"{name}, {ahead}",
            f"band {format_band(row[f'p_{name}_low'], row[f'p_{name}_high'])}{_was(brief, name)}",
        )
        for name in OUTCOMES
    ]
    moves = brief.provocations.filter(pl.col("horizon_weeks") == brief.horizon.weeks).drop_nulls("p")
    cells += [
        (
            "",
            format_probability(one["p"]),
            "provocative move",
            f"{short_name(one['actor'])} → {short_name(one['recipient'])}, {ahead}; "
            f"band {format_band(one['p_low'], one['p_high'])}",
        )
        for one in moves.iter_rows(named=True)
    ]
    body = "".join(
        f"<div{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}><dt>{escape(what)}</dt>"
        f"<dd>{plain_text(value)}<small>{plain_text(note)}</small></dd></div>"
        for kind, value, what, note in cells
    )
    return f'<dl class="key">{body}</dl>'


def _was(brief: Brief, name: str) -> str:
    earlier = brief.detail.earlier
    return f"; {format_probability(earlier.probabilities[name])} a week before" if earlier else ""


def level_section(brief: Brief, links: Links | None) -> str:
    """Cooperation and conflict of both directions by week, with what is known to have happened."""
    names = " – ".join(brief.names)
    ends: list[dt.date] = brief.levels["week_end"].to_list()
    events = numbered_events(brief.chronology, ends[0], ends[-1]) if ends else []
    drawn = {"title": f"{names}, both directions, weekly", "link": links.week if links else None}
    shifts = find_shifts(brief)
    wide = draw_level_chart(brief.levels, events, width=960, height=370, shifts=shifts, **drawn)  # type: ignore[arg-type]
    narrow = draw_level_chart(brief.levels, events, width=360, height=330, shifts=shifts, **drawn)  # type: ignore[arg-type]
    items = "".join(f"<li>{format_day(day)}: {escape(label)}</li>" for _, day, label in events)
    listed = f'<ol class="events">{items}</ol>' if items else ""
    return (
        f'<figure><div class="wide">{wide}</div><div class="narrow">{narrow}</div>{listed}'
        f"<figcaption>{_BAND_NOTE} Data: {escape(brief.provider)}.</figcaption>{_weeks(brief.levels, links)}</figure>"
    )


def find_shifts(brief: Brief) -> list[Shift]:
    """Breaks of level of both directions together, where they were looked for."""
    rows = brief.detail.measures.filter(pl.col("quantity") == "level_shift", pl.col("actor").is_null())
    return [
        Shift(dt.date.fromisoformat(row["item"]), row["since"], row["until"], row["value"])
        for row in rows.iter_rows(named=True)
        if row["value"] is not None
    ]


def _weeks(levels: pl.DataFrame, links: Links | None) -> str:
    """The chart's numbers as a table, for readers who cannot see it; each week leads to its events."""
    ordered = levels.sort("week_end", descending=True)
    rows = [
        (
            str(row["week_end"]),
            format_number(row["cooperation"]),
            format_number(row["conflict"]),
            format_number(row["n"], 0),
            str(row["covered_days"]),
        )
        for row in ordered.iter_rows(named=True)
    ]
    heads = ("Week to", "Cooperation", "Conflict", "Events", "Days covered")
    firsts = [links.week(day) for day in ordered["week_end"]] if links else ()
    table = write_table("Cooperation and conflict by week", heads, rows, numbers=(1, 2, 3, 4), firsts=firsts)
    return f"<details><summary>The chart as a table</summary>{table}</details>"


def outlook_section(brief: Brief) -> list[str]:
    """The chances of the three outcomes, where they lie, at each horizon, and how such forecasts have fared."""
    row = find_forecast(brief.forecasts, brief.horizon)
    weeks = "week" if brief.horizon.weeks == 1 else f"{brief.horizon.weeks} weeks"
    answers = {name: (name, row[f"p_{name}"], row[f"p_{name}_low"], row[f"p_{name}_high"]) for name in OUTCOMES}
    stake = brief.detail.stake
    drawing = ""
    if stake is not None and stake.reference is not None:
        ordered = [answers[name] for name in _BEST_FIRST]
        ahead = Ahead(brief.horizon.weeks, stake.reference, stake.spread, ordered, _fan(brief))
        title = f"The level, and the next {weeks}"
        wide = draw_ahead(brief.levels, brief.as_of, ahead, title=title)
        narrow = draw_ahead(brief.levels, brief.as_of, ahead, title=title, width=370, height=290)
        drawing = f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>' if wide else ""
    bars = draw_probabilities(
        list(answers.values()), title=f"Probability of each outcome in the next {weeks}, with its 90 % band"
    )
    caption = f"<figcaption>Probabilities with 90 % bands, by {escape(row['model'])}.{_base_rates(brief)}</figcaption>"
    table = write_table("Probabilities by horizon, with 90 % bands", OUTLOOK_HEADS, outlook_rows(brief))
    if not drawing:
        return [heading(f"The next {weeks}"), f"<figure>{bars}{caption}</figure>", table, small(brief.track_record)]
    note = (
        "Line: the filtered level with its band; dots: single weeks; grey rule: mean of the last 13 weeks; fan: half "
        "and nine tenths of where single weeks may come to lie. An outcome "
        "is where the mean of the coming weeks comes to lie."
    )
    return [
        heading(f"The next {weeks}"),
        f'<figure class="pairwise lead"><div>{drawing}{small(note)}</div><div>{bars}{caption}'
        f"{small(brief.track_record)}</div></figure>",
        table,
    ]


def _fan(brief: Brief) -> list[tuple[dt.date, tuple[float, ...]]]:
    """Quantiles of the level of each week ahead, where a model gives them, up to the horizon of the headline."""
    weeks = brief.detail.fan.filter(pl.col("kind") == "level-end", pl.col("horizon_weeks") <= brief.horizon.weeks).sort(
        "horizon_weeks"
    )
    rows = weeks.select("horizon_weeks", "q05", "q25", "q50", "q75", "q95").drop_nulls().rows()
    return [(brief.as_of + dt.timedelta(weeks=ahead), tuple(quantiles)) for ahead, *quantiles in rows]


def _base_rates(brief: Brief) -> str:
    stake = brief.detail.stake
    if stake is None:
        return ""
    told = ", ".join(f"{name} {format_probability(stake.base_rates[name])}" for name in OUTCOMES)
    return plain_text(f" Base rates of the same day: {told}.")


def moved_section(brief: Brief, links: Links | None) -> list[str]:
    """The account of the change, its rows drawn to either side."""
    rows = reason_rows(brief)
    days = [reason.day for reason in brief.reasons] + [None]
    most = max((abs(reason.contribution) for reason in brief.reasons), default=1.0) or 1.0
    values = [*(reason.contribution for reason in brief.reasons), None]
    drawn = [(row[0], row[1], _bar(value, most), row[2]) for row, value in zip(rows, values, strict=True)]
    firsts = [links.day(day) if links and day else "" for day in days]
    heads = (*REASON_HEADS[:2], "", REASON_HEADS[2])
    return [
        heading("What moved it"),
        f"<p>{escape(change_sentence(brief))}</p>",
        write_table(
            "What moved the balance", heads, drawn, numbers=(1,), kind="sums reasons", made=(2,), firsts=firsts
        ),
    ]


def _bar(value: float | None, most: float) -> str:
    if value is None:
        return ""
    length = abs(value) / most * 68
    start = 70 - length if value < 0 else 70
    side = "deteriorate" if value < 0 else "improve"
    return (
        f'<svg viewBox="0 0 140 10" aria-hidden="true" xmlns="http://www.w3.org/2000/svg"><path d="M70 0V10" '
        f'class="zero"/><rect x="{start:.1f}" y="1.5" width="{length:.1f}" height="7" class="bar {side}"/></svg>'
    )


def directions_section(brief: Brief, links: Links | None) -> list[str]:
    """Both directions side by side on one scale, and their last four weeks in numbers."""
    series = [
        (
            direction,
            brief.dyads.filter(
                pl.col("actor") == direction.dyad.actor, pl.col("recipient") == direction.dyad.recipient
            ),
        )
        for direction in brief.directions
    ]
    highest = find_ceiling([weeks for _, weeks in series])
    names = dict(zip((brief.pair.a, brief.pair.b), brief.names, strict=True))
    charts = [
        draw_level_chart(
            weeks,
            title=f"{names[direction.dyad.actor]} towards {names[direction.dyad.recipient]}",
            width=470,
            height=280,
            highest=highest,
            link=links.week if links else None,
        )
        for direction, weeks in series
    ]
    figure = f'<figure class="pairwise">{"".join(f"<div>{chart}</div>" for chart in charts)}</figure>'
    return [
        heading("The last four weeks, each way"),
        figure if any(charts) else "",
        write_table("The last four weeks, each way", DIRECTION_HEADS, direction_rows(brief), numbers=(1, 2, 3, 4)),
        small(DIRECTION_NOTE),
    ]


def provocations_section(brief: Brief) -> list[str]:
    """The chances of provocative moves, where they were asked for."""
    if brief.provocations.is_empty():
        return []
    heads, rows = provocation_heads(brief.provocations), provocation_rows(brief.provocations)
    return [
        heading("Provocative moves"),
        write_table("Chances of provocative moves", heads, rows),
        small(f"{PROVOCATION_NOTE} {provocation_reason(brief.provocations)}".strip()),
    ]
