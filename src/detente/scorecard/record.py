"""One sentence of the record for a brief, kept beside the ledger when it is scored."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from detente.store.manifest import write_durably

if TYPE_CHECKING:
    from detente.scorecard.scores import Scorecard
    from detente.store import Chain

SUMMARY = "summary.json"


def write_summary(card: Scorecard, ledger: Chain) -> None:
    """Keep the totals for the next brief, where the ledger can be written.

    The file can be deleted at any time; the next scoring writes it anew.
    """
    records = {row["record"]: row for row in card.overall.iter_rows(named=True)}
    summary = {"as_of": str(card.as_of), "head": ledger.head().digest, "records": records}
    if ledger.head().count:
        with contextlib.suppress(OSError):
            write_durably(ledger.path / SUMMARY, (json.dumps(summary) + "\n").encode())


def read_record_sentence(ledger: Chain, *, as_of: dt.date) -> str | None:
    """How the forecasts of a ledger have fared; None where nothing was scored, or only with data from after a day.

    Args:
        ledger: The ledger.
        as_of: The day of the brief: a record that was scored with later data is not shown in a brief of the past.
    """
    try:
        summary = json.loads((ledger.path / SUMMARY).read_text("utf-8"))
        if dt.date.fromisoformat(summary["as_of"]) > as_of:
            return None
        return _sentence(summary["records"], summary["as_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sentence(records: dict[str, dict[str, Any]], day: str) -> str | None:
    parts = [
        f"{row['resolved']} {words} resolved, ranked probability score {row['rps']:.3f} against {row['base_rps']:.3f} "
        f"for base rates{_band(row)}, {row['void']} void"
        for record, words in (("live", "forecasts made before the fact"), ("replay", "replays of the past"))
        if (row := records.get(record)) and row["resolved"]
    ]
    return f"As scored with data to {day}: {'; '.join(parts)}. Less is better." if parts else None


def _band(row: dict[str, Any]) -> str:
    if row["skill_low"] is None:
        return ""
    return f" (skill {row['skill']:+.2f}, 95 % band {row['skill_low']:+.2f} to {row['skill_high']:+.2f})"
