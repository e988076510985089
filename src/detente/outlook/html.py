"""The brief as one self-contained page: no script, no request, readable in print, dark, light and on a phone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import polars as pl

from detente.domain.tables import OUTCOMES
from detente.outlook.brief import Brief, find_forecast
from detente.outlook.charts import (
    CHART_STYLE,
    PALETTE,
    draw_level_chart,
    draw_probabilities,
    find_ceiling,
    numbered_events,
)
from detente.outlook.citation import build_bibtex, product_version
from detente.outlook.parts import (
    ARENA_HEADS,
    ARENA_NOTE,
    VOICE_HEADS,
    VOICE_NOTE,
    arena_report,
    gap_sentence,
    voice_report,
)
from detente.outlook.provocations import (
    PROVOCATION_NOTE,
    provocation_heads,
    provocation_reason,
    provocation_rows,
)
from detente.outlook.report import (
    DIRECTION_HEADS,
    DIRECTION_NOTE,
    OUTLOOK_HEADS,
    REASON_HEADS,
    change_sentence,
    direction_rows,
    note_lines,
    outlook_rows,
    reason_rows,
)
from detente.outlook.words import format_day, format_number

#: Type and tables of a page, shared by all pages that are made here.
PAGE_STYLE = """
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:17px/1.5 Georgia,"Times New Roman",serif}
main{max-width:820px;margin:0 auto;padding:26px 20px 48px}
h1{font-size:1.8rem;line-height:1.2;margin:.25em 0 .4em;font-weight:700;text-wrap:balance}
h2{font:600 .8rem/1.3 system-ui,sans-serif;letter-spacing:.05em;text-transform:uppercase;margin:2.2em 0 .7em;
border-top:2px solid var(--ink);padding-top:.6em}
.kicker,figcaption,table,dl,ol.events,pre,summary,footer,.rule,.small{font-family:system-ui,sans-serif}
.kicker{font-size:.8rem;color:var(--soft);margin:0}.standfirst{margin:0 0 1.3em}p{margin:.5em 0}
figure{margin:1em 0}figcaption,.small{font-size:.78rem;color:var(--soft);margin-top:.4em}
.narrow{display:none}.pairwise{display:grid;grid-template-columns:1fr 1fr;gap:28px}.bars{max-width:430px}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.84rem;line-height:1.4}
th{text-align:left;font-weight:600}thead th{color:var(--soft);border-bottom:1px solid var(--ink);vertical-align:bottom}
td,th{padding:.34em 1em .34em 0;vertical-align:top}tbody th{font-weight:400;white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
td.number{white-space:nowrap}.number{text-align:right;font-variant-numeric:tabular-nums}
tbody tr+tr>*{border-top:1px solid var(--rule)}
.sums tbody tr:last-child>*{border-top:1px solid var(--ink);font-weight:600}
ol.events{columns:2;break-inside:avoid;
column-gap:28px;font-size:.78rem;line-height:1.45;color:var(--soft);padding-left:1.5em;margin:.6em 0}
dl{font-size:.8rem;line-height:1.45;margin:0;display:grid;grid-template-columns:9.5em 1fr;gap:.5em 1em}
dt{font-weight:600}dd{margin:0;color:var(--soft);overflow-wrap:anywhere}
.rule{font-size:.8rem;line-height:1.45;color:var(--soft)}
pre{font:.74rem/1.4 ui-monospace,monospace;
white-space:pre-wrap;overflow-wrap:anywhere;background:var(--wash);padding:.8em}
summary{font-size:.8rem;cursor:pointer;color:var(--soft)}footer{font-size:.75rem;color:var(--soft);margin-top:2.4em}
:focus-visible{outline:2px solid var(--coop);outline-offset:2px}
@media (max-width:620px){body{font-size:16px}main{padding:16px 14px 32px}h1{font-size:1.4rem}.wide{display:none}
.narrow{display:block}.pairwise{grid-template-columns:1fr}ol.events{columns:1}dl{grid-template-columns:1fr;gap:.1em}
dd{margin-bottom:.6em}td,th{padding-right:.7em}}
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}h2{break-after:avoid}figure,tr,dl{break-inside:avoid}
details{display:none}}
"""


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


#: The dash of a range of numbers.
_RANGE = re.compile(r"(\d)–(?=[\d&])")


def render_html(brief: Brief) -> str:
    """The whole brief as one HTML document; every text of others is escaped."""
    head = f"{' – '.join(brief.names)}, {format_day(brief.as_of)}"
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(head)} · Détente</title>",
        f"<style>{PALETTE}{CHART_STYLE}{PAGE_STYLE}</style></head><body><main>",
        render_article(brief),
        f"<footer>Made by Détente {product_version()}.</footer></main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def render_article(brief: Brief, links: Links | None = None) -> str:
    """The brief as one article element, for a page of its own or for the site.

    Args:
        brief: The brief.
        links: Where its parts lead; None on a page that leads nowhere.
    """
    names = " – ".join(brief.names)
    parts = [
        "<article>",
        f'<p class="kicker">{escape(names)} · as of {format_day(brief.as_of)} · {escape(brief.provider)}</p>',
        f'<h1>{_text(brief.headline)}</h1><p class="standfirst">{_text(brief.standfirst)}</p>',
        _level_figure(brief, names),
        *_outlook_section(brief),
        f"<h2>What moved it</h2><p>{escape(change_sentence(brief))}</p>",
        _table("What moved the balance", REASON_HEADS, reason_rows(brief), numbers=(1,), kind="sums reasons"),
        "<h2>The last four weeks, each way</h2>",
        _direction_figure(brief),
        _table("The last four weeks, each way", DIRECTION_HEADS, direction_rows(brief), numbers=(1, 2, 3, 4)),
        f'<p class="small">{escape(DIRECTION_NOTE)}</p>',
        *_provocations(brief),
        *_made_of(brief),
        "<h2>How it is resolved</h2>",
        f'<p class="rule">{escape(brief.question.resolution)}</p>',
        "<h2>Notes</h2><dl>",
        *(f"<dt>{escape(heading)}</dt><dd>{escape(text)}</dd>" for heading, text in note_lines(brief)),
        f"</dl><h2>To cite</h2><pre>{escape(build_bibtex(brief))}</pre></article>",
    ]
    return "\n".join(part for part in parts if part)


def _level_figure(brief: Brief, names: str) -> str:
    ends: list[dt.date] = brief.levels["week_end"].to_list()
    events = numbered_events(brief.chronology, ends[0], ends[-1]) if ends else []
    title = f"{names}, both directions, weekly"
    wide = draw_level_chart(brief.levels, events, title=title)
    narrow = draw_level_chart(brief.levels, events, title=title, width=360, height=330)
    items = "".join(f"<li>{format_day(day)}: {escape(label)}</li>" for _, day, label in events)
    listed = f'<ol class="events">{items}</ol>' if items else ""
    note = "Bands are 90 %, as if events arrived independently. Weeks without enough covered days are shaded."
    return (
        f'<figure><div class="wide">{wide}</div><div class="narrow">{narrow}</div>{listed}'
        f"<figcaption>{note} Data: {escape(brief.provider)}.</figcaption>{_weeks(brief.levels)}</figure>"
    )


def _outlook_section(brief: Brief) -> list[str]:
    row = find_forecast(brief.forecasts, brief.horizon)
    weeks = "week" if brief.horizon.weeks == 1 else f"{brief.horizon.weeks} weeks"
    bars = [(name, row[f"p_{name}"], row[f"p_{name}_low"], row[f"p_{name}_high"]) for name in OUTCOMES]
    return [
        f"<h2>The next {weeks}</h2><figure>",
        draw_probabilities(bars, title=f"Probability of each outcome in the next {weeks}, with its 90 % band"),
        f"<figcaption>Probabilities with 90 % bands, by {escape(row['model'])}.</figcaption></figure>",
        _table("Probabilities by horizon, with 90 % bands", OUTLOOK_HEADS, outlook_rows(brief)),
        f'<p class="small">{escape(brief.track_record)}</p>',
    ]


def _direction_figure(brief: Brief) -> str:
    """Both directions side by side on one scale."""
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
            width=380,
            height=270,
            highest=highest,
        )
        for direction, weeks in series
    ]
    return (
        f'<figure class="pairwise">{"".join(f"<div>{chart}</div>" for chart in charts)}</figure>' if any(charts) else ""
    )


def _provocations(brief: Brief) -> list[str]:
    """The chances of provocative moves, where they were asked for."""
    if brief.provocations.is_empty():
        return []
    heads, rows = provocation_heads(brief.provocations), provocation_rows(brief.provocations)
    note = f"{PROVOCATION_NOTE} {provocation_reason(brief.provocations)}".strip()
    return [
        "<h2>Provocative moves</h2>",
        _table("Chances of provocative moves", heads, rows, numbers=()),
        f'<p class="small">{_text(note)}</p>',
    ]


def _made_of(brief: Brief) -> list[str]:
    """Voices and arenas, each only where there is evidence."""
    voices, arenas = voice_report(brief.parts), arena_report(brief.parts)
    parts = []
    if voices:
        parts = ["<h2>Who speaks</h2>", _table("Who speaks", VOICE_HEADS, voices, numbers=(1, 2, 3))]
        parts += [f'<p class="small">{escape(VOICE_NOTE)}</p>', f"<p>{_text(gap_sentence(brief.parts))}</p>"]
    if arenas:
        parts += ["<h2>Where and over what</h2>", _table("Arenas", ARENA_HEADS, arenas, numbers=(1, 2, 3))]
        parts.append(f'<p class="small">{escape(ARENA_NOTE)}</p>')
    return [part for part in parts if part != "<p></p>"]


def _weeks(levels: pl.DataFrame) -> str:
    """The chart's numbers as a table, for readers who cannot see it."""
    rows = [
        (
            str(row["week_end"]),
            format_number(row["cooperation"]),
            format_number(row["conflict"]),
            format_number(row["n"], 0),
            str(row["covered_days"]),
        )
        for row in levels.sort("week_end", descending=True).iter_rows(named=True)
    ]
    heads = ("Week to", "Cooperation", "Conflict", "Events", "Days covered")
    table = _table("Cooperation and conflict by week", heads, rows, numbers=(1, 2, 3, 4))
    return f"<details><summary>The chart as a table</summary>{table}</details>"


def _text(text: str) -> str:
    """Escaped; a number is never parted from its per cent sign, nor the ends of a range."""
    return _RANGE.sub("\\1&#8288;–&#8288;", escape(text).replace(" %", "&nbsp;%"))


def _table(
    caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[int] = (), kind: str = ""
) -> str:
    def mark(index: int) -> str:
        return ' class="number"' if index in numbers else ""

    head = "".join(f'<th scope="col"{mark(index)}>{escape(text)}</th>' for index, text in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td{mark(index)}>{_text(text)}</td>" for index, text in enumerate(row[1:], start=1))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table{f' class={chr(34)}{kind}{chr(34)}' if kind else ''}><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
