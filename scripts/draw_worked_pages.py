"""Write `docs/explanation/two-relations-worked-through.md` and its pictures from the bundled sample.

    python scripts/draw_worked_pages.py [FOLDER_OF_DOCS]

Numbers, pictures and most sentences come from the measures as they are now; what is said about the time itself is by
hand, in ``STORIES``, without numbers. A test compares the page with what this would write.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

import detente
from detente.domain.actors import Dyad
from detente.outlook.charts import draw_level_chart, find_ceiling, numbered_events
from detente.outlook.sides import TwoSided, arena_name, arena_rows, change_rows, draw_sides, find_reach, voice_rows
from detente.outlook.words import format_change, format_day, format_number, sentence_name
from detente.sample import load_chronology, sample_store_path
from detente.world import PairView
from worked_charts import draw_series, standalone

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = Path("explanation") / "two-relations-worked-through.md"
PICTURES = Path("images") / "worked"
AS_OF = "2019-03-25"
_GROUND = {"place": "places", "theme": "themes"}


@dataclass(frozen=True)
class Story:
    """What is known of the time, by hand and without numbers.

    Args:
        a: The state named first.
        b: The other.
        opening: What happened in these fifteen months.
        remarks: A remark on a measure, by its section.
    """

    a: str
    b: str
    opening: str
    remarks: dict[str, str]

    @property
    def slug(self) -> str:
        """Beginning of the pictures' names."""
        return f"{self.a}-{self.b}".lower()


STORIES = (
    Story(
        "USA",
        "RUS",
        "Fifteen months of a cold relation: diplomats expelled on both sides after the poisoning in Salisbury (March "
        "2018), sanctions on persons and firms, a summit in Helsinki (July), a naval incident off Kerch that cost the "
        "two presidents a meeting (November), and the American suspension of the treaty on intermediate-range "
        "missiles (February 2019).",
        {
            "level": "Two lines far above zero: the two talk and quarrel at once, which no single number could show.",
            "voices": "In the news of this half-year, courts and investigators are the most hostile American voice: "
            "these are the indictments and trials that followed the election of 2016.",
            "arenas": "Most reports are placed in one of the two countries. Third places are summits, so they hold "
            "cooperation more than conflict: Paris in November, Buenos Aires in December.",
        },
    ),
    Story(
        "IND",
        "PAK",
        "A year of shelling along the line of control with few contacts besides, a hopeful moment when a new prime "
        "minister took office in Islamabad (August 2018) and a corridor for pilgrims was agreed on (November), then "
        "the attack at Pulwama and the air strikes of February 2019.",
        {
            "level": "A quiet year and a wall of conflict at the end of it. The scale of the level is logarithmic far "
            "from zero, so the crisis does not erase what came before.",
            "voices": "Soldiers are reported for what they do and ministers for what they say, so the armed forces "
            "look far more hostile. Parliaments are hardly heard at all: there is no gap to give.",
            "arenas": "This is a quarrel of neighbours on their own ground: hardly an event elsewhere.",
        },
    ),
)


@dataclass(frozen=True)
class Section:
    """One measure on the page.

    Args:
        name: Its name, for pictures and remarks.
        title: Its heading.
        rule: Public name of what made the numbers.
        draw: Pictures, by the end of their name.
        read: What they say.
    """

    name: str
    title: str
    rule: str
    draw: Callable[[PairView], dict[str, str]]
    read: Callable[[PairView], str]


def draw_level(view: PairView) -> dict[str, str]:
    """The pair's weeks, and each direction's."""
    levels, dyads = view.level(), view.level(by="dyad")
    both = [view.pair.a, view.pair.b]
    known = load_chronology().filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
    ends = levels["week_end"].sort()
    events = numbered_events(known, ends[0], ends[-1])
    names = _names(view)
    pictures = {"": draw_level_chart(levels, events, title=f"{names}, both directions, weekly")}
    series = [dyads.filter(actor=dyad.actor, recipient=dyad.recipient) for dyad in view.pair.dyads]
    highest = find_ceiling(series)
    for dyad, weeks in zip(view.pair.dyads, series, strict=True):
        title = f"{_towards(dyad)}, weekly"
        pictures[f"-{dyad.actor.lower()}"] = draw_level_chart(weeks, title=title, height=260, highest=highest)
    return pictures


def read_level(view: PairView) -> str:
    """The last week, the best and the worst."""
    held = view.level().drop_nulls("level").sort("week_end")
    last, worst, best = (
        frame.row(0, named=True)
        for frame in (held.tail(1), held.sort("level_raw").head(1), held.sort("level_raw").tail(1))
    )
    return (
        f"In the week to {format_day(last['week_end'])} the pair had {last['n']:,} events: cooperation of "
        f"{format_number(last['cooperation'])} and conflict of {format_number(last['conflict'])} Goldstein points a "
        f"day. That is a level of {format_number(last['level'], 2)} (90 % band {_band(last, 'level')}). The worst week "
        f"ended on {format_day(worst['week_end'])}, the best on {format_day(best['week_end'])}. " + _listed_events(view)
    )


def draw_status(view: PairView) -> dict[str, str]:
    """The filtered level against the usual span of four-week means."""
    status, levels = view.status(), view.level().sort("week_end")
    usual = None
    if status.usual is not None and status.spread is not None:
        usual = (status.usual - status.spread, status.usual + status.spread)
    points = list(levels.select("week_end", "level", "level_low", "level_high").iter_rows())
    title = f"{_names(view)}: the level, with its 90 % band"
    return {
        "": draw_series(
            points, title=title, unit="Level; grey: usual for four weeks, one standard deviation", usual=usual
        )
    }


def read_status(view: PairView) -> str:
    """Where the last four weeks stand."""
    status = view.status()
    if status.status is None or status.z is None:
        return "There is too little history for a status."
    far = "far " if status.grade else ""
    return (
        f"The last four weeks are **{far}{status.status}**: {format_change(status.z)} standard deviations from the "
        f"mean of the {status.weeks_used} earlier weeks there are data for. The pair is compared with itself alone."
    )


def draw_explain(view: PairView) -> dict[str, str]:
    """The change by theme: the arenas add up to it."""
    rows = change_rows(view.arena_changes("theme"))
    return {"": draw_sides(rows, title=f"{_names(view)}: what moved the balance", unit=_PER_DAY, sides=_BETTER)}


def read_explain(view: PairView) -> str:
    """The change, and the days and the themes that weighed most."""
    found = view.explain()
    days = found.reasons.drop_nulls("day").sort(pl.col("contribution").abs(), descending=True).head(3)
    told = "; ".join(
        f"{format_day(row['day'])}, {row['what']} ({format_change(row['contribution'], 2)})"
        for row in days.iter_rows(named=True)
    )
    clear = "beyond" if found.change_low * found.change_high > 0 else "within"
    return (
        f"Cooperation minus conflict was {format_number(found.recent)} points a day in the last four weeks against "
        f"{format_number(found.usual)} in the year before: a change of {format_change(found.change)} (90 % band "
        f"{format_change(found.change_low)} to {format_change(found.change_high)}), {clear} chance. The weightiest "
        f"reasons: {told}. All rows together give the change exactly; so do the themes in the picture."
    )


def draw_voices(view: PairView) -> dict[str, str]:
    """Each direction's branches on one scale."""
    voices = view.voices()
    rows = {dyad: voice_rows(voices.filter(actor=dyad.actor)) for dyad in view.pair.dyads}
    reach = max(find_reach(found) for found in rows.values())
    unit = "Goldstein points for the mean event of the last 26 weeks, with 90 % bands"
    return {
        f"-{dyad.actor.lower()}": draw_sides(found, title=f"{_towards(dyad)}: who speaks", unit=unit, highest=reach)
        for dyad, found in rows.items()
    }


def read_voices(view: PairView) -> str:
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
            f"{_band(harsh, 'tone', 1)}), the mildest the {soft['role']} ({format_change(soft['tone'])}, "
            f"{_band(soft, 'tone', 1)}). "
        )
        if gap["gap"] is None:
            said += f"Its legislature was heard in {gap['n_legislature']} events: too few for a gap."
        else:
            is_shown = gap["gap_low"] * gap["gap_high"] > 0
            side = "milder" if gap["gap"] > 0 else "harsher"
            said += (
                f"Its executive is {format_number(abs(gap['gap']))} points {side} than its legislature "
                f"({_band(gap, 'gap', 1)})"
                + ("." if is_shown else ": zero is inside the band, so no difference is shown.")
            )
        told.append(said)
    return " ".join(told)


def draw_arenas(view: PairView) -> dict[str, str]:
    """Shares by place and by theme, and the change by place."""
    names, unit = _names(view), "Share of what has a known {}, per cent, last 26 weeks, with 90 % bands"
    pictures = {
        f"-{kind}": draw_sides(arena_rows(view.arenas(kind)), title=f"{names}: {_GROUND[kind]}", unit=unit.format(kind))
        for kind in ("place", "theme")
    }
    rows: list[TwoSided] = change_rows(view.arena_changes("place"))
    title = f"{names}: which place moved the balance"
    return pictures | {"-moved": draw_sides(rows, title=title, unit=_PER_DAY, sides=_BETTER)}


def read_arenas(view: PairView) -> str:
    """The arenas with most conflict, how much has none, and which moved the balance."""
    told = []
    for kind in ("place", "theme"):
        arenas = view.arenas(kind)
        unknown = int(arenas.filter(pl.col("arena").is_null())["n"].sum())
        top = arenas.drop_nulls("conflict_share").sort("conflict_share", descending=True).row(0, named=True)
        told.append(
            f"By {kind}, {arena_name(top)} has the largest share of conflict, {_per_cent(top, 'conflict_share')}, and "
            f"{_per_cent(top, 'cooperation_share')} of cooperation; {unknown:,} of {arenas['n'].sum():,} events have "
            f"no known {kind}."
        )
    changes = view.arena_changes("place")
    if not changes.is_empty():
        first = changes.row(0, named=True)
        told.append(
            f"Over the {first['recent_days'] + first['usual_days']} days on which places are known, the change was "
            f"{format_change(changes['change'].sum())} points a day; {arena_name(first)} accounts for "
            f"{format_change(first['change'])} of it ({_band(first, 'change', 1)})."
        )
    return " ".join(told)


SECTIONS = (
    Section("level", "Level", "level-v2", draw_level, read_level),
    Section("status", "Status", "status-v1", draw_status, read_status),
    Section("explain", "What moved it", "explain-v1", draw_explain, read_explain),
    Section("voices", "Voices", "voices-v1", draw_voices, read_voices),
    Section("arenas", "Arenas", "arenas-v1", draw_arenas, read_arenas),
)
_PER_DAY = "Goldstein points a day, the last four weeks against the year before, with 90 % bands"
_BETTER = ("worse", "better")
_OPENING = f"""# Two relations worked through

The same measures, side by side, for a relation that talks while it quarrels and for one that came to blows. All of it
is computed from the bundled sample as of {{day}}, by `scripts/draw_worked_pages.py`; the remarks on the time are
by hand. Blue is cooperation and vermilion conflict; bands and whiskers are 90 %; weeks that are not covered are shaded.

Ask for the same yourself, for any pair and any day:

```console
$ detente outlook USA RUS --as-of {AS_OF} --md
$ detente moves IND PAK --as-of 2019-03-05 --top 3
```

```python
import detente

pair = detente.open(as_of="{AS_OF}").pair("USA", "RUS")
print(pair.voices(), pair.voice_gaps())
print(pair.arenas("place"), pair.arena_changes("theme"))
```
"""
_CLOSING = """## What none of this can tell

The events are what news reported and a machine coded; many are miscoded, and reports are not deeds. A branch is heard
when it is quoted. A place is the country that the source found in a report, often simply one of the two. A theme is
read off the event's code. What moved a number is which reports moved it, not why states acted.
"""


def build_page(world: detente.World) -> tuple[str, dict[str, str]]:
    """The page, and its pictures by file name."""
    parts, pictures = [_OPENING.format(day=format_day(world.as_of))], {}
    for story in STORIES:
        view = world.pair(story.a, story.b)
        parts.append(f"## {_names(view)}\n\n{_wrapped(story.opening)}\n")
        for section in SECTIONS:
            told = _wrapped(f"`{section.rule}`. {section.read(view)}")
            parts.append(f"### {section.title}: {_names(view)}\n\n{told}\n")
            if remark := story.remarks.get(section.name):
                parts.append(f"{_wrapped(remark)}\n")
            for end, svg in section.draw(view).items():
                if svg:
                    name = f"{story.slug}-{section.name}{end}.svg"
                    pictures[name] = standalone(svg)
                    parts.append(f"![{section.title} of {_names(view)}](../{PICTURES.as_posix()}/{name})\n")
    return "\n".join([*parts, _CLOSING]), pictures


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _names(view: PairView) -> str:
    return f"{detente_name(view.pair.a)} – {detente_name(view.pair.b)}"


def detente_name(iso3: str) -> str:
    """A state's name as a heading has it."""
    name = sentence_name(iso3)
    return name.removeprefix("the ")


def _towards(dyad: Dyad) -> str:
    return f"{detente_name(dyad.actor)} towards {detente_name(dyad.recipient)}"


def _band(row: dict[str, float], name: str, decimals: int = 2) -> str:
    return f"{format_number(row[f'{name}_low'], decimals)} to {format_number(row[f'{name}_high'], decimals)}"


def _per_cent(row: dict[str, float | None], name: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value is None or low is None or high is None:
        return "an unknown part"
    return f"{100 * value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def _listed_events(view: PairView) -> str:
    both = [view.pair.a, view.pair.b]
    known = load_chronology().filter(pl.col("actor").is_in(both), pl.col("recipient").is_in(both))
    ends = view.level()["week_end"].sort()
    events = numbered_events(known, ends[0], ends[-1])
    return "Marked: " + "; ".join(f"({number}) {label}, {format_day(day)}" for number, day, label in events) + "."


def main(docs: Path = DOCS) -> None:
    """Write the page and its pictures."""
    page, pictures = build_page(detente.open(sample_store_path(), as_of=AS_OF))
    (docs / PICTURES).mkdir(parents=True, exist_ok=True)
    (docs / PAGE.parent).mkdir(parents=True, exist_ok=True)
    (docs / PAGE).write_text(page, "utf-8")
    for name, svg in pictures.items():
        (docs / PICTURES / name).write_text(svg, "utf-8")
    print(f"wrote {PAGE} and {len(pictures)} pictures, {sum(map(len, pictures.values())) / 1000:.0f} kB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
