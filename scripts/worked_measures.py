"""Sections of the worked page on how the two states answer each other, and on the measures of the registry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

from detente import relations
from detente.outlook.measured import Reading
from detente.outlook.words import format_change, format_day, format_number, short_name
from detente.relations import find_measure
from detente.world import PairView
from worked_charts import WIDTH, Dot, draw_dots, draw_series, month_axis
from worked_section import Section, listed, pair_name, plain_name, readings, towards

#: Exchanges drawn, and listed.
_DRAWN, _LISTED = 25, 4
_MINUS_ONE_TO_ONE = "−1 hostile, +1 friendly; whiskers are 90 % bands"


def draw_reciprocity(view: PairView) -> dict[str, str]:
    """How strongly each side answers, and the course of the surest answer."""
    found = view.reciprocity()
    rows: list[Dot] = [
        (
            f"{short_name(answer.dyad.actor)} answers {answer.kind}",
            answer.strength,
            answer.strength_low,
            answer.strength_high,
            format_change(answer.strength, 2),
        )
        for answer in found.answers
    ]
    if not rows:
        return {}
    kinds = [answer.kind for answer in found.answers]
    names = pair_name(view)
    title = f"{names}: how strongly each side answers in kind"
    pictures = {"": draw_dots(rows, title=title, unit="levels within 7 days on one level of one day", kinds=kinds)}
    surest = min(found.answers, key=lambda answer: answer.p_value)
    steps: list[Dot] = [
        (
            f"day {step.first_day}" if step.first_day == step.last_day else f"days {step.first_day} to {step.last_day}",
            step.per_day,
            step.low,
            step.high,
            format_change(step.per_day, 2),
        )
        for step in surest.curve
    ]
    title = f"{towards(surest.dyad)}: the course of its answer to {surest.kind}"
    return pictures | {
        "-course": draw_dots(steps, title=title, unit="added on each day", kinds=[surest.kind] * len(steps))
    }


def read_reciprocity(view: PairView) -> list[str]:
    """The mean strength, which answers are sure, and who starts."""
    found = view.reciprocity()
    if found.strength is None or found.strength_low is None or found.strength_high is None:
        return [f"It could not be measured: {' '.join(found.missing)}"]
    is_sure = found.strength_low > 0
    told = (
        f"The mean strength is {format_number(found.strength, 2)} ({format_number(found.strength_low, 2)} to "
        f"{format_number(found.strength_high, 2)}): "
        + ("the two answer each other in kind." if is_sure else "no answering in kind is shown beyond chance.")
    )
    sure = [answer for answer in found.answers if answer.strength_low > 0]
    lines = []
    for answer in sure:
        half = ""
        if answer.half_life:
            days, low, high = answer.half_life
            half = f"; half of it within {days:.0f} days ({low:.0f} to {high:.0f})"
        lines.append(
            f"- {plain_name(answer.dyad.actor)} answers {answer.kind}: {format_number(answer.strength, 2)} "
            f"({format_number(answer.strength_low, 2)} to {format_number(answer.strength_high, 2)}){half}"
        )
    return [told, "\n".join(lines)] if lines else [told]


def draw_exchanges(view: PairView) -> dict[str, str]:
    """Moves and their answers as lines between two lanes over the months."""
    rows = view.exchanges().head(_DRAWN)
    if rows.is_empty():
        return {}
    days = view.level()["week_end"].sort()
    first, last = days[0] - dt.timedelta(days=6), days[-1]
    lanes = {view.pair.a: 62.0, view.pair.b: 128.0}
    left, right = 110.0, WIDTH - 12.0

    def x(day: dt.date) -> float:
        return left + (day - first).days / max((last - first).days, 1) * (right - left)

    title = f"{pair_name(view)}: the {rows.height} weightiest exchanges, each a line from the move to its answer"
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} 180" role="img" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
        f'<text x="0" y="12" class="strong">{escape(title)}</text>',
        '<text x="0" y="29"><tspan class="cooperation-text">cooperation</tspan>, '
        '<tspan class="conflict-text">conflict</tspan>; the ring is the move, the dot the answer</text>',
        *month_axis(first, last, x, 46.0, 144.0, right),
    ]
    for iso3, lane in lanes.items():
        parts.append(f'<path d="M{left} {lane}H{right}" class="zero"/>')
        parts.append(
            f'<text x="{left - 8}" y="{lane + 4}" text-anchor="end" class="strong">{escape(plain_name(iso3))}</text>'
        )
    for row in rows.iter_rows(named=True):
        colour = "var(--coop)" if row["kind"] == "cooperation" else "var(--conf)"
        start, end = (x(row["moved"]), lanes[row["actor"]]), (x(row["answered"]), lanes[row["recipient"]])
        parts += [
            f'<path d="M{start[0]:.1f} {start[1]}L{end[0]:.1f} {end[1]}" '
            f'style="stroke:{colour};stroke-width:1.6;opacity:.75"/>',
            f'<circle cx="{start[0]:.1f}" cy="{start[1]}" r="3.6" '
            f'style="fill:var(--paper);stroke:{colour};stroke-width:1.6"/>',
            f'<circle cx="{end[0]:.1f}" cy="{end[1]}" r="3.2" style="fill:{colour}"/>',
        ]
    return {"": "\n".join([*parts, "</svg>"])}


def read_exchanges(view: PairView) -> list[str]:
    """The weightiest exchanges."""
    rows = view.exchanges()
    lines = []
    for row in rows.head(_LISTED).iter_rows(named=True):
        names = " → ".join(dict.fromkeys(name for name in (row["move_event"], row["answer_event"]) if name))
        lines.append(
            f"- {format_day(row['moved'])}: {plain_name(row['actor'])}, {row['move_types']} "
            f"({format_change(row['move_intensity'], 0)} points); after {row['lag_days']} "
            f"{'day' if row['lag_days'] == 1 else 'days'} {plain_name(row['recipient'])}, {row['answer_types']} "
            f"({format_change(row['answer_intensity'], 0)}){f'. Known as: {names}' if names else ''}"
        )
    return [f"There are {rows.height} exchanges. The weightiest:", "\n".join(lines)]


def draw_standing(view: PairView) -> dict[str, str]:
    """What the standing is made of."""
    rows = _dots(readings(view, "standing"), "standing", "affinity", "hostility")
    title = f"{pair_name(view)}: standing among all relations, the year up to the day"
    return {"": draw_dots(rows, title=title, unit="as the measure's guide explains, with 90 % bands")}


def read_standing(view: PairView) -> list[str]:
    """Its place among all pairs and among its peers."""
    return [listed(readings(view, "standing"), "place_among_peers", "place")]


def draw_provocation(view: PairView) -> dict[str, str]:
    """The base rate of a provocative move, each side."""
    rows = _dots(readings(view, "provocation"), "chance", factor=100, unit=" %")
    title = f"{pair_name(view)}: how often a stretch of weeks held a provocative move"
    return {"": draw_dots(rows, title=title, unit="per cent of such stretches, with 90 % bands", lowest=0.0)}


def read_provocation(view: PairView) -> list[str]:
    """Days since the last such move, and which days they were."""
    found = readings(view, "provocation")
    lines = [listed(found, "days_since")]
    for dyad in view.pair.dyads:
        days = [r.row["item"] for r in found if r.row["quantity"] == "move" and r.row["actor"] == dyad.actor]
        told = "; ".join(format_day(dt.date.fromisoformat(day)) for day in days[:6])
        more = f"; {len(days) - 6} more" if len(days) > 6 else ""
        lines.append(f"- provocative days of {plain_name(dyad.actor)}: {told or 'none'}{more}")
    return ["\n".join(lines)]


def draw_consistency(view: PairView) -> dict[str, str]:
    """Words and deeds of each side."""
    rows = _dots(readings(view, "consistency"), "words", "deeds")
    title = f"{pair_name(view)}: words and deeds, last 26 weeks"
    return {"": draw_dots(rows, title=title, unit=_MINUS_ONE_TO_ONE)}


def read_consistency(view: PairView) -> list[str]:
    """The distance of words from deeds, and how mixed the signals are."""
    return [listed(readings(view, "consistency"), "words_minus_deeds", "swing")]


def draw_attention(view: PairView) -> dict[str, str]:
    """The partner's share of each state's agenda, and who gained at its cost."""
    rows = _dots(readings(view, "attention"), "share", "change", "displaced_by", factor=100, unit=" %")
    title = f"{pair_name(view)}: the partner's share of each state's agenda"
    return {"": draw_dots(rows, title=title, unit="per cent of all it is reported to do, with 90 % bands")}


def read_attention(view: PairView) -> list[str]:
    """Share, rank and change."""
    return [listed(readings(view, "attention"), "share", "rank", "change")]


def draw_shifts(view: PairView) -> dict[str, str]:
    """The level with its lasting changes marked."""
    levels = view.level().sort("week_end")
    points = list(levels.select("week_end", "level", "level_low", "level_high").iter_rows())
    marks = [
        (dt.date.fromisoformat(r.row["item"]), f"shift {r.value} ({r.band})")
        for r in readings(view, "shifts")
        if r.row["quantity"] == "level_shift" and r.row["actor"] is None
    ]
    title = f"{pair_name(view)}: the level, and where it changed for longer"
    return {"": draw_series(points, title=title, unit="Level, with its 90 % band", marks=marks)}


def read_shifts(view: PairView) -> list[str]:
    """How many shifts, and what each was."""
    found = readings(view, "shifts")
    told = listed([r for r in found if r.row["actor"] is None], "level_shifts", "volatility_shifts")
    each = "\n".join(
        f"- {r.who}: {r.value} ({r.band}); {r.row['note']}" for r in found if r.row["quantity"] == "level_shift"
    )
    return [f"{told}\n{each}".strip()]


def draw_network(view: PairView) -> dict[str, str]:
    """Alignment, and the third states that weigh most."""
    found = readings(view, "network")
    rows = _dots(found, "alignment", "common_friends", "common_foes", "torn")
    title = f"{pair_name(view)}: third states between the two, last 26 weeks"
    return {"": draw_dots(rows, title=title, unit="alignment −1 to 1, the others shares 0 to 1; 90 % bands")}


def read_network(view: PairView) -> list[str]:
    """Alignment in words, and who the friends and foes are."""
    found = readings(view, "network")
    lines = [listed(found, "alignment")]
    for kind in ("warm_with_both", "cold_with_both", "warm_with_one"):
        states = [plain_name(r.row["item"]) for r in found if r.row["quantity"] == kind]
        if states:
            lines.append(f"- {kind.replace('_', ' ').capitalize()}: {', '.join(states)}")
    return ["\n".join(lines)]


def _dots(found: Sequence[Reading], *quantities: str, factor: float = 1.0, unit: str = "") -> list[Dot]:
    """Known numbers of some quantities as rows of a chart."""
    rows: list[Dot] = []
    for reading in found:
        row = reading.row
        if row["quantity"] not in quantities or row["value"] is None:
            continue
        what = reading.quantity if len(quantities) > 1 else ""
        label = reading.who if reading.who != "both" else ""
        if row["quantity"] == "displaced_by":
            label, what = f"{short_name(row['actor'])}: gained by {short_name(row['item'])}", ""
        value, low, high = (factor * row[name] for name in ("value", "low", "high"))
        said = format_number(value, 0 if factor > 1 and abs(value) >= 10 else 1 if factor > 1 else 2)
        rows.append((", ".join(part for part in (label, what) if part), value, low, high, f"{said}{unit}"))
    return rows


def _registered(name: str) -> tuple[str, str]:
    """A measure's public name, and what it says."""
    measure = find_measure(name)
    return measure.name, measure.guide.sentence


SECTIONS = (
    Section(
        "reciprocity",
        "Tit for tat",
        relations.RECIPROCITY_NAME,
        "How strongly, and how fast, each side answers the other in kind, beyond its own habit, the news of the day "
        "and what both do to the rest of the world.",
        draw_reciprocity,
        read_reciprocity,
    ),
    Section(
        "exchanges",
        "Exchanges",
        relations.EXCHANGES_NAME,
        "Unusual moves with the weightiest unusual answer in kind within 14 days: what followed, not what was meant.",
        draw_exchanges,
        read_exchanges,
    ),
    Section("standing", "Standing", *_registered("standing"), draw_standing, read_standing),
    Section("provocation", "Provocation", *_registered("provocation"), draw_provocation, read_provocation),
    Section("consistency", "Consistency", *_registered("consistency"), draw_consistency, read_consistency),
    Section("attention", "Attention", *_registered("attention"), draw_attention, read_attention),
    Section("shifts", "Shifts", *_registered("shifts"), draw_shifts, read_shifts),
    Section("network", "Network", *_registered("network"), draw_network, read_network),
)
