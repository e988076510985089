"""A backtest for a terminal, as something that rich can print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detente.domain.tables import OUTCOMES
from detente.outlook.backtest import BacktestReport

SKILL_HEADS = ("Model", "RPS", "Skill", "95 % band", "Brier", "Log score", "Calibration error d/h/i", "DM p")
LEVEL_HEADS = ("Level to come", "CRPS", "Skill over climatology", "over persistence", "Within 50 %", "Within 90 %")
GROUP_HEADS = ("Questions", "Cases", "RPS", "Skill", "95 % band")


def render_backtest(report: BacktestReport) -> Group:
    """The report as one renderable: models by horizon, then the featured model by kind of question."""
    parts: list[RenderableType] = [
        Text(setting_line(report), style="dim"),
        Text(headline(report), style="bold"),
    ]
    for record in report.horizons:
        parts += [
            Text(f"\n{horizon_line(record)}", style="bold"),
            _table(SKILL_HEADS, list(skill_rows(report, record)), left=1),
            Text(f"{report.featured}, by kind of question", style="dim"),
            _table(GROUP_HEADS, list(group_rows(featured_of(report, record))), left=1),
        ]
        if record["levels"]:
            parts.append(_table(LEVEL_HEADS, list(level_rows(record)), left=1))
    parts += [Text(f"\n{heading}: {text}", style="dim") for heading, text in notes(report)]
    return Group(*parts)


def headline(report: BacktestReport) -> str:
    """One sentence: how much better than the benchmark, at each horizon."""
    said = []
    for record in report.horizons:
        found = featured_of(report, record)["skill"]
        said.append(f"{figure(found['rpss'], signed=True)} at {record['horizon_weeks']} weeks ({band(found)})")
    return f"Ranked probability skill of {report.featured} over {report.benchmark}: {'; '.join(said)}"


def setting_line(report: BacktestReport) -> str:
    """Whose data, which pairs, which origins."""
    s = report.setting
    return (
        f"{report.provider} · {s['pairs_scored']} pairs · origins {s['start']} to {s['end']}, every {s['step_weeks']} "
        f"week(s) · refitted every {s['refit_weeks']} weeks · resolved as of {report.as_of}"
    )


def horizon_line(record: Mapping[str, Any]) -> str:
    """The heading of one horizon."""
    rates = ", ".join(f"{name} {100 * record['base_rates'][name]:.0f} %" for name in OUTCOMES)
    return (
        f"{record['horizon_weeks']} weeks ahead: {record['cases']:,} questions from {record['origins']} origins, "
        f"{record['first_origin']} to {record['last_origin']}; {rates}"
    )


def skill_rows(report: BacktestReport, record: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row a model, the best first."""
    against = {row["model"]: row for row in featured_of(report, record)["against"]}
    for model in record["models"]:
        name = model["model"]
        yield (
            name,
            figure(model["rps"], places=4),
            "–" if name == report.benchmark else figure(model["skill"]["rpss"], signed=True),
            "benchmark" if name == report.benchmark else band(model["skill"]),
            figure(model["brier"]),
            figure(model["log_score"]),
            " / ".join(figure(model["calibration"][outcome]["ece"]) for outcome in OUTCOMES),
            figure(against[name]["dm_p_value"]) if name in against else "–",
        )


def group_rows(model: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row a kind of question."""
    for row in model["groups"]:
        label = row["group"] if row["by"] != "activity" else f"{row['group']} pairs"
        yield label, f"{row['cases']:,}", figure(row["rps"], places=4), figure(row["rpss"], signed=True), band(row)


def level_rows(record: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """One row a model that said what level would come, the best first."""
    for row in record["levels"]:
        skill = {found["model"]: found for found in row["skill"]}
        over = [skill.get(name) for name in ("level-climatology", "level-persistence")]
        yield (
            row["model"],
            figure(row["crps"], places=4),
            *(f"{figure(found['value'], signed=True)} ({band(found)})" if found else "–" for found in over),
            f"{100 * row['within_50']:.0f} %",
            f"{100 * row['within_90']:.0f} %",
        )


def notes(report: BacktestReport) -> list[tuple[str, str]]:
    """What a reader must know to read the numbers."""
    few = [str(record["horizon_weeks"]) for record in report.horizons if record["blocks"] < 4]
    found = [
        ("Pairs", report.setting["rules"]["pairs"]),
        ("Skill", f"1 − RPS / RPS of {report.benchmark}; 1 is perfect, 0 no better, below 0 worse."),
        ("Bands", report.setting["rules"]["bands"]),
        (
            "Shocks",
            "A recent shock: one of the last four weeks was more than two standard deviations from the mean of the "
            "year before them (shock-v3). Part of any skill is the return to the usual, which usual-level shows alone; "
            "the rows apart say how much is left where nothing has just happened.",
        ),
        ("DM p", f"Diebold–Mariano test of equal accuracy with {report.featured}, on mean scores by origin."),
    ]
    if few:
        found.append(
            (
                "Few blocks",
                f"At {', '.join(few)} weeks fewer than four blocks of time fit into the origins: read bands as hints.",
            )
        )
    if report.setting["silent_days"]:
        found.append(
            (
                "Silent days",
                f"{report.setting['silent_days']} covered days hold no event of anybody and count as quiet; if they "
                "are gaps of a table, load it with `--gaps empty`.",
            )
        )
    if report.setting["start_was_moved"]:
        found.append(("Start", f"{report.setting['start_asked']} has too little before it; moved."))
    return found


def featured_of(report: BacktestReport, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The featured model's record at one horizon."""
    found: Mapping[str, Any] = next(model for model in record["models"] if model["model"] == report.featured)
    return found


def figure(value: float | None, *, places: int = 3, signed: bool = False) -> str:
    """A number for a table; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:{'+' if signed else ''}.{places}f}".replace("-", "−")


def band(record: Mapping[str, Any]) -> str:
    """The band of a skill."""
    if record["low"] is None:
        return "–"
    return f"{figure(record['low'], signed=True)} to {figure(record['high'], signed=True)}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: int) -> Padding:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place < left else "right", no_wrap=place == 0)
    for row in rows:
        table.add_row(*row)
    return Padding(table, (0, 0, 0, 2))
