"""A backtest as one self-contained page: no script, no request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from detente.domain.tables import OUTCOMES
from detente.outlook.backtest import BacktestReport
from detente.outlook.backtest_text import (
    GROUP_HEADS,
    LEVEL_HEADS,
    SKILL_HEADS,
    featured_of,
    group_rows,
    headline,
    horizon_line,
    level_rows,
    notes,
    setting_line,
    skill_rows,
)
from detente.outlook.charts import CHART_STYLE, PALETTE
from detente.outlook.citation import product_version
from detente.outlook.html import PAGE_STYLE
from detente.outlook.score_charts import (
    SCORE_STYLE,
    axis_ends,
    draw_intervals,
    draw_reliability,
    draw_skill_over_time,
)

#: Charts of skill go no lower than this: a bad baseline must not squeeze the others together.
_LOWEST_SKILL = -0.15
_STYLE = """
.three{display:grid;grid-template-columns:repeat(3,1fr);gap:22px}
.two{display:grid;grid-template-columns:1fr 1fr;gap:28px}
main.wide-page{max-width:960px}.scroll+.scroll{margin-top:1.6em}
@media (max-width:620px){.three,.two{grid-template-columns:1fr}}
"""


def render_backtest_page(report: BacktestReport) -> str:
    """The whole report as one HTML document; every text of others is escaped."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(f'Backtest of {report.featured}, {report.provider}')}</title>",
        f"<style>{PALETTE}{PAGE_STYLE}{CHART_STYLE}{SCORE_STYLE}{_STYLE}</style></head>",
        '<body><main class="wide-page"><article>',
        f'<p class="kicker">Backtest · {escape(setting_line(report))}</p>',
        f"<h1>{escape(headline(report))}</h1>",
        *_sections(report),
        "<h2>Notes</h2><dl>",
        *(f"<dt>{escape(heading)}</dt><dd>{escape(text)}</dd>" for heading, text in notes(report)),
        f"</dl></article><footer>Made by Détente {escape(product_version())}.</footer></main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _sections(report: BacktestReport) -> Iterator[str]:
    ends = _common_ends(report)
    for record in report.horizons:
        model = featured_of(report, record)
        yield f"<h2>{escape(horizon_line(record))}</h2>"
        yield '<figure><div class="two">'
        yield draw_intervals(_model_intervals(report, record), title=f"Skill over {report.benchmark}", ends=ends)
        yield draw_intervals(
            _group_intervals(model), title=f"{report.featured}, by kind of question", ends=ends, label_width=126
        )
        yield "</div><figcaption>Ranked probability skill with 95 % bands.</figcaption></figure>"
        yield '<figure><div class="three">'
        for outcome in OUTCOMES:
            found = model["calibration"][outcome]
            note = f"error {found['ece']:.3f}; by chance up to {found['ece_if_reliable']:.3f}"
            yield draw_reliability(found["bins"], title=f"{report.featured}: {outcome}", note=note)
        yield (
            "</div><figcaption>What was said and how often it came out. Lines: 95 % bands of what came out, by blocks "
            "of time and pairs. Blue: where a reliable forecaster would lie if all cases were independent (Bröcker and "
            "Smith 2007), and “by chance” its calibration error. Grey: how often each was said.</figcaption></figure>"
        )
        points = [(dt.date.fromisoformat(row["origin"]), row["rpss"]) for row in model["by_origin"]]
        yield f"<figure>{draw_skill_over_time(points, title='Skill by origin')}</figure>"
        yield _table(SKILL_HEADS, list(skill_rows(report, record)))
        yield _table(GROUP_HEADS, list(group_rows(model)))
        if record["levels"]:
            yield _table(LEVEL_HEADS, list(level_rows(record)))


def _model_intervals(
    report: BacktestReport, record: Mapping[str, Any]
) -> list[tuple[str, float | None, float | None, float | None, bool]]:
    return [
        (row["model"], row["skill"]["rpss"], row["skill"]["low"], row["skill"]["high"], row["model"] == report.featured)
        for row in record["models"]
        if row["model"] != report.benchmark
    ]


def _group_intervals(model: Mapping[str, Any]) -> list[tuple[str, float | None, float | None, float | None, bool]]:
    return [
        (
            row["group"] if row["by"] != "activity" else f"{row['group']} pairs",
            row["rpss"],
            row["low"],
            row["high"],
            row["by"] == "shock",
        )
        for row in model["groups"]
    ]


def _common_ends(report: BacktestReport) -> tuple[float, float]:
    values = [
        value
        for record in report.horizons
        for row in record["models"]
        for value in (row["skill"]["low"], row["skill"]["high"])
        if value is not None
    ]
    return axis_ends(values, least=0.1, lowest=_LOWEST_SKILL)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(
        f'<th scope="col"{" class=number" if place else ""}>{escape(text)}</th>' for place, text in enumerate(heads)
    )
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f'<td class="number">{escape(text)}</td>' for text in row[1:])
        + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
