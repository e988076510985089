"""Sections of the worked page on level, status and reasons, voices and arenas."""

from __future__ import annotations

import polars as pl

from detente import relations
from detente.outlook.charts import draw_level_chart, find_ceiling, numbered_events
from detente.outlook.sides import TwoSided, arena_name, arena_rows, change_rows, draw_sides, find_reach, voice_rows
from detente.outlook.words import format_change, format_day, format_number, sentence_name
from detente.relations import find_measure
from detente.sample import load_chronology
from detente.world import PairView
from worked_charts import draw_series
from worked_section import Section, band, pair_name, per_cent, towards

_GROUND = {"place": "places", "theme": "themes"}
_PER_DAY = "Goldstein points a day, the last four weeks against the year before, with 90 % bands"
_BETTER = ("worse", "better")


def draw_level(view: PairView) -> dict[str, str]:
    """The pair's weeks, and each direction's."""
    levels, dyads = view.level(), view.level(by="dyad")
    both = [view.pair.a, view.pair.b]
    known = load_chronology().filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
    ends = levels["week_end"].sort()
    events = numbered_events(known, ends[0], ends[-1])
    names = pair_name(view)
    pictures = {"": draw_level_chart(levels, events, title=f"{names}, both directions, weekly")}
    series = [dyads.filter(actor=dyad.actor, recipient=dyad.recipient) for dyad in view.pair.dyads]
    highest = find_ceiling(series)
    for dyad, weeks in zip(view.pair.dyads, series, strict=True):
        title = f"{towards(dyad)}, weekly"
        pictures[f"-{dyad.actor.lower()}"] = draw_level_chart(weeks, title=title, height=260, highest=highest)
    return pictures


def read_level(view: PairView) -> list[str]:
    """The last week, the best and the worst."""
    held = view.level().drop_nulls("level").sort("week_end")
    last, worst, best = (
        frame.row(0, named=True)
        for frame in (held.tail(1), held.sort("level_raw").head(1), held.sort("level_raw").tail(1))
    )
    return [
        f"In the week to {format_day(last['week_end'])} the pair had {last['n']:,} events: cooperation of "
        f"{format_number(last['cooperation'])} and conflict of {format_number(last['conflict'])} Goldstein points a "
        f"day. That is a level of {format_number(last['level'], 2)} (90 % band {band(last, 'level')}). The worst week "
        f"ended on {format_day(worst['week_end'])}, the best on {format_day(best['week_end'])}. " + _listed_events(view)
    ]


def draw_status(view: PairView) -> dict[str, str]:
    """The filtered level against the usual span of four-week means."""
    status, levels = view.status(), view.level().sort("week_end")
    usual = None
    if status.usual is not None and status.spread is not None:
        usual = (status.usual - status.spread, status.usual + status.spread)
    points = list(levels.select("week_end", "level", "level_low", "level_high").iter_rows())
    title = f"{pair_name(view)}: the level, with its 90 % band"
    return {
        "": draw_series(
            points, title=title, unit="Level; grey: usual for four weeks, one standard deviation", usual=usual
        )
    }


def read_status(view: PairView) -> list[str]:
    """Where the last four weeks stand."""
    status = view.status()
    if status.status is None or status.z is None:
        return ["There is too little history for a status."]
    far = "far " if status.grade else ""
    return [
        f"The last four weeks are **{far}{status.status}**: {format_change(status.z)} standard deviations from the "
        f"mean of the {status.weeks_used} earlier weeks there are data for. The pair is compared with itself alone."
    ]


def draw_explain(view: PairView) -> dict[str, str]:
    """The change by theme: the arenas add up to it."""
    rows = change_rows(view.arena_changes("theme"))
    return {"": draw_sides(rows, title=f"{pair_name(view)}: what moved the balance", unit=_PER_DAY, sides=_BETTER)}


def read_explain(view: PairView) -> list[str]:
    """The change, and the days and the themes that weighed most."""
    found = view.explain()
    days = found.reasons.drop_nulls("day").sort(pl.col("contribution").abs(), descending=True).head(3)
    told = "; ".join(
        f"{format_day(row['day'])}, {row['what']} ({format_change(row['contribution'], 2)})"
        for row in days.iter_rows(named=True)
    )
    clear = (
        "zero is outside it" if found.change_low * found.change_high > 0 else "zero is inside it, so nothing is shown"
    )
    return [
        f"Cooperation minus conflict was {format_number(found.recent)} points a day in the last four weeks against "
        f"{format_number(found.usual)} in the year before: a change of {format_change(found.change)} (90 % band "
        f"{format_change(found.change_low)} to {format_change(found.change_high)}; {clear}). The weightiest "
        f"reasons: {told}. All rows together give the change exactly; so do the themes in the picture."
    ]


def draw_voices(view: PairView) -> dict[str, str]:
    """Each direction's branches on one scale."""
    voices = view.voices()
    rows = {dyad: voice_rows(voices.filter(actor=dyad.actor)) for dyad in view.pair.dyads}
    reach = max(find_reach(found) for found in rows.values())
    unit = "Goldstein points for the mean event of the last 26 weeks, with 90 % bands"
    return {
        f"-{dyad.actor.lower()}": draw_sides(found, title=f"{towards(dyad)}: who speaks", unit=unit, highest=reach)
        for dyad, found in rows.items()
    }


def read_voices(view: PairView) -> list[str]:
    """The softest and the harshest branch of each side, and the gap where it is known."""
    voices, gaps = view.voices(), view.voice_gaps()
    told = []
    for dyad, gap in zip(view.pair.dyads, gaps.iter_rows(named=True), strict=True):
        heard = (
            voices.filter(pl.col("actor") == dyad.actor, pl.col("role").is_not_null()).drop_nulls("tone").sort("tone")
        )
        harsh, soft = heard.row(0, named=True), heard.row(-1, named=True)
        name = sentence_name(dyad.actor)
        said = (
            f"Of {name}, the harshest is the {harsh['role']} ({format_change(harsh['tone'])} points an event, "
            f"{band(harsh, 'tone', 1)}), the mildest the {soft['role']} ({format_change(soft['tone'])}, "
            f"{band(soft, 'tone', 1)}). "
        )
        if gap["gap"] is None:
            said += f"Its legislature was heard in {gap['n_legislature']} events: too few for a gap."
        else:
            is_shown = gap["gap_low"] * gap["gap_high"] > 0
            side = "milder" if gap["gap"] > 0 else "harsher"
            said += (
                f"Its executive is {format_number(abs(gap['gap']))} points {side} than its legislature "
                f"({band(gap, 'gap', 1)})"
                + ("." if is_shown else ": zero is inside the band, so no difference is shown.")
            )
        told.append(said)
    return [" ".join(told)]


def draw_arenas(view: PairView) -> dict[str, str]:
    """Shares by place and by theme, and the change by place."""
    names, unit = pair_name(view), "Share of what has a known {}, per cent, last 26 weeks, with 90 % bands"
    pictures = {
        f"-{kind}": draw_sides(arena_rows(view.arenas(kind)), title=f"{names}: {_GROUND[kind]}", unit=unit.format(kind))
        for kind in ("place", "theme")
    }
    rows: list[TwoSided] = change_rows(view.arena_changes("place"))
    title = f"{names}: which place moved the balance"
    return pictures | {"-moved": draw_sides(rows, title=title, unit=_PER_DAY, sides=_BETTER)}


def read_arenas(view: PairView) -> list[str]:
    """The arenas with most conflict, how much has none, and which moved the balance."""
    told = []
    for kind in ("place", "theme"):
        arenas = view.arenas(kind)
        unknown = int(arenas.filter(pl.col("arena").is_null())["n"].sum())
        top = arenas.drop_nulls("conflict_share").sort("conflict_share", descending=True).row(0, named=True)
        told.append(
            f"By {kind}, {arena_name(top)} has the largest share of conflict, {per_cent(top, 'conflict_share')}, and "
            f"{per_cent(top, 'cooperation_share')} of cooperation; {unknown:,} of {arenas['n'].sum():,} events have "
            f"no known {kind}."
        )
    changes = view.arena_changes("place")
    if not changes.is_empty():
        first = changes.row(0, named=True)
        told.append(
            f"Over the {first['recent_days'] + first['usual_days']} days on which places are known, the change was "
            f"{format_change(changes['change'].sum())} points a day; {arena_name(first)} accounts for "
            f"{format_change(first['change'])} of it ({band(first, 'change', 1)})."
        )
    return [" ".join(told)]


def _listed_events(view: PairView) -> str:
    both = [view.pair.a, view.pair.b]
    known = load_chronology().filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
    ends = view.level()["week_end"].sort()
    events = numbered_events(known, ends[0], ends[-1])
    return "Marked: " + "; ".join(f"({number}) {label}, {format_day(day)}" for number, day, label in events) + "."


def _registered(name: str) -> tuple[str, str]:
    """A measure's public name, and what it says."""
    measure = find_measure(name)
    return measure.name, measure.guide.sentence


SECTIONS = (
    Section("level", "Level", *_registered("level"), draw_level, read_level),
    Section("status", "Status", *_registered("status"), draw_status, read_status),
    Section(
        "explain",
        "What moved it",
        relations.EXPLAIN,
        "The change of the balance, taken apart into days, directions and types that add up to it.",
        draw_explain,
        read_explain,
    ),
    Section("voices", "Voices", *_registered("voices"), draw_voices, read_voices),
    Section("arenas", "Arenas", *_registered("arenas"), draw_arenas, read_arenas),
)
