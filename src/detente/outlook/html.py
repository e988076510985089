"""The brief as one self-contained page: no script, no request, readable in print, dark, light and on a phone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape

from detente.outlook.brief import Brief, forecast_row
from detente.outlook.charts import draw_level_chart, draw_probabilities, numbered_events
from detente.outlook.report import (
    change_sentence,
    direction_rows,
    note_lines,
    outlook_rows,
    reason_rows,
)
from detente.outlook.words import format_day

_STYLE = """
:root{--paper:#fff;--ink:#1a1a1a;--soft:#5f6368;--rule:#d9d9d6;--coop:#0072b2;--conf:#d55e00;--wash:#f5f5f2;--hold:#8a8a85}
@media (prefers-color-scheme:dark){:root{--paper:#141517;--ink:#e9e9e6;--soft:#a2a5a9;--rule:#36383b;--coop:#56b4e9;
--conf:#f0894a;--wash:#1f2124;--hold:#8d8f92}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.5 Georgia,"Times New Roman",serif}
main{max-width:820px;margin:0 auto;padding:28px 20px 48px}
h1{font-size:1.75rem;line-height:1.22;margin:.2em 0 .45em;font-weight:700;text-wrap:balance}
h2{font:600 .82rem/1.3 system-ui,sans-serif;letter-spacing:.04em;text-transform:uppercase;margin:2.2em 0 .6em;
border-top:1px solid var(--rule);padding-top:.8em}
.kicker,.meta,figcaption,table,.notes{font-family:system-ui,sans-serif}
.kicker{font-size:.82rem;color:var(--soft)}.standfirst{font-size:1.1rem;margin:0 0 1.2em}
figure{margin:1em 0}svg{width:100%;height:auto;display:block}figcaption{font-size:.8rem;color:var(--soft)}
svg text{font:11px system-ui,sans-serif;fill:var(--soft)}svg .note{font-size:11px}
.grid{stroke:var(--rule);stroke-width:.7;fill:none}.gap{fill:var(--rule);opacity:.55}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.line.cooperation{stroke:var(--coop)}
.line.conflict{stroke:var(--conf)}.band{opacity:.17}.band.cooperation{fill:var(--coop)}.band.conflict{fill:var(--conf)}
.volume{fill:var(--hold);opacity:.6}.marker path{stroke:var(--soft);stroke-width:.7;stroke-dasharray:2 2;fill:none}
.marker circle{fill:var(--ink)}.marker text{fill:var(--paper);font-size:10px;font-weight:600}
.track{fill:var(--wash)}.bar.deteriorate{fill:var(--conf)}.bar.hold{fill:var(--hold)}.bar.improve{fill:var(--coop)}
.whisker{stroke:var(--ink);stroke-width:1.4}.bars{max-width:460px}.bars .label{font-size:13px;fill:var(--ink)}
.key{display:inline-block;width:1.3em;height:.22em;vertical-align:middle;margin:0 .35em 0 .9em}
.key.cooperation{background:var(--coop);margin-left:0}.key.conflict{background:var(--conf)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.86rem}
th{text-align:left;font-weight:600;color:var(--soft);border-bottom:1px solid var(--rule)}
td,th{padding:.35em .9em .35em 0;vertical-align:top}td.number,th.number{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}tbody tr+tr td{border-top:1px solid var(--rule)}td:first-child{white-space:nowrap}
ol.events{columns:2;font:.8rem/1.45 system-ui,sans-serif;color:var(--soft);padding-left:1.4em;margin:.6em 0}
.notes{font-size:.8rem;color:var(--soft)}.notes li{margin:.3em 0}
@media (max-width:560px){main{padding:18px 14px}h1{font-size:1.4rem}ol.events{columns:1}.chart{min-width:560px}
td:first-child{white-space:normal}}
@media print{body{font-size:11pt}main{max-width:none;padding:0}h2{break-after:avoid}figure,tr{break-inside:avoid}}
"""


def render_html(brief: Brief) -> str:
    """The whole brief as one HTML document."""
    names = " – ".join(brief.names)
    title = f"{names}, {format_day(brief.as_of)}"
    row = forecast_row(brief.forecasts, brief.horizon)
    bars = [(name, row[f"p_{name}"], row[f"p_{name}_low"], row[f"p_{name}_high"]) for name in brief.probabilities]
    ends = brief.levels["week_end"]
    events = numbered_events(brief.chronology, *ends.sort().head(1), *ends.sort().tail(1)) if len(ends) else []
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(title)} · Détente</title><style>{_STYLE}</style></head><body><main>",
        f'<p class="kicker">Détente · {escape(names)} · as of {format_day(brief.as_of)} · {escape(brief.provider)}</p>',
        f'<h1>{escape(brief.headline)}</h1><p class="standfirst">{escape(brief.standfirst)}</p>',
        '<figure><div class="scroll">',
        draw_level_chart(brief.levels, brief.chronology, title=f"Cooperation and conflict, {names}"),
        '</div><figcaption><span class="key cooperation"></span>cooperation'
        '<span class="key conflict"></span>conflict, both directions; bands are 90 %, shaded weeks are not covered'
        "</figcaption>",
        _events(events),
        f"</figure><h2>The next {brief.horizon.weeks} weeks</h2><figure>",
        draw_probabilities(bars),
        "<figcaption>Lines are 90 % bands.</figcaption></figure>",
        _table(("Horizon", "Deteriorate", "Hold", "Improve", "In words"), outlook_rows(brief), ()),
        f"<h2>What moved it</h2><p>{escape(change_sentence(brief))}</p>",
        _table(("Day", "Points a day", "What"), reason_rows(brief), (1,)),
        "<h2>The last four weeks, each way</h2>",
        _table(
            ("Direction", "Cooperation", "Conflict", "Conflict share", "Events a week"),
            direction_rows(brief),
            (1, 2, 3, 4),
        ),
        '<h2>Notes</h2><ul class="notes">',
        *(f"<li>{escape(line)}</li>" for line in note_lines(brief)),
        f"<li>Resolution: {escape(brief.question.resolution)}</li></ul></main></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _events(events: list[tuple[int, dt.date, str]]) -> str:
    items = "".join(f"<li>{format_day(day)}: {escape(label)}</li>" for _, day, label in events)
    return f'<ol class="events">{items}</ol>' if items else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> str:
    def cell(tag: str, index: int, text: str) -> str:
        mark = ' class="number"' if index in numbers else ""
        return f"<{tag}{mark}>{escape(text)}</{tag}>"

    head = "".join(cell("th", index, text) for index, text in enumerate(heads))
    body = "".join("<tr>" + "".join(cell("td", i, text) for i, text in enumerate(row)) + "</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
