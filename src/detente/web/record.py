"""The charts of the scoreboard: skill by horizon, and what was said against what came."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from detente.outlook.score_charts import draw_intervals
from detente.web.reliability import draw_record_bins


def record_parts(reply: dict[str, Any]) -> dict[str, Any]:
    """Drawings of a record, each only where there is something to draw.

    Args:
        reply: The record.
    """
    scores = reply["backtest"]["scores"]
    rows = [(_weeks(name), row["rpss"], row["low"], row["high"], True) for name, row in scores.items()]
    top = max(row["high"] for row in scores.values())
    skill = draw_intervals(
        rows, title="Skill over climatology, held-out year", ends=(-0.05, max(top, 0.3) + 0.03), width=520
    )
    bins = {
        name: Markup(draw_record_bins(record["by_bin"]))  # noqa: S704 - made by us
        for name, record in reply["record"]["records"].items()
        if record["by_bin"]
    }
    return {"skill": Markup(skill), "bins": bins}  # noqa: S704 - made by us


def _weeks(name: str) -> str:
    return f"{name.removesuffix('w')} weeks"
